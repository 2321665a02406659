import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { InHand, tellTime } from './in-hand.js';

let lost: string[];
let inHand: InHand;

beforeEach(() => {
  vi.useFakeTimers();
  lost = [];
  inHand = new InHand((agent, calls) => {
    lost.push(`${agent}: ${calls}`);
    for (const call of calls) inHand.delete(call);
  });
  inHand.add('one', 'a@x/1', 'here');
  inHand.add('two', 'a@x/1', 'there');
  inHand.add('other', 'b@x/1', 'here');
});
afterEach(() => {
  inHand.close();
  vi.useRealTimers();
});

test('calls of an agent that does not come back are lost, those that ended meanwhile are not', () => {
  expect(inHand.originOf('two')).toBe('there');
  inHand.gone('a@x/1', 5000);
  vi.advanceTimersByTime(4990);
  expect(lost).toEqual([]);
  inHand.delete('one');
  vi.advanceTimersByTime(20);
  expect(lost).toEqual(['a@x/1: two']);
  expect(inHand.originOf('two')).toBe('');
});

test('an agent that comes back as the same start still has them', () => {
  inHand.gone('a@x/1', 5000);
  vi.advanceTimersByTime(4000);
  inHand.came('a@x/1');
  vi.advanceTimersByTime(60_000);
  expect(lost).toEqual([]);
});

test('another start tells what its journal knows, and what it does not tell is lost', () => {
  inHand.gone('a@x/1', 9000);
  vi.advanceTimersByTime(1000);
  inHand.came('a@x/2');
  vi.advanceTimersByTime(tellTime - 100);
  inHand.heard('a@x/2', [{ type: 'chunk', call: 'one', of: 'outcome', seq: 0, total: 1, payload: new Uint8Array(1) }]);
  vi.advanceTimersByTime(tellTime - 100);
  inHand.delete('one');
  expect(lost).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(lost).toEqual(['a@x/1: two']);
});

test('two machines with one account: as long as the first one speaks, it has its calls', () => {
  inHand.came('a@x/2');
  vi.advanceTimersByTime(30_000);
  inHand.heard('a@x/1', []);
  vi.advanceTimersByTime(60_000);
  expect(lost).toEqual([]);
  inHand.came('a@x/2');
  vi.advanceTimersByTime(60_000);
  expect(lost).toEqual(['a@x/1: one,two']);
});

test('nobody is held for gone by a gateway that hears nothing, nor at once when it hears again', () => {
  inHand.pause();
  inHand.gone('a@x/1', 0);
  vi.advanceTimersByTime(60_000);
  inHand.resume(1000);
  vi.advanceTimersByTime(900);
  expect(lost).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(lost).toEqual(['a@x/1: one,two']);
});
