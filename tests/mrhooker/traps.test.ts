// Seventeen ways in which hooks in a foreign process go wrong, each with what keeps it from doing so. The seventeenth,
// mutable state of a script's modules, is refused when the script is compiled, and tested there.

import { chmodSync, chownSync, copyFileSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { fn, Workshop } from './native.js';

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

describe('2 and 3: functions that the loader, libc and the engine need themselves', () => {
  const names = [
    'malloc',
    'calloc',
    'realloc',
    'free',
    'memcpy',
    'memset',
    'strlen',
    'dlsym',
    'pthread_getspecific',
    'clock_gettime',
    'snprintf',
    'mmap',
  ];
  test('hooks on all of them, with a script that allocates', async () => {
    const program = shop.compile(
      'needy.c',
      `#include <dlfcn.h>
       #include <pthread.h>
       #include <stdio.h>
       #include <stdlib.h>
       #include <string.h>
       static void *work(void *p) { for (int i = 0; i < 200; i++) free(realloc(calloc(10, 10), 3000)); return p; }
       int main(void) {
         pthread_t t[4];
         for (int i = 0; i < 4; i++) pthread_create(&t[i], 0, work, 0);
         for (int i = 0; i < 4; i++) pthread_join(t[i], 0);
         size_t (*length)(const char *) = (size_t (*)(const char *))dlsym(RTLD_DEFAULT, "strlen");
         char *s = strdup("text");
         printf("%zu %s\\n", length(s), s);
         free(s);
         return 0;
       }`,
      '-lpthread',
      '-fno-builtin',
    );
    const run = await shop.run({
      command: [program],
      patterns: names,
      script: `for (const i of __mr.names('*')) {
        const f = __mr.function(i);
        const observe = { enter: () => { const o = []; for (let k = 0; k < 20; k++) o.push({ k, s: 'x' + k }); return o; }, leave: () => {} };
        try { __mr.hook(f, observe); } catch { __mr.hook(f, { enter: observe.enter }); }
      }`,
    });
    expect(run).toMatchObject({ stdout: '4 text\n', exitCode: 0, faults: 0 });
    expect(run.of('realloc').hooked).toBe(800);
    expect(run.of('calloc').hooked).toBeGreaterThanOrEqual(800);
    expect(run.of('dlsym').hooked).toBe(1);
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
  test('by longjmp, ten thousand times, without growth', async () => {
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
       int jump(int n) { if (n % 2) longjmp(buffer, 1); return n; }
       int main(void) {
         volatile int jumps = 0, returns = 0;
         for (volatile int i = 0; i < 10000; i++) { if (setjmp(buffer)) jumps++; else { call(jump, i); returns++; } }
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
