/**
 * The wire format between this package and the frontend: docs/formats/protocol.md.
 *
 * Encoder and Decoder work on buffers that are used again and again, so that a question allocates nothing but its answer.
 */
import { CmonsterError } from '../error.js';

export const PROTOCOL_VERSION = 1;
export const SNAPSHOT_VERSION = 1;
/** `u32 length · u8 type` in front of every payload. */
export const FRAME_HEADER = 5;

export const Frame = {
  READY: 1,
  PARSE: 2,
  PARSED: 3,
  FAILED: 4,
  ASK: 5,
  ANSWER: 6,
  CALL: 7,
  RETURN: 8,
  EVENT: 9,
} as const;

export const Tag = {
  Undefined: 0,
  False: 1,
  True: 2,
  Int: 3,
  BigInt64: 4,
  Double: 5,
  String: 6,
  Node: 7,
  Type: 8,
  Location: 9,
  Range: 10,
  List: 11,
  Null: 12,
  Map: 13,
  BigInteger: 14,
  Bytes: 15,
  Error: 16,
} as const;

/** Values that JavaScript has no type of its own for, as they are sent. */
export class WireRef {
  readonly tag: number;
  readonly first: number;
  readonly second: number;

  private constructor(tag: number, first: number, second = 0) {
    this.tag = tag;
    this.first = first;
    this.second = second;
  }
  static node(row: number): WireRef {
    return new WireRef(Tag.Node, row);
  }
  static type(index: number): WireRef {
    return new WireRef(Tag.Type, index);
  }
  static location(raw: number): WireRef {
    return new WireRef(Tag.Location, raw);
  }
  static range(begin: number, end: number): WireRef {
    return new WireRef(Tag.Range, begin, end);
  }
}

/** Whatever a value of the protocol can hold. */
export type WireValue =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | WireRef
  | readonly WireValue[]
  | ReadonlyMap<string, WireValue>
  | { readonly [key: string]: WireValue };

const utf8 = new TextEncoder();
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** Appends frames to a growing buffer. `take()` gives the bytes so far, valid until the next use. */
export class Encoder {
  private bytes: Uint8Array;
  private view: DataView;
  private at = 0;

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  get size(): number {
    return this.at;
  }
  reset(): void {
    this.at = 0;
  }
  take(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  private reserve(size: number): number {
    const at = this.at;
    const end = at + size;
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.bytes.length * 2));
      grown.set(this.bytes.subarray(0, at));
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    this.at = end;
    return at;
  }

  u8(value: number): void {
    const at = this.reserve(1);
    this.bytes[at] = value;
  }
  u32(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
  }
  f64(value: number): void {
    const at = this.reserve(8);
    this.view.setFloat64(at, value, true);
  }
  /** Overwrites the `u32` at `at`: lengths and counts that are known only afterwards. */
  patch(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }
  raw(data: Uint8Array): void {
    const at = this.reserve(data.length);
    this.bytes.set(data, at);
  }

  /** Starts a frame; `endFrame` with the same position completes its length. */
  beginFrame(type: number): number {
    const at = this.reserve(FRAME_HEADER);
    this.bytes[at + 4] = type;
    return at;
  }
  endFrame(begin: number): void {
    this.patch(begin, this.at - begin - FRAME_HEADER);
  }

  private text(tag: number, text: string): void {
    this.u8(tag);
    const length = this.reserve(4);
    const at = this.reserve(text.length * 3);
    const { written } = utf8.encodeInto(text, this.bytes.subarray(at));
    this.at = at + written;
    this.patch(length, written);
  }
  string(text: string): void {
    this.text(Tag.String, text);
  }

  value(value: WireValue): void {
    switch (typeof value) {
      case 'undefined':
        this.u8(Tag.Undefined);
        break;
      case 'boolean':
        this.u8(value ? Tag.True : Tag.False);
        break;
      case 'string':
        this.string(value);
        break;
      case 'number':
        this.number(value);
        break;
      case 'bigint':
        if (value >= MIN_INT64 && value <= MAX_INT64) {
          this.u8(Tag.BigInt64);
          const at = this.reserve(8);
          this.view.setBigInt64(at, value, true);
        } else {
          this.text(Tag.BigInteger, value.toString());
        }
        break;
      default:
        this.object(value);
    }
  }

  private number(value: number): void {
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.u8(Tag.Int);
      this.u32(value);
    } else {
      this.u8(Tag.Double);
      this.f64(value);
    }
  }

  private object(value: object | null): void {
    if (value === null) {
      this.u8(Tag.Null);
    } else if (value instanceof WireRef) {
      this.u8(value.tag);
      this.u32(value.first);
      if (value.tag === Tag.Range) this.u32(value.second);
    } else if (value instanceof Uint8Array) {
      this.u8(Tag.Bytes);
      this.u32(value.length);
      this.raw(value);
    } else if (Array.isArray(value)) {
      this.u8(Tag.List);
      this.u32(value.length);
      for (const item of value) this.value(item);
    } else {
      const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
      this.u8(Tag.Map);
      this.u32(entries.length);
      for (const [key, item] of entries) {
        this.string(key);
        this.value(item);
      }
    }
  }
}

