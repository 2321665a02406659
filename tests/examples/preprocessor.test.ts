/** Each example's output is compiled and run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { root } from './run-example.js';

const folder = mkdtempSync(join(tmpdir(), 'preprocessor-example-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the program prints, on both streams. */
function run(source: string, ...options: string[]): string {
  const cmonster = `${root}/packages/cmonster/bin/cmonster.js`;
  execFileSync(process.execPath, [cmonster, 'preprocess', source, ...options, '-o', 'program.i'], { cwd: folder });
  execFileSync('clang-19', ['-Wall', '-Werror', 'program.i', '-o', 'program'], { cwd: folder });
  const { stdout, stderr } = spawnSync('./program', { cwd: folder, encoding: 'utf8' });
  return stdout + stderr;
}
const script = (name: string): string => `${root}/examples/preprocessor/${name}.ts`;

test('a file is embedded', () => {
  writeFileSync(join(folder, 'data.bin'), Buffer.from([0, 1, 254, 255, 10]));
  writeFileSync(
    join(folder, 'embed.c'),
    `#include <stdio.h>
static const unsigned char data[] = { EMBED("data.bin") };
int main(void) { for (unsigned i = 0; i < sizeof data; i++) printf("%d ", data[i]); }
`,
  );
  expect(run('embed.c', '--script', script('embed'))).toBe('0 1 254 255 10 ');
});

test('a table in JSON is an enum and its texts', () => {
  writeFileSync(join(folder, 'errors.json'), '{ "OK": "fine", "LOST": "lost \\"at\\" sea" }');
  writeFileSync(
    join(folder, 'table.c'),
    `#include <stdio.h>
#include "errors.json"
int main(void) { printf("%d %s, %d %s", OK, errors_text(OK), LOST, errors_text(LOST)); }
`,
  );
  expect(run('table.c', '--script', script('json-enum'))).toBe('0 fine, 1 lost "at" sea');
});

test('a regular expression is compiled, and matches what JavaScript matches', () => {
  const patterns = ['-?[0-9]+(\\.[0-9]+)?', '(a|b)*abb', 'x?y+z*', '[^a-c.]+', 'a.c', '(ab?|c)+\\*', ''];
  const texts = [
    '',
    '0',
    '-12.5',
    '12.',
    'abb',
    'ababb',
    'abab',
    'y',
    'xyyzz',
    'xz',
    'def',
    'dea',
    'a.c',
    'axc',
    'ac',
    'abc*',
    'c*',
    '*',
  ];
  const functions = patterns.map((pattern, i) => `REGEX(matches${i}, ${JSON.stringify(pattern)})`).join('\n');
  const calls = patterns.flatMap((_, i) => texts.map((text) => `printf("%d", matches${i}(${JSON.stringify(text)}));`));
  writeFileSync(
    join(folder, 'regex.c'),
    `#include <stdio.h>\n${functions}\nint main(void) {\n${calls.join('\n')}\n}\n`,
  );
  const expected = patterns.flatMap((pattern) =>
    texts.map((text) => Number(new RegExp(`^(?:${pattern})$`).test(text))),
  );
  expect(run('regex.c', '--script', script('regex'))).toBe(expected.join(''));
});

test('an assertion prints its argument', () => {
  copyFileSync(`${root}/examples/preprocessor/assert.c`, join(folder, 'assert.c'));
  expect(run('assert.c', '--inline-macros')).toBe('assert.c:21: loaded + 4 < limit is false, loaded = 3, limit = 5\n');
});
