import { expect, test } from 'vitest';
import { schemaHash } from './hash.js';

test('is FNV-1a of the lines, each ended by a newline', () => {
  expect(schemaHash([])).toBe(0x811c9dc5);
  // "a\n" by hand: two rounds of xor and multiply.
  const round = (hash: number, byte: number) => Math.imul(hash ^ byte, 0x01000193) >>> 0;
  expect(schemaHash(['a'])).toBe(round(round(0x811c9dc5, 0x61), 0x0a));
});

test('depends on order and on where a line ends', () => {
  expect(schemaHash(['ab', 'c'])).not.toBe(schemaHash(['c', 'ab']));
  expect(schemaHash(['ab', 'c'])).not.toBe(schemaHash(['a', 'bc']));
});
