/** C's types in a script: how a value of each is read from memory and written there. */

import type { GivenAll } from './hook.js';
import type { Protos } from './native.js';
import {
  type Adorning,
  type Integer,
  isPointer,
  type Pointer,
  type PointerLike,
  pointerPrototype,
  type Type,
} from './pointer.js';

class Scalar<T> implements Type<T> {
  readonly kind: string;
  readonly size: number;
  readonly text: string;

  constructor(kind: string, size: number, text: string) {
    this.kind = kind;
    this.size = size;
    this.text = text;
  }
  read(pointer: Pointer, offset: number): T {
    return __mr.peek(pointer, offset, this.kind) as T;
  }
  write(pointer: Pointer, offset: number, value: T): void {
    __mr.poke(pointer, offset, this.kind, value);
  }
}

/** Integers, floating point, `char`, `bool`, pointers. */
export const types = {
  void: /* @__PURE__ */ new Scalar<undefined>('v', 1, 'void'),
  bool: /* @__PURE__ */ new Scalar<boolean>('b', 1, 'bool'),
  char: /* @__PURE__ */ new Scalar<number>('c', 1, 'char'),
  int8: /* @__PURE__ */ new Scalar<number>('c', 1, 'int8_t'),
  uint8: /* @__PURE__ */ new Scalar<number>('C', 1, 'uint8_t'),
  int16: /* @__PURE__ */ new Scalar<number>('s', 2, 'int16_t'),
  uint16: /* @__PURE__ */ new Scalar<number>('S', 2, 'uint16_t'),
  int: /* @__PURE__ */ new Scalar<number>('i', 4, 'int'),
  int32: /* @__PURE__ */ new Scalar<number>('i', 4, 'int32_t'),
  uint32: /* @__PURE__ */ new Scalar<number>('I', 4, 'uint32_t'),
  long: /* @__PURE__ */ new Scalar<Integer>('l', 8, 'long'),
  int64: /* @__PURE__ */ new Scalar<Integer>('l', 8, 'int64_t'),
  uint64: /* @__PURE__ */ new Scalar<Integer>('L', 8, 'uint64_t'),
  size_t: /* @__PURE__ */ new Scalar<Integer>('L', 8, 'size_t'),
  float: /* @__PURE__ */ new Scalar<number>('f', 4, 'float'),
  double: /* @__PURE__ */ new Scalar<number>('d', 8, 'double'),
} as const;

/** A pointer; `to` is a function because types refer to themselves. */
class PointerType implements Type<Pointer | null> {
  readonly kind = 'p';
  readonly size = 8;
  private readonly to: () => Type;

  constructor(to: () => Type) {
    this.to = to;
  }
  get text(): string {
    return `${this.to().text} *`;
  }
  read(pointer: Pointer, offset: number): Pointer | null {
    return __mr.peek(pointer, offset, 'p', pointerPrototype(this.to())) as Pointer | null;
  }
  write(pointer: Pointer, offset: number, value: PointerLike | null): void {
    // What lives for a call only must not stay behind in memory.
    if (typeof value === 'string' || (typeof value === 'object' && value !== null && !isPointer(value))) {
      throw new TypeError(
        'text and buffers live for a call only: put them into memory of their own first, with alloc()',
      );
    }
    __mr.poke(pointer, offset, 'p', typeof value === 'function' ? callbackOf(this.to(), value) : value);
  }
}

/** An array inside of something: a pointer to its first element that knows how many there are. */
class ArrayType implements Type<Pointer> {
  readonly size: number;
  private readonly element: Type;
  private readonly length: number;
  private view: object | undefined;

