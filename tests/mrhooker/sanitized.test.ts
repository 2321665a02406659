// The runtime built with AddressSanitizer and with undefined behaviour trapped, in programs that use all of it: threads, forks, jumps, rings
// that come round, tables that are full, views, traces.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildScript } from '../../packages/mrhooker/src/script/build.js';
import { fetchDebianSource } from '../../setup/corpus.mjs';
import { fn, type Run, Workshop } from './workshop.js';

const shop = new Workshop();
const runtime = shop.path('sanitized/runtime.so');
afterAll(() => shop[Symbol.dispose]());

beforeAll(async () => {
  const source = new URL('../../packages/mrhooker/runtime', import.meta.url).pathname;
  const engine = await fetchDebianSource('quickjs', { suite: 'trixie' });
  const configure = ['-S', source, '-B', shop.path('sanitized'), '-G', 'Ninja', `-DENGINE=${engine}`, '-DSANITIZE=ON'];
  execFileSync('cmake', configure, { stdio: 'pipe' });
  execFileSync('ninja', ['-C', shop.path('sanitized'), `-j${availableParallelism()}`, 'runtime'], { stdio: 'pipe' });
}, 600_000);

/** With AddressSanitizer's library linked in, whose functions the runtime finds in the program. */
const compile = (name: string, source: string, ...flags: string[]) =>
  shop.compile(`${name}.gcc.c`, source, '-fsanitize=address', '-static-libasan', '-rdynamic', '-pthread', ...flags);

/** Its library speaks on standard error, and ends the program, when something is wrong. */
const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=0:handle_sigill=1:exitcode=99' };
const run = (what: Run) => shop.run({ runtime, env, timeLimit: 60_000, ...what });

test('threads, forks and jumps; rings, tables, traces and memory', { timeout: 300_000 }, async () => {
  const library = shop.compile(
    'libstress.gcc.c',
    `#include <setjmp.h>
     #include <stdio.h>
     #include <string.h>
     __thread jmp_buf back;
     int add(int a, int b) { if (b == 13) longjmp(back, 1); return a + b; }
     const char *name(int n) { return n % 2 ? "odd" : "even"; }
     int sum(const int *list, long count) { int all = 0; for (long i = 0; i < count; i++) all += list[i]; return all; }
     long fill(char *into, long size) { snprintf(into, (size_t)size, "%ld bytes", size); return (long)strlen(into); }`,
    '-shared',
    '-fPIC',
  );
  const program = compile(
    'stress',
    `#include <pthread.h>
     #include <setjmp.h>
     #include <stdio.h>
     #include <stdlib.h>
     #include <string.h>
     #include <sys/wait.h>
     #include <unistd.h>
     extern __thread jmp_buf back;
     int add(int, int), sum(const int *, long);
     const char *name(int);
     long fill(char *, long);
     static void *work(void *from) {
       for (volatile int i = (int)(long)from; i < (int)(long)from + 200; i++) {
         int *list = malloc(10 * sizeof *list);
         char *text = malloc(30);
         for (int j = 0; j < 10; j++) list[j] = i * j;
         if (!setjmp(back)) add(i, i % 20);
         if (sum(list, 10) != i * 45 || fill(text, 30) != 8 || strcmp(text, "30 bytes")) puts("wrong");
         name(i);
         free(list);
         free(text);
       }
       return 0;
     }
     int main(void) {
       pthread_t threads[4];
       for (int round = 0; round < 2; round++) {
         for (long i = 0; i < 4; i++) pthread_create(&threads[i], 0, work, (void *)(i * 200));
         for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
       }
       for (int i = 0; i < 3; i++) if (!fork()) { work(0); _exit(0); }
       while (wait(0) > 0);
       printf("%d %s\\n", add(40, 2), name(3));
       return 0;
     }`,
    library,
    `-Wl,-rpath,${shop.folder}`,
  );
  const traced: unknown[] = [];
  const hooked = await run({
    command: [program],
    functions: [
      fn('int add(int, int)', 'iii'),
      fn('const char *name(int)', 'pi'),
      fn('int sum(const int *, long)', 'ipl'),
      fn('long fill(char *, long)', 'lpl'),
    ],
    shared: [
      { kind: 'counter', name: 'calls' },
      { kind: 'histogram', name: 'sizes' },
      { kind: 'map', name: 'kinds', capacity: 16 },
    ],
    ringSize: 1 << 14,
    onTrace: (_segment, record) => traced.push(record),
    script: `
      __mr.hook(f0, { replace: (a, b) => {
        __mr.counterAdd(0, 1); __mr.histogramAdd(1, a * b); __mr.mapAdd(2, 'key' + a % 60, 1); __mr.mapSwap(2, 'swap' + b, undefined, a);
        if (a === 7) throw new Error('seven');
        return f0(a, b);
      } });
      __mr.hook(f0, { enter: (a) => ({ a }), leave: (r, s) => { if (s.a % 7 === 0) log(s.a + ' ' + 'x'.repeat(s.a * 7 % 5000) + __mr.stack(3).length); } });
      __mr.hook(f1, { replace: (n) => {
        const p = f1(n), t = __mr.text(p);
        for (const wild of [8, -1, 2 ** 47]) try { __mr.text(__mr.pointer(wild)); log('read'); } catch {}
        return n % 3 ? p : t + '!';
      } });
      __mr.hook(f2, { replace: (p, n) => {
        const own = __mr.alloc(40);
        __mr.write(own, 0, __mr.bytes(p, 0, n * 4));
        for (let i = 0; i < n; i++) __mr.poke(own, i * 4, 'i', __mr.peek(p, i * 4, 'i'));
        return f2(own, n);
      } });
      __mr.hook(f3, { trace: [7, 4, 0, 0, 1, 255, 1, 0, 1, 64, 1, 0, 255, 0, 0, 8, 8, 255, 0, 255, 1, 0, 8, 8] });
      __mr.atExit(() => log('end ' + __mr.mapEntries(2).length + ' ' + (__mr.mapOverflow(2) > 0) + ' ' + __mr.histogramRead(1).length));`,
  });
  expect(hooked).toMatchObject({ exitCode: 0, signal: null, stdout: '42 odd!\n', stderr: '' });
  expect(hooked.of('add').hooked).toBe(2201);
  expect(traced).toHaveLength(2200);
  expect(hooked.account.dropped).toBe(0);
  const ends = hooked.lines.filter((line) => line.startsWith('end '));
  expect(ends).toHaveLength(4);
  expect(ends.at(-1)).toMatch(/^end \d+ true 64$/);
});

