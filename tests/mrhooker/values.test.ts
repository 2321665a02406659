// Values that do not fit, results of the wrong type: said with their place, and the original is called; nothing is cut.
import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Place, printed, root } from './place.js';

const place = new Place();
beforeAll(() => {
  place.write(
    'values.h',
    `#include <stdint.h>
struct small { int8_t c; uint16_t s; int i; uint64_t u; unsigned bits : 3; int few : 5; };
long wide(long x);
int narrow(int x);
uint8_t byte(uint8_t x);
double real(double x);
void look(struct small *s);
int with(int (*fn)(int), int x);
`,
  );
  place.write(
    'values.c',
    `#include "values.h"
long wide(long x) { return x; }
int narrow(int x) { return x; }
uint8_t byte(uint8_t x) { return x; }
double real(double x) { return x; }
void look(struct small *s) {}
int with(int (*fn)(int), int x) { return fn(x); }
`,
  );
  place.write(
    'main.c',
    `#include <stdio.h>
#include "values.h"
int main(void) {
  struct small s = {0};
  printf("%ld", wide(5));
  printf(" %d", narrow(6));
  printf(" %d", byte(7));
  printf(" %g", real(8));
  look(&s);
  printf(" %d %d %d %llu %d %d\\n", s.c, s.s, s.i, (unsigned long long)s.u, s.bits, s.few);
  return 0;
}
`,
  );
  const gcc = (...args: string[]) => execFileSync('gcc', args, { cwd: place.folder });
  gcc('-w', '-shared', '-fPIC', '-o', 'libvalues.so', 'values.c');
  gcc('-w', '-o', 'values', 'main.c', '-L.', '-lvalues', `-Wl,-rpath,${place.folder}`);
}, 120_000);
afterAll(() => place.remove());

const HEADER = `import { fnType, hook, native, shared } from 'mrhooker';
import { byte, look, narrow, real, wide, with as apply } from 'c:./values.h';
`;
const UNTOUCHED = '5 6 7 8 0 0 0 0 0 0\n';
const script = (text: string) => place.script(HEADER + text, [place.path('values')]);

test('a result that does not fit is a fault at its hook, and the original is called', {
  timeout: 120_000,
}, async () => {
  const ran = await script(`hook(wide, () => 1n << 70n);
hook(narrow, {
  leave() { return 2 ** 32; },
});
hook(byte, () => -129);
`);
  expect(ran).toMatchObject({ status: 0, stdout: UNTOUCHED });
  const [first, , second, , third] = ran.stderr.split('\n');
  expect(first).toBe(
    'mrhooker: the hook on wide failed; the original was called: RangeError: 1180591620717411303424 does not fit into an integer of 64 bits',
  );
  expect(second).toContain('the hook on narrow failed');
  expect(second).toContain('RangeError: 4294967296 does not fit into an integer of 32 bits');
  expect(third).toContain('RangeError: -129 does not fit into an integer of 8 bits');
  const places = [...ran.stderr.matchAll(/^ {4}at \S+ \(.*\/(hooks\.ts:\d+):\d+\)$/gm)].map(([, at]) => at);
  expect(places).toEqual(['hooks.ts:3', 'hooks.ts:5', 'hooks.ts:7']);
});

test('arguments, members, elements and callbacks are held to their bits, with a sign or without', {
  timeout: 120_000,
}, async () => {
  const ran = await script(`const said = (what: () => unknown) => {
  try {
    return String(what());
  } catch (error) {
    return String(error);
  }
};
hook(look, (s) => {
  console.log(said(() => narrow(2 ** 31)), said(() => narrow(0xffffffff)), said(() => narrow(-(2 ** 31) - 1)));
  console.log(said(() => wide(2n ** 64n - 1n)), said(() => wide(2n ** 64n)), said(() => wide(1e300)), said(() => wide(-1e300)));
  console.log(said(() => byte(255)), said(() => byte(-1)), said(() => byte(256)));
  console.log(said(() => real(2n ** 64n)), said(() => real(2n ** 70n)));
  console.log(said(() => (s.c = 256)), said(() => (s.s = 65536)), said(() => (s.i = 1n << 70n)), said(() => (s.u = 1n << 64n)));
  console.log(said(() => (s.bits = 8)), said(() => (s.few = 32)), said(() => (s.few = 1.5)), said(() => (s.bits = 1n << 70n)));
  console.log(said(() => apply((x) => 2 ** 40 + x, 1)));
  s.c = 255;
  s.s = -1;
  s.i = 2 ** 31;
  s.u = -1;
  s.bits = 7;
  s.few = 31;
  look(s);
});
`);
  const no = (value: string, bits: number) => `RangeError: ${value} does not fit into an integer of ${bits} bits`;
  expect(ran.stdout).toBe('5 6 7 8 -1 65535 -2147483648 18446744073709551615 7 -1\n');
  expect(printed(ran).filter((line) => !/^ {4}at /.test(line))).toEqual([
    `-2147483648 -1 ${no('-2147483649', 32)}`,
    `-1 ${no('18446744073709551616', 64)} ${no('1e+300', 64)} ${no('-1e+300', 64)}`,
    `255 255 ${no('256', 8)}`,
    '18446744073709552000 1.1805916207174113e+21',
    [no('256', 8), no('65536', 16), no('1180591620717411303424', 32), no('18446744073709551616', 64)].join(' '),
    [no('8', 3), no('32', 5), 'TypeError: expected an integer, got 1.5', no('1180591620717411303424', 3)].join(' '),
    '0',
  ]);
  expect(ran.stderr).toContain(`mrhooker: a callback failed: ${no('1099511627777', 32)}\n    at `);
});

test('a result of the wrong type is told with the place of its hook', { timeout: 120_000 }, async () => {
  const ran = await script(`hook(wide, function sevenths() {
  return 'seven' as never;
});
hook('byte', () => 'eight' as never);
`);
  expect(ran).toMatchObject({ status: 0, stdout: UNTOUCHED });
  expect(ran.stderr).toMatch(
    /the hook on wide failed; the original was called: TypeError: expected an integer, got seven\n {4}at sevenths \(.*\/hooks\.ts:3:\d+\)\n/,
  );
  expect(ran.stderr).toMatch(/the hook on byte failed; .*got eight\n {4}at \S+ \(.*\/hooks\.ts:6:\d+\)\n/);
});

test('what is declared to be called is not counted as hooked', { timeout: 120_000 }, async () => {
  const called = "const puts = native`int puts(const char *)`;\nhook(wide, (x) => { puts('aye'); return wide(x); });\n";
  const ran = await script(called);
  expect(ran).toMatchObject({ status: 0, stdout: `aye\n${UNTOUCHED}` });
  expect(ran.stderr).not.toContain('never called');
  const hooked = await script(`${called}hook(puts, (text) => puts(text));\n`);
  expect(hooked.stderr).toContain('never called: puts');
});

test("a program of Node's own is told where it belongs", () => {
  const code = "import { hook, shared } from 'mrhooker';\nhook(1, 2);\n";
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: root, encoding: 'utf8' });
  expect(ran.status).toBe(1);
  expect(ran.stderr).toContain("MrhookerError: 'mrhooker' is what scripts import");
  expect(ran.stderr).toContain("mrhooker hooks.ts COMMAND. A program of Node's own imports 'mrhooker/node'");
  const other = "import { version } from 'mrhooker/node';\nconsole.log(version);\n";
  const fine = spawnSync(process.execPath, ['--input-type=module', '-e', other], { cwd: root, encoding: 'utf8' });
  expect(fine).toMatchObject({ status: 0, stderr: '' });
});