  constructor(element: Type, length: number) {
    this.element = element;
    this.length = length;
    this.size = element.size * length;
  }
  get kind(): string {
    return `{${this.size}}`;
  }
  get text(): string {
    return `${this.element.text}[${this.length}]`;
  }
  read(pointer: Pointer, offset: number): Pointer {
    this.view ??= arrayPrototype(this.element, this.length);
    return __mr.offset(pointer, offset, this.view) as Pointer;
  }
  write(pointer: Pointer, offset: number, value: unknown): void {
    if (typeof value === 'string') {
      const at = __mr.offset(pointer, offset) as Pointer;
      const bytes = new Uint8Array(this.size);
      const written = encode(value).subarray(0, this.size - 1);
      bytes.set(written);
      __mr.write(at, 0, bytes);
    } else if (isPointer(value)) {
      __mr.write(__mr.offset(pointer, offset), 0, __mr.bytes(value, 0, this.size));
    } else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      if (value.byteLength > this.size)
        throw new RangeError(`the buffer does not fit into ${this.text}: its length is ${value.byteLength}`);
      __mr.write(__mr.offset(pointer, offset), 0, value);
    } else {
      const list = [...(value as Iterable<unknown>)];
      if (list.length > this.length)
        throw new RangeError(`the list does not fit into ${this.text}: its length is ${list.length}`);
      for (const [index, item] of list.entries()) this.element.write(pointer, offset + index * this.element.size, item);
    }
  }
}

/** What is said of pointers to its elements, and how many there are. */
function arrayPrototype(element: Type, length: number): object {
  return Object.create(pointerPrototype(element), {
    length: { value: length },
    [Symbol.iterator]: {
      *value(this: Pointer) {
        for (let index = 0; index < length; index++) yield this[index];
      },
    },
    text: {
      // A NUL ends it, and so does the array.
      value(this: Pointer, count?: Integer): string {
        if (count !== undefined) return __mr.text(this, 0, Number(count));
        const all = new Uint8Array(__mr.bytes(this, 0, length));
        const end = all.indexOf(0);
        return __mr.text(this, 0, end < 0 ? length : end);
      },
    },
  }) as object;
}

/** `name, type, offset` and of a bit-field `shift, width`. */
export type FieldRow = readonly [name: string, type: Type, offset: number, shift?: number, width?: number];

/** A struct, union or class as a script imports it. */
export interface RecordType<V = Pointer> extends Type<V> {
  readonly name: string;
  readonly alignment: number;
  /** A new one, zeroed, with these fields set; it lives until the hook ends, or `forever` until `free`. */
  alloc(fields?: Partial<Fields<V>>, options?: { forever?: boolean }): V;
  /** The one at an address. */
  at(pointer: PointerLike): V;
  /** Bytes from its begin to a field's. */
  offsetOf(field: keyof V & string): number;
  readonly fields: readonly string[];
}

/** What can be set of a record: nested records as objects or views. */
export type Fields<V> = { [K in keyof V]: unknown };

class Rec implements RecordType, Adorning {
  readonly late: boolean;
  readonly name: string;
  readonly size: number;
  readonly alignment: number;
  private readonly describe: () => readonly FieldRow[];
  private rows: ReadonlyMap<string, FieldRow> | undefined;

  constructor(name: string, size: number, alignment: number, fields: () => readonly FieldRow[], late: boolean) {
    this.name = name;
    this.size = size;
    this.alignment = alignment;
    this.describe = fields;
    this.late = late;
  }
  get kind(): string {
    return `{${this.size}}`;
  }
  get text(): string {
    return this.name;
  }
  private get table(): ReadonlyMap<string, FieldRow> {
    this.rows ??= new Map(this.describe().map((row) => [row[0], row]));
    return this.rows;
  }
  get fields(): readonly string[] {
    return [...this.table.keys()];
  }
  offsetOf(field: string): number {
    const row = this.table.get(field);
    if (!row) throw new TypeError(`${this.name} has no field '${field}'`);
    return row[2];
  }
  at(pointer: PointerLike): Pointer {
    if (isPointer(pointer)) return __mr.offset(pointer, 0, pointerPrototype(this)) as Pointer;
    if (typeof pointer === 'number' || typeof pointer === 'bigint') {
      const made = __mr.pointer(pointer, pointerPrototype(this));
      if (made) return made as Pointer;
    }
    throw new TypeError(`${this.name}.at() takes a pointer that is not null`);
  }
  alloc(fields: Record<string, unknown> = {}, options: { forever?: boolean } = {}): Pointer {
    const made = __mr.alloc(this.size, pointerPrototype(this), options.forever ?? false) as Pointer;
    this.assign(made, 0, fields);
    return made;
  }
  private assign(pointer: Pointer, offset: number, fields: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(fields)) {
      const row = this.table.get(name);
      if (!row) throw new TypeError(`${this.name} has no field '${name}'`);
      writeField(pointer, offset, row, value);
    }
  }
  read(pointer: Pointer, offset: number): Pointer {
    return __mr.offset(pointer, offset, pointerPrototype(this)) as Pointer;
  }
  write(pointer: Pointer, offset: number, value: unknown): void {
    if (isPointer(value)) __mr.write(__mr.offset(pointer, offset), 0, __mr.bytes(value, 0, this.size));
    else this.assign(pointer, offset, value as Record<string, unknown>);
  }
  adorn(prototype: object): void {
    for (const row of this.table.values()) {
      Object.defineProperty(prototype, row[0], {
        configurable: true,
        enumerable: true,
        get(this: Pointer) {
          return readField(this, row);
        },
        set(this: Pointer, value: unknown) {
          writeField(this, 0, row, value);
        },
      });
    }
  }
}

