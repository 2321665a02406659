import { expect, test } from 'vitest';
import { reasons, type Session } from '../launch/session.js';
import type { Manifest } from '../stub/manifest.js';
import { accountOf } from './account.js';

test('a name that processes found under two numbers is counted once', () => {
  const session: Pick<Session, 'foundNames' | 'processes' | 'unrecorded'> = {
    foundNames: () =>
      new Map([
        [1, 'found'],
        [2, 'other'],
        [3, 'found'],
      ]),
    processes: () => [],
    unrecorded: () => ({ threads: 0, processes: 0, functions: false }),
  };
  const manifest = { functions: [{ name: 'own', hooked: true }] } as unknown as Manifest;
  const counted = (hooked: bigint, filtered: bigint) =>
    reasons.map((reason, i) => (i === 0 ? hooked : reason === 'filtered out' ? filtered : 0n));
  const calls = [counted(1n, 0n), counted(2n, 3n), counted(4n, 0n), counted(5n, 6n)];
  const { functions } = accountOf(session as Session, manifest, { calls }, 0);
  expect(functions).toEqual([
    { name: 'own', seen: 1, hooked: 1, bypassed: {} },
    { name: 'found', seen: 16, hooked: 7, bypassed: { 'filtered out': 9 } },
    { name: 'other', seen: 4, hooked: 4, bypassed: {} },
  ]);
});
