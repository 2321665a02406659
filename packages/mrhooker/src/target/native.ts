/** What the engine inside the target offers: docs/formats/mrhooker-stub.md, "`__mr`". */

/** A pointer as the engine makes it; everything else it can do is in its prototype. */
export interface NativePointer {
  readonly __pointer?: never;
}

/** A function of the target; calling it calls the original. */
export interface Callable {
  (...args: unknown[]): unknown;
  readonly name: string;
  readonly length: number;
}

export interface NativeArguments {
  word(index: number): number | bigint;
  pointer(index: number, proto?: object): NativePointer | null;
  double(index: number): number;
  readonly words: number;
}

export type Protos = readonly (object | null)[];
export type Data = ArrayBuffer | ArrayBufferView | string;

export interface NativeHandlers {
  replace?: (...args: never[]) => unknown;
  enter?: (...args: never[]) => unknown;
  leave?: (result: never, state: never) => unknown;
  /** The script's own function behind these, whose place is told when its result is wrong. */
  source?: unknown;
  /** Tells each call without running code of the script's: the list that src/trace/plan.ts makes. */
  trace?: readonly number[];
  /** The same for what can only be seen at its begin. */
  traceBegin?: readonly number[];
  /** Only functions that the launcher did not know of: which a program calls that the command has started. */
  found?: boolean;
  module?: string;
  caller?: string;
  thread?: string;
}

export interface StackFrame {
  /** Where it returns to. */
  address: number;
  /** The file that holds the code. */
  module: string;
  symbol: string | null;
  /** Bytes behind the symbol's, or without one the module's, begin. */
  offset: number;
  /** The address as the module's file has it. */
  position: number;
}

export interface Native {
  function(index: number, protos?: Protos | null): Callable;
  hook(fn: Callable | number, handlers: NativeHandlers): number;
  enable(handle: number, on: boolean): void;
  names(pattern: string, found?: boolean): number[];
  forwards(fn: Callable | number): boolean;
  exists(fn: Callable): boolean;
  nameOf(fn: Callable | number): string;
  arguments(): NativeArguments;
  call(target: NativePointer, signature: string, protos: Protos | null, ...args: unknown[]): unknown;
  callback(signature: string, protos: Protos | null, fn: (...args: never[]) => unknown): NativePointer;
  symbol(name: string): NativePointer | null;

  readonly Pointer: { prototype: object };
  pointer(address: number | bigint, proto?: object): NativePointer | null;
  address(pointer: NativePointer | null): number | bigint;
  offset(pointer: NativePointer, bytes: number, proto?: object): NativePointer;
  peek(pointer: NativePointer, offset: number, kind: string, proto?: object): unknown;
  poke(pointer: NativePointer, offset: number, kind: string, value: unknown): void;
  bytes(pointer: NativePointer, offset: number, length: number): ArrayBuffer;
  text(pointer: NativePointer, offset: number, length?: number): string;
  write(pointer: NativePointer, offset: number, data: Data): number;
  alloc(size: number, proto?: object, forever?: boolean): NativePointer;
  free(pointer: NativePointer): void;

  errno: number;
  returnAddress(): NativePointer;
  stack(limit?: number): StackFrame[];
  pid(): number;
  tid(): number;
  threadName(): string;
  clock(): number;
  time(): number;
  env(name: string): string | null;
  readonly program: string;
  args(): string[];
  atExit(fn: () => void): void;

  log(level: 0 | 1 | 2 | 3, text: string): void;
  record(text: string): void;

  counterAdd(id: number, n: number | bigint): void;
  /** Adds to this counter, 1 when nothing is said. */
  counterAdder(id: number): (amount?: number | bigint) => void;
  counterRead(id: number): number;
  histogramAdd(id: number, value: number): void;
  histogramRead(id: number): number[];
  mapAdd(id: number, key: string | ArrayBuffer, n: number | bigint): number;
  mapGet(id: number, key: string | ArrayBuffer): number | undefined;
  mapSwap(
    id: number,
    key: string | ArrayBuffer,
    expected: number | bigint | undefined,
    value: number | bigint,
  ): boolean;
  mapEntries(id: number): [string, number][];
  mapOverflow(id: number): number;
}

declare global {
  var __mr: Native;
}