function readField(pointer: Pointer, [, type, offset, shift, width]: FieldRow): unknown {
  if (shift === undefined || width === undefined) return type.read(pointer, offset);
  const value = BigInt.asUintN(width, bitUnit(pointer, offset, shift, width) >> BigInt(shift));
  if (type.kind === 'b') return value !== 0n;
  const signed = type.kind === type.kind.toLowerCase();
  const wide = signed ? BigInt.asIntN(width, value) : value;
  return width <= 53 ? Number(wide) : wide;
}

function writeField(pointer: Pointer, base: number, [, type, at, shift, width]: FieldRow, value: unknown): void {
  const offset = base + at;
  if (shift === undefined || width === undefined) {
    type.write(pointer, offset, value);
    return;
  }
  const mask = ((1n << BigInt(width)) - 1n) << BigInt(shift);
  const bits = BigInt.asUintN(width, type.kind === 'b' ? BigInt(Boolean(value)) : fitting(value, width));
  const unit = (bitUnit(pointer, offset, shift, width) & ~mask) | (bits << BigInt(shift));
  for (let byte = 0; byte * 8 < shift + width; byte++) {
    __mr.poke(pointer, offset + byte, 'C', Number((unit >> BigInt(byte * 8)) & 0xffn));
  }
}

/** As other integers: what these bits mean with a sign or without one. */
function fitting(value: unknown, width: number): bigint {
  if (typeof value !== 'bigint' && typeof value !== 'boolean' && !Number.isInteger(value)) {
    throw new TypeError(`expected an integer, got ${String(value)}`);
  }
  const integer = BigInt(value as number | bigint | boolean);
  if (integer >> BigInt(width) === 0n || integer >> BigInt(width - 1) === -1n) return integer;
  throw new RangeError(`${integer} does not fit into an integer of ${width} bit${width === 1 ? '' : 's'}`);
}

/** The bytes that hold a bit-field, lowest first, and no others. */
function bitUnit(pointer: Pointer, offset: number, shift: number, width: number): bigint {
  let unit = 0n;
  for (let byte = 0; byte * 8 < shift + width; byte++) {
    unit |= BigInt(__mr.peek(pointer, offset + byte, 'C') as number) << BigInt(byte * 8);
  }
  return unit;
}

function encode(text: string): Uint8Array {
  const at = __mr.alloc(text.length * 3 + 1);
  return new Uint8Array(__mr.bytes(at, 0, __mr.write(at, 0, text)));
}

/** The type of a function, behind a pointer: `sighandler_t` is a pointer to one. */
export interface FunctionPointerType<A extends unknown[] = unknown[], R = unknown> extends Type<Pointer | null> {
  /** A pointer taken for a function of this type: it can be called. */
  (target: PointerLike): (...args: GivenAll<A>) => R;
  /** A native function that calls the one given; it stays until the thread's scripts end. */
  pointer(fn: (...args: A) => R): Pointer;
}

class FunctionType implements Type<never>, Adorning {
  readonly late = false;
  readonly kind = 'v';
  readonly size = 1;
  readonly text: string;
  readonly signature: string;
  private readonly protoTypes: () => readonly (Type | null)[];
  private made: Protos | undefined;
  private readonly callbacks = new WeakMap<object, Pointer>();

