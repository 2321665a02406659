/** A hundred thousand of everything. Clang takes the square of it for some: those must end in TIMEOUT, not before a result. */
import { describe, expect, test } from 'vitest';
import { long, nested } from './deep.js';
import { survive, TIME_LIMIT, Workshop } from './harness.js';

describe('a hundred thousand', () => {
  const workshop = new Workshop();
  for (const { name, extension, source } of [...nested, ...long]) {
    test(name, async () => {
      const file = workshop.write(`input.${extension}`, source(100_000));
      const limits = { timeLimit: TIME_LIMIT, questionTimeLimit: 5_000 };
      const outcome = await survive(file, limits);
      expect(['parsed', 'TIMEOUT', 'OUT_OF_MEMORY', 'QUESTION', 'FRONTEND_CRASHED']).toContain(outcome);
    }, 600_000);
  }
});
