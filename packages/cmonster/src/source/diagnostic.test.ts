import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderDiagnostics, TranslationUnit } from '../index.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'diagnostic-test-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Clang's own words, without the line that counts them. */
function clang(args: readonly string[]): string {
  const { stderr } = spawnSync('clang-19', ['-fsyntax-only', ...args], { cwd: directory, encoding: 'utf8' });
  return stderr.replace(/^.*(warnings?|errors?) generated\.\n/gm, '');
}

function ours(file: string, args: readonly string[]): string {
  const tu = TranslationUnit.parseSync(file, { cwd: directory, arguments: args });
  try {
    return renderDiagnostics(tu.diagnostics, tu.sourceManager);
  } finally {
    tu.dispose();
  }
}

const cases: Record<string, Record<string, string>> = {
  'an error with a range and a note': {
    'a.cpp': 'struct A {};\nint f(int, A);\nint x = f(1 + 2, "text");\n',
  },
  'a missing semicolon': { 'a.c': 'int f(void) {\n  int x = 1\n  return x;\n}\n' },
  'fix-its': { 'a.c': 'int f(int a) {\n  if (a = 1) return 2;\n  return a == 3 & 1;\n}\n' },
  'a replacement': { 'a.cpp': 'struct S { int x; };\nint f(S *s) { return s.x; }\nint g() { retrun 1; }\n' },
  tabs: { 'a.c': 'int f(void) {\n\tint\tx = y\t+ 1;\n\treturn x;\n}\n' },
  'wide and strange characters': {
    'a.c': 'char *s = "漢字 é", *t = y;\nint a = "\u0001" - z;\n/* \u00a0 */ int q = r;\n',
  },
  'bytes that are no UTF-8': { 'a.c': 'char *s = "\\xff"; int é = y;\n' },
  'included files': {
    'a.c': '#include "b.h"\nint x = one;\n',
    'b.h': '#include "c.h"\nint y = two;\n',
    'c.h': 'int z = three;\nint w = four;\n',
  },
  macros: {
    'a.c':
      '#define ADD(a, b) ((a) + (b))\n#define TWICE(x) ADD(x, x)\nstruct S { int m; } s;\nint f(void) { return TWICE(s); }\nint g(void) { return ADD(1, s); }\n',
  },
  'macro bodies': {
    'a.c': '#define BAD unknown + 1\n#define WORSE (BAD)\n#define WORST WORSE\nint x = WORST;\nint y = BAD;\n',
  },
  'deep macros': {
    'a.c': `${Array.from({ length: 10 }, (_, i) => `#define M${i + 1} M${i}`).join('\n')}\n#define M0 nothing\nint x = M10;\n`,
  },
  'ranges over lines': {
    'a.cpp': 'struct S {};\nint x = S() +\n    S() *\n    3;\nvoid f(int a = 1,\n       int b);\n',
  },
  'long functions': {
    'a.cpp': `int f(int a) {\n  return a +\n${'    1 +\n'.repeat(30)}    "x" *\n 2;\n}\n`,
  },
  'line directives': { 'a.c': 'int a;\n#line 100 "other.c"\nint b = x;\n#line 7\nint c = y;\n' },
  'warnings with flags': { 'a.c': 'int f(void) { int unused; int x; return x; }\nvoid g(void) { return 1; }\n' },
  'an ambiguous call': {
    'a.cpp':
      'void f(int, long);\nvoid f(long, int);\nvoid g() { f(1, 2); }\ntemplate <typename T> void h(T, T);\nvoid i() { h(1, 2.0); }\n',
  },
  templates: {
    'a.cpp':
      'template <typename T> struct V { typename T::type x; };\ntemplate <typename T> int f(T t) { return t.foo(); }\nV<int> v;\nint x = f(1);\n',
  },
  'no newline at the end': { 'a.c': 'int x = y' },
  'a missing header': { 'a.c': '#include <nowhere/to/be/found.h>\nint x;\n' },
  'text after everything': { 'a.c': '#if 1\nint x;\n' },
  concatenation: {
    'a.c': '#define CAT(a, b) a##b\n#define STR(x) #x\nint x = CAT(un, known);\nint y = STR(abc) + z;\n',
  },
};

describe('diagnostics look like Clang’s', () => {
  it.each(Object.entries(cases))('for %s', (_name, files) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    const [main] = Object.keys(files) as [string];
    const args = ['-Wall', '-Wextra'];
    expect(ours(main, args)).toBe(clang([...args, main]));
  });

  it('as errors', () => {
    writeFileSync(join(directory, 'a.c'), 'int f(void) { int unused; return 1; }\n');
    for (const args of [
      ['-Wall', '-Werror'],
      ['-Wall', '-Werror=unused-variable'],
    ]) {
      expect(ours('a.c', args)).toBe(clang([...args, 'a.c']));
    }
  });
});

describe('a diagnostic', () => {
  it('has its place, its notes and what it proposes', () => {
    writeFileSync(join(directory, 'a.c'), 'int f(int a) {\n  if (a = 1) return 2;\n  return a;\n}\n');
    const tu = TranslationUnit.parseSync('a.c', { cwd: directory });
    const [diagnostic] = tu.diagnostics;
    expect(diagnostic).toMatchObject({ level: 'warning', flag: '-Wparentheses', isError: false });
    expect(String(diagnostic)).toBe(
      'a.c:2:9: warning: using the result of an assignment as a condition without parentheses',
    );
    expect(diagnostic?.ranges.map((range) => range?.file.slice(range.begin, range.end))).toEqual(['a = 1']);
    expect(diagnostic?.notes.map((note) => note.fixIts.map((fixIt) => [fixIt.range?.begin, fixIt.code]))).toEqual([
      [
        [21, '('],
        [26, ')'],
      ],
      [[23, '==']],
    ]);
    expect(diagnostic?.render({ colour: true })).toContain('\u001b[0;1;35mwarning: ');
    tu.dispose();
  });
});
