import { expect, test } from 'vitest';
import { didYouMean, nearest } from './nearest.js';

const NAMES = ['send', 'sendto', 'sendmsg', 'recv', 'end', 'MSG_NOSIGNAL'];

test('neighbours swapped, left out, or one too many', () => {
  expect(nearest('sned', NAMES)).toEqual(['send']);
  expect(nearest('sendo', NAMES)).toEqual(['send', 'sendto']);
  expect(nearest('recvv', NAMES)).toEqual(['recv']);
  expect(nearest('msg_nosignal', NAMES)).toEqual(['MSG_NOSIGNAL']);
});

test('nothing far off', () => {
  expect(nearest('connect', NAMES)).toEqual([]);
  expect(didYouMean('connect', NAMES)).toBe('');
});

test('as a sentence', () => {
  expect(didYouMean('recvv', NAMES)).toBe(" Did you mean 'recv'?");
  expect(didYouMean('sendo', NAMES)).toBe(" Did you mean 'send' or 'sendto'?");
});
