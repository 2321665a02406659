// Seventeen ways in which hooks in a foreign process go wrong, each with what keeps it from doing so: values, errors and scripts that go wrong.
// The fourteenth is what `mrhooker doctor` says (doctor.test.ts); the seventeenth, mutable state of a script's modules, is
// refused when the script is compiled, and tested there.

import { afterAll, describe, expect, test } from 'vitest';
import { fn, Workshop } from './workshop.js';

const shop = new Workshop();
afterAll(() => shop[Symbol.dispose]());

const add = fn('int add(int, int)', 'iii');
const addLibrary = shop.compile('libadd.c', 'int add(int a, int b) { return a + b; }', '-shared', '-fPIC');
const linkAdd = [addLibrary, `-Wl,-rpath,${shop.folder}`];

describe('4: errno', () => {
  test('is the caller’s before, the original’s after, and the script’s when it sets it', async () => {
    const program = shop.compile(
      'errno.c',
      `#include <errno.h>
       #include <stdio.h>
       #include <unistd.h>
       int add(int, int);
       int main(void) {
         errno = 77;
         add(1, 2);
         printf("%d ", errno);
         close(-1);
         printf("%d ", errno);
         errno = 5;
         add(3, 0);
         printf("%d\\n", errno);
         return 0;
       }`,
      ...linkAdd,
    );
    const run = await shop.run({
      command: [program],
      functions: [add, fn('int close(int)', 'ii'), fn('int chdir(const char *)', 'ip', { calledOnly: true })],
      script: `
        __mr.hook(f0, { replace: (a, b) => { const before = __mr.errno; if (a === 3) f2('/nowhere'), log(__mr.errno), __mr.errno = 42; else log(before); return f0(a, b); } });
        __mr.hook(f1, { leave: (result) => { log(result + ' ' + __mr.errno); [].concat([1]); } });`,
    });
    expect(run.stdout).toBe('77 9 42\n');
    expect(run.lines.slice(0, 3)).toEqual(['77', '-1 9', '2']);
  });
});

describe('10: hooks that don’t end', () => {
  const program = shop.compile(
    'loop.c',
    '#include <stdio.h>\nint add(int, int);\nint main(void) { int s = 0; for (int i = 0; i < 4; i++) s += add(i, 10); printf("%d\\n", s); return 0; }',
    ...linkAdd,
  );
  test.each([
    ['a loop', 'for (;;) {}', /ran longer than 60 ms/],
    ['a regular expression', "/(a+)+b/.test('a'.repeat(60))", /ran longer than 60 ms/],
    ['a built-in that can’t be interrupted', 'new Array(2 ** 28).fill("x").join("yy")', /out of memory|ran longer/],
    ['endless allocation', 'const all = []; for (;;) all.push(new Array(1000).fill(1));', /out of memory/],
    ['recursion', '(function f() { f(); })()', /stack overflow/],
  ])('%s: the original is called, and the person is told', async (_, code, message) => {
    const run = await shop.run({
      command: [program],
      functions: [add],
      script: `__mr.hook(f0, { replace: (a, b) => { ${code}; return 0; } });`,
      timeLimit: 60,
      memoryLimit: 8 << 20,
    });
    expect(run).toMatchObject({ stdout: '46\n', exitCode: 0, faults: 4 });
    expect(run.lines[0]).toMatch(message);
    expect(run.lines[0]).toContain('the hook on add failed');
  });
});

test('10: wherever memory ends, the error is told and nothing is harmed', async () => {
  const program = shop.compile(
    'often.c',
    '#include <stdio.h>\nint add(int, int);\nint main(void) { int s = 0; for (int i = 0; i < 400; i++) s += add(i, 10); printf("%d\\n", s); return 0; }',
    ...linkAdd,
  );
  const run = await shop.run({
    command: [program],
    functions: [add],
    script: `
      const fill = (n) => { const all = []; for (;;) all.push(new Array(n).fill(all), 'x'.repeat(n) + n, { n }, () => all); };
      for (let i = 0; i < 5; i++) __mr.hook(f0, { replace: (a, b) => { if (a % 5 === i) fill(a + 1); return f0(a, b); } });`,
    memoryLimit: 1 << 20,
    timeLimit: 60_000,
  });
  expect(run).toMatchObject({ stdout: '83800\n', exitCode: 0, signal: null });
  // Ten each until they are switched off.
  const told = run.lines.filter(
    (line) => /the hook on add failed; the original was called/.test(line) && !/more:/.test(line),
  );
  for (const line of told) expect(line).toMatch(/InternalError: out of memory\n {4}at fill /);
  expect(run.faults).toBe(50);
});

