/** The call that a hook runs for, and the thread and process around it. */
import type { NativeArguments, StackFrame } from './native.js';
import type { Integer, Pointer } from './pointer.js';
import { pointerPrototype, type Type } from './pointer.js';

export type { StackFrame };

/** Of the innermost call that a hook runs for in this thread. */
export const call = {
  /** `errno` as the caller left it, after the original as that left it. What is set here is what the caller finds. */
  get errno(): number {
    return __mr.errno;
  },
  set errno(value: number) {
    __mr.errno = value;
  },
  /** Where the call came from: behind the call's instruction. */
  get returnAddress(): Pointer {
    return __mr.returnAddress() as Pointer;
  },
  /** The name that was called: of `open` and those that do the same, which. */
  nameOf(fn: { readonly name: string }): string {
    return __mr.nameOf(fn as never);
  },
};

/** Of a call that had none: `open` may be entered as one that takes no mode. */
const NONE: NativeArguments = { word: () => 0, pointer: () => null, double: () => 0, words: 0 };

function behind(): NativeArguments {
  try {
    return __mr.arguments();
  } catch {
    return NONE;
  }
}

/** Arguments behind those that a header names: of `printf`, `open`. Counted from 0; integers and floating point apart. */
export const varargs = {
  int: (index: number): number => Number(BigInt.asIntN(32, BigInt(behind().word(index)))),
  long: (index: number): Integer => behind().word(index),
  pointer: <T = unknown>(index: number, type?: Type<T>): Pointer<T> | null =>
    behind().pointer(index, type && pointerPrototype(type)) as Pointer<T> | null,
  double: (index: number): number => behind().double(index),
};

/** The frames above the hook, innermost first. */
export function stack(limit?: number): StackFrame[] {
  return __mr.stack(limit);
}

/**
 * One line: `tcp_send+0x1c (libcurl.so.4) at socket.c:120`. The line of source is read from debug information, where there is some, when
 * this is printed; in the script a mark stands for it, `⟦module:position⟧`.
 */
export function frameText(frame: StackFrame): string {
  const at = `+0x${frame.offset.toString(16)}`;
  const module = frame.module.slice(frame.module.lastIndexOf('/') + 1);
  const name = frame.symbol === null ? `${module}${at}` : `${frame.symbol}${at} (${module})`;
  return `${name}⟦${frame.module}:${frame.position.toString(16)}⟧`;
}

export const process = {
  get pid(): number {
    return __mr.pid();
  },
  get tid(): number {
    return __mr.tid();
  },
  get threadName(): string {
    return __mr.threadName();
  },
  /** The path of the program. */
  get program(): string {
    return __mr.program;
  },
  get args(): string[] {
    return __mr.args();
  },
};

/** Nanoseconds of a clock that never goes back. */
export const clock = (): number => __mr.clock();
/** Nanoseconds since 1970. */
export const now = (): number => __mr.time();
/** A variable of the target's environment. */
export const env = (name: string): string | undefined => __mr.env(name) ?? undefined;
/** Whether there is an original to call. */
export const exists = (fn: { readonly name: string }): boolean => __mr.exists(fn as never);

/** Runs when the process ends. */
export function atExit(fn: () => void): void {
  __mr.atExit(fn);
}

/** A value for who started mrhooker: a line of the report with `--json`. */
export function record(value: unknown): void {
  __mr.record(JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)));
}
