import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Preprocessor, type PreprocessorOptions, parse, VarDecl } from '../index.js';

const folder = mkdtempSync(join(tmpdir(), 'inline-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Read {
  lines: string[];
  said: string[];
}
function read(text: string, options: PreprocessorOptions = {}): Read {
  const unsaved = { 'a.c': text, ...options.unsaved };
  const preprocessor = new Preprocessor('a.c', { inlineMacros: true, cwd: folder, ...options, unsaved });
  const lines = preprocessor
    .text(['-P'])
    .split('\n')
    .filter((line) => line.trim() !== '');
  return { lines, said: preprocessor.diagnostics.map((diagnostic) => diagnostic.render().trimEnd()) };
}

it('a macro in the source is raw TypeScript, and the lines behind it keep their numbers', () => {
  const { lines, said } = read(
    `#include "h.h"
ts_def(REVERSED(token))
  // It's no C: an apostrophe, """, /[/'"]/, #hash, \`back\\quotes\`, /* and
  class Reverser {
    #text: string;
    constructor(text: string) { this.#text = text; }
    get reversed(): string { return [...this.#text].reverse().join(''); }
  }
  return JSON.stringify(new Reverser(String(token)).reversed);
ts_end
  ts_def( SUM ( a , b,...rest ) )
\tlet sum = Number(a) + Number(b);
\tfor (const one of rest) sum += Number(one);
\treturn sum;
  ts_end
#line 16
char *s = REVERSED(hello), *n = FROM_HEADER(7);
int sum[] = { SUM(1, 2), SUM(1, 2, 3, 4), __LINE__ };
`,
    {
      unsaved: {
        'h.h':
          '#pragma once\nts_def(FROM_HEADER(n))\n\n\n  return `"header ${Number(n) * 2}"`;\nts_end\nint h = __LINE__;\n',
      },
    },
  );
  expect(said).toEqual([]);
  expect(lines).toEqual(['int h = 7;', 'char *s = "olleh", *n = "header 14";', 'int sum[] = { 3, 10, 17 };']);
});

it('is off unless it is asked for, and neither comments nor strings hold one', () => {
  const text = 'ts_def(F(x))\n  return 1;\nts_end\n';
  expect(read(text, { inlineMacros: false }).lines).toEqual(['ts_def(F(x))', '  return 1;', 'ts_end']);
  const quoted =
    '/*\nts_def(F(x))\nts_end\n*/\nconst char *s = "\\\nts_def(F(x))";\nint after;\n#if 0\nts_def(G())\n  return 1;\nts_end\n#endif\nG() F(1)\n';
  const { lines, said } = read(quoted);
  expect(said).toEqual([]);
  expect(lines.slice(1)).toEqual(['int after;', 'G() F(1)']);
});

it('keeps line ends of any kind, and works at the end of the file', () => {
  const { lines, said } = read('ts_def(A(x))\r\n  return x;\r\nts_end\r\nint a = A(__LINE__);\r\nts_def(B())\nts_end');
  expect(said).toEqual([]);
  expect(lines).toEqual(['int a = 4;']);
});

it('imports what it likes, from where the file is', () => {
  writeFileSync(join(folder, 'data.json'), '{"answer": 42}');
  writeFileSync(join(folder, 'helper.cjs'), 'exports.twice = (n) => 2 * n;');
  const { lines, said } = read(
    `ts_def(ANSWER(name))
  import { readFileSync } from 'node:fs';
  import { twice } from './helper.cjs';

  const data: Record<string, number> = JSON.parse(readFileSync('data.json', 'utf8').trim());
  return twice(data[String(name)] as number);
ts_end
int a = ANSWER(answer);
`.replace("'data.json'", JSON.stringify(join(folder, 'data.json'))),
  );
  expect(said).toEqual([]);
  expect(lines).toEqual(['int a = 84;']);
});

it('passes tokens on, sees them expanded, and is a macro to other macros', () => {
  const { lines, said } = read(`#define N 3
ts_def(CHECK(condition))
  return ['((', condition, ') || fail(', JSON.stringify(String(condition)), ', ', JSON.stringify(String(condition.expanded)), '))'];
ts_end
#define BOTH(x) CHECK(x) && CHECK(N)
int a = BOTH(n > 2);
`);
  expect(said).toEqual([]);
  expect(lines).toEqual(['int a = ((n > 2) || fail("n > 2", "n > 2")) && ((3) || fail("N", "3"));']);
});

it('is used in arguments that it looks at expanded, its own among them', () => {
  const { lines, said } = read(
    `#define N 3
ts_def(BOTH(x))
  const { expanded } = x;
  return [x, ' is ', expanded, ';'];
ts_end
ts_def(LOOP(x))
  for (;;);
ts_end
BOTH(N) BOTH(BOTH(N)) BOTH(LOOP(1)) BOTH(7)
`,
    { inlineMacros: { timeLimit: 5000 } },
  );
  expect(lines).toEqual(['3 is 3; BOTH(3) is 3 is 3;; 7 is 7;']);
  expect(said.map((text) => text.split('\n')[0])).toEqual([
    "a.c:9:28: error: macro 'LOOP' failed: it took longer than 5000 ms",
    "a.c:9:23: error: macro 'BOTH' failed: its thread was ended by a macro in its argument",
  ]);
});

it('prints to standard error, whatever it prints with', () => {
  const text = 'ts_def(F(x))\n  console.log("log"); process.stdout.write("written");\n  return x;\nts_end\nF(1)\n';
  const program = `import { Preprocessor } from '${new URL('../index.ts', import.meta.url).href}';
    const preprocessor = new Preprocessor('a.c', { inlineMacros: true, unsaved: { 'a.c': ${JSON.stringify(text)} } });
    console.log(preprocessor.text(['-P']).trim());`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program],
    { encoding: 'utf8' },
  );
  expect([stdout, stderr]).toEqual(['1\n', 'log\nwritten']);
});