describe('11: integers beyond 2^53', () => {
  test('pass through exactly, and are exact in the script', async () => {
    const library = shop.compile(
      'libwide.c',
      'unsigned long wide(unsigned long a, long b) { return a ^ (unsigned long)b; }',
      '-shared',
      '-fPIC',
    );
    const program = shop.compile(
      'wide.c',
      `#include <stdio.h>
       unsigned long wide(unsigned long, long);
       int main(void) { printf("%lu %lu %lu\\n", wide(9007199254740993, 0), wide(~0ul, 0), wide(0, -9007199254740995)); return 0; }`,
      library,
      `-Wl,-rpath,${shop.folder}`,
    );
    const run = await shop.run({
      command: [program],
      functions: [fn('unsigned long wide(unsigned long, long)', 'LLl')],
      script: `__mr.hook(f0, { replace: (a, b) => { log(typeof a + a + ' ' + b); return f0(a, b); } });`,
    });
    expect(run.stdout).toBe('9007199254740993 18446744073709551615 18437736874454810621\n');
    expect(run.lines).toEqual([
      'bigint9007199254740993 0',
      'bigint18446744073709551615 0',
      'number0 -9007199254740995',
    ]);
  });
});

describe('12: other names of a function', () => {
  const functions = [
    fn('ssize_t read(int, void *, size_t)', 'lipL'),
    fn('ssize_t __read_chk(int, void *, size_t, size_t)', 'lipLL', { family: 0, map: [0, 1, 2, 255] }),
  ];
  const program = shop.compile(
    'fortified.gcc.c',
    `#include <stdio.h>
     #include <unistd.h>
     int main(int argc, char **argv) { char small[8]; volatile size_t n = argc > 1 ? 64 : 5; ssize_t got = read(0, small, n); printf("%zd\\n", got); return 0; }`,
    '-O2',
    '-D_FORTIFY_SOURCE=2',
  );
  test('one hook covers the family', async () => {
    const run = await shop.run({
      command: [program],
      functions,
      input: 'hello world',
      script: `__mr.hook(f0, { replace: (fd, p, n) => { log(fd + ' ' + n + ' ' + __mr.nameOf(f0)); return f0(fd, p, n); } });`,
    });
    expect(run.stdout).toBe('5\n');
    expect(run.lines).toEqual(['0 5 __read_chk']);
  });
  test('what the fortified one checks is still checked', async () => {
    const run = await shop.run({
      command: [program, 'overflow'],
      functions,
      input: 'hello world',
      script: `__mr.hook(f0, { replace: (fd, p, n) => f0(fd, p, n) });`,
    });
    expect(run.signal).toBe('SIGABRT');
    expect(run.stderr).toContain('buffer overflow detected');
  });
});

describe('what a hook returns', () => {
  test('a string stays valid for its caller, and is kept once', async () => {
    const library = shop.compile('libname.c', 'const char *name(int n) { return "original"; }', '-shared', '-fPIC');
    const program = shop.compile(
      'names.c',
      `#include <stdio.h>
       const char *name(int);
       int main(void) {
         const char *first = name(1), *other = name(2), *kept = name(3);
         for (int i = 0; i < 20000; i++) if (name(1) != first) puts("moved");
         printf("%s %s %s\\n", first, other, kept);
         return 0;
       }`,
      library,
      `-Wl,-rpath,${shop.folder}`,
    );
    const run = await shop.run({
      command: [program],
      functions: [fn('const char *name(int)', 'pi')],
      script: `__mr.hook(f0, { replace: (n) => (n === 3 ? f0(n) : 'text ' + n) });`,
    });
    expect(run).toMatchObject({ stdout: 'text 1 text 2 original\n', faults: 0 });
  });

  test('of the wrong type is a fault, and the original’s result stands', async () => {
    const program = shop.compile(
      'wrong.c',
      '#include <stdio.h>\nint add(int, int);\nint main(void) { printf("%d\\n", add(1, 2)); return 0; }',
      ...linkAdd,
    );
    for (const [returned, message] of [
      ["'seven'", /expected an integer, got seven/],
      ['undefined', /the hook returned nothing; add has a result/],
      ['1.5', /1.5 is not an integer/],
      ['{}', /expected an integer/],
      ['1n << 70n', /RangeError: 1180591620717411303424 does not fit into an integer of 32 bits/],
      ['2 ** 32', /RangeError: 4294967296 does not fit/],
    ] as const) {
      const run = await shop.run({
        command: [program],
        functions: [add],
        script: `__mr.hook(f0, { replace: () => (${returned}) });`,
      });
      expect(run).toMatchObject({ stdout: '3\n', faults: 1 });
      expect(run.lines[0]).toMatch(message);
    }
  });
});

describe('wild pointers', () => {
  test('throw where they are followed, and nothing else happens', async () => {
    const program = shop.compile(
      'wild.c',
      '#include <unistd.h>\nint main(void) { write(1, "ok\\n", 3); write(-1, (void *)8, 3); return 0; }',
    );
    const run = await shop.run({
      command: [program],
      functions: [fn('ssize_t write(int, const void *, size_t)', 'lipL')],
      script: `__mr.hook(f0, { replace: (fd, p, n) => { if (fd < 0) for (const read of [() => __mr.text(p, 0, n), () => __mr.peek(p, 0, 'L'), () => __mr.poke(p, 0, 'i', 1), () => __mr.bytes(__mr.pointer(-1), 0, 5), () => __mr.text(__mr.pointer(4096))]) try { read(); log('read'); } catch (e) { log(e.code + ' ' + (e instanceof RangeError)); } return f0(fd, p, n); } });`,
    });
    expect(run).toMatchObject({ stdout: 'ok\n', exitCode: 0, faults: 0 });
    expect(run.lines).toEqual(Array(5).fill('EFAULT true'));
  });
});
