// A hundred thousand calls while everything is killed in turn: more than an hour on two busy cores.
import { expect, test } from 'vitest';
import { noFaults } from './books.js';
import { chaos } from './chaos.js';

test('no outcome is lost, doubled or guessed, whatever dies', { timeout: 10_800_000 }, async () => {
  const { faults } = await chaos({ calls: 100_000, seed: Date.now() % 1_000_000, killEvery: 1000, say: console.log });
  expect(faults).toEqual(noFaults);
});
