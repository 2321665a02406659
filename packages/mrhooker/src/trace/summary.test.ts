import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { TraceCall } from './format.js';
import { foundFunction } from './plan.js';
import { Summary } from './summary.js';

const call = (name: string, duration: number, error?: string) =>
  ({ fn: foundFunction(name, 0), duration, ...(error && { error }) }) as unknown as TraceCall;

/** Bytes in use, when all is collected that can be. */
function inUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('a summary', () => {
  test('of one call is that call', () => {
    const summary = new Summary();
    summary.add(call('f', 337e-9, 'EIO'));
    expect(summary.rows).toEqual([
      { function: 'f', calls: 1, errors: 1, total: 337e-9, mean: 337e-9, p50: 337e-9, p99: 337e-9 },
    ]);
  });

  test('knows half and all but a hundredth of many calls to one per cent, in little memory', () => {
    const summary = new Summary();
    const durations = Float64Array.from({ length: 4_000_000 }, (_, i) => 20e-9 * 1.0000035 ** ((i * 7919) % 4_000_000));
    const before = inUse();
    const one = call('g', 0);
    for (const duration of durations) summary.add(Object.assign(one, { duration }));
    expect(inUse() - before).toBeLessThan(1e6);
    const [row] = summary.rows;
    durations.sort();
    expect(row?.calls).toBe(durations.length);
    expect(row?.total).toBeCloseTo(
      durations.reduce((sum, duration) => sum + duration, 0),
      6,
    );
    for (const [found, share] of [
      [row?.p50, 0.5],
      [row?.p99, 0.99],
    ] as const)
      expect(Math.abs((found as number) / (durations[durations.length * share] as number) - 1)).toBeLessThan(0.01);
  });

  test('of calls of no duration', () => {
    const summary = new Summary();
    summary.add(call('h', 0));
    summary.add(call('h', 0));
    expect(summary.rows).toEqual([{ function: 'h', calls: 2, errors: 0, total: 0, mean: 0, p50: 0, p99: 0 }]);
  });
});
