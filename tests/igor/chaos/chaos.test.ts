// A thousand calls while everything is killed in turn. `npm run chaos -- --calls=100000` is the long one.
import { expect, test } from 'vitest';
import { chaos } from './chaos.js';

test('no outcome is lost, doubled or guessed, whatever dies', { timeout: 300_000 }, async () => {
  const books = await chaos({ calls: 1000, seed: 7, killEvery: 600 });
  const { lost, wronglyPosted, wrongAgent, runTwice, guessed } = books;
  expect({ lost, wronglyPosted, wrongAgent, runTwice, guessed }).toEqual({
    lost: [],
    wronglyPosted: [],
    wrongAgent: [],
    runTwice: [],
    guessed: [],
  });
  // It was chaos, and most calls came through it all the same.
  expect(Object.values(books.kills).reduce((a, b) => a + b)).toBeGreaterThan(3);
  expect(books.stanzas.doubled).toBeGreaterThan(10);
  expect(books.byStatus.ok).toBeGreaterThan(200);
});
