// Seventeen ways in which hooks in a foreign process go wrong, each with what keeps it from doing so: children, and what is said before the end.
// The fourteenth is what `mrhooker doctor` says (doctor.test.ts); the seventeenth, mutable state of a script's modules, is
// refused when the script is compiled, and tested there.

import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fn, Workshop } from './workshop.js';

const shop = new Workshop();
afterAll(() => shop[Symbol.dispose]());

const add = fn('int add(int, int)', 'iii');
const addLibrary = shop.compile('libadd.c', 'int add(int a, int b) { return a + b; }', '-shared', '-fPIC');
const linkAdd = [addLibrary, `-Wl,-rpath,${shop.folder}`];

describe('5: children', () => {
  const program = shop.compile(
    'children.c',
    `#define _GNU_SOURCE
     #include <spawn.h>
     #include <stdio.h>
     #include <stdlib.h>
     #include <string.h>
     #include <sys/wait.h>
     #include <unistd.h>
     int add(int, int);
     extern char **environ;
     int main(int argc, char **argv) {
       if (argc > 1) { add(9, 9); printf("%s %s\\n", argv[1], getenv("KEPT") ? getenv("KEPT") : "-"); return 0; }
       char *own[] = {"KEPT=1", 0}, *none[] = {0};
       pid_t pid;
       fflush(stdout);
       if (!(pid = fork())) { add(1, 1); _exit(0); } waitpid(pid, 0, 0);
       if (!(pid = vfork())) { execle(argv[0], argv[0], "vfork", (char *)0, own); _exit(1); } waitpid(pid, 0, 0);
       posix_spawn(&pid, argv[0], 0, 0, (char *[]){argv[0], "spawn", 0}, none); waitpid(pid, 0, 0);
       if (!(pid = fork())) { clearenv(); execl(argv[0], argv[0], "execl", (char *)0); _exit(1); } waitpid(pid, 0, 0);
       if (!(pid = fork())) { execve(argv[0], (char *[]){argv[0], "execve", 0}, 0); _exit(1); } waitpid(pid, 0, 0);
       char line[4096];
       snprintf(line, sizeof line, "%s system", argv[0]);
       setenv("KEPT", "2", 1);
       unsetenv("LD_PRELOAD");
       system(line);
       snprintf(line, sizeof line, "%s popen", argv[0]);
       FILE *p = popen(line, "r");
       while (fgets(line, sizeof line, p)) fputs(line, stdout);
       pclose(p);
       return 0;
     }`,
    ...linkAdd,
  );
  test('stay hooked after fork, vfork, posix_spawn, system, popen and exec, with any environment', async () => {
    const run = await shop.run({
      command: [program],
      functions: [add],
      script: `__mr.hook(f0, { enter: (a) => log(a) });`,
    });
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('vfork 1\nspawn -\nexecl -\nexecve -\nsystem 2\n');
    expect(run.stdout).toContain('popen 2\n');
    expect(run.lines.filter((line) => line === '9')).toHaveLength(6);
    expect(run.of('add')).toMatchObject({ seen: 7, hooked: 7 });
  });

  test('keep what else was preloaded', async () => {
    const other = shop.compile(
      'libother.c',
      '#include <unistd.h>\n__attribute__((constructor)) static void begin(void) { write(1, "other\\n", 6); }',
      '-shared',
      '-fPIC',
    );
    const run = await shop.run({
      command: ['/bin/sh', '-c', '/bin/true'],
      functions: [add],
      env: { ...process.env, LD_PRELOAD: other },
    });
    expect(run.stdout).toBe('other\nother\n');
  });

  test.skipIf(process.geteuid?.() !== 0)(
    'of a user who has no access to the hooks run as without, which is said',
    async () => {
      const drops = shop.compile(
        'drops.c',
        `#include <stdlib.h>
       #include <stdio.h>
       #include <sys/wait.h>
       #include <unistd.h>
       int main(int argc, char **argv) {
         if (argc > 1) { printf("%d %s %s\\n", getppid() == 1, getenv("LD_PRELOAD"), getenv("MRHOOKER")); return 0; }
         if (setgid(65534) || setuid(65534)) return 1;
         fflush(stdout);
         if (!fork()) { execl(argv[0], argv[0], "exec", (char *)0); _exit(1); } wait(0);
         char line[4096];
         snprintf(line, sizeof line, "%s system", argv[0]);
         return system(line);
       }`,
      );
      // Everybody may run the program; its stubs are the user's own.
      const open = mkdtempSync(join(tmpdir(), 'mrhooker-open-'));
      try {
        chmodSync(open, 0o755);
        const copy = join(open, 'drops');
        copyFileSync(drops, copy);
        const functions = [fn('int getppid(void)', 'i')];
        const run = await shop.run({ command: [copy], functions, script: '__mr.hook(f0, { replace: () => 1 });' });
        expect(run).toMatchObject({ exitCode: 0, stderr: '', stdout: '0 (null) (null)\n0 (null) (null)\n' });
        for (const program of ['drops', '/bin/sh'])
          expect(run.lines.join('\n')).toContain(
            `${program}: started by a user, or in a root directory, without access to the hooks`,
          );
      } finally {
        rmSync(open, { recursive: true });
      }
    },
  );

  test('aren’t followed when that is not wanted', async () => {
    const run = await shop.run({
      command: ['/bin/sh', '-c', `${program} alone; echo "$LD_PRELOAD$MRHOOKER"`],
      functions: [add],
      script: `__mr.hook(f0, {});`,
      follow: false,
    });
    expect(run.stdout).toBe('alone -\n\n');
    expect(run.account.processes).toHaveLength(1);
    expect(run.of('add').seen).toBe(0);
  });
});

