// Functions have names in stacks, and for filters, whether others can call them or not: from the file's own table or one beside it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Place, printed } from './place.js';

const place = new Place();
const SOURCE = `#include <stdio.h>
#include <string.h>
#define APART __attribute__((noinline, noclone))
void look(const char *who);
static APART void first(void) { look("first"); __asm__ volatile(""); }
static APART void second(void) { look("second"); __asm__ volatile(""); }
static __attribute__((noinline)) int copied(int n) { look("copied"); return n * (n + 3); }
APART void exported(void) { look("exported"); __asm__ volatile(""); }
int main(int count, char **words) {
  first(); second(); exported();
  return copied(count > 9 ? 2 : 2) == 0;
}
`;

beforeAll(() => {
  place.write('look.c', 'void look(const char *who) { (void)who; }\n');
  place.write('plain.c', SOURCE);
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: place.folder });
  run('gcc', '-shared', '-fPIC', '-o', 'liblook.so', 'look.c');
  const link = ['plain.c', '-O2', '-g', '-L.', '-llook', `-Wl,-rpath,${place.folder}`];
  run('gcc', '-o', 'plain', ...link);
  run('gcc', '-no-pie', '-o', 'fixed', ...link);
  run('strip', '-o', 'stripped', 'plain');
  // As packages do: what was taken out lies beside, found by the name that the program has of it.
  mkdirSync(place.path('.debug'));
  run('gcc', '-Wl,--build-id=none', '-o', 'whole', ...link);
  for (const [name, folder] of [
    ['plain', ''],
    ['whole', '.debug/'],
  ] as const) {
    run('objcopy', '--only-keep-debug', name, `${folder}${name}.debug`);
    run('objcopy', '--strip-all', `--add-gnu-debuglink=${folder}${name}.debug`, name, `${name}-apart`);
  }
  // What lies beside is of another program.
  run('gcc', '-Wl,--build-id=none', '-o', 'other', ...link, '-O0');
  run('objcopy', '--only-keep-debug', 'other', 'other.debug');
  run('objcopy', '--strip-all', '--add-gnu-debuglink=other.debug', 'other', 'other-apart');
  run('cp', '.debug/whole.debug', 'other.debug');
}, 120_000);
afterAll(() => place.remove());

const WHO = 'enter: (text) => console.log(text.text())';
const lines = async (script: string, program: string) =>
  printed(await place.script(`import { hook, native, stack } from 'mrhooker';\n${script}`, [`./${program}`]));
const look = 'const look = native`void look(const char *)`;\n';

describe.each(['plain', 'fixed', 'plain-apart', 'whole-apart'])('of %s', { timeout: 120_000 }, (program) => {
  test('callers are told apart by names that are not exported', async () => {
    const by = (caller: string) => lines(`${look}hook(look, { ${WHO} }, { caller: '${caller}' });`, program);
    expect(await by('first')).toEqual(['first']);
    expect(await by('*ed')).toEqual(['exported', 'copied']);
    expect(await by('copied')).toEqual(['copied']);
    expect(await by('nobody')).toEqual([]);
  });

  test('stacks have them', async () => {
    const script = `${look}hook(look, { enter: () => console.log(stack(2).map(({ symbol }) => symbol?.replace(/[.].*/, '')).join(' < ')) });`;
    expect(await lines(script, program)).toEqual(['first < main', 'second < main', 'exported < main', 'copied < main']);
  });
});

test.each(['stripped', 'other-apart'])(
  'of %s nobody knows them, and none is made up',
  { timeout: 120_000 },
  async (program) => {
    const script = `${look}hook(look, { enter: () => console.log(stack(1)[0].symbol) });`;
    expect(await lines(script, program)).toEqual(['null', 'null', 'null', 'null']);
    expect(await lines(`${look}hook(look, { ${WHO} }, { caller: '*' });`, program)).toEqual([]);
  },
);

test('a file beside it of any size holds nobody up', { timeout: 120_000 }, async () => {
  // Its sum, by which it is told, would take a minute.
  truncateSync(place.path('other.debug'), 32 * 2 ** 30);
  const script = `import { clock, hook, native, stack } from 'mrhooker';
${look}hook(look, { enter: () => { const start = clock(); console.log(stack(1)[0]?.symbol); console.log((clock() - start) / 1e9); } });`;
  const ran = printed(await place.script(script, ['./other-apart']));
  expect(ran[0]).toBe('null');
  expect(Number(ran[1])).toBeLessThan(2);
});

test('where a call comes from is found once for each place', { timeout: 120_000 }, async () => {
  place.write(
    'often.c',
    `#include <stdio.h>
#include <time.h>
void look(const char *who);
static __attribute__((noinline)) void here(void) { look("here"); __asm__ volatile(""); }
int main(void) {
  struct timespec from, to;
  here();
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (int i = 0; i < 20000; i++) { here(); look("there"); }
  clock_gettime(CLOCK_MONOTONIC, &to);
  printf("%ld\\n", ((to.tv_sec - from.tv_sec) * 1000000000 + to.tv_nsec - from.tv_nsec) / 40000);
  return 0;
}
`,
  );
  execFileSync('gcc', ['-O1', '-o', 'often', 'often.c', '-L.', '-llook', `-Wl,-rpath,${place.folder}`], {
    cwd: place.folder,
  });
  const script = `import { hook, native, shared } from 'mrhooker';\n${look}const calls = shared.counter('calls');
hook(look, { enter: () => calls.add() }, { caller: 'here' });`;
  const ran = await place.script(script, ['./often']);
  expect(ran.stderr).toContain('calls: 20001\n');
  // It took 20 us a call and more when each was looked up.
  expect(Number(ran.stdout)).toBeLessThan(5000);
});
