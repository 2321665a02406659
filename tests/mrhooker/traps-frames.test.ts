// Seventeen ways in which hooks in a foreign process go wrong, each with what keeps it from doing so: threads, stacks and jumps.
// The fourteenth is what `mrhooker doctor` says (doctor.test.ts); the seventeenth, mutable state of a script's modules, is
// refused when the script is compiled, and tested there.

import { afterAll, describe, expect, test } from 'vitest';
import { fn, Workshop } from './workshop.js';

const shop = new Workshop();
afterAll(() => shop[Symbol.dispose]());

const add = fn('int add(int, int)', 'iii');
const addLibrary = shop.compile('libadd.c', 'int add(int a, int b) { return a + b; }', '-shared', '-fPIC');
const linkAdd = [addLibrary, `-Wl,-rpath,${shop.folder}`];
const through = (count: number) =>
  Array.from({ length: count }, (_, i) => `__mr.hook(f${i}, { replace: (...a) => f${i}(...a) });`).join('\n');

describe('7: cancelled threads', () => {
  test('a thread that is cancelled inside a hooked function, and one that exits there', async () => {
    const program = shop.compile(
      'cancel.c',
      `#include <pthread.h>
       #include <stdio.h>
       #include <unistd.h>
       int add(int, int);
       void *blocks(void *p) { char c; read(*(int *)p, &c, 1); return 0; }
       void *leaves(void *p) { add(1, 1); pthread_exit((void *)7); }
       static pthread_key_t key;
       void late(void *p) { printf("late %d\\n", add(5, 5)); fflush(stdout); }
       void *destroys(void *p) { pthread_setspecific(key, p); add(1, 2); return 0; }
       int main(void) {
         int fds[2]; pipe(fds);
         pthread_t t; void *r;
         for (int i = 0; i < 20; i++) {
           pthread_create(&t, 0, blocks, &fds[0]); usleep(2000); pthread_cancel(t); pthread_join(t, &r);
           if (r != PTHREAD_CANCELED) puts("not cancelled");
           pthread_create(&t, 0, leaves, 0); pthread_join(t, &r);
           if (r != (void *)7) puts("not exited");
         }
         pthread_key_create(&key, late);
         pthread_create(&t, 0, destroys, &key); pthread_join(t, 0);
         printf("done %d\\n", add(20, 22));
         return 0;
       }`,
      '-lpthread',
      ...linkAdd,
    );
    const run = await shop.run({
      command: [program],
      functions: [add, fn('ssize_t read(int, void *, size_t)', 'lipL')],
      patterns: ['pthread_cancel', 'pthread_join'],
      script: `${through(2)} for (const i of __mr.names('*')) { const f = __mr.function(i); __mr.hook(f, { replace: () => f() }); }`,
    });
    expect(run).toMatchObject({ stdout: 'late 10\ndone 42\n', exitCode: 0, faults: 0 });
    expect(run.of('read').hooked).toBe(20);
  });
});

