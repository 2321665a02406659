/** A hundred damaged files of real projects. */
import { extname } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { survive, surviveSync, Workshop } from './harness.js';
import { damaged, type Original, originals } from './mutations.js';

describe('damaged files', () => {
  const workshop = new Workshop();
  let files: Original[] = [];
  beforeAll(async () => {
    files = (await originals(40_000)).filter(({ path }) => path.endsWith('.c'));
  });

  for (let seed = 0; seed < 100; seed += 10) {
    test(`seeds ${seed} to ${seed + 9}`, async () => {
      for (let i = seed; i < seed + 10; i++) {
        const original = files[i % files.length] as Original;
        const file = workshop.write(`seed-${i}${extname(original.path)}`, damaged(original, i));
        const options = { arguments: original.arguments };
        expect(i % 5 === 0 ? surviveSync(file, options) : await survive(file, options), `seed ${i}`).toBe('parsed');
      }
    });
  }
});
