// Random edits of many real files, many times.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fetchDebianSource } from '../../setup/corpus.mjs';
import { editAtRandom } from './random.js';

test.each([
  ['zlib', '.', /\.c$/, ['-DHAVE_UNISTD_H']],
  ['lz4', 'lib', /\.c$/, []],
  ['leveldb', 'db', /(?<!_test|_bench)\.cc$/, ['-std=c++17', '-DLEVELDB_PLATFORM_POSIX=1']],
])('random edits of %s', async (name, folder, files, flags) => {
  const root = await fetchDebianSource(name);
  const args = [`-I${root}`, `-I${join(root, 'include')}`, ...flags];
  let taken = 0;
  for (const file of readdirSync(join(root, folder)).filter((each) => files.test(each))) {
    const input = { file: join(root, folder, file), arguments: args };
    for (let seed = 1; seed <= 5; seed++) taken += editAtRandom(input, seed, 100)[0];
  }
  expect(taken).toBeGreaterThan(1000);
});
