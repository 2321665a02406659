import { expect, test } from 'vitest';
import { isAtLeast } from './node-version.mjs';

test.each([
  ['20.19.0', '20.19', true],
  ['20.20.2', '20.19', true],
  ['24.1.0', '20.19', true],
  ['20.9.0', '20.19', false],
  ['18.20.8', '20.19', false],
])('Node %s against %s', (version, minimum, expected) => {
  expect(isAtLeast(version, minimum)).toBe(expected);
});
