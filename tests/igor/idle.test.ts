import { expect, test } from 'vitest';
import { idle } from './idle.js';

test('nothing polls: while nothing happens, leases are renewed and that is all', async () => {
  const counts = await idle(7000);
  expect(Object.keys(counts).sort()).toEqual(['directory.claimGateway', 'directory.renew']);
});
