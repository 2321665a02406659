import { CompactEncrypt, compactDecrypt } from 'jose';
import { expect, test } from 'vitest';
import { ContextSealer, type SealedContext } from './context.js';
import { newKeyRing, readKeyRing, rotate, writeKeyRing } from './keys.js';

const context: SealedContext = {
  agent: 'a@x',
  call: 'c1',
  method: 'm.v1.M/Do',
  request: 'hash',
  expires: 1000,
  context: '{"channel":"ä"}',
  user: 'ann',
};

test('what is sealed is what is opened, and a JWE for everybody else', async () => {
  const ring = newKeyRing();
  const sealer = new ContextSealer(ring);
  const sealed = sealer.seal(context);
  expect(sealer.open(sealed, context, 999)).toEqual(context);
  const { plaintext, protectedHeader } = await compactDecrypt(sealed, ring.current.secret);
  expect(protectedHeader).toEqual({ alg: 'dir', enc: 'A256GCM', kid: ring.current.id });
  expect(JSON.parse(Buffer.from(plaintext).toString())).toMatchObject({ a: 'a@x', i: 'c1', c: '{"channel":"ä"}' });
  const header = { alg: 'dir', enc: 'A256GCM', kid: ring.current.id } as const;
  const theirs = await new CompactEncrypt(plaintext).setProtectedHeader(header).encrypt(ring.current.secret);
  expect(sealer.open(theirs, context, 999)).toEqual(context);
});

test('it is refused for its reason', () => {
  const ring = newKeyRing();
  const sealer = new ContextSealer(ring);
  const sealed = sealer.seal(context);
  expect(sealer.open(sealed, context, 1000)).toBe('expired');
  expect(sealer.open(sealed, { ...context, agent: 'b@x' }, 0)).toBe('rebound');
  expect(sealer.open(sealed, { ...context, call: 'c2' }, 0)).toBe('rebound');
  expect(sealer.open(sealed, { ...context, method: 'm.v1.M/Undo' }, 0)).toBe('rebound');
  expect(sealer.open(sealed, { ...context, request: 'other' }, 0)).toBe('rebound');
  for (let index = 0; index < sealed.length; index += 7) {
    const flipped = sealed.slice(0, index) + (sealed[index] === 'A' ? 'B' : 'A') + sealed.slice(index + 1);
    if (sealed[index] !== '.') expect(sealer.open(flipped, context, 0), String(index)).toBe('forged');
  }
  sealer.ring = newKeyRing();
  expect(sealer.open(sealed, context, 0)).toBe('forged');
});

test('a ring goes round: next, current, previous, retired', () => {
  const first = newKeyRing();
  const sealer = new ContextSealer(first);
  const sealed = sealer.seal(context);
  const second = rotate(first);
  expect(second.current).toEqual(first.next);
  expect(second.previous).toEqual(first.current);
  sealer.ring = second;
  expect(sealer.open(sealed, context, 0)).toEqual(context);
  sealer.ring = rotate(second);
  expect(sealer.open(sealed, context, 0)).toBe('retired');
  // An instance that has not been told yet opens what the next key has sealed.
  sealer.ring = second;
  const ahead = sealer.seal(context);
  sealer.ring = first;
  expect(sealer.open(ahead, context, 0)).toEqual(context);
});

test('a ring is written and read', () => {
  const ring = rotate(newKeyRing());
  const read = readKeyRing(writeKeyRing(ring), 'here');
  expect(read.current.id).toBe(ring.current.id);
  expect(Buffer.compare(read.current.secret, ring.current.secret)).toBe(0);
  expect(() => readKeyRing('{', 'keys.json')).toThrow('keys.json is not JSON');
  expect(() => readKeyRing('{}', 'keys.json')).toThrow(/no current key/);
  expect(() => readKeyRing('{"current":{"id":"a","secret":"short"}}', 'keys.json')).toThrow(/32 bytes/);
});
