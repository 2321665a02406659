// Libraries come and go while a program runs, also in other threads.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Place, printed } from './place.js';

const place = new Place();
const compile = (name: string, source: string, ...flags: string[]) =>
  execFileSync('gcc', ['-O1', '-x', 'c', '-', '-o', place.path(name), ...flags], { input: source });
afterAll(() => place.remove());

describe('a library in the place of another', { timeout: 120_000 }, () => {
  beforeAll(() => {
    // As long as each other, so that all addresses are the same.
    for (const [name, value] of [
      ['first', 1],
      ['other', 2],
    ])
      compile(
        `${name}.so`,
        `#include <unistd.h>
static __attribute__((noinline)) int ${name}(void) { return access("/", F_OK) + ${value}; }
void run(void) { if (${name}() == 0) access("/", F_OK); }`,
        '-shared',
        '-fPIC',
      );
    compile(
      'reload',
      `#include <dlfcn.h>
#include <unistd.h>
int main(int n, char **words) {
  for (int i = 1; i < n; i++) {
    unlink("./now.so");
    if (link(words[i], "./now.so")) return 2;
    void *library = dlopen("./now.so", RTLD_NOW);
    ((void (*)(void))dlsym(library, "run"))();
    dlclose(library);
  }
  return 0;
}`,
    );
  });
  const command = ['./reload', 'first.so', 'other.so', 'first.so', 'other.so'];

  test('has names of its own in stacks', async () => {
    const ran = await place.script(
      `import { hook, stack } from 'mrhooker';
import { access } from 'c:unistd.h';
hook(access, { enter: () => console.log(stack(1)[0]?.symbol, stack(1)[0]?.address) });
`,
      command,
    );
    const [names, addresses] = [0, 1].map((column) => printed(ran).map((line) => line.split(' ')[column]));
    expect(names).toEqual(['first', 'other', 'first', 'other']);
    expect(new Set(addresses).size).toBe(1);
  });

  test('and where calls of one function are hooked', async () => {
    const ran = await place.script(
      `import { hook } from 'mrhooker';
import { access } from 'c:unistd.h';
hook(access, { enter: () => console.log('called') }, { caller: 'other' });
`,
      command,
    );
    expect(printed(ran)).toEqual(['called', 'called']);
  });
});

describe('libraries that come and go in other threads', { timeout: 120_000 }, () => {
  beforeAll(() => {
    for (let i = 0; i < 12; i++) compile(`p${i}.so`, `int give(void) { return ${i}; }`, '-shared', '-fPIC');
    // Two threads load and unload, and use again what memory the loader has freed. Two call access() from code that no object holds.
    compile(
      'threads',
      `#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
static atomic_int sum, ended;
static int (*made)(const char *, int);
static void *load(void *first) {
  for (int round = 0; round < 1000; round++) {
    void *libraries[6];
    for (int i = 0; i < 6; i++) {
      char name[32];
      snprintf(name, sizeof name, "./p%d.so", (int)(long)first + i);
      libraries[i] = dlopen(name, RTLD_NOW);
      sum += ((int (*)(void))dlsym(libraries[i], "give"))();
    }
    for (int i = 0; i < 6; i++) dlclose(libraries[i]);
    for (int i = 0; i < 50; i++) {
      size_t size = 100 + rand() % 1500;
      free(memset(malloc(size), 'A', size));
    }
  }
  ended++;
  return NULL;
}
static void *call(void *p) {
  while (ended < 2) made("/", F_OK);
  return p;
}
int main(void) {
  unsigned char code[] = {0x50, 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xd0, 0x5a, 0xc3}; /* call access */
  void *target = (void *)access, *page = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memcpy(code + 3, &target, sizeof target);
  made = memcpy(page, code, sizeof code);
  pthread_t threads[4];
  for (long i = 0; i < 4; i++) pthread_create(&threads[i], NULL, i < 2 ? load : call, (void *)(i * 6));
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  printf("%d\\n", sum);
  return 0;
}`,
      '-pthread',
    );
  });
  const OUTPUT = { status: 0, stdout: '66000\n' };

  test('while it is asked where a call comes from', async () => {
    const ran = await place.script(
      `import { hook } from 'mrhooker';
import { access } from 'c:unistd.h';
hook(access, { enter: () => console.log('called') }, { caller: 'nobody' });
`,
      ['./threads'],
    );
    expect(ran).toMatchObject(OUTPUT);
    expect(printed(ran)).toEqual([]);
  });

  test('while stacks are taken', async () => {
    const ran = await place.script(
      `import { hook, shared, stack } from 'mrhooker';
import { access } from 'c:unistd.h';
const frames = shared.counter('frames');
hook(access, { enter: () => frames.add(stack(3).length) });
`,
      ['./threads'],
    );
    expect(ran).toMatchObject(OUTPUT);
  });

  test('while a pattern is looked for in each of them', async () => {
    const ran = await place.script(`import { hook } from 'mrhooker';\nhook('acces?', { enter: () => {} });\n`, [
      './threads',
    ]);
    expect(ran).toMatchObject(OUTPUT);
  });
});
