/** Runs inside of the target: what is read of a call's arguments, and told. What it looks like is worked out on the other side. */
import type { StackFrame } from '../target/native.js';
import type { Integer, Pointer } from '../target/pointer.js';

/** A value on its way: numbers and null as they are, the rest in an object of one letter. */
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

const ITEMS = 16;

function guarded(pointer: unknown, read: (pointer: Pointer) => Captured): Captured {
  if (typeof pointer !== 'object' || pointer === null) return value(pointer);
  try {
    return read(pointer as Pointer);
  } catch {
    return { bad: String(pointer) };
  }
}

export function value(of: unknown): Captured {
  if (typeof of === 'number' || typeof of === 'boolean' || of === null) return of;
  if (typeof of === 'bigint') return { i: String(of) };
  return of === undefined ? null : { p: String(of) };
}

export const text = (pointer: unknown, limit: number): Captured =>
  guarded(pointer, (at) => {
    const all = at.text();
    return all.length > limit ? { t: all.slice(0, limit), cut: true } : { t: all };
  });

export const bytes = (pointer: unknown, size: Integer, limit: number): Captured =>
  guarded(pointer, (at) => {
    const many = Number(size);
    if (many < 0) return value(at);
    return { b: String.fromCharCode(...at.bytes(Math.min(many, limit))), n: many };
  });

/** A vector of strings that ends with a null pointer. */
export const strings = (pointer: unknown, limit: number): Captured =>
  guarded(pointer, (at) => {
    const list: Captured[] = [];
    const items = at as Pointer<Pointer | null>;
    for (let index = 0; index < ITEMS; index++) {
      const item = items[index];
      if (item === null || item === undefined) return { l: list };
      list.push(text(item, limit));
    }
    return { l: list, cut: true };
  });

/** What a pointer to a number, or to another pointer, points to. */
export const target = (pointer: unknown): Captured =>
  guarded(pointer, (at) => ({ l: [value((at as Pointer<unknown>).value)] }));

export const fields = (pointer: unknown, names: readonly string[], limit: number): Captured =>
  guarded(pointer, (at) => {
    const read: Record<string, Captured> = {};
    for (const name of names) {
      const field = (at as unknown as Record<string, unknown>)[name];
      read[name] =
        typeof field === 'object' && field !== null && 'length' in field
          ? array(field as unknown as Pointer, limit)
          : value(field);
    }
    return { s: read };
  });

/** So many of them in a row. */
export const records = (pointer: unknown, size: Integer, names: readonly string[], limit: number): Captured =>
  guarded(pointer, (at) => {
    const many = Number(size);
    const list = Array.from({ length: Math.min(many, ITEMS) }, (_, index) => fields(at.add(index), names, limit));
    return many > ITEMS ? { l: list, cut: true } : { l: list };
  });

function array(of: Pointer, limit: number): Captured {
  const items = of as unknown as ArrayLike<unknown>;
  if (typeof items[0] !== 'number') return value(of);
  return {
    l: Array.from({ length: Math.min(items.length, ITEMS) }, (_, index) => value(items[index])),
    ...(items.length > Math.min(ITEMS, limit) && { cut: true as const }),
  };
}

/** A call that came back: function, begin and length in nanoseconds, result, errno, arguments, stack. */
export type Told = [
  fn: number,
  begin: number,
  /** -1 for a call that does not come back as others do. */
  length: number,
  result: Captured,
  errno: number,
  args: Captured[],
  stack?: StackFrame[],
];

export function tell(fn: number, begin: number, result: Captured, args: Captured[], frames: number): void {
  send([fn, begin, __mr.clock() - begin, result, __mr.errno, args], frames);
}

export function tellBegin(fn: number, args: Captured[], frames: number): void {
  send([fn, __mr.clock(), -1, null, 0, args], frames);
}

function send(told: Told, frames: number): void {
  if (frames > 0) told.push(__mr.stack(frames));
  __mr.record(JSON.stringify(told));
}
