/** `mrhooker`, as a script imports it: what runs inside the target. */
export {
  atExit,
  call,
  clock,
  env,
  exists,
  frameText,
  now,
  process,
  record,
  type StackFrame,
  stack,
  varargs,
} from './call.js';
export { type Console, inspect } from './console.js';
export {
  type Given,
  type GivenAll,
  type Hook,
  type HookOptions,
  hook,
  type NativeFunction,
  type Observer,
  type Returned,
  type UntypedCall,
  type UntypedObserver,
  type VariadicArgument,
  type VariadicFunction,
} from './hook.js';
export { type AllocOptions, alloc, free, offsetof, pointer, sizeof, symbol } from './memory.js';
export type { Data, NativePointer } from './native.js';
export { fnType, type NativeValue, native } from './natives.js';
export type { CArray, FunctionPointer, Integer, Pointer, PointerLike, Type } from './pointer.js';
export {
  type CapacityOptions,
  Counter,
  Histogram,
  type Key,
  SharedMap,
  type SharedOptions,
  SharedSet,
  shared,
} from './shared.js';
export { threadLocal } from './thread-local.js';
export { type Fields, type FunctionPointerType, type RecordType, types } from './types.js';
