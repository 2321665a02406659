// What a thread costs in memory once it has called a hooked function.
import { afterAll, expect, test } from 'vitest';
import { fn, Workshop } from './workshop.js';

const shop = new Workshop();
afterAll(() => shop[Symbol.dispose]());

const threads = 50;
const asked = 160;

test('a hooking thread takes at most 160 kB, its ring not counted', { timeout: 120_000 }, async () => {
  const library = shop.compile('libadd.c', 'int add(int a, int b) { return a + b; }', '-shared', '-fPIC');
  // Prints the anonymous memory in kB that each further thread has brought; the ring is a shared file.
  const program = shop.compile(
    'threads.c',
    `#include <pthread.h>
     #include <stdio.h>
     int add(int, int);
     static pthread_barrier_t barrier;
     static long anonymous(void) {
       char line[200]; long kb = 0; FILE *f = fopen("/proc/self/smaps_rollup", "r");
       while (fgets(line, sizeof line, f)) sscanf(line, "Anonymous: %ld", &kb);
       fclose(f); return kb;
     }
     static void *work(void *p) { add(1, 2); pthread_barrier_wait(&barrier); pthread_barrier_wait(&barrier); return p; }
     int main(void) {
       add(1, 2); anonymous();
       long before = anonymous();
       pthread_t all[${threads}];
       pthread_barrier_init(&barrier, 0, ${threads} + 1);
       for (int i = 0; i < ${threads}; i++) pthread_create(&all[i], 0, work, 0);
       pthread_barrier_wait(&barrier);
       printf("%.1f\\n", (anonymous() - before) / ${threads}.0);
       pthread_barrier_wait(&barrier);
       for (int i = 0; i < ${threads}; i++) pthread_join(all[i], 0);
       return 0;
     }`,
    library,
    `-Wl,-rpath,${shop.folder}`,
    '-lpthread',
  );
  const helpers = Array.from({ length: 60 }, (_, i) => `function helper${i}(a) { return a * ${i} + ${i}; }`).join('\n');
  const script = `${helpers}\n__mr.hook(f0, { replace: (a, b) => { __mr.counterAdd(0, 1); return f0(helper1(a) - 1, b); } });`;
  const run = await shop.run({
    command: [program],
    functions: [fn('int add(int, int)', 'iii')],
    shared: [{ kind: 'counter', name: 'calls' }],
    script,
  });
  expect(run.of('add').hooked).toBe(threads + 1);
  const kilobytes = Number(run.stdout);
  expect(kilobytes).toBeGreaterThan(20);
  expect(kilobytes).toBeLessThanOrEqual(asked);
});
