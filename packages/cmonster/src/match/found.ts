/** The types of what is found: from a pattern's metavariables to `match.nodes`. */
import type { Expr } from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import type { CodeValue } from '../rewrite/code.js';
import type { Bound } from './bindings.js';
import type { Metavariable } from './metavariable.js';

/** One object type of several. */
export type Merged<T> = { [K in keyof T]: T[K] };
export type Intersection<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void
  ? I
  : never;

type FoundFor<V> = V extends Metavariable<infer N, infer T> ? { [K in N]: T } : never;

/** Of code: of the metavariables among its values. */
export type FoundIn<V extends readonly CodeValue[]> = [FoundFor<V[number]>] extends [never]
  ? Record<string, Bound>
  : Merged<Intersection<FoundFor<V[number]>>>;

type Letter =
  | 'a'
  | 'b'
  | 'c'
  | 'd'
  | 'e'
  | 'f'
  | 'g'
  | 'h'
  | 'i'
  | 'j'
  | 'k'
  | 'l'
  | 'm'
  | 'n'
  | 'o'
  | 'p'
  | 'q'
  | 'r'
  | 's'
  | 't'
  | 'u'
  | 'v'
  | 'w'
  | 'x'
  | 'y'
  | 'z'
  | '_'
  | '0'
  | '1'
  | '2'
  | '3'
  | '4'
  | '5'
  | '6'
  | '7'
  | '8'
  | '9';
type Name<S extends string, Taken extends string = ''> = S extends `${infer First}${infer Rest}`
  ? Lowercase<First> extends Letter
    ? Name<Rest, `${Taken}${First}`>
    : Taken
  : Taken;
type Named<N extends string, T> = N extends '' | '_' ? never : { [K in N]: T };
type Holes<S extends string, Taken = never> = S extends `${string}$${infer Rest}`
  ? Rest extends `$$${infer List}`
    ? Holes<List, Taken | Named<Name<List>, readonly Node[]>>
    : Holes<Rest, Taken | Named<Name<Rest>, Expr>>
  : Taken;

/** Of a pattern's text: `$x` is an expression unless it is more, `$$$xs` a list. */
export type FoundInText<S extends string> = string extends S
  ? Record<string, Bound>
  : [Holes<S>] extends [never]
    ? Record<string, never>
    : Merged<Intersection<Holes<S>>>;