/** Makes objects of what an answer names by number. */
export interface Resolver {
  node(row: number): unknown;
  type(index: number): unknown;
  location(raw: number): unknown;
  range(begin: number, end: number): unknown;
}

/** Leaves references as they were sent. */
export const wireResolver: Resolver = {
  node: (row) => WireRef.node(row),
  type: (index) => WireRef.type(index),
  location: (raw) => WireRef.location(raw),
  range: (begin, end) => WireRef.range(begin, end),
};

/** Leaves them as bare numbers, ranges as pairs. */
export const numberResolver: Resolver = {
  node: (row) => row,
  type: (index) => index,
  location: (raw) => raw,
  range: (begin, end) => [begin, end],
};

/** Answers nested deeper than this are not answers. */
const MAX_DEPTH = 200;

/** Reads values out of one frame's payload. Anything malformed is a `PROTOCOL` error, never a wrong value. */
export class Decoder {
  private bytes: Buffer;
  private view: DataView;
  private at: number;
  private end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
    this.end = end;
  }

  get position(): number {
    return this.at;
  }
  get remaining(): number {
    return this.end - this.at;
  }

  private take(size: number): number {
    const at = this.at;
    if (size > this.end - at) throw new CmonsterError('PROTOCOL', 'the frontend sent a message that ends too early');
    this.at = at + size;
    return at;
  }

  u8(): number {
    return this.bytes[this.take(1)] as number;
  }
  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }
  f64(): number {
    return this.view.getFloat64(this.take(8), true);
  }
  raw(size: number): Uint8Array {
    const at = this.take(size);
    return this.bytes.subarray(at, at + size);
  }

  private text(): string {
    const size = this.u32();
    const at = this.take(size);
    return decodeText(this.bytes, at, at + size);
  }

  value(resolver: Resolver, depth = 0): unknown {
    const tag = this.u8();
    switch (tag) {
      case Tag.Undefined:
        return undefined;
      case Tag.False:
        return false;
      case Tag.True:
        return true;
      case Tag.Int:
        return this.view.getInt32(this.take(4), true);
      case Tag.BigInt64: {
        const big = this.view.getBigInt64(this.take(8), true);
        const small = Number(big);
        return Number.isSafeInteger(small) ? small : big;
      }
      case Tag.Double:
        return this.f64();
      case Tag.String:
        return this.text();
      case Tag.Node: {
        const row = this.u32();
        return row === 0 ? null : resolver.node(row);
      }
      case Tag.Type: {
        const index = this.u32();
        return index === 0 ? null : resolver.type(index);
      }
      case Tag.Location:
        return resolver.location(this.u32());
      case Tag.Range: {
        const begin = this.u32();
        return resolver.range(begin, this.u32());
      }
      case Tag.Null:
        return null;
      case Tag.BigInteger:
        return this.bigInteger();
      case Tag.Bytes: {
        const size = this.u32();
        const at = this.take(size);
        // A copy: the buffer under a decoder is used again for the next answer.
        return new Uint8Array(this.bytes.subarray(at, at + size));
      }
      case Tag.Error:
        throw new CmonsterError('QUESTION', `the frontend could not answer: ${String(this.value(wireResolver))}`);
      case Tag.List:
      case Tag.Map:
        if (depth > MAX_DEPTH) throw new CmonsterError('PROTOCOL', 'the frontend sent a value nested too deeply');
        return tag === Tag.List ? this.list(resolver, depth + 1) : this.map(resolver, depth + 1);
      default:
        throw new CmonsterError('PROTOCOL', `the frontend sent a value of unknown kind ${tag}`);
    }
  }

  private bigInteger(): bigint {
    const digits = this.text();
    if (!/^-?\d+$/.test(digits)) throw new CmonsterError('PROTOCOL', `the frontend sent '${digits}' as an integer`);
    return BigInt(digits);
  }

  private list(resolver: Resolver, depth: number): unknown[] {
    const count = this.u32();
    // Every item has at least one byte; this refuses to reserve for a garbled count.
    if (count > this.remaining) throw new CmonsterError('PROTOCOL', 'the frontend sent a list that ends too early');
    const items: unknown[] = new Array(count);
    for (let i = 0; i < count; i++) items[i] = this.value(resolver, depth);
    return items;
  }

  private map(resolver: Resolver, depth: number): Record<string, unknown> {
    const count = this.u32();
    const entries: Record<string, unknown> = Object.create(null);
    for (let i = 0; i < count; i++) {
      const key = this.value(wireResolver, depth);
      if (typeof key !== 'string') throw new CmonsterError('PROTOCOL', 'the frontend sent a map key that is no string');
      entries[key] = this.value(resolver, depth);
    }
    return entries;
  }
}

/** UTF-8 to a string; what is not valid UTF-8 becomes U+FFFD. Short ASCII, the usual case, without leaving JavaScript. */
export function decodeText(bytes: Buffer, begin: number, end: number): string {
  if (end - begin > 24) return bytes.toString('utf8', begin, end);
  let text = '';
  for (let i = begin; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80) return bytes.toString('utf8', begin, end);
    text += String.fromCharCode(byte);
  }
  return text;
}
