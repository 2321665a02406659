/** Functions and function types that a script declares itself, in C. */
import table from '#mrhooker/natives';
import type { VariadicFunction } from './hook.js';
import type { FunctionPointerType } from './types.js';

/**
 * A function that no header declares: `` native`ssize_t send(int, const void *, size_t, int)` ``. The declaration is C, with the
 * types of `<stdint.h>`, `<stddef.h>` and `<sys/types.h>` and of the headers that the script imports.
 */
export function native<A extends unknown[] = NativeValue[], R = NativeValue>(
  declaration: TemplateStringsArray,
): VariadicFunction<A, R> {
  return lookUp('native', declaration) as VariadicFunction<A, R>;
}

/**
 * A type of function pointers: `` fnType`ssize_t (int, const void *, size_t, int)` ``. Called with a pointer, it gives what can
 * be called; `.pointer(fn)` makes a native function of one written here.
 */
export function fnType<A extends unknown[] = NativeValue[], R = NativeValue>(
  type: TemplateStringsArray,
): FunctionPointerType<A, R> {
  return lookUp('fnType', type) as FunctionPointerType<A, R>;
}

/** Without a header TypeScript knows no types: what C passes is one of these. */
// biome-ignore lint/suspicious/noExplicitAny: what a declaration in C says is out of TypeScript's sight
export type NativeValue = any;

function lookUp(kind: string, strings: TemplateStringsArray): unknown {
  const found = table[`${kind} ${strings[0]}`];
  if (found === undefined) throw new TypeError(`${kind}\`…\` takes no values: write the whole declaration`);
  return found();
}
