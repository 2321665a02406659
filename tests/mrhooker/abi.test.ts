// Calls with generated signatures, with and without hooks: what arrives and what comes back must be the same to the bit.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { launch } from '../../packages/mrhooker/src/launch/launch.js';
import { buildScript } from '../../packages/mrhooker/src/script/build.js';
import { Workshop } from './workshop.js';

const shop = new Workshop();
afterAll(() => shop[Symbol.dispose]());

/** A generator of numbers that are the same in every run. */
function random(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Records of every class of the ABI: in integer and vector registers, both, x87, and memory. */
const records: Record<string, string[]> = {
  char_1: ['char a'],
  char_3: ['char a', 'char b', 'char c'],
  int_1: ['int a'],
  long_1: ['long a'],
  long_2: ['long a', 'long b'],
  long_3: ['long a', 'long b', 'long c'],
  float_1: ['float a'],
  float_2: ['float a', 'float b'],
  float_3: ['float a', 'float b', 'float c'],
  float_4: ['float a', 'float b', 'float c', 'float d'],
  double_1: ['double a'],
  double_2: ['double a', 'double b'],
  double_3: ['double a', 'double b', 'double c'],
  int_double: ['int a', 'double b'],
  double_long: ['double a', 'long b'],
  float_int: ['float a', 'int b'],
  pointer_short: ['void *a', 'short b'],
  long_double_1: ['long double a'],
  mixed_5: ['char a', 'long b', 'float c', 'short d', 'double e'],
};
const scalars = [
  ...['char', 'signed char', 'unsigned char', 'short', 'unsigned short', 'int', 'unsigned', 'long', 'unsigned long'],
  ...['long long', 'unsigned long long', '_Bool', 'float', 'double', 'long double', 'void *', 'const char *'],
];
const types = [...scalars, ...scalars, ...Object.keys(records).map((name) => `struct ${name}`)];

const fieldsOf = (type: string) => records[type.replace('struct ', '')];

interface Signature {
  name: string;
  result: string;
  args: string[];
}

function signatures(count: number, seed: number): Signature[] {
  const next = random(seed);
  const pick = () => types[next(types.length)]!;
  // Every type once as a result and once as the only argument, then mixtures of up to twelve.
  const each = [...new Set(types)].map((type, i) => ({ name: `each_${i}`, result: type, args: [type] }));
  const mixed = Array.from({ length: count }, (_, i) => ({
    name: `mixed_${i}`,
    result: i % 10 ? pick() : 'void',
    args: Array.from({ length: next(13) }, pick),
  }));
  return [...each, ...mixed];
}

/** C that folds a value into the hash, field by field: padding has no value. */
function fold(type: string, value: string): string {
  const fields = fieldsOf(type);
  if (fields) return fields.map((field) => fold(field.replace(/\s*\w+$/, ''), `${value}.${field.at(-1)}`)).join(' ');
  if (/float|double/.test(type)) return `hash = hash * 31 + (unsigned long)((${value}) * 64);`;
  return `hash = hash * 31 + (unsigned long)(${value});`;
}

/** An expression of the type that depends on a number. */
function value(type: string, n: string): string {
  const fields = fieldsOf(type);
  if (fields)
    return `(${type}){${fields.map((field, i) => value(field.replace(/\s*\w+$/, ''), `(${n} + ${i})`)).join(', ')}}`;
  if (/float|double/.test(type)) return `((${type})(long)(${n} % 4096) / 4 - 300)`;
  return type === '_Bool' ? `((${n}) % 2 == 1)` : `(${type})(${n} * 0x9e3779b97f4a7c15ul)`;
}

function sources(list: readonly Signature[]) {
  const declarations = [
    ...Object.entries(records).map(([name, fields]) => `struct ${name} { ${fields.join('; ')}; };`),
    ...list.map(
      ({ name, result, args }) => `${result} ${name}(${args.map((type, i) => `${type} a${i}`).join(', ') || 'void'});`,
    ),
  ];
  const header = `#pragma once\n${declarations.join('\n')}\nunsigned long fold_result(void);\n`;
  const library = `#include "abi.h"\nstatic unsigned long hash;\nunsigned long fold_result(void) { return hash; }\n${list
    .map(({ name, result, args }) => {
      const parameters = args.map((type, i) => `${type} a${i}`).join(', ') || 'void';
      const back = result === 'void' ? '' : ` return ${value(result, 'hash')};`;
      return `${result} ${name}(${parameters}) { ${args.map((type, i) => fold(type, `a${i}`)).join(' ')}${back} }`;
    })
    .join('\n')}\n`;
  const calls = list.map(({ name, result, args }, k) => {
    const call = `${name}(${args.map((type, i) => value(type, `(${k * 17 + i * 5 + 1}ul)`)).join(', ')})`;
    return result === 'void'
      ? `  ${call}; printf("${name} %lx\\n", fold_result());`
      : `  { ${result} r = ${call}; unsigned long hash = 0; ${fold(result, 'r')} printf("${name} %lx %lx\\n", fold_result(), hash); }`;
  });
  return {
    header,
    library,
    program: `#include "abi.h"\n#include <stdio.h>\nint main(void) {\n${calls.join('\n')}\n  return 0;\n}\n`,
  };
}

const list = signatures(90, 20250426);
const source = sources(list);
writeFileSync(shop.path('abi.h'), source.header);
const library = shop.compile('libabi.c', source.library, '-shared', '-fPIC');
const program = shop.compile('abi.c', source.program, library, `-Wl,-rpath,${shop.folder}`);
const expected = spawnSync(program, { encoding: 'utf8' }).stdout;

async function hooked(code: string, command: readonly string[], name = 'hooks.ts') {
  writeFileSync(shop.path(name), code);
  const build = await buildScript([{ path: shop.path(name) }], { cwd: shop.folder, buildDir: shop.path('build') });
  let stdout = '';
  let closed: Promise<unknown> = Promise.resolve();
  const lines: string[] = [];
  const outcome = await launch({
    ...build,
    command,
    quiet: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    onLine: (line) => lines.push(line),
    onSpawn: (child) => {
      closed = new Promise((resolve) => child.on('close', resolve));
      child.stdout?.on('data', (chunk) => {
        stdout += chunk;
      });
    },
  });
  await closed;
  return { ...outcome, stdout, lines };
}

const names = list.map(({ name }) => name);
const importAll = `import { hook } from 'mrhooker';\nimport { ${names.join(', ')} } from 'c:./abi.h';\n`;

test('the program itself prints something for each', () => {
  expect(expected.trim().split('\n')).toHaveLength(list.length);
});

test('hooks that call the original with what they got', async () => {
  const run = await hooked(
    `${importAll}${names.map((name) => `hook(${name}, (...args: unknown[]) => (${name} as Function)(...args));`).join('\n')}`,
    [program],
  );
  expect(run.lines).toEqual([]);
  expect(run.stdout).toBe(expected);
  for (const entry of run.account.functions.filter(({ name }) => name !== 'fold_result'))
    expect(entry).toMatchObject({ seen: 1, hooked: 1 });
});

test('hooks that look at arguments and results', async () => {
  const run = await hooked(
    `${importAll}${names.map((name) => `hook(${name}, { enter: (...args: unknown[]) => args.length, leave: () => {} });`).join('\n')}`,
    [program],
    'observe.ts',
  );
  expect(run).toMatchObject({ stdout: expected, lines: [], faults: 0 });
});

test('without signatures: registers and stack pass through', async () => {
  // Results in x87 registers and arguments in memory are among them.
  const run = await shop.run({
    command: [program],
    patterns: ['each_*', 'mixed_*'],
    script: `for (const i of __mr.names('*')) { const f = __mr.function(i); __mr.hook(f, { replace: () => f() }); }`,
  });
  expect(run).toMatchObject({ stdout: expected, faults: 0 });
  expect(run.account.functions.filter(({ hooked }) => hooked === 1)).toHaveLength(list.length);
});

test('C++: classes that bytes alone can’t copy, references, methods, overloads', async () => {
  writeFileSync(
    shop.path('abi.hpp'),
    `#pragma once
     #include <memory>
     #include <string>
     #include <vector>
     struct Counted { static int alive; int n; Counted(int n); Counted(const Counted &); ~Counted(); };
     Counted pass(Counted a, int b);
     std::string join(std::string a, const std::string &b, std::vector<int> c);
     std::unique_ptr<int> make(int n);
     int over(int); int over(double); int over(const char *);
     struct Shape { int w; explicit Shape(int w); int area(int h) const; static int count(); };`,
  );
  const cppLibrary = shop.compile(
    'libabipp.cpp',
    `#include "abi.hpp"
     int Counted::alive = 0;
     Counted::Counted(int n) : n(n) { alive++; } Counted::Counted(const Counted &o) : n(o.n) { alive++; } Counted::~Counted() { alive--; }
     Counted pass(Counted a, int b) { return Counted(a.n + b); }
     std::string join(std::string a, const std::string &b, std::vector<int> c) { for (int n : c) a += b + std::to_string(n); return a; }
     std::unique_ptr<int> make(int n) { return std::make_unique<int>(n); }
     int over(int) { return 1; } int over(double) { return 2; } int over(const char *) { return 3; }
     Shape::Shape(int w) : w(w) {} int Shape::area(int h) const { return w * h; } int Shape::count() { return 7; }`,
    '-shared',
    '-fPIC',
  );
  const cppProgram = shop.compile(
    'abipp.cpp',
    `#include "abi.hpp"
     #include <cstdio>
     int main() {
       { Counted c = pass(Counted(20), 22); printf("%d %d\\n", c.n, Counted::alive); }
       printf("%d\\n", Counted::alive);
       printf("%s\\n", join("a string that is longer than sixteen bytes", ", ", {1, 2, 3}).c_str());
       printf("%d %d%d%d %d %d\\n", *make(9), over(1), over(1.0), over(""), Shape(6).area(7), Shape::count());
     }`,
    cppLibrary,
    `-Wl,-rpath,${shop.folder}`,
  );
  const plain = spawnSync(cppProgram, { encoding: 'utf8' }).stdout;
  expect(plain).toBe(`42 1\n0\na string that is longer than sixteen bytes, 1, 2, 3\n9 123 42 7\n`);
  const code = `import { hook } from 'mrhooker';
    import { pass, join, make } from 'c:./abi.hpp';
    for (const f of [pass, join, make]) hook(f as never, (...args: unknown[]) => (f as Function)(...args));`;
  const run = await hooked(
    code.replace(
      /for .*/,
      'hook(pass, (a, b) => pass(a, b)); hook(join, (a, b, c) => join(a, b, c)); hook(make, (n) => make(n));',
    ),
    [cppProgram],
    'cpp.ts',
  );
  expect(run.lines).toEqual([]);
  expect(run).toMatchObject({ stdout: plain, faults: 0 });
  expect(run.account.functions.reduce((sum, { hooked }) => sum + hooked, 0)).toBe(3);
});
