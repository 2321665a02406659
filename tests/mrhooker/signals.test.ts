// Signals: a hooked function that waits is interrupted as without hooks, and handlers call hooked functions at any moment.
import { spawnSync } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import { fn, Workshop } from './workshop.js';

const shop = new Workshop();
afterAll(() => shop[Symbol.dispose]());

const library = shop.compile(
  'liblook.c',
  'long look(const void *p, const void *q, unsigned long n) { return (long)(n % 1000); }',
  '-shared',
  '-fPIC',
);
const program = shop.compile(
  'signals.c',
  `#include <errno.h>
   #include <setjmp.h>
   #include <signal.h>
   #include <stdio.h>
   #include <string.h>
   #include <sys/socket.h>
   #include <sys/time.h>
   long look(const void *, const void *, unsigned long);
   static volatile long handled, wrong;
   static volatile int jumps;
   static sigjmp_buf back;
   static void every(unsigned us) { struct itimerval t = {{0, us}, {0, us}}; setitimer(ITIMER_REAL, &t, 0); }
   static void handler(int signal) {
     int saved = errno;
     if (look(&saved, "handler", 18446744073709551000ul + handled % 100) != (long)((18446744073709551000ul + handled % 100) % 1000)) wrong++;
     handled++;
     errno = saved;
     if (jumps && handled % 7 == 0) siglongjmp(back, 1);
   }
   int main(void) {
     struct sigaction action = {.sa_handler = handler};
     sigaction(SIGALRM, &action, 0);
     int pair[2], interrupted = 0;
     static char data[1 << 20];
     socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
     every(50000);
     for (int i = 0; i < 20 && interrupted < 3; i++)
       if (send(pair[0], data, sizeof data, 0) < 0 && errno == EINTR) interrupted++;
     every(200);
     for (jumps = 0; jumps < 2; jumps++) {
       handled = 0;
       sigsetjmp(back, 1);
       for (unsigned long i = 0; handled < 1000; i++) {
         errno = 77;
         if (look(&pair[i % 2], "main", 9007199254740993ul + i) != (long)((9007199254740993ul + i) % 1000) || errno != 77) wrong++;
       }
     }
     every(0);
     printf("%d %ld\\n", interrupted, wrong);
     return 0;
   }`,
  library,
  `-Wl,-rpath,${shop.folder}`,
);
const functions = [
  fn('long look(const void *, const void *, unsigned long)', 'lppL'),
  fn('ssize_t send(int, const void *, size_t, int)', 'lipLi'),
];

test('interrupt what is waited for, and find no engine in the middle of something', { timeout: 120_000 }, async () => {
  expect(spawnSync(program, { encoding: 'utf8' }).stdout).toBe('3 0\n');
  const run = await shop.run({
    command: [program],
    functions,
    script: `
      __mr.hook(f0, { replace: (p, q, n) => { const all = [p, q, String(n), { n }]; return f0(all[0], all[1], n); } });
      __mr.hook(f1, { replace: (fd, p, n, flags) => f1(fd, p, n, flags) });`,
  });
  expect(run.lines).toEqual([]);
  expect(run).toMatchObject({ exitCode: 0, signal: null, stdout: '3 0\n' });
  const { seen, hooked, bypassed } = run.of('look');
  expect(seen).toBe(hooked + Object.values(bypassed).reduce((sum, count) => sum + count, 0));
  expect(hooked).toBeGreaterThan(1000);
});
