import { expect, it } from 'vitest';
import { ObjectTable } from './object-table.js';

it('gives what was put there, wherever that is, and nothing else', () => {
  const table = new ObjectTable<{ at: number }>();
  const places = [0, 1, 1023, 1024, 1025, 5000, 4_041_643];
  for (const at of places) table.set(at, { at });
  for (const at of places) expect(table.get(at)).toEqual({ at });
  for (const at of [2, 1022, 1026, 2048, 4_041_642, 4_041_644, 90_000_000]) expect(table.get(at)).toBeUndefined();
  const first = table.get(1024);
  table.set(1026, { at: 1026 });
  expect(table.get(1024)).toBe(first);
  table.clear();
  for (const at of places) expect(table.get(at)).toBeUndefined();
});
