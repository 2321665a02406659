/** Hooking a function. */
import type { Callable, NativeHandlers } from './native.js';
import type { FunctionPointer, Integer, Pointer, PointerLike } from './pointer.js';

/** What a script may give where C wants a parameter of a type. */
export type Given<T> = T extends boolean
  ? boolean
  : T extends number | bigint
    ? Integer | boolean
    : T extends FunctionPointer<infer A>
      ? PointerLike | ((...args: A) => unknown)
      : T extends Pointer
        ? PointerLike
        : T;
export type GivenAll<A extends unknown[]> = { [K in keyof A]: Given<A[K]> };
/** What a hook may return for a result of C. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that returns nothing is one of the ways to write it
export type Returned<R> = R extends void ? void : Given<R>;

declare const SIGNATURE: unique symbol;

/** A function of a header. Calling it calls the original, also from inside a hook on it. */
export interface NativeFunction<A extends unknown[] = unknown[], R = unknown> {
  (...args: GivenAll<A>): R;
  readonly name: string;
  readonly [SIGNATURE]?: (...args: A) => R;
}

/** One that takes more arguments than its header names: `printf`, `open`. Those it was called with pass on unless others are given. */
export interface VariadicFunction<A extends unknown[] = unknown[], R = unknown> {
  (...args: [...GivenAll<A>, ...VariadicArgument[]]): R;
  readonly name: string;
  readonly [SIGNATURE]?: (...args: A) => R;
}
export type VariadicArgument = PointerLike | boolean | { readonly double: number };

/** Sees calls without changing them; what `enter` returns, `leave` gets beside the result. */
export interface Observer<A extends unknown[], R, S> {
  enter?(...args: A): S;
  /** A result of its own is what the caller gets; undefined leaves it as it is. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that returns nothing is one of the ways to write it
  leave?(result: R, state: S): Returned<R> | undefined | void;
}

export interface HookOptions {
  /** Only calls from this object: a glob over file names, `libcurl*`. */
  module?: string;
  /** Only calls from this function: a glob over symbols. */
  caller?: string;
  /** Only in threads of this name: a glob. */
  thread?: string;
  /** Whether `open64`, `__open_2` and others that do the same are hooked with `open`. Yes, unless it says false. */
  aliases?: boolean;
  /** False: the hook is there, and off until `enable()`. */
  enabled?: boolean;
}

/** A hook that is in place. */
export interface Hook {
  /** On and off, in every thread. */
  enable(): void;
  disable(): void;
}

/** A call of a function that no header was given for. */
export interface UntypedCall {
  readonly name: string;
  /** The arguments as integers, counted from 0. */
  word(index: number): Integer;
  pointer(index: number): Pointer | null;
  /** The floating-point arguments, counted from 0 by themselves. */
  double(index: number): number;
  /** Calls the original: with what it was called with, or with the given words in place of the first ones. */
  original(...words: PointerLike[]): Integer;
}

export interface UntypedObserver<S> {
  enter?(call: UntypedCall): S;
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that returns nothing is one of the ways to write it
  leave?(result: Integer, state: S): PointerLike | void;
}

/**
 * By name or glob, `*` and `?`: what no header describes. The name is written as a literal. Of what a glob means and what
 * can't be called and returned through, such as `setjmp`, only the begin is seen: there `enter` alone counts.
 */
export function hook<S = void>(
  pattern: string,
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that returns nothing is one of the ways to write it
  handler: ((call: UntypedCall) => PointerLike | void) | UntypedObserver<S>,
  options?: HookOptions,
): Hook;
/**
 * Replaces a function, or observes it. In the hook the imported function is the original. Of several hooks on a function the
 * last one made is the outermost: the others, and at last the original, come when it calls the function.
 */
export function hook<A extends unknown[], R, S = void>(
  fn: NativeFunction<A, R> | VariadicFunction<A, R>,
  handler: ((...args: A) => Returned<R>) | Observer<A, R, S>,
  options?: HookOptions,
): Hook;
export function hook(target: unknown, handler: unknown, options: HookOptions = {}): Hook {
  checkOptions(options);
  if (typeof target === 'string') {
    const isGlob = /[*?]/.test(target);
    const handles = __mr.names(target, (handler as NativeHandlers).found).flatMap((index) => {
      const handlers = untyped(index, handler as UntypedObserver<never>);
      const possible = isGlob && __mr.forwards(index) ? beginOf(handlers) : handlers;
      return possible ? [place(index, possible, options)] : [];
    });
    return switches(handles, options);
  }
  if (typeof target !== 'function') throw new TypeError('hook() takes a function imported from a header, or a name');
  return switches([place(target as Callable, handlersOf(handler), options)], options);
}

function handlersOf(handler: unknown): NativeHandlers {
  if (typeof handler === 'function') return { replace: handler as NativeHandlers['replace'] } as NativeHandlers;
  const { enter, leave, trace } = handler as NativeHandlers;
  if (trace) return { trace };
  if (!enter && !leave) throw new TypeError('hook() takes a function, or { enter, leave }');
  return { ...(enter && { enter }), ...(leave && { leave }) };
}

/** Of the functions that a glob means some can't be called and returned through: what is left of handlers for them. */
function beginOf({ enter, traceBegin }: NativeHandlers): NativeHandlers | undefined {
  if (traceBegin) return { trace: traceBegin };
  return enter && { enter };
}

/** What each option is to be; a slip of the pen must not hook more than was meant. */
const OPTIONS: Readonly<Record<string, string>> = {
  module: 'string',
  caller: 'string',
  thread: 'string',
  aliases: 'boolean',
  enabled: 'boolean',
};

function checkOptions(options: HookOptions): void {
  for (const [name, value] of Object.entries(options)) {
    const type = OPTIONS[name];
    if (type === undefined)
      throw new TypeError(`hook() has no option '${name}': there are ${Object.keys(OPTIONS).join(', ')}`);
    if (value !== undefined && typeof value !== type)
      throw new TypeError(`hook() takes a ${type} as '${name}', not ${String(value)}`);
  }
}

function place(target: Callable | number, handlers: NativeHandlers, options: HookOptions): number {
  const { module, caller, thread } = options;
  const filters = { ...(module && { module }), ...(caller && { caller }), ...(thread && { thread }) };
  return __mr.hook(target, { ...handlers, ...filters });
}

function switches(handles: readonly number[], { enabled = true }: HookOptions): Hook {
  const set = (on: boolean) => {
    for (const handle of handles) __mr.enable(handle, on);
  };
  if (!enabled) set(false);
  return { enable: () => set(true), disable: () => set(false) };
}

function untyped(index: number, handler: UntypedObserver<never> | ((call: UntypedCall) => unknown)): NativeHandlers {
  const original = __mr.function(index, null);
  const call = (): UntypedCall => {
    const args = __mr.arguments();
    return {
      name: __mr.nameOf(index),
      word: (at) => args.word(at),
      pointer: (at) => args.pointer(at) as Pointer | null,
      double: (at) => args.double(at),
      original: (...words) => original(...words) as Integer,
    };
  };
  if (typeof handler === 'function') return { replace: () => handler(call()), source: handler };
  if ('trace' in handler) return handler as NativeHandlers;
  const { enter, leave } = handler;
  return {
    ...(enter && { enter: () => enter.call(handler, call()) }),
    ...(leave && { leave: leave.bind(handler) as NativeHandlers['leave'], source: leave }),
  } as NativeHandlers;
}
