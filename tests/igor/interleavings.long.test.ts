import { expect, test } from 'vitest';
import { exploreAll, ordersOf, sample } from './interleavings.js';

test('every order of four events, and a large sample of longer ones', { timeout: 3_600_000 }, async () => {
  const seen = await exploreAll([...ordersOf(4), ...sample(5000, Date.now() % 1_000_000)]);
  expect(seen.ok).toBeGreaterThan(1000);
});
