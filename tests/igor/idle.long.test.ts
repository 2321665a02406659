import { expect, test } from 'vitest';
import { idle } from './idle.js';

test('nothing polls for a minute: two agents renew their leases three times in nine seconds, told together', async () => {
  const counts = await idle(60_000);
  expect(Object.keys(counts).sort()).toEqual(['directory.claimGateway', 'directory.renew']);
  expect(counts['directory.renew']).toBeLessThanOrEqual(45);
});