describe('8: frames that are left', () => {
  test('by longjmp, ten thousand times, without growth, and overwritten before the next call', async () => {
    const library = shop.compile(
      'libcall.c',
      'int call(int (*f)(int), int n) { return f(n); }',
      '-shared',
      '-fPIC',
      '-fexceptions',
    );
    const program = shop.compile(
      'jump.c',
      `#include <setjmp.h>
       #include <stdio.h>
       int call(int (*f)(int), int n);
       static jmp_buf buffer;
       /* What is called meanwhile writes over the frames that were left. */
       __attribute__((noinline)) void overwrite(void) { volatile char bytes[8192]; for (int i = 0; i < 8192; i++) bytes[i] = 0x55; }
       int jump(int n) { if (n % 2) longjmp(buffer, 1); return n; }
       int main(void) {
         volatile int jumps = 0, returns = 0;
         for (volatile int i = 0; i < 10000; i++) { if (setjmp(buffer)) { jumps++; overwrite(); } else { call(jump, i); returns++; } }
         printf("%d %d\\n", jumps, returns);
         return 0;
       }`,
      library,
      `-Wl,-rpath,${shop.folder}`,
    );
    const run = await shop.run({
      command: [program],
      functions: [fn('int call(int (*)(int), int)'.replace('int (*)(int)', 'void *'), 'ipi')],
      script: through(1),
    });
    expect(run).toMatchObject({ stdout: '5000 5000\n', exitCode: 0, faults: 0 });
    expect(run.of('call')).toMatchObject({ seen: 10000, hooked: 10000 });
  });

  test('by a C++ exception, through script code that waits for the original', async () => {
    const library = shop.compile(
      'libthrow.cpp',
      'extern "C" int call(int (*f)(int), int n) { return f(n); }',
      '-shared',
      '-fPIC',
    );
    const program = shop.compile(
      'throws.cpp',
      `#include <cstdio>
       #include <stdexcept>
       #include <string>
       extern "C" int call(int (*f)(int), int n);
       struct Guard { int &n; ~Guard() { n++; } };
       int nested(int n) { if (n == 0) throw std::runtime_error("deep"); return call(nested, n - 1); }
       int main() {
         int caught = 0, destroyed = 0;
         for (int i = 0; i < 2000; i++) {
           try { Guard guard{destroyed}; call(nested, i % 5); } catch (const std::runtime_error &e) { if (std::string(e.what()) == "deep") caught++; }
         }
         printf("%d %d\\n", caught, destroyed);
         call([](int n) { return n; }, 1);
       }`,
      library,
      `-Wl,-rpath,${shop.folder}`,
    );
    const functions = [fn('int call(void *, int)', 'ipi')];
    const stacked = `${through(1)} __mr.hook(f0, { enter: () => 1, leave: () => {} });`;
    const run = await shop.run({ command: [program], functions, script: stacked });
    expect(run).toMatchObject({ stdout: '2000 2000\n', exitCode: 0, faults: 0 });
    const untyped = await shop.run({
      command: [program],
      patterns: ['call'],
      script: `const f = __mr.function(__mr.names('call')[0]); __mr.hook(f, { replace: () => f() });`,
    });
    expect(untyped).toMatchObject({ stdout: '2000 2000\n', exitCode: 0, faults: 0 });
  });
});

describe('9: small and foreign stacks', () => {
  test('the least stack a thread can have, a coroutine’s, and a signal’s', async () => {
    const program = shop.compile(
      'stacks.c',
      `#include <limits.h>
       #include <pthread.h>
       #include <signal.h>
       #include <stdio.h>
       #include <stdlib.h>
       #include <sys/mman.h>
       #include <ucontext.h>
       int add(int, int);
       static int sum;
       void *work(void *p) { for (int i = 0; i < 50; i++) __atomic_fetch_add(&sum, add(i, 1), 0); return 0; }
       static ucontext_t back, there;
       void coroutine(void) { for (int i = 0; i < 3; i++) { sum += add(i, i); swapcontext(&there, &back); } }
       void handler(int s) { sum += add(100, s); }
       int main(void) {
         pthread_attr_t a; pthread_attr_init(&a); pthread_attr_setstacksize(&a, PTHREAD_STACK_MIN);
         pthread_t t; pthread_create(&t, &a, work, 0); pthread_join(t, 0);
         for (int size = 16384; size <= 262144; size *= 4) {
           getcontext(&there);
           there.uc_stack.ss_sp = malloc(size); there.uc_stack.ss_size = size; there.uc_link = &back;
           makecontext(&there, coroutine, 0);
           for (int i = 0; i < 3; i++) { swapcontext(&back, &there); sum += add(1, 0); }
           free(there.uc_stack.ss_sp);
         }
         stack_t s = {.ss_sp = malloc(65536), .ss_size = 65536};
         sigaltstack(&s, 0);
         struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
         sigaction(SIGUSR1, &action, 0);
         raise(SIGUSR1);
         printf("%d\\n", sum);
         return 0;
       }`,
      '-lpthread',
      ...linkAdd,
    );
    const plain = (50 * 49) / 2 + 50 + 3 * (0 + 2 + 4 + 3) + 110;
    const run = await shop.run({ command: [program], functions: [add], script: through(1) });
    expect(run).toMatchObject({ stdout: `${plain}\n`, exitCode: 0, faults: 0 });
    const { seen, hooked, bypassed } = run.of('add');
    expect(seen).toBe(50 + 18 + 1);
    expect(seen).toBe(hooked + Object.values(bypassed).reduce((a, b) => a + b, 0));
    expect(hooked).toBeGreaterThan(0);
  });
});
