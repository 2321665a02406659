/** Memory that a script asks for, and addresses it knows by other means. */
import type { Data } from './native.js';
import { type Integer, type Pointer, pointerPrototype, type Type } from './pointer.js';
import { types } from './types.js';

export interface AllocOptions {
  /** Until `free`; otherwise until the outermost hook ends. */
  forever?: boolean;
}

/** So many bytes, zeroed; or text with its NUL; or a copy of bytes. */
export function alloc(what: Integer | Data, options: AllocOptions = {}): Pointer<number> {
  const forever = options.forever ?? false;
  const prototype = pointerPrototype(types.char);
  if (typeof what === 'number' || typeof what === 'bigint')
    return __mr.alloc(Number(what), prototype, forever) as Pointer<number>;
  if (typeof what !== 'string' && !(what instanceof ArrayBuffer) && !ArrayBuffer.isView(what))
    throw new TypeError('alloc() takes a number of bytes, a text or bytes; a struct has an alloc() of its own');
  const length = typeof what === 'string' ? what.length * 3 + 1 : what.byteLength;
  const made = __mr.alloc(Math.max(length, 1), prototype, forever) as Pointer<number>;
  __mr.write(made, 0, what);
  return made;
}

/** Gives back what was allocated for ever. */
export function free(pointer: Pointer): void {
  __mr.free(pointer);
}

/** A pointer to an address; null for 0. */
export function pointer<T = number>(
  address: Integer,
  type: Type<T> = types.char as unknown as Type<T>,
): Pointer<T> | null {
  return __mr.pointer(address, pointerPrototype(type)) as Pointer<T> | null;
}

/** Any function or variable that an object of the process exports; null when there is none. */
export function symbol(name: string): Pointer | null {
  return __mr.symbol(name) as Pointer | null;
}

export function sizeof(type: { readonly size: number }): number {
  return type.size;
}

export function offsetof(type: { offsetOf(field: string): number }, field: string): number {
  return type.offsetOf(field);
}
