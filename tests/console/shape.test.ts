import { expect, test } from 'vitest';
import { timeOf } from '../../packages/console/web/src/values/shape.js';

test('the beginning of 1970 is a time as any other, and no date is none', () => {
  expect(timeOf({ $: 'date', v: 0 })).toBe(0);
  expect(timeOf({ $: 'date', v: -1 })).toBe(-1);
  expect(timeOf({ $: 'date', v: null })).toBeUndefined();
  expect(timeOf(0)).toBeUndefined();
  expect(timeOf(null)).toBeUndefined();
  expect(timeOf(undefined)).toBeUndefined();
});
