/** From the bytes of a told call to its values. docs/formats/mrhooker-session.md describes them; runtime/src/trace.c writes them. */
import type { CField, CRecord, CType } from '../headers/model.js';
import { kindOf, type Records } from '../headers/signature.js';
import type { StackFrame } from '../target/native.js';
import { withoutHalf } from './format.js';
import { fills } from './outcome.js';
import {
  type Capture,
  capturesOf,
  FOUND,
  foundFunction,
  furtherOf,
  ITEMS,
  READ,
  RESULT,
  type TracedFunction,
} from './plan.js';

/** A value: numbers and null as they are, the rest in an object of one letter. */
export type Captured =
  | number
  | boolean
  | null
  /** Integers of more than 53 bits. */
  | { i: string }
  | { p: string }
  /** Text; `cut` when there is more of it. */
  | { t: string; cut?: true }
  /** Bytes as Latin-1, and how many there are in all. */
  | { b: string; n: number }
  | { l: Captured[]; cut?: true }
  | { s: Record<string, Captured> }
  /** A pointer to what cannot be read. */
  | { bad: string };

/** A call as the target told it. Times are nanoseconds. */
export interface Told {
  fn: TracedFunction;
  begin: number;
  /** Undefined for a call that does not come back as others do. */
  length: number | undefined;
  result: Captured;
  errno: number;
  args: Captured[];
  stack: StackFrame[];
}

/** What follows of one value. */
const IS_VALUE = 0;
const IS_BYTES = 1;
const IS_BAD = 2;
/** Of what there was no room for in the record. */
const LOST: Captured = { t: '', cut: true };

type Item =
  | { is: 'value'; value: bigint }
  | { is: 'bad'; value: bigint }
  | { is: 'bytes'; address: bigint; all: number; bytes: Buffer }
  | { is: 'list'; items: Item[]; more: boolean }
  | undefined;

/** A function, and what arrives of its calls. */
interface Known {
  fn: TracedFunction;
  captures: readonly Capture[];
}

export class CallDecoder {
  private readonly functions: readonly Known[];
  private readonly limit: number;
  private readonly counting: boolean;
  private readonly found = new Map<string, Known>();

  constructor(functions: readonly TracedFunction[], counting: boolean) {
    this.counting = counting;
    this.limit = functions[0]?.limit ?? 0;
    this.functions = functions.map((fn) => this.known(fn));
  }

  private known(fn: TracedFunction): Known {
    return { fn, captures: capturesOf(fn, this.counting) };
  }

  private foundOf(name: string): Known {
    const known = this.found.get(name) ?? this.known(foundFunction(name, this.limit));
    this.found.set(name, known);
    return known;
  }

  /**
   * @param body of a record of the type trace
   * @param name of the function, in case that it was not known beforehand
   */
  decode(body: Buffer, name: string | undefined): Told | undefined {
    const id = body.readUInt32LE(0);
    const known = id === FOUND && name !== undefined ? this.foundOf(name) : this.functions[id];
    if (!known) return undefined;
    const { fn, captures } = known;
    const length = Number(body.readBigInt64LE(16));
    const errno = body.readInt32LE(4);
    const items = new Items(body, 32);
    let result: Captured = null;
    let further: Item;
    const args: Captured[] = [];
    const filled: { capture: Capture; item: Item }[] = [];
    for (const capture of captures) {
      const item = items.next();
      if (capture.read === READ.further) further = item;
      else if (capture.argument === RESULT) result = fn.returnsNothing ? null : shaped(item, capture, fn);
      else if (capture.after) filled.push({ capture, item });
      else args[capture.argument] = shaped(item, capture, fn);
    }
    const isFilled = fills(fn, result, errno);
    for (const { capture, item } of filled) {
      args[capture.argument] = isFilled ? shaped(item, capture, fn) : unread(item);
    }
    if (isFilled) cutAddresses(fn, args);
    const behind = this.counting ? undefined : furtherOf(fn)?.(args);
    if (behind && further) args.push(shaped(further, { shape: { as: 'value', type: behind } }, fn));
    return {
      fn,
      begin: Number(body.readBigUInt64LE(8)),
      length: length < 0 ? undefined : length,
      result,
      errno,
      args,
      stack: items.frames(body.readUInt32LE(24)),
    };
  }
}

