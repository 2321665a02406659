import { expect, test } from 'vitest';
import { lastStart } from './last-start.js';

test('equals a search from the beginning, from wherever it starts', () => {
  for (const length of [1, 2, 3, 7, 8, 9, 100]) {
    const starts = Uint32Array.from({ length }, (_, at) => at * at + 3);
    for (let offset = 0; offset <= length * length + 4; offset += length > 9 ? 7 : 1) {
      const expected = Math.max(0, starts.filter((start) => start <= offset).length - 1);
      for (let from = 0; from < length; from++) expect(lastStart(starts, offset, from)).toBe(expected);
    }
  }
});
