/** Constructs inside of themselves, as deep as they go within seconds: nothing overflows a stack, on either side. */
import { describe, expect, test } from 'vitest';
import { nested } from './deep.js';
import { survive, surviveSync, Workshop } from './harness.js';

describe('nested', () => {
  const workshop = new Workshop();
  for (const { name, extension, times, source } of nested) {
    test(`${times} ${name}`, async () => {
      const file = workshop.write(`input.${extension}`, source(times));
      expect(await survive(file)).toBe('parsed');
    });
  }

  test('without the event loop', () => {
    for (const { extension, times, source } of nested.slice(0, 3)) {
      expect(surviveSync(workshop.write(`input.${extension}`, source(times)))).toBe('parsed');
    }
  });
});