/** Reads what is in a record, from front to back. */
class Items {
  private readonly body: Buffer;
  private at: number;

  constructor(body: Buffer, at: number) {
    this.body = body;
    this.at = at;
  }

  private has(bytes: number): boolean {
    return this.at + bytes <= this.body.length;
  }

  next(): Item {
    const { body, at } = this;
    if (!this.has(1)) return undefined;
    const is = body[at];
    if (is === IS_VALUE || is === IS_BAD) {
      if (!this.has(9)) return undefined;
      this.at += 9;
      return { is: is === IS_VALUE ? 'value' : 'bad', value: body.readBigUInt64LE(at + 1) };
    }
    if (is === IS_BYTES) {
      if (!this.has(21)) return undefined;
      const size = body.readUInt32LE(at + 17);
      const bytes = body.subarray(at + 21, at + 21 + size);
      this.at += 21 + size;
      return { is: 'bytes', address: body.readBigUInt64LE(at + 1), all: Number(body.readBigUInt64LE(at + 9)), bytes };
    }
    if (!this.has(3)) return undefined;
    this.at += 3;
    const more = body[at + 1] === 1;
    const items = Array.from({ length: body[at + 2] ?? 0 }, () => this.next());
    return { is: 'list', items, more };
  }

  frames(count: number): StackFrame[] {
    const frames: StackFrame[] = [];
    for (let index = 0; index < count && this.has(27); index++) {
      const { body, at } = this;
      const [module, known, symbol] = [body[at + 24] ?? 0, body[at + 25] === 1, body[at + 26] ?? 0];
      const names = at + 27;
      frames.push({
        address: Number(body.readBigUInt64LE(at)),
        offset: Number(body.readBigUInt64LE(at + 8)),
        position: Number(body.readBigUInt64LE(at + 16)),
        module: body.toString('utf8', names, names + module),
        symbol: known ? body.toString('utf8', names + module, names + module + symbol) : null,
      });
      this.at = names + module + symbol;
    }
    return frames;
  }
}

const hex = (address: bigint): string => `0x${address.toString(16)}`;
const pointer = (address: bigint): Captured => (address === 0n ? null : { p: hex(address) });

/** Where it is, of what nobody has written. */
function unread(item: Item): Captured {
  if (item === undefined || item.is === 'list') return LOST;
  return pointer(item.is === 'bytes' ? item.address : item.value);
}

/** Of a socket's address there is as much as the argument behind it says. */
function cutAddresses({ parameters }: TracedFunction, args: Captured[]): void {
  for (const [index, { isAddress }] of parameters.entries()) {
    const [bytes, length] = [args[index], args[index + 1]];
    if (!isAddress || typeof bytes !== 'object' || bytes === null || !('b' in bytes)) continue;
    if (typeof length !== 'object' || length === null || !('l' in length)) continue;
    const count = Math.min(Number(length.l[0]), bytes.n);
    args[index] = { b: bytes.b.slice(0, count), n: count };
  }
}

function shaped(item: Item, { shape }: Pick<Capture, 'shape'>, of: TracedFunction): Captured {
  const { limit, records } = of;
  if (item === undefined) return LOST;
  if (item.is === 'bad') return { bad: hex(item.value) };
  if (item.is === 'value')
    return shape.as === 'value' ? slotValue(item.value, shape.type, records) : pointer(item.value);
  if (item.is === 'list') {
    const list = item.items.map((inner) => shaped(inner, { shape: { as: 'text' } }, of));
    return item.more ? { l: list, cut: true } : { l: list };
  }
  const { bytes, all, address } = item;
  switch (shape.as) {
    case 'bytes':
      return { b: bytes.toString('latin1'), n: all };
    case 'target':
      return { l: [memoryValue(bytes, 0, shape.type, records, address)] };
    case 'fields':
      return fields(bytes, 0, shape.record, shape.members, address, limit, records);
    case 'records': {
      const { size } = shape.record;
      const many = Math.floor(all / size);
      const list = Array.from({ length: Math.min(many, ITEMS) }, (_, index) =>
        fields(bytes, index * size, shape.record, shape.members, address, limit, records),
      );
      return many > ITEMS ? { l: list, cut: true } : { l: list };
    }
    default: {
      const whole = bytes.toString('utf8');
      const cut = all > bytes.length || whole.length > limit;
      const text = cut ? withoutHalf(whole.slice(0, limit)) : whole;
      if (text.includes('\ufffd')) return { b: bytes.toString('latin1', 0, limit), n: all };
      return cut ? { t: text, cut } : { t: text };
    }
  }
}

