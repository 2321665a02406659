// Random edits of real C and C++.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fetchDebianSource } from '../../setup/corpus.mjs';
import { editAtRandom } from './random.js';

test('random edits compose or are refused whole; the rest keeps its bytes, and it parses', {
  timeout: 240_000,
}, async () => {
  const zlib = await fetchDebianSource('zlib');
  const tinyxml = await fetchDebianSource('tinyxml2');
  const inputs = [
    { file: join(zlib, 'inflate.c'), arguments: [`-I${zlib}`] },
    { file: join(tinyxml, 'tinyxml2.cpp'), arguments: [`-I${tinyxml}`] },
  ];
  let taken = 0;
  for (const input of inputs) for (const seed of [1, 2]) taken += editAtRandom(input, seed, 60)[0];
  expect(taken).toBeGreaterThan(160);
});
