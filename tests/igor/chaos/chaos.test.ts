// A thousand calls while everything is killed in turn. `npm run chaos -- --calls=100000` is the long one.
import { expect, test } from 'vitest';
import { noFaults } from './books.js';
import { chaos } from './chaos.js';

test('no outcome is lost, doubled or guessed, whatever dies', { timeout: 300_000 }, async () => {
  const books = await chaos({ calls: 1000, seed: 7, killEvery: 600 });
  expect(books.faults).toEqual(noFaults);
  // It was chaos, and most calls came through it all the same.
  expect(Object.values(books.kills).reduce((a, b) => a + b)).toBeGreaterThan(3);
  expect(books.stanzas.doubled).toBeGreaterThan(10);
  expect(books.byStatus.ok).toBeGreaterThan(200);
  for (const kind of ['twice', 'stream', 'keyed', 'queued', 'large']) expect(books.byKind[kind]?.ok).toBeGreaterThan(3);
  expect(books.byKind.canceled?.canceled).toBeGreaterThan(3);
  expect(books.items).toBeGreaterThan(100);
});
