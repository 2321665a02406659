import { expect, test, vi } from 'vitest';
import { Leases } from './leases.js';

const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

test('a lease ends when it is not renewed', async () => {
  const dead: string[] = [];
  const leases = new Leases((agents) => dead.push(...agents));
  leases.announce('a@x/1', 1, 300);
  leases.announce('b@x/1', 1, 300);
  await pause(200);
  expect(leases.renew('b@x/1', 1)).toBe(true);
  await pause(200);
  expect(dead).toEqual(['a@x/1']);
  expect(leases.takeRenewed()).toMatchObject([{ jid: 'b@x', epoch: 1 }]);
  leases.close();
});

test('who could not be heard because this process stood still is not dead', async () => {
  const dead: string[] = [];
  const leases = new Leases((agents) => dead.push(...agents));
  leases.announce('a@x/1', 1, 300);
  // What it said meanwhile is read in the turn behind the one of the timers.
  setTimeout(() => setImmediate(() => leases.renew('a@x/1', 1)), 10);
  const until = performance.now() + 1200;
  while (performance.now() < until);
  await pause(100);
  expect(dead).toEqual([]);
  leases.close();
});

test('a clock that is set changes nothing', async () => {
  const dead: string[] = [];
  const leases = new Leases((agents) => dead.push(...agents));
  leases.announce('a@x/1', 1, 400);
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    vi.setSystemTime(Date.now() + 3_600_000);
    await pause(150);
    expect(leases.renew('a@x/1', 1)).toBe(true);
    expect(dead).toEqual([]);
    const [renewal] = leases.takeRenewed();
    expect(renewal?.lease).toBeGreaterThan(Date.now());
    expect(renewal?.lease).toBeLessThan(Date.now() + 500);
  } finally {
    vi.useRealTimers();
    leases.close();
  }
});

test('an earlier start of an agent is not let in while a later one is there', () => {
  const leases = new Leases(() => {});
  expect(leases.announce('a@x/2', 2, 1000)).toBe(true);
  expect(leases.announce('a@x/1', 1, 1000)).toBe(false);
  expect(leases.renew('a@x/1', 1)).toBe(false);
  expect(leases.hasLater('a@x/1', 1)).toBe(true);
  leases.drop('a@x', 2);
  expect(leases.announce('a@x/1', 1, 1000)).toBe(true);
  leases.close();
});
