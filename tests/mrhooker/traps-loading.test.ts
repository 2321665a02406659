// Seventeen ways in which hooks in a foreign process go wrong, each with what keeps it from doing so: how objects are loaded and symbols found.
// The fourteenth is what `mrhooker doctor` says (doctor.test.ts); the seventeenth, mutable state of a script's modules, is
// refused when the script is compiled, and tested there.

import { chmodSync, chownSync, copyFileSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { fn, Workshop } from './workshop.js';

const shop = new Workshop();
afterAll(() => shop[Symbol.dispose]());

const add = fn('int add(int, int)', 'iii');
const addLibrary = shop.compile('libadd.c', 'int add(int a, int b) { return a + b; }', '-shared', '-fPIC');
const linkAdd = [addLibrary, `-Wl,-rpath,${shop.folder}`];
const through = (count: number) =>
  Array.from({ length: count }, (_, i) => `__mr.hook(f${i}, { replace: (...a) => f${i}(...a) });`).join('\n');

describe('1: hooks before initialisation', () => {
  test('calls from other libraries’ constructors return what they should, and none is missed', async () => {
    const early = shop.compile(
      'libearly.c',
      `#include <stdio.h>
       int add(int, int);
       __attribute__((constructor)) static void begin(void) { printf("constructor %d\\n", add(1, 2)); }`,
      '-shared',
      '-fPIC',
      ...linkAdd,
      '-Wl,-z,initfirst',
    );
    const program = shop.compile(
      'early.c',
      '#include <stdio.h>\nint add(int, int);\nint main(void) { printf("main %d\\n", add(3, 4)); return 0; }',
      '-Wl,--no-as-needed',
      early,
      ...linkAdd,
    );
    const run = await shop.run({ command: [program], functions: [add], script: through(1) });
    expect(run.stdout).toBe('constructor 3\nmain 7\n');
    // The other library asks to be first, too: whoever wins, the call is in the account.
    expect(run.of('add').seen + run.account.early).toBe(2);
    expect(run.of('add').hooked).toBeGreaterThanOrEqual(1);
  });
});

/** Hooks that allocate. */
const observeAll = `for (const i of __mr.names('*')) {
  const f = __mr.function(i);
  const observe = { enter: () => { const o = []; for (let k = 0; k < 20; k++) o.push({ k, s: 'x' + k }); return o; }, leave: () => {} };
  try { __mr.hook(f, observe); } catch { __mr.hook(f, { enter: observe.enter }); }
}`;

describe('2: dlsym, which may allocate', () => {
  test('allocators that are found by dlsym, and hooked', async () => {
    // As wrappers of malloc do: the first call asks dlsym, which asks for memory, which is this function again.
    const wrapper = shop.compile(
      'libwrap.c',
      `#include <dlfcn.h>
       #include <stddef.h>
       static char pool[4096];
       static size_t used;
       static void *(*next)(size_t, size_t);
       static int searching;
       void *calloc(size_t n, size_t size) {
         if (!next && !searching) { searching = 1; next = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc"); searching = 0; }
         if (next) return next(n, size);
         void *from = pool + used; used += (n * size + 15) & ~15ul; return from;
       }`,
      '-shared',
      '-fPIC',
      '-fno-builtin',
    );
    const program = shop.compile(
      'asks.c',
      `#include <dlfcn.h>
       #include <stdio.h>
       #include <stdlib.h>
       int main(void) {
         char *error = dlsym(RTLD_DEFAULT, "no such function") ? 0 : dlerror(); /* the message is allocated */
         size_t (*length)(const char *) = (size_t (*)(const char *))dlsym(RTLD_DEFAULT, "strlen");
         printf("%d %zu %d\\n", error != 0, length("text"), *(char *)calloc(1, 1));
         return 0;
       }`,
      '-fno-builtin',
    );
    const hooks = { patterns: ['malloc', 'calloc', 'free', 'dlsym', 'dlerror', 'strlen'], script: observeAll };
    for (const env of [process.env, { ...process.env, LD_PRELOAD: wrapper }]) {
      const run = await shop.run({ command: [program], ...hooks, env });
      expect(run).toMatchObject({ stdout: '1 4 0\n', exitCode: 0, faults: 0 });
      expect(run.of('dlsym').hooked).toBeGreaterThanOrEqual(2);
      expect(run.of('calloc').hooked).toBeGreaterThanOrEqual(1);
    }
  });
});

describe('3: functions that libc and the engine need themselves', () => {
  const names = [
    'malloc',
    'calloc',
    'realloc',
    'free',
    'memcpy',
    'memset',
    'strlen',
    'pthread_getspecific',
    'clock_gettime',
    'snprintf',
    'mmap',
  ];
  test('hooks on all of them, with a script that allocates', async () => {
    const program = shop.compile(
      'needy.c',
      `#include <pthread.h>
       #include <stdio.h>
       #include <stdlib.h>
       #include <string.h>
       static void *work(void *p) { for (int i = 0; i < 200; i++) free(realloc(calloc(10, 10), 3000)); return p; }
       int main(void) {
         pthread_t t[4];
         for (int i = 0; i < 4; i++) pthread_create(&t[i], 0, work, 0);
         for (int i = 0; i < 4; i++) pthread_join(t[i], 0);
         char *s = strdup("text");
         printf("%zu %s\\n", strlen(s), s);
         free(s);
         return 0;
       }`,
      '-lpthread',
      '-fno-builtin',
    );
    const run = await shop.run({ command: [program], patterns: names, script: observeAll });
    expect(run).toMatchObject({ stdout: '4 text\n', exitCode: 0, faults: 0 });
    expect(run.of('realloc').hooked).toBe(800);
    expect(run.of('calloc').hooked).toBeGreaterThanOrEqual(800);
  });

  test('what a hook itself calls isn’t hooked again, and is counted', async () => {
    const program = shop.compile(
      'alloc.c',
      '#include <stdlib.h>\nint main(void) { for (int i = 0; i < 5; i++) free(malloc(10)); return 0; }',
      '-fno-builtin',
    );
    const run = await shop.run({
      command: [program],
      functions: [fn('void *malloc(size_t)', 'pL'), fn('char *strdup(const char *)', 'pp', { calledOnly: true })],
      script: `__mr.hook(f0, { replace: (n) => { f1('inside'); return f0(n); } });`,
    });
    expect(run.exitCode).toBe(0);
    expect(run.of('malloc')).toEqual({ seen: 10, hooked: 5, bypassed: { 'made by a hook': 5 } });
  });
});

describe('6: programs that ignore preloaded objects', () => {
  test('a static one is refused before it runs', async () => {
    const program = shop.compile('static.c', 'int main(void) { return 0; }', '-static');
    await expect(shop.run({ command: [program] })).rejects.toThrow(/static.*: statically linked/);
  });

  test.skipIf(process.geteuid?.() !== 0)('so is a setuid one, unless it is the user’s own', async () => {
    const privileged = shop.path('privileged');
    copyFileSync('/bin/true', privileged);
    chownSync(privileged, 65534, 65534);
    chmodSync(privileged, 0o4755);
    await expect(shop.run({ command: [privileged] })).rejects.toThrow(/privileged: setuid or setgid/);
    chownSync(privileged, 0, 0);
    chmodSync(privileged, 0o4755);
    expect(await shop.run({ command: [privileged] })).toMatchObject({ exitCode: 0, hooked: true });
  });

  test('one that can’t be told beforehand is found by the missing handshake', async () => {
    const program = shop.compile('bare.c', 'int main(void) { return 0; }', '-static');
    // The interpreter of a script is looked at; what a wrapper of that script starts is not.
    const run = await shop.run({ command: ['/bin/sh', '-c', `exec ${program}`], functions: [add] });
    expect(run).toMatchObject({ exitCode: 0, hooked: true });
    expect(run.lines.join('\n')).toMatch(/bare.*statically linked/);
  });
});

describe('13: libraries that are loaded later', () => {
  test('are found by their caller’s rules, and those that prefer their own symbols are hooked, too', async () => {
    shop.compile(
      'libdeep.c',
      `int add(int, int); int deep(void) { return add(40, 2); }`,
      '-shared',
      '-fPIC',
      ...linkAdd,
    );
    const loader = shop.compile(
      'libloader.c',
      `#define _GNU_SOURCE
       #include <dlfcn.h>
       #include <stdio.h>
       #include <string.h>
       int load(const char *folder) {
         char path[4096]; snprintf(path, sizeof path, "%s/libdeep.so", folder);
         int (*f)(void) = (int (*)(void))dlsym(dlopen("libdeep.so", RTLD_NOW | RTLD_LOCAL), "deep");
         int sum = f();
         f = (int (*)(void))dlsym(dlopen(path, RTLD_NOW | RTLD_DEEPBIND), "deep");
         sum += f();
         int (*direct)(int, int) = (int (*)(int, int))dlsym(dlopen("libadd.so", RTLD_NOW), "add");
         return sum + direct(1, 1);
       }`,
      '-shared',
      '-fPIC',
      '-Wl,-rpath,$ORIGIN',
    );
    const program = shop.compile(
      'loads.c',
      '#include <stdio.h>\nint load(const char *);\nint main(int c, char **v) { printf("%d\\n", load(v[1])); return 0; }',
      loader,
      `-Wl,-rpath,${shop.folder}`,
    );
    const run = await shop.run({
      command: [program, shop.folder],
      functions: [add],
      patterns: ['dlopen'],
      script: `__mr.hook(f0, { enter: (a) => log(a) }); __mr.hook(__mr.names('dlopen')[0], { enter: () => log('dlopen') });`,
    });
    expect(run.stdout).toBe('86\n');
    expect(run.lines.filter((line) => line === 'dlopen')).toHaveLength(3);
    expect(run.lines.filter((line) => line !== 'dlopen')).toEqual(['40', '40', '1']);
  });

  test('the default version is called where there are several', async () => {
    const program = shop.compile(
      'versions.c',
      '#include <stdio.h>\n#include <string.h>\n#include <pthread.h>\nint main(void) { char b[4]; memcpy(b, "abc", 4); pthread_cond_t c; pthread_cond_init(&c, 0); pthread_cond_signal(&c); puts(b); return 0; }',
      '-fno-builtin',
      '-lpthread',
    );
    const run = await shop.run({
      command: [program],
      patterns: ['memcpy', 'pthread_cond_*'],
      script: `for (const i of __mr.names('*')) { const f = __mr.function(i); __mr.hook(f, { replace: () => f() }); }`,
    });
    expect(run).toMatchObject({ stdout: 'abc\n', exitCode: 0 });
    expect(run.of('pthread_cond_signal').hooked).toBe(1);
  });
});

describe('16: other preloaded wrappers', () => {
  test('an original found by RTLD_NEXT is the next wrapper’s, and the stub names no runtime', async () => {
    const wrapper = shop.compile(
      'libwrap.c',
      `#define _GNU_SOURCE
       #include <dlfcn.h>
       int add(int a, int b) { return 1000 + ((int (*)(int, int))dlsym(RTLD_NEXT, "add"))(a, b); }`,
      '-shared',
      '-fPIC',
    );
    const program = shop.compile(
      'wrapped.c',
      '#include <stdio.h>\nint add(int, int);\nint main(void) { printf("%d\\n", add(1, 2)); return 0; }',
      ...linkAdd,
    );
    const run = await shop.run({
      command: [program],
      functions: [add],
      env: { ...process.env, LD_PRELOAD: wrapper },
      script: `__mr.hook(f0, { replace: (a, b) => f0(a, b) + 1 });`,
    });
    expect(run.stdout).toBe('1004\n');
    expect(readFileSync(shop.path('stub-0.so')).includes('runtime.so')).toBe(false);
  });
});
