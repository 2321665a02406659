// Includes, specifiers, attributes, and parts that are no nodes.
import {
  Attr,
  CallExpr,
  CXXMethodDecl,
  DeclRefExpr,
  FunctionDecl,
  type HeaderName,
  IfStmt,
  RecordDecl,
  type Specifier,
  select,
  type TranslationUnit,
  VarDecl,
} from 'cmonster';
import { describe, expect, test } from 'vitest';
import { rewritten } from './harness.js';

const first = <T>(nodes: readonly T[]): T => nodes[0] as T;
const quiet = { arguments: ['-Wno-everything'] };

describe('includes', () => {
  const add = (source: string, ...headers: HeaderName[]): string =>
    rewritten(source, (tu) => headers.forEach((header) => void tu.addInclude(header)), { ...quiet, file: 'ship.c' });

  test.each<[string, HeaderName[], string]>([
    ['int x;\n', ['<stdio.h>'], '#include <stdio.h>\n\nint x;\n'],
    ['', ['<stdio.h>'], '#include <stdio.h>\n'],
    ['#include <stdio.h>\n', ['<stdio.h>'], '#include <stdio.h>\n'],
    ['#include <stdio.h>\nint x;\n', ['<stdlib.h>', '<stdlib.h>'], '#include <stdio.h>\n#include <stdlib.h>\nint x;\n'],
    [
      '#include <stdio.h>\n#include <string.h>\n',
      ['<stdlib.h>'],
      '#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n',
    ],
    [
      '#include <string.h>\n#include <stdio.h>\n',
      ['<assert.h>'],
      '#include <string.h>\n#include <stdio.h>\n#include <assert.h>\n',
    ],
    ['#include "ship.h"\n\nint x;\n', ['<stdio.h>'], '#include "ship.h"\n\n#include <stdio.h>\n\nint x;\n'],
    ['#include "other.h"\n', ['<stdio.h>'], '#include <stdio.h>\n\n#include "other.h"\n'],
    ['#include <stdio.h>\n\n#include "b.h"\n', ['"a.h"'], '#include <stdio.h>\n\n#include "a.h"\n#include "b.h"\n'],
    ['/* Licence.\n */\n\nint x;\n', ['<stdio.h>'], '/* Licence.\n */\n\n#include <stdio.h>\n\nint x;\n'],
    ['// Licence.\n\n// x\nint x;\n', ['<stdio.h>'], '// Licence.\n\n#include <stdio.h>\n\n// x\nint x;\n'],
    ['#pragma once\nint x;\n', ['<stdio.h>'], '#pragma once\n#include <stdio.h>\n\nint x;\n'],
    [
      '#ifndef A\n#define A\n#include <a.h>\n#endif\n',
      ['<b.h>'],
      '#ifndef A\n#define A\n#include <a.h>\n#include <b.h>\n#endif\n',
    ],
    [
      '#ifdef A\n#include <a.h>\n#endif\n#include <c.h>\n',
      ['<a.h>'],
      '#ifdef A\n#include <a.h>\n#endif\n#include <a.h>\n#include <c.h>\n',
    ],
    ['#include <stdio.h>', ['<time.h>'], '#include <stdio.h>\n#include <time.h>\n'],
  ])('%j and %j', (source, headers, expected) => expect(add(source, ...headers)).toBe(expected));

  test('taken out', () => {
    const source = '#include <stdio.h>\n#include <string.h> // for memcpy\nint x;\n';
    let found: boolean[] = [];
    const after = rewritten(source, (tu) => (found = [tu.removeInclude('<string.h>'), tu.removeInclude('"string.h"')]));
    expect([after, found]).toEqual(['#include <stdio.h>\nint x;\n', [true, false]]);
    expect(() => add('', 'stdio.h' as HeaderName)).toThrow("'stdio.h' is no header");
  });
});