it('fails at the place of use, with its message and its line', () => {
  const { lines, said } = read(`ts_def(BAD(x))
  const fine = 1;
  throw new RangeError('no ' + x);
ts_end
int before;
int a = BAD(way);
int after;
`);
  expect(lines).toEqual(['int before;', 'int a = ;', 'int after;']);
  expect(said).toEqual([
    `a.c:6:9: error: macro 'BAD' failed: RangeError: no way
    6 | int a = BAD(way);
      |         ^
a.c:3:3: note: thrown in this line of the macro
    3 |   throw new RangeError('no ' + x);
      |   ^`,
  ]);
});

it('says what is no TypeScript, no signature, and what has no end', () => {
  const { said } = read('ts_def(A(x))\n  return 1 +;\nts_end\nA(1)\nts_def(B(1))\nts_end\nts_def(C(x))\n  return 1;\n');
  expect(said.map((text) => text.split('\n')[0])).toEqual([
    'a.c:5:1: error: not a signature: ts_def(NAME(a, b, ...rest)) is',
    'a.c:7:1: error: ts_def has no ts_end: a line with nothing else',
    `a.c:1:9: error: macro 'A' failed: not TypeScript: Unexpected ";"`,
    "a.c:4:1: error: macro 'A' failed: it was not defined",
  ]);
});

it('has limits of time and memory, and its end is not ours', { timeout: 120_000 }, () => {
  const source = `ts_def(LOOP(x))
  for (;;);
ts_end
ts_def(FILL(x))
  const all: unknown[] = [];
  for (;;) all.push(new Array(100_000).fill(0));
ts_end
ts_def(BUFFERS(x))
  const all: unknown[] = [];
  for (;;) all.push(Buffer.alloc(4_000_000, 1));
ts_end
ts_def(LEAVE(x))
  process.exit(0);
ts_end
ts_def(DEEP(x))
  const deep = (n: number): number => deep(n + 1) + 1;
  return deep(0);
ts_end
ts_def(FINE(x))
  return [x, '+', 1];
ts_end
LOOP(1)
FILL(1)
BUFFERS(1)
LEAVE(1)
DEEP(1)
int a = FINE(1);
`;
  const { lines, said } = read(source, { inlineMacros: { timeLimit: 6000, memoryLimit: 32 } });
  expect(lines).toEqual(['int a = 1 +1;']);
  expect(said.map((text) => text.split('\n')[0])).toEqual([
    "a.c:22:1: error: macro 'LOOP' failed: it took longer than 6000 ms",
    expect.stringMatching(/^a\.c:23:1: error: macro 'FILL' failed: it(s thread ended| took longer)/),
    expect.stringMatching(/^a\.c:24:1: error: macro 'BUFFERS' failed: its thread ended/),
    expect.stringMatching(/^a\.c:25:1: error: macro 'LEAVE' failed: its thread ended/),
    "a.c:26:1: error: macro 'DEEP' failed: RangeError: Maximum call stack size exceeded",
  ]);
});

it('is what the parser sees, and the text of the file stays as it was written', async () => {
  const text = 'ts_def(N(x))\n  return x;\nts_end\nint a = N(5);\n';
  using tu = await parse('a.c', { inlineMacros: true, unsaved: { 'a.c': text } });
  expect(tu.diagnostics.map(String)).toEqual([]);
  expect(tu.mainFile.text).toBe(text);
  expect(tu.find(VarDecl).map((decl) => `${decl.location} ${decl.text}`)).toEqual(['a.c:4:5 int a = N(5)']);
  expect(tu.preprocessor.definitions('N').map((macro) => macro.isScripted)).toEqual([true]);
});

it('is identical when its file is read twice', () => {
  const { lines, said } = read('#include "h.h"\n#include "h.h"\nint a = F(1);\n', {
    unsaved: { 'h.h': 'ts_def(F(x))\n  return x;\nts_end\n' },
  });
  expect([lines, said]).toEqual([['int a = 1;'], []]);
});
