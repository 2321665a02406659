// Parts of real projects' own suites, wholly under hooks; and the runtime under valgrind.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { fn, Workshop } from './workshop.js';

const shop = new Workshop();
afterAll(() => shop[Symbol.dispose]());

const passOn = `for (const i of __mr.names('*')) {
  const f = __mr.function(i);
  try { __mr.hook(f, { replace: () => f() }); } catch { __mr.hook(f, { enter: () => {} }); }
}`;

const python = '/usr/bin/python3';
// Of the Debian package libpython3.11-testsuite, whose name changes with each release.
const hasPythonTests = spawnSync(python, ['-c', 'import test.test_threading']).status === 0;
const suites = ['test_threading', 'test_socket', 'test_os', 'test_subprocess', 'test_exceptions'];
// In a virtual machine without a host that answers these wait for ever, hooked or not; and so does what sends for longer than a second from
// when its alarm is set, which may go off while the 16 MB to be sent are still being made. signals.test.ts interrupts calls in their middle.
const withoutHost = ['-i', '*VSOCK*', '-i', 'test_sendall_interrupted*'];

test.skipIf(!hasPythonTests).each(suites)("Python's %s", async (suite) => {
  const command = [python, '-m', 'test', '-q', ...withoutHost, suite];
  // What fails without hooks (as root, in a container) may fail with them; nothing else may.
  const failures = (text: string) => [...text.matchAll(/^(?:FAIL|ERROR): (\S+)/gm)].map((match) => match[1]).sort();
  const plain = spawnSync(command[0]!, command.slice(1), { encoding: 'utf8', cwd: shop.folder });
  const run = await shop.run({ command, patterns: ['*'], script: passOn, cwd: shop.folder });
  expect(failures(run.stdout + run.stderr)).toEqual(failures(plain.stdout + plain.stderr));
  expect(run.exitCode).toBe(plain.status);
  expect(run.account.functions.reduce((sum, { hooked }) => sum + hooked, 0)).toBeGreaterThan(10_000);
});

const repository = shop.path('repository');

test("git's commands on a repository of their own", async () => {
  mkdirSync(repository);
  const script = `set -e
    export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' GIT_CONFIG_GLOBAL=/dev/null
    git init -q -b main . && git config user.name a && git config user.email a@example
    for i in $(seq 1 25); do echo $i >> file$((i % 5)); git add . && git commit -qm "change $i"; done
    git checkout -qb side HEAD~10 && echo side > side && git add side && git commit -qm side && git merge -q main -m merge
    git rebase -q main || true
    git gc -q && git fsck --full && git log --format='%H %s' && git rev-parse HEAD
    git clone -q . ../clone-$1 && git -C ../clone-$1 log --oneline | wc -l`;
  const plain = spawnSync('bash', ['-c', script, 'bash', 'plain'], { cwd: repository, encoding: 'utf8' });
  execFileSync('rm', ['-rf', repository]);
  mkdirSync(repository);
  const run = await shop.run({
    command: ['bash', '-c', script, 'bash', 'hooked'],
    patterns: ['*'],
    script: passOn,
    cwd: repository,
  });
  expect(run.stdout).toBe(plain.stdout);
  expect(run.exitCode).toBe(0);
  expect(run.account.processes.length).toBeGreaterThan(100);
});

const calls = [fn('int add(int, int)', 'iii'), fn('const char *name(int)', 'pi')];
const library = shop.compile(
  'libmany.c',
  'int add(int a, int b) { return a + b; }\nconst char *name(int n) { return n % 2 ? "odd" : "even"; }',
  '-shared',
  '-fPIC',
  '-gdwarf-4',
);
const program = shop.compile(
  'many.c',
  `#include <pthread.h>
   #include <stdio.h>
   #include <unistd.h>
   #include <sys/wait.h>
   int add(int, int);
   const char *name(int);
   static void *work(void *p) { for (int i = 0; i < 300; i++) { add(i, 1); name(i); } return p; }
   int main(void) {
     pthread_t t[3];
     for (int i = 0; i < 3; i++) pthread_create(&t[i], 0, work, 0);
     for (int i = 0; i < 3; i++) pthread_join(t[i], 0);
     if (!fork()) { work(0); _exit(0); }
     wait(0);
     printf("%d %s\\n", add(40, 2), name(3));
     return 0;
   }`,
  '-gdwarf-4', // what valgrind reads
  '-lpthread',
  library,
  `-Wl,-rpath,${shop.folder}`,
);
const everything = `
  __mr.hook(f0, { replace: (a, b) => { __mr.counterAdd(0, 1); __mr.mapAdd(1, 'k' + a % 50, 1); if (a % 100 === 7) throw new Error('seven'); return f0(a, b); } });
  __mr.hook(f0, { enter: (a) => ({ a }), leave: (r, s) => { if (s.a % 97 === 0) log(s.a + __mr.stack(3).length); } });
  __mr.hook(f1, { replace: (n) => { const p = f1(n); const t = __mr.text(p); if (n % 50 === 0) { try { __mr.text(__mr.pointer(8)); } catch {} } return n % 3 ? p : t + '!'; } });
  __mr.atExit(() => log('end'));`;
const shared = [
  { kind: 'counter' as const, name: 'calls' },
  { kind: 'map' as const, name: 'kinds' },
];

test('valgrind finds no error in a hooked program', async () => {
  const run = await shop.run({
    command: ['valgrind', '-q', '--error-exitcode=99', '--trace-children=no', program],
    functions: calls,
    shared,
    script: everything,
    timeLimit: 60_000,
  });
  expect(run.stderr).toBe('');
  expect(run).toMatchObject({ exitCode: 0, stdout: '42 odd!\n' });
});

test('a program with AddressSanitizer runs under hooks, and still finds its own errors', async () => {
  const clean = shop.compile(
    'sanitized.gcc.c', // with its runtime linked in, as a program's own is
    `#include <stdio.h>
     #include <stdlib.h>
     int add(int, int);
     int main(int argc, char **argv) { volatile char *p = malloc(10); p[9] = (char)add(1, 2); free((void *)p); if (argc > 1) p[0] = 1; puts("done"); return 0; }`,
    '-fsanitize=address',
    '-static-libasan',
    library,
    `-Wl,-rpath,${shop.folder}`,
  );
  const environment = { ...process.env, ASAN_OPTIONS: 'verify_asan_link_order=0:detect_leaks=0' };
  const good = await shop.run({ command: [clean], functions: calls, shared, script: everything, env: environment });
  expect(good).toMatchObject({ exitCode: 0, stdout: 'done\n', stderr: '' });
  const bad = await shop.run({
    command: [clean, 'bad'],
    functions: calls,
    shared,
    script: everything,
    env: environment,
  });
  expect(bad.stderr).toContain('heap-use-after-free');
});