describe('specifiers and attributes', () => {
  const change = (
    source: string,
    script: (fn: FunctionDecl, tu: TranslationUnit) => void,
    file = 'input.cpp',
  ): string =>
    rewritten(`${source}\n`, (tu) => script(tu.find(FunctionDecl, (fn) => fn.name === 'f').at(-1)!, tu), {
      ...quiet,
      file,
    }).trimEnd();

  test.each<[string, Specifier, string]>([
    ['int f();', 'static', 'static int f();'],
    ['static int f();', 'static', 'static int f();'],
    ['const static int f();', 'static', 'const static int f();'],
    ['[[nodiscard]] int f();', 'static', '[[nodiscard]] static int f();'],
    ['template <class T> int f();', 'inline', 'template <class T> inline int f();'],
    [
      'struct A { virtual int f(); }; struct B : A { int f(); };',
      'override',
      'struct A { virtual int f(); }; struct B : A { int f() override; };',
    ],
    [
      'struct A { virtual int f() const noexcept; }; struct B : A { int f() const noexcept { return 1; } };',
      'override',
      'struct A { virtual int f() const noexcept; }; struct B : A { int f() const noexcept override { return 1; } };',
    ],
    ['struct A { virtual auto f() -> int * = 0; };', 'final', 'struct A { virtual auto f() -> int * final = 0; };'],
    ['struct A { int f() override; };', 'const', 'struct A { int f() const override; };'],
  ])('%s: %s', (source, word, expected) => expect(change(source, (fn) => fn.addSpecifier(word))).toBe(expected));

  test.each<[string, Specifier, string]>([
    ['static inline int f();', 'static', 'inline int f();'],
    ['static inline int f();', 'inline', 'static int f();'],
    ['struct A { virtual int f() const; };', 'virtual', 'struct A { int f() const; };'],
    ['struct A { virtual int f() const final; };', 'final', 'struct A { virtual int f() const; };'],
    ['int f();', 'static', 'int f();'],
  ])('%s without %s', (source, word, expected) => {
    expect(change(source, (fn) => expect(fn.removeSpecifier(word)).toBe(source !== expected))).toBe(expected);
  });

  test('attributes', () => {
    expect(change('int f();', (fn) => fn.addAttribute('[[nodiscard]]'))).toBe('[[nodiscard]] int f();');
    expect(change('struct S {}; int f();', (_, tu) => first(tu.find(RecordDecl)).addAttribute('[[deprecated]]'))).toBe(
      'struct [[deprecated]] S {}; int f();',
    );
    const remove = (source: string, at: number) => change(source, (fn) => fn.find(Attr)[at]!.remove());
    expect(remove('[[nodiscard]] int f();', 0)).toBe('int f();');
    expect(remove('[[nodiscard, deprecated]] int f();', 0)).toBe('[[deprecated]] int f();');
    expect(remove('[[nodiscard, deprecated]] int f();', 1)).toBe('[[nodiscard]] int f();');
    expect(remove('int f() __attribute__((pure));', 0)).toBe('int f() ;');
    expect(() => change('int f();', (fn) => fn.addSpecifier('override'))).toThrow('is no method');
  });
});

describe('select', () => {
  const source = `template <class T, int N> struct vec {};
// Adds.
static inline int add(int a, int b) { return a + b; }
int user(void) {
  vec<int, 3> v;
  if (add(1, 2)) { add(3, 4); } else add(5, 6);
  return 0;
}
`;
  const text = (
    find: (tu: TranslationUnit) => { file: { slice(begin: number, end: number): string }; begin: number; end: number },
  ) => {
    let found = '';
    rewritten(
      source,
      (tu) => {
        const { file, begin, end } = find(tu);
        found = file.slice(begin, end);
      },
      { file: 'input.cpp' },
    );
    return found;
  };
  const add = (tu: TranslationUnit) => tu.find(FunctionDecl, (fn) => fn.name === 'add')[0]!;

  test.each<[string, Parameters<typeof text>[0], string]>([
    ['name', (tu) => select.name(add(tu)), 'add'],
    ['name of a reference', (tu) => select.name(first(tu.find(DeclRefExpr))), 'a'],
    ['parameterList', (tu) => select.parameterList(add(tu)), 'int a, int b'],
    ['callArgs', (tu) => select.callArgs(first(tu.find(CallExpr))), '1, 2'],
    ['statements', (tu) => select.statements(add(tu).body!), ' return a + b; '],
    ['braces', (tu) => select.braces(add(tu).body!), '{ return a + b; }'],
    ['elseBranch', (tu) => select.elseBranch(first(tu.find(IfStmt))), 'else add(5, 6);'],
    ['between', (tu) => select.between(add(tu).parameters[0]!, add(tu).parameters[1]!), ', '],
    ['enclose', (tu) => select.enclose(add(tu).parameters[0]!, add(tu).parameters[1]!), 'int a, int b'],
    [
      'templateArgumentList',
      (tu) => select.templateArgumentList(tu.find(VarDecl, ({ name }) => name === 'v')[0]!),
      'int, 3',
    ],
    ['specifiers', (tu) => select.specifiers(add(tu)), 'static inline '],
    ['comment', (tu) => select.comment(add(tu)), '// Adds.'],
    [
      'statement',
      (tu) => select.statement(first(tu.find(CallExpr, (call) => call.arguments[0]!.text === '5'))),
      'add(5, 6);',
    ],
  ])('%s', (_, find, expected) => expect(text(find)).toBe(expected));

  test('what is not there', () => {
    expect(() => text((tu) => select.comment(tu.find(FunctionDecl, (fn) => fn.name === 'user')[0]!))).toThrow(
      'FunctionDecl input.cpp:4:1 has no comment in the source',
    );
  });

  test('in the plain rewriter', () => {
    const after = rewritten(
      source,
      (tu) => {
        tu.rewriter.remove(select.elseBranch(first(tu.find(IfStmt))));
        tu.rewriter.replace(select.name(add(tu)), 'plus');
        tu.rewriter.insert(
          first(tu.find(CXXMethodDecl, undefined, { implicit: true }))?.beginLoc ?? tu.find(IfStmt)[0]!.beginLoc,
          '/* here */ ',
        );
      },
      { file: 'input.cpp' },
    );
    expect(after).toContain('  /* here */ if (add(1, 2)) { add(3, 4); } \n');
    expect(after).toContain('int plus(int a');
  });
});
