// What doctor says beforehand is what then happens.

import { writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { examine } from '../../packages/mrhooker/src/doctor/examine.js';
import { fn, Workshop } from './workshop.js';

const shop = new Workshop();
afterAll(() => shop[Symbol.dispose]());

const library = shop.compile(
  'libinner.c',
  'int inner(int n) { return n; }\nint outer(int n) { return inner(n) + inner(n); }',
  '-shared',
  '-fPIC',
  '-Wl,-Bsymbolic-functions',
  '-O2',
);
const program = shop.compile(
  'subject.c',
  `#include <stdio.h>
   #include <unistd.h>
   int outer(int); int inner(int);
   __attribute__((noinline)) int own(int n) { return n + 1; }
   int main(void) { puts("through stdio"); write(1, "direct\\n", 7); printf("%d\\n", outer(own(1))); return 0; }`,
  library,
  `-Wl,-rpath,${shop.folder}`,
);

const about = (name: string) => examine([name], program).functions[0]!;

test('a function that the program calls is reached, one inside its library is not', async () => {
  expect(about('outer')).toMatchObject({ reachable: true, callers: ['subject'], definedIn: ['libinner.so'] });
  expect(about('inner')).toMatchObject({ reachable: false, callers: [] });
  const run = await shop.run({
    command: [program],
    functions: [fn('int outer(int)', 'ii'), fn('int inner(int)', 'ii')],
    script: '__mr.hook(f0, {}); __mr.hook(f1, {});',
  });
  expect(run.of('outer').hooked).toBe(1);
  expect(run.of('inner').seen).toBe(0);
});

test('calls inside libc pass hooks by, which is said', async () => {
  const write = about('write');
  expect(write.reachable).toBe(true);
  expect(write.remarks.join()).toMatch(/inside libc\.so\.6 don't pass a hook/);
  const run = await shop.run({
    command: [program],
    functions: [fn('ssize_t write(int, const void *, size_t)', 'lipL')],
    script: '__mr.hook(f0, {});',
  });
  expect(run.of('write').hooked).toBe(1);
  // Its own calls of malloc go through the table, and are reached.
  expect(about('malloc').callers).toContain('libc.so.6');
});

test('the program’s own functions, misspelt names, and those that only can be observed', () => {
  expect(about('own').remarks.join()).toContain("program's own function");
  expect(about('wriet').remarks.join()).toMatch(/misspelt \(there are .*write/);
  expect(about('dlopen').remarks.join()).toContain('only its begin can be observed');
});

test('other names of a function count as its calls', () => {
  const open = examine(['open'], process.execPath).functions[0]!;
  expect(open.reachable).toBe(true);
  expect(open.remarks.join()).toContain('open64');
});

test('a pattern that matches nothing, and what env finds', () => {
  const [none, open] = examine(['zzz*', 'ope?'], 'bash').functions;
  expect(none).toMatchObject({
    name: 'zzz*',
    reachable: false,
    remarks: [expect.stringMatching(/function of such a name/)],
  });
  expect(open).toMatchObject({ name: 'open', reachable: true });
  const script = shop.path('script');
  writeFileSync(script, '#!/usr/bin/env bash\necho ahoy\n', { mode: 0o755 });
  expect(examine(['open'], script)).toMatchObject({
    target: expect.stringMatching(/\/bash$/),
    functions: [{ reachable: true }],
  });
});

test('a target that can’t be hooked is refused with the reason', () => {
  const still = shop.compile('still.c', 'int main(void) { return 0; }', '-static');
  expect(examine(['read'], still)).toMatchObject({
    refused: expect.stringMatching(/still: statically linked/),
    functions: [],
  });
  expect(() => examine(['read'], 'no-such-command-anywhere')).toThrow(/command not found/);
});

test('another C library, io_uring, and system calls past all functions', () => {
  const source =
    'int main(void) { long r; __asm__("mov $39, %%eax\\n\\tsyscall" : "=a"(r) :: "rcx", "r11"); return r < 0; }';
  const foreign = shop.compile('foreign.c', source, '-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1');
  expect(examine(['read'], foreign).refused).toMatch(/foreign: made for another C library \(\/lib\/ld-musl/);
  expect(examine(['read'], shop.compile('raw.c', source)).remarks.join()).toContain(
    'raw hold system call instructions of their own',
  );
  const uring = shop.compile('liburing.c', 'int io_uring_queue_init(void) { return 0; }', '-shared', '-fPIC');
  const user = 'int io_uring_queue_init(void); int main(void) { return io_uring_queue_init(); }';
  const rings = examine(['read'], shop.compile('rings.c', user, uring, `-Wl,-rpath,${shop.folder}`));
  expect(rings.remarks.join()).toContain('use io_uring: what goes through it calls no function');
});