test('views of memory, callbacks, values and tables as scripts write them', { timeout: 300_000 }, async () => {
  writeFileSync(
    shop.path('ship.h'),
    `struct mast { short height; double bend; };
     struct ship {
       char name[16];
       unsigned sails : 5, docked : 1;
       struct mast masts[3];
       struct ship *next;
       long (*weigh)(long);
     };
     struct point { int x, y; };
     int launch(struct ship *ship, const char *const *crew);
     struct point mirror(struct point p);
     int order(int *list, unsigned long count, int (*compare)(const void *, const void *));
     int say(char *into, unsigned long size, const char *format, ...);\n`,
  );
  const library = shop.compile(
    'libship.gcc.c',
    `#include <stdarg.h>
     #include <stdio.h>
     #include <stdlib.h>
     #include "ship.h"
     int launch(struct ship *ship, const char *const *crew) { return ship->sails; }
     struct point mirror(struct point p) { return (struct point){-p.x, -p.y}; }
     int order(int *list, unsigned long count, int (*compare)(const void *, const void *)) { qsort(list, count, sizeof *list, compare); return list[0]; }
     int say(char *into, unsigned long size, const char *format, ...) {
       va_list list; va_start(list, format); int n = vsnprintf(into, size, format, list); va_end(list); return n;
     }`,
    '-shared',
    '-fPIC',
  );
  const program = compile(
    'ships',
    `#include <pthread.h>
     #include <stdio.h>
     #include <stdlib.h>
     #include <string.h>
     #include "ship.h"
     static long weigh(long by) { return by * 2; }
     static int up(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
     static void *work(void *p) {
       for (int i = 0; i < 100; i++) {
         struct ship *ship = calloc(1, sizeof *ship);
         const char *crew[] = {"Ishmael", "Queequeg", 0};
         ship->next = ship;
         ship->weigh = weigh;
         ship->masts[2].height = 7;
         strcpy(ship->name, "nameless");
         int sails = launch(ship, crew), *list = malloc(5 * sizeof *list);
         struct point p = mirror((struct point){i, 1});
         char text[40];
         for (int j = 0; j < 5; j++) list[j] = (j * 3 + i) % 5;
         int first = order(list, 5, up);
         say(text, sizeof text, "%d %s %.1f", i, "and", 1.5);
         if (i == 99) printf("%s %d %d %d %d %s\\n", ship->name, sails, p.x, first, list[4], text);
         free(ship);
         free(list);
       }
       return 0;
     }
     int main(void) {
       pthread_t threads[2];
       for (int i = 0; i < 2; i++) { pthread_create(&threads[i], 0, work, 0); pthread_join(threads[i], 0); }
       return 0;
     }`,
    library,
    `-Wl,-rpath,${shop.folder}`,
  );
  writeFileSync(
    shop.path('ships.ts'),
    `import { alloc, atExit, call, free, hook, record, shared, stack, varargs } from 'mrhooker';
     import { launch, mirror, order, point, say, ship as Ship } from 'c:./ship.h';
     const seen = shared.set('seen', { capacity: 8 });
     const many = shared.map('many', { capacity: 8 });
     const total = shared.counter('total');
     hook(launch, (ship, crew) => {
       const names = [];
       for (let i = 0; crew[i]; i++) names.push(crew[i].text());
       ship.name = names.join('').slice(0, 15);
       ship.sails = 17;
       ship.docked = 1;
       const next = ship.next;
       next.masts[2].height += 1;
       next.masts[0].bend = ship.masts[2].height / 3;
       total.add(Number(ship.weigh.call(21)));
       record({ name: ship.name.text(), masts: [...ship.masts].map((mast) => mast.height), own: Ship.size });
       seen.add(\`\${stack(5).length} \${total.value}\`);
       many.add(String(total.value), 2);
       return launch(ship, crew);
     });
     hook(mirror, (p) => mirror(point.alloc({ x: p.x + 1, y: p.y })));
     hook(order, (list, count, compare) => {
       const copy = alloc(count * 4, { keep: true });
       copy.write?.(list.bytes(count * 4));
       free(copy);
       return order(list, count, (a, b) => -compare.call(a, b));
     });
     hook(say, (into, size, format) => say(into, size, format, varargs.int(0) + 1, 'or', { double: 2 }));
     atExit(() => console.log('end', seen.size >= 8, seen.overflow > 0, many.overflow > 0, total.value, call === undefined));`,
  );
  const path = shop.path('ships.ts');
  const built = await buildScript([{ path }], { cwd: shop.folder, buildDir: shop.path('built') });
  const { stubs, bytecode, manifest } = built;
  const hooked = await run({ command: [program], stubs, bytecode, manifest });
  expect(hooked.lines.filter((line) => /failed|Error/.test(line))).toEqual([]);
  const line = 'IshmaelQueequeg 17 -100 4 0 100 or 2.0\n';
  expect(hooked).toMatchObject({ exitCode: 0, signal: null, stdout: line + line, stderr: '' });
  expect(hooked.lines.at(-1)).toBe('end true true true 8400 false');
});

test("the engine's large integers and floating-point numbers", async () => {
  const program = compile('wide', 'long wide(long x) { return x; }\nint main(void) { return wide(-1) != -1; }');
  const large = await run({
    command: [program],
    functions: [fn('long wide(long)', 'll')],
    eager: true,
    script: `const all = [1n << 64n, (1n << 64n) - 1n, -(1n << 63n), 1n << 200n, 0n, 2n ** 53n + 1n];
      __mr.atExit(() => log(all.concat(all.map((n) => n * n - n / 3n)).join() + [0.1 + 0.2, 5e-324, 2 ** 0.5, Math.sin(1e22), 7.5 % 2]));`,
  });
  expect(large).toMatchObject({ exitCode: 0, signal: null, stderr: '' });
  expect(large.lines).toHaveLength(1);
});
