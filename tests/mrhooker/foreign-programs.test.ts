// Programs that the command starts and that have another loader: theirs obeys LD_PRELOAD, too, and would not bear what is preloaded.
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Workshop } from './workshop.js';

const shop = new Workshop();
afterAll(() => shop[Symbol.dispose]());

const program = shop.compile(
  'starts.c',
  `#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
int main(int count, char **words) {
  char *path = words[1], *name = strrchr(path, '/') + 1, *with[] = {name, NULL}, line[4096];
  pid_t child;
  fflush(stdout);
#define START(call) if (!(child = vfork())) { call; _exit(1); } waitpid(child, NULL, 0)
  START(execve(path, with, environ));
  START(execve(path, with, NULL));
  START(execvp(name, with));
  START(execl(path, name, (char *)NULL));
  START(fexecve(open(path, O_RDONLY | O_CLOEXEC), with, environ));
  START(execveat(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), name, with, environ, 0));
  posix_spawn(&child, path, NULL, NULL, with, environ); waitpid(child, NULL, 0);
  posix_spawnp(&child, name, NULL, NULL, with, environ); waitpid(child, NULL, 0);
  return 0;
}`,
);

beforeAll(() => {
  // A loader that tells what it is to preload, and ends.
  shop.compile(
    'ld-other.c',
    `static long call(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}
static long length(const char *text) { long n = 0; while (text[n]) n++; return n; }
static int begins(const char *text, const char *with) { while (*with) if (*text++ != *with++) return 0; return 1; }
__attribute__((used)) static void tell(long *stack) {
  for (char **entry = (char **)(stack + *stack + 2); *entry; entry++)
    if (begins(*entry, "LD_PRELOAD=") || begins(*entry, "MRHOOKER=")) { call(1, 1, (long)*entry, length(*entry)); call(1, 1, (long)"\\n", 1); }
  call(1, 1, (long)"ran\\n", 4);
  call(231, 0, 0, 0);
}
__asm__(".globl _start\\n_start: mov %rsp, %rdi\\n and $-16, %rsp\\n call tell\\n");`,
    '-static',
    '-nostdlib',
    '-fno-stack-protector',
  );
  shop.compile('foreign.c', 'int main(void) { return 0; }', `-Wl,--dynamic-linker=${shop.path('ld-other')}`);
  writeFileSync(shop.path('script'), `#!${shop.path('foreign')}\n`, { mode: 0o755 });
});

const ENVIRONMENT = { ...process.env, PATH: `${shop.folder}:${process.env.PATH}` };
const start = (name: string, env: NodeJS.ProcessEnv = {}) =>
  shop.run({
    command: [program, shop.path(name)],
    patterns: ['getpid'],
    script: `for (const i of __mr.names('*')) __mr.hook(i, {});`,
    cwd: shop.folder,
    env: { ...ENVIRONMENT, ...env },
  });

describe('with another loader', () => {
  test.each([
    ['foreign', 8],
    // No script can be executed by a descriptor that is closed then.
    ['script', 6],
  ])('%s runs as without hooks, which is said', async (name, times) => {
    expect(spawnSync(program, [shop.path(name)], { encoding: 'utf8', cwd: shop.folder, env: ENVIRONMENT }).stdout).toBe(
      'ran\n'.repeat(times),
    );
    const run = await start(name);
    expect(run).toMatchObject({ exitCode: 0, stderr: '', stdout: 'ran\n'.repeat(times) });
    expect(run.lines.filter((line) => line.includes("its calls aren't hooked"))).toHaveLength(8);
    expect(run.lines[0]).toMatch(/(foreign|script): made for another C library; its calls aren't hooked/);
  });

  test('keeps what else is preloaded', async () => {
    const run = await start('foreign', { LD_PRELOAD: '/no/such/library.so' });
    const told = run.stdout.split('\n').filter((line) => line !== 'ran' && line !== '');
    expect(told).toEqual(Array.from({ length: 7 }, () => 'LD_PRELOAD=/no/such/library.so'));
  });
});

test('a program of 32 bits is told of', async () => {
  const file = readFileSync(shop.path('foreign'));
  file[4] = 1;
  writeFileSync(shop.path('narrow'), file);
  chmodSync(shop.path('narrow'), 0o755);
  const run = await start('narrow');
  expect(run.lines[0]).toMatch(/narrow: a program for another processor; its calls aren't hooked/);
});
