import { expect, test } from 'vitest';
import { exploreAll, ordersOf, sample } from './interleavings.js';

test('every order of two events, and a sample of longer ones', { timeout: 300_000 }, async () => {
  const seen = await exploreAll([...ordersOf(2), ...sample(300, 11)]);
  // All three ends are met often, so that none of this is true of nothing.
  expect(seen.ok).toBeGreaterThan(40);
  expect(seen.unavailable).toBeGreaterThan(10);
  expect(seen.unknown_outcome).toBeGreaterThan(40);
});
