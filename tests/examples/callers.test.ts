import { expect, test } from 'vitest';
import { fetchDebianSource, sqliteAmalgamation } from '../../setup/corpus.mjs';
import { root, runExample } from './run-example.js';

test('prints calls with their constants', async () => {
  const lines = await runExample('callers', `${root}/tests/examples/fixtures`, ['--arg', 'memcpy', 'callers.c']);
  expect(lines).toEqual([
    'callers.c:11:3: copy: memcpy(_, _, 16)',
    'callers.c:12:3: copy: memcpy(_, "seven\\n", 7)',
    'callers.c:13:3: copy: memcpy(_, _, _)',
    'callers.c:14:3: copy: memcpy(_, _, 16)',
    '',
    '4 calls of memcpy in callers.c',
    '  argument 2: "seven\\n" (1×)',
    '  argument 3: 16 (2×), 7 (1×)',
    '',
  ]);
});

test('zlib: who sets the window up, and how large', async () => {
  const zlib = await fetchDebianSource('zlib');
  const lines = await runExample('callers', zlib, ['--arg', 'inflateInit2_', 'inflate.c', 'infback.c']);
  expect(lines.filter((line) => line !== '')).toEqual([
    expect.stringMatching(/^inflate\.c:\d+:\d+: inflateInit_: inflateInit2_\(_, 15, _, _\)$/),
    '1 call of inflateInit2_ in inflate.c',
    '  argument 2: 15 (1×)',
  ]);
});

test('sqlite: as many as there are', async () => {
  const folder = (await sqliteAmalgamation()).replace(/\/[^/]*$/, '');
  const lines = await runExample('callers', folder, ['--arg', 'sqlite3VdbeAddOp2', 'sqlite3.c']);
  const calls = lines.filter((line) => /^sqlite3\.c:\d+:\d+: \w+: sqlite3VdbeAddOp2\(/.test(line));
  expect(calls.length).toBeGreaterThan(400);
  expect(lines).toContain(`${calls.length} calls of sqlite3VdbeAddOp2 in sqlite3.c`);
});
