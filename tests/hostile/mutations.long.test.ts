/** A thousand more, C++ too. */
import { extname } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { survive, surviveSync, Workshop } from './harness.js';
import { damaged, type Original, originals } from './mutations.js';

describe('damaged files', () => {
  const workshop = new Workshop();
  let files: Original[] = [];
  beforeAll(async () => {
    files = await originals(200_000);
  });

  for (let seed = 1_000; seed < 2_000; seed += 50) {
    test(`seeds ${seed} to ${seed + 49}`, async () => {
      for (let i = seed; i < seed + 50; i++) {
        const original = files[i % files.length] as Original;
        const file = workshop.write(`seed-${i}${extname(original.path)}`, damaged(original, i));
        const options = { arguments: original.arguments };
        const outcome = i % 5 === 0 ? surviveSync(file, options) : await survive(file, options);
        // Clang itself may die of a damaged file: then its error is all there is.
        expect(['parsed', 'FRONTEND_CRASHED', 'QUESTION'], `seed ${i}`).toContain(outcome);
      }
    });
  }
});