describe('15: output', () => {
  const program = shop.compile(
    'ends.c',
    `#define _GNU_SOURCE
     #include <signal.h>
     #include <stdlib.h>
     #include <string.h>
     #include <unistd.h>
     int add(int, int);
     int main(int c, char **v) {
       for (int fd = 0; fd < 1024; fd++) close(fd);
       for (int i = 0; i < 2000; i++) add(i, 1);
       if (!strcmp(v[1], "_exit")) _exit(3);
       if (!strcmp(v[1], "kill")) kill(getpid(), SIGKILL);
       if (!strcmp(v[1], "crash")) *(volatile int *)0 = 0;
       if (!strcmp(v[1], "chroot")) { chroot("/dev"); chdir("/"); setuid(65534); add(2000, 1); }
       return 0;
     }`,
    ...linkAdd,
  );
  test.each([
    ['_exit', { exitCode: 3, signal: null }, 2000],
    ['kill', { exitCode: null, signal: 'SIGKILL' }, 2000],
    ['crash', { exitCode: null, signal: 'SIGSEGV' }, 2000],
    ['chroot', { exitCode: 0, signal: null }, process.geteuid?.() === 0 ? 2001 : 2001],
  ])('nothing is lost when all descriptors are closed and then: %s', async (how, outcome, count) => {
    const run = await shop.run({
      command: [program, how],
      functions: [add],
      script: `__mr.hook(f0, { enter: (a) => log('line ' + a) });`,
    });
    expect(run).toMatchObject(outcome);
    expect(run.lines).toEqual(Array.from({ length: count }, (_, i) => `line ${i}`));
    expect(run.of('add').hooked).toBe(count);
  });

  test('nothing is lost of many processes that live for a moment', async () => {
    const brief = shop.compile(
      'brief.c',
      `#include <sys/wait.h>
       #include <unistd.h>
       int add(int, int);
       int main(int c, char **v) {
         if (c > 1) { add(1, 2); return 0; }
         for (int i = 0; i < 400; i++) {
           if (!fork()) { execl(v[0], v[0], "once", (char *)0); _exit(1); }
           wait(0);
         }
         return 0;
       }`,
      ...linkAdd,
    );
    const run = await shop.run({
      command: [brief],
      functions: [add],
      script: `__mr.hook(f0, { enter: () => log('line') });`,
    });
    expect(run.of('add').hooked).toBe(400);
    expect(run.lines).toHaveLength(400);
  });

  test('children that stay and say more and more don’t keep the launcher', async () => {
    const staying = shop.compile(
      'staying.c',
      `#include <time.h>
       #include <unistd.h>
       int add(int, int);
       int main(void) {
         int child = 0;
         while (child < 8 && fork()) child++;
         if (child == 8) { usleep(300000); return 7; }
         for (time_t end = time(0) + 10; time(0) < end;) add(1, 1);
         return 0;
       }`,
      ...linkAdd,
    );
    const start = performance.now();
    const run = await shop.run({
      command: [staying],
      functions: [add],
      script: `__mr.hook(f0, { enter: () => log('again') });`,
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    expect(run.exitCode).toBe(7);
    expect(performance.now() - start).toBeLessThan(6000);
  });

  test('lines of threads never interleave, long ones included', async () => {
    const threads = shop.compile(
      'threads.c',
      `#include <pthread.h>
       int add(int, int);
       void *work(void *p) { for (int i = 0; i < 100; i++) add((int)(long)p, i); return 0; }
       int main(void) { pthread_t t[8]; for (long i = 0; i < 8; i++) pthread_create(&t[i], 0, work, (void *)i); for (int i = 0; i < 8; i++) pthread_join(t[i], 0); return 0; }`,
      '-lpthread',
      ...linkAdd,
    );
    const run = await shop.run({
      command: [threads],
      functions: [add],
      script: `__mr.hook(f0, { enter: (a, i) => log((a + ':' + i + ' ').repeat(i % 10 ? 10 : 20000)) });`,
    });
    expect(run.lines).toHaveLength(800);
    for (const line of run.lines) expect(new Set(line.trim().split(' ')).size).toBe(1);
    expect(run.account.dropped).toBe(0);
  });
});
