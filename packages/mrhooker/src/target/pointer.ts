/** Pointers into the target's memory. Every access is checked: what cannot be read or written is a RangeError. */
import type { GivenAll } from './hook.js';
import type { Data, NativePointer } from './native.js';

/** An integer of C that has up to 64 bits: a bigint when a number could not hold it exactly. */
export type Integer = number | bigint;

/** What can be given where C wants a pointer. Text and buffers live for the call. */
export type PointerLike = Pointer | null | undefined | string | Integer | ArrayBuffer | ArrayBufferView;

/** A type of C as a value: imported from a header, or one of `types`. */
export interface Type<T = unknown> {
  /** In bytes. */
  readonly size: number;
  /** As docs/formats/mrhooker-stub.md, "Signature", has it. */
  readonly kind: string;
  /** As a person would write it. */
  readonly text: string;
  read(pointer: Pointer, offset: number): T;
  write(pointer: Pointer, offset: number, value: T): void;
}

/** Of a pointer; the prototype of pointers to a type holds what is particular to the type. */
export interface Pointer<T = unknown> extends NativePointer {
  /** Where it points. */
  readonly address: Integer;
  /** What it points to: read, or written. */
  value: T;
  /** The elements from there on, as C has `pointer[index]`. */
  [index: number]: T;
  /** UTF-8 of the given number of bytes, or up to the NUL. */
  text(length?: Integer): string;
  /** A copy. */
  bytes(length: Integer): Uint8Array;
  /** Puts text (without a NUL) or bytes there; says how many. */
  write(data: Data): number;
  /** So many elements further, as in C; bytes for `void *` and records without a known size. */
  add(elements: Integer): Pointer<T>;
  /** The same place taken for something else. */
  as<U>(type: Type<U>): U extends Pointer ? U : Pointer<U>;
  equals(other: PointerLike): boolean;
  toString(): string;
}

const TYPE = Symbol('type');
interface Typed {
  [TYPE]?: Type;
}

/** The type of what it points to. */
export function elementOf(pointer: Pointer): Type {
  const type = (pointer as Typed)[TYPE];
  if (!type || type.kind === 'v') throw new TypeError('it is not known what this pointer points to: use .as(type)');
  return type;
}

const methods = {
  text(this: Pointer, length?: Integer): string {
    return length === undefined ? __mr.text(this, 0) : __mr.text(this, 0, Number(length));
  },
  bytes(this: Pointer, length: Integer): Uint8Array {
    return new Uint8Array(__mr.bytes(this, 0, Number(length)));
  },
  write(this: Pointer, data: Data): number {
    return __mr.write(this, 0, data);
  },
  add(this: Pointer, elements: Integer): Pointer {
    const size = (this as Typed)[TYPE]?.size || 1;
    return __mr.offset(this, Number(elements) * size, Object.getPrototypeOf(this) as object) as Pointer;
  },
  as(this: Pointer, type: Type): Pointer {
    // A record or an array is where it is, and seen through a pointer to its begin.
    if (type.kind.startsWith('{')) return type.read(this, 0) as Pointer;
    return __mr.offset(this, 0, pointerPrototype(type)) as Pointer;
  },
  equals(this: Pointer, other: PointerLike): boolean {
    if (other === null || other === undefined) return false;
    if (typeof other === 'number' || typeof other === 'bigint') return unsigned(this.address) === unsigned(other);
    return isPointer(other) && this.address === other.address;
  },
  toString(this: Pointer): string {
    // The engine writes large bigints with zeros before them.
    return `0x${unsigned(__mr.address(this))
      .toString(16)
      .replace(/^0+(?=.)/, '')}`;
  },
};

/** -1 is the highest address: the engine's BigInt.asUintN leaves it as it is. */
function unsigned(address: Integer): bigint {
  const wide = BigInt(address);
  return wide < 0n ? wide + 0x1_0000_0000_0000_0000n : wide;
}

export function isPointer(value: unknown): value is Pointer {
  return (
    typeof value === 'object' && value !== null && Object.prototype.isPrototypeOf.call(__mr.Pointer.prototype, value)
  );
}

/** Called once, before a script can see a pointer. */
export function installPointer(): void {
  const base = __mr.Pointer.prototype;
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(base, name, { value, writable: true, configurable: true });
  }
  Object.defineProperty(base, 'address', {
    configurable: true,
    get(this: Pointer) {
      return __mr.address(this);
    },
  });
  Object.defineProperty(base, 'value', {
    configurable: true,
    get(this: Pointer) {
      return elementOf(this).read(this, 0);
    },
    set(this: Pointer, value: unknown) {
      elementOf(this).write(this, 0, value);
    },
  });
  // At the end of every pointer's chain of prototypes, where only an index arrives.
  const elements = new Proxy(Object.prototype, {
    get(target, key, receiver: Pointer) {
      // Symbols are the language's, and this module's own: neither elements nor fields.
      if (typeof key === 'symbol') return Reflect.get(target, key, receiver);
      const index = indexOf(key);
      if (index === undefined) {
        const fields = fieldsOf(receiver);
        return fields && key in fields ? Reflect.get(fields, key, receiver) : Reflect.get(target, key, receiver);
      }
      const type = elementOf(receiver);
      return type.read(receiver, index * type.size);
    },
    set(_target, key, value: unknown, receiver: Pointer) {
      const index = indexOf(key);
      if (index === undefined) {
        const fields = fieldsOf(receiver);
        if (fields && Object.hasOwn(fields, key)) return Reflect.set(fields, key, value, receiver);
        throw new TypeError(`a pointer to ${elementOf(receiver).text} has no '${String(key)}' to set`);
      }
      const type = elementOf(receiver);
      type.write(receiver, index * type.size, value);
      return true;
    },
  });
  Object.setPrototypeOf(base, elements);
}

function indexOf(key: string | symbol): number | undefined {
  return typeof key === 'string' && /^-?\d+$/.test(key) ? Number(key) : undefined;
}

/** A type whose pointers have properties of their own. */
export interface Adorning extends Type {
  adorn(prototype: object): void;
  /** Whether that can wait until one of them is missed. */
  readonly late: boolean;
}

const prototypes = new Map<Type, object>();
const late = new Set<object>();

/** The prototype of pointers to a type. */
export function pointerPrototype(type: Type): object {
  let prototype = prototypes.get(type);
  if (!prototype) {
    prototype = Object.create(__mr.Pointer.prototype as object) as object;
    Object.defineProperty(prototype, TYPE, { value: type, configurable: true });
    prototypes.set(type, prototype);
    if ('adorn' in type) {
      if ((type as Adorning).late) late.add(prototype);
      else (type as Adorning).adorn(prototype);
    }
  }
  return prototype;
}

/** Of a pointer to a record the prototype with its fields; they are put there when somebody asks for the first one. */
export function fieldsOf(pointer: Pointer): object | undefined {
  const type = (pointer as Typed)[TYPE];
  const prototype = type && prototypes.get(type);
  if (!prototype || !('adorn' in type)) return undefined;
  if (late.delete(prototype)) (type as Adorning).adorn(prototype);
  return prototype;
}

/** An array inside of a record: a pointer to its first element that knows how many there are. */
export interface CArray<T = unknown> extends Pointer<T>, Iterable<T> {
  readonly length: number;
}

/** A pointer to a function. */
export interface FunctionPointer<A extends unknown[] = unknown[], R = unknown> extends Pointer {
  call(...args: GivenAll<A>): R;
}