/** A slot holds a value of any type in 64 bits; larger ones are somewhere else. */
function slotValue(slot: bigint, type: CType, records: Records): Captured {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(slot);
  const kind = kindOf(type, records);
  return kind.length > 1 || kind === 'D' ? pointer(slot) : scalar(bytes, 0, kind);
}

/** A value in memory; of what is none by itself its address. */
function memoryValue(bytes: Buffer, at: number, type: CType, records: Records, address: bigint): Captured {
  const kind = kindOf(type, records);
  const there = { p: hex(address + BigInt(at)) };
  if (type.kind === 'array' || kind.length > 1 || kind === 'D' || kind === 'v') return there;
  return at + (SIZES[kind] ?? 8) <= bytes.length ? scalar(bytes, at, kind) : LOST;
}

const SIZES: Readonly<Record<string, number>> = { b: 1, c: 1, C: 1, s: 2, S: 2, i: 4, I: 4, f: 4 };

function scalar(bytes: Buffer, at: number, kind: string): Captured {
  switch (kind) {
    case 'v':
      return null;
    case 'b':
      return bytes[at] !== 0;
    case 'c':
      return bytes.readInt8(at);
    case 'C':
      return bytes.readUInt8(at);
    case 's':
      return bytes.readInt16LE(at);
    case 'S':
      return bytes.readUInt16LE(at);
    case 'i':
      return bytes.readInt32LE(at);
    case 'I':
      return bytes.readUInt32LE(at);
    case 'f':
      return bytes.readFloatLE(at);
    case 'd':
      return bytes.readDoubleLE(at);
    case 'p':
      return pointer(bytes.readBigUInt64LE(at));
    default:
      return exact(kind === 'l' ? bytes.readBigInt64LE(at) : bytes.readBigUInt64LE(at));
  }
}

const exact = (value: bigint): Captured =>
  value <= 2n ** 53n && value >= -(2n ** 53n) ? Number(value) : { i: String(value) };

function fields(
  bytes: Buffer,
  base: number,
  record: CRecord,
  members: readonly string[],
  address: bigint,
  limit: number,
  records: Records,
): Captured {
  const read: Record<string, Captured> = {};
  for (const name of members) {
    const field = record.fields?.find((candidate) => candidate.name === name);
    if (field) read[name] = fieldValue(bytes, base + field.offset, field, address, limit, records);
  }
  return { s: read };
}

function fieldValue(
  bytes: Buffer,
  at: number,
  { type, bits }: CField,
  address: bigint,
  limit: number,
  records: Records,
): Captured {
  if (bits) return bitField(bytes, at, type, bits);
  if (type.kind !== 'array') return memoryValue(bytes, at, type, records, address);
  const { of, length } = type;
  const size = SIZES[kindOf(of, records)] ?? 8;
  const list = Array.from({ length: Math.min(length, ITEMS) }, (_, index) =>
    memoryValue(bytes, at + index * size, of, records, address),
  );
  // Of what is no list of numbers, where it is.
  if (typeof list[0] !== 'number') return { p: hex(address + BigInt(at)) };
  return length > Math.min(ITEMS, limit) ? { l: list, cut: true } : { l: list };
}

/** Its unit may be cut short by the record's end. */
function bitField(
  bytes: Buffer,
  at: number,
  type: CType,
  { shift, width }: { shift: number; width: number },
): Captured {
  const unit = Buffer.alloc(16);
  bytes.copy(unit, 0, at, Math.min(at + 16, bytes.length));
  const word = (unit.readBigUInt64LE(8) << 64n) | unit.readBigUInt64LE(0);
  const value = (word >> BigInt(shift)) & ((1n << BigInt(width)) - 1n);
  if (type.kind === 'bool') return value !== 0n;
  const signed = (type.kind === 'integer' || type.kind === 'enum') && type.signed;
  return exact(signed ? BigInt.asIntN(width, value) : value);
}
