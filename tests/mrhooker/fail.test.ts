// `mrhooker fail`: the calls that are meant to fail do, and no others.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Place } from './place.js';

const place = new Place();
beforeAll(() => {
  place.write(
    'writer.c',
    `#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <fcntl.h>
int main(int count, char **words) {
  int fd = open(words[1], O_WRONLY | O_CREAT, 0600);
  for (int i = 0; i < 200; i++) {
    errno = 0;
    if (write(fd, "x", 1) != 1) printf("%d:%d ", i, errno);
  }
  printf("%s\\n", getenv("HOME") ? "home" : "homeless");
  return 0;
}
`,
  );
  execFileSync('gcc', ['-o', place.path('writer'), place.path('writer.c')]);
});
afterAll(() => place.remove());

const fail = (...words: string[]) => place.run(['fail', ...words, '--', place.path('writer'), place.path('out')]);
const failed = (text: string) => text.split(' ').slice(0, -1);

test('the third call', { timeout: 120_000 }, async () => {
  const ran = await fail('write', '--errno', 'ENOSPC', '--nth', '3');
  expect(ran.stdout).toBe('2:28 home\n');
  expect(ran.stderr).toContain('calls made to fail: 1');
});

test('three from the tenth on', { timeout: 120_000 }, async () => {
  expect((await fail('write', '--nth', '10', '--times', '3')).stdout).toBe('9:5 10:5 11:5 home\n');
});

test('by chance: the same calls for the same seed', { timeout: 120_000 }, async () => {
  const first = await fail('write', '--probability', '0.25', '--seed', '7');
  const count = failed(first.stdout).length;
  expect(count).toBeGreaterThan(20);
  expect(count).toBeLessThan(90);
  expect((await fail('write', '--probability', '0.25', '--seed', '7')).stdout).toBe(first.stdout);
  expect((await fail('write', '--probability', '0.25', '--seed', '8')).stdout).not.toBe(first.stdout);
});

test('by path, of a descriptor too; with a null pointer where one is returned', { timeout: 120_000 }, async () => {
  const path = place.path('out');
  expect(failed((await fail('write', '--path', path)).stdout)).toHaveLength(200);
  expect((await fail('write', '--path', '/nowhere/*')).stdout).toBe('home\n');
  expect((await fail('getenv', '--path', 'HOME')).stdout).toBe('homeless\n');
});

test.each([
  [['wriet'], "no header declares 'wriet'. Did you mean 'write'?"],
  [['setjmp'], "'setjmp' can't be made to fail: it doesn't return as other functions do"],
  [['write', '--errno', '28'], "--errno takes a name like ENOSPC, not '28'"],
  [['write', '--errno', 'ENOPSC'], "--errno takes a name like ENOSPC, not 'ENOPSC'. Did you mean 'ENOSPC'"],
  [['write', '--nth', 'third'], "--nth takes a whole number from 1, not 'third'"],
  [['write', '--nth', '0'], "--nth takes a whole number from 1, not '0'"],
  [['write', '--probability', '2'], "--probability takes a number from 0 to 1, not '2'"],
  [['write', '--time', '1'], "there is no option '--time'. Did you mean '--times'?"],
])('%j is refused', { timeout: 120_000 }, async (words, message) => {
  const ran = await fail(...words);
  expect(ran.stderr).toContain(message);
  expect(ran).toMatchObject({ status: 125, stdout: '' });
});

test('a command without -- is told where it belongs', { timeout: 120_000 }, async () => {
  const ran = await place.run(['fail', 'write', '--nth', '3', 'sh', '-c', 'echo ahoy']);
  expect(ran.stderr).toBe('mrhooker: put -- before the command: mrhooker fail write -- sh -c echo ahoy\n');
  expect(ran).toMatchObject({ status: 125, stdout: '' });
});

test('what mrhooker says goes to a file', { timeout: 120_000 }, async () => {
  for (const option of [['-o', 'log.txt'], ['--output=other.txt']]) {
    const ran = await fail('write', '--nth', '3', ...option);
    expect(ran).toMatchObject({ stdout: '2:5 home\n', stderr: '' });
  }
  for (const name of ['log.txt', 'other.txt'])
    expect(readFileSync(place.path(name), 'utf8')).toContain('calls made to fail: 1');
});
