/** One construct after another, very often. */
import { describe, expect, test } from 'vitest';
import { long } from './deep.js';
import { survive, Workshop } from './harness.js';

/** Clang 19 itself dies of these; the frontend dies in its place, and says so. */
const crashes = ['digits of a float'];

describe('long', () => {
  const workshop = new Workshop();
  for (const { name, extension, times, source } of long) {
    test(`${name}, ${times} times`, async () => {
      const file = workshop.write(`input.${extension}`, source(times));
      expect(await survive(file)).toBe(crashes.includes(name) ? 'FRONTEND_CRASHED' : 'parsed');
    });
  }
});
