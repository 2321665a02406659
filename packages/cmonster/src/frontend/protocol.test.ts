import { describe, expect, it } from 'vitest';
import {
  Decoder,
  Encoder,
  PROTOCOL_VERSION,
  SNAPSHOT_VERSION,
  WireRef,
  type WireValue,
  wireResolver,
} from './protocol.js';

function roundTrip(value: WireValue): unknown {
  const encoder = new Encoder(4);
  encoder.value(value);
  const decoder = new Decoder(encoder.take());
  const result = decoder.value(wireResolver);
  expect(decoder.remaining).toBe(0);
  return result;
}

describe('values', () => {
  it.each<[string, WireValue]>([
    ['undefined', undefined],
    ['null', null],
    ['booleans', [true, false]],
    ['integers', [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]],
    ['doubles', [0.5, -0, 1e300, Number.POSITIVE_INFINITY, 2 ** 31]],
    ['a bigint', 2n ** 63n - 1n],
    ['a big integer', -(2n ** 100n)],
    ['text', ['', 'a', 'naïve', '𝄞', 'x'.repeat(10_000)]],
    ['references', [WireRef.node(5), WireRef.type(6), WireRef.location(0xffffffff), WireRef.range(1, 2)]],
    ['bytes', new Uint8Array([0, 255, 128])],
  ])('%s come back as they were', (_name, value) => {
    expect(roundTrip(value)).toEqual(value);
  });

  it('give maps as objects without a prototype', () => {
    const map = roundTrip({ a: 1, __proto__x: [2] }) as Record<string, unknown>;
    expect(Object.getPrototypeOf(map)).toBe(null);
    expect({ ...map }).toEqual({ a: 1, __proto__x: [2] });
  });

  it('give 64-bit integers as numbers when those are exact', () => {
    expect(roundTrip(12345678901234n)).toBe(12345678901234);
  });

  it('give null for the null node', () => {
    expect(roundTrip(WireRef.node(0))).toBe(null);
  });

  it.each([
    ['an unknown kind', [99]],
    ['a string cut short', [6, 10, 0, 0, 0, 65]],
    ['a list longer than its frame', [11, 255, 255, 255, 255]],
    ['nothing', []],
    ['an integer that is none', [14, 1, 0, 0, 0, 65]],
  ])('refuse %s', (_name, bytes) => {
    expect(() => new Decoder(new Uint8Array(bytes)).value(wireResolver)).toThrowError(
      expect.objectContaining({ code: 'PROTOCOL' }),
    );
  });

  it('refuse endless nesting', () => {
    const bytes = new Uint8Array(5 * 1000);
    for (let i = 0; i < 1000; i++) bytes.set([11, 1, 0, 0, 0], i * 5);
    expect(() => new Decoder(bytes).value(wireResolver)).toThrow('nested too deeply');
  });
});

it('speaks version 1', () => {
  expect([PROTOCOL_VERSION, SNAPSHOT_VERSION]).toEqual([1, 1]);
});