  constructor(text: string, signature: string, protoTypes: () => readonly (Type | null)[]) {
    this.text = text;
    this.signature = signature;
    this.protoTypes = protoTypes;
  }
  private get protos(): Protos {
    this.made ??= protosOf(this.protoTypes());
    return this.made;
  }
  read(): never {
    throw new TypeError(`a function cannot be read: call it, or take ${this.text} of a pointer to it`);
  }
  write(): never {
    throw new TypeError('a function cannot be written: hook it');
  }
  call(target: Pointer, args: readonly unknown[]): unknown {
    return __mr.call(target, this.signature, this.protos, ...args);
  }
  callback(fn: (...args: never[]) => unknown): Pointer {
    let made = this.callbacks.get(fn);
    if (!made) {
      made = __mr.offset(__mr.callback(this.signature, this.protos, fn), 0, pointerPrototype(this)) as Pointer;
      this.callbacks.set(fn, made);
    }
    return made;
  }
  adorn(prototype: object): void {
    const type = this;
    Object.defineProperties(prototype, {
      call: {
        value(this: Pointer, ...args: unknown[]) {
          return type.call(this, args);
        },
      },
      // The runtime makes a native function of a plain one through this.
      callback: { value: (fn: (...args: never[]) => unknown) => type.callback(fn) },
    });
  }
}

function callbackOf(type: Type, fn: unknown): Pointer {
  if (type instanceof FunctionType) return type.callback(fn as () => unknown);
  throw new TypeError(`a function was given where ${type.text} * is wanted`);
}

/** The prototypes that the runtime wants beside a signature: of the result, then of each argument. */
export function protosOf(list: readonly (Type | null)[]): Protos {
  return list.map((type) => type && pointerPrototype(type));
}

// What modules made from headers are written with; short names, for there are many of them.

export const scalar = (kind: string, size: number, text: string): Type => new Scalar(kind, size, text);
export const pointerTo = (to: () => Type): Type => new PointerType(to);
export const arrayOf = (element: Type, length: number): Type => new ArrayType(element, length);
/** `shadows`: a field is called like something that every pointer has. */
export const record = (
  name: string,
  size: number,
  alignment: number,
  fields: () => readonly FieldRow[],
  shadows = false,
): RecordType => new Rec(name, size, alignment, fields, !shadows);
export const functionOf = (text: string, signature: string, list: () => readonly (Type | null)[]): Type =>
  new FunctionType(text, signature, list);
export const opaque = (size: number, text: string): Type => new Opaque(size, text);

class Opaque implements Type<Pointer> {
  readonly size: number;
  readonly text: string;

  constructor(size: number, text: string) {
    this.size = size;
    this.text = text;
  }
  get kind(): string {
    return `{${this.size}}`;
  }
  read(pointer: Pointer, offset: number): Pointer {
    return __mr.offset(pointer, offset, pointerPrototype(this)) as Pointer;
  }
  write(pointer: Pointer, offset: number, value: Pointer): void {
    __mr.write(__mr.offset(pointer, offset), 0, __mr.bytes(value, 0, this.size));
  }
}

/** `fnType`: a type of function pointers, for a cast. */
export function functionPointer<A extends unknown[], R>(type: Type): FunctionPointerType<A, R> {
  const fn = type as unknown as FunctionType;
  const pointer = new PointerType(() => type);
  const cast = (target: PointerLike) => {
    const at = typeof target === 'number' || typeof target === 'bigint' ? __mr.pointer(target) : target;
    if (!isPointer(at)) throw new TypeError(`${fn.text}: there is no function at a null pointer`);
    const callable = (...args: unknown[]): unknown => fn.call(at, args);
    return Object.defineProperty(callable, 'address', { value: at.address });
  };
  return Object.defineProperties(cast, {
    size: { value: 8 },
    kind: { value: 'p' },
    text: { value: fn.text },
    read: { value: (at: Pointer, offset: number) => pointer.read(at, offset) },
    write: { value: (at: Pointer, offset: number, value: PointerLike) => pointer.write(at, offset, value) },
    pointer: { value: (made: () => unknown) => fn.callback(made) },
  }) as unknown as FunctionPointerType<A, R>;
}
