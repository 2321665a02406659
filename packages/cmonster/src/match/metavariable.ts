/** What stands for anything in a pattern: `` c`memset(${$('x')}, 0, ${$('n')})` ``. */
import { Expr } from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import type { NodeClass, TypeClass } from '../ast/registry.js';
import { TypeBase } from '../ast/type-base.js';
import { type Metavariable as CodeMetavariable, METAVARIABLE } from '../rewrite/code.js';
import type { Bound, Subject } from './bindings.js';

/** A metavariable; `T` is what is found for it. */
export class Metavariable<N extends string = string, T extends Bound = Bound> implements CodeMetavariable {
  readonly [METAVARIABLE] = true;
  readonly name: N;
  /** It stands for any number of arguments, statements, fields, … */
  readonly isList: boolean;
  /** What it must be. */
  readonly subjectClass: NodeClass | TypeClass;
  private readonly test: ((subject: Subject) => unknown) | undefined;
  declare readonly found: T;

  constructor(name: N, isList: boolean, subjectClass: NodeClass | TypeClass, test?: (subject: Subject) => unknown) {
    this.name = name;
    this.isList = isList;
    this.subjectClass = subjectClass;
    this.test = test;
  }

  accepts(subject: Subject): boolean {
    return (
      subject instanceof (this.subjectClass as abstract new () => unknown) &&
      (!this.test || Boolean(this.test(subject)))
    );
  }

  /** As it is written in a pattern's text. */
  toString(): string {
    return `${this.isList ? '$$$' : '$'}${this.name}`;
  }
}

/** One thing in a pattern: an expression, or what the class says; where a predicate is given, one for which it holds. */
export function $<N extends string>(name: N, test?: (found: Expr) => unknown): Metavariable<N, Expr>;
export function $<N extends string, T extends Node>(
  name: N,
  nodeClass: NodeClass<T>,
  test?: (found: T) => unknown,
): Metavariable<N, T>;
export function $<N extends string, T extends TypeBase>(
  name: N,
  typeClass: TypeClass<T>,
  test?: (found: T) => unknown,
): Metavariable<N, T>;
export function $(
  name: string,
  second?: NodeClass | TypeClass | ((found: never) => unknown),
  third?: (found: never) => unknown,
): Metavariable {
  const isClass = typeof second === 'function' && isSubjectClass(second);
  const subjectClass = isClass ? (second as NodeClass) : Expr;
  const test = (isClass ? third : second) as ((subject: Subject) => unknown) | undefined;
  return new Metavariable(name, false, subjectClass, test);
}

/** Any number of arguments, statements, parameters or fields in a pattern, also none. */
export function $$$<N extends string>(name: N): Metavariable<N, readonly Node[]> {
  return new Metavariable(name, true, Expr);
}

function isSubjectClass(value: unknown): boolean {
  for (let at: unknown = value; at; at = Object.getPrototypeOf(at)) {
    if (at === TypeBase || (at as { name?: string }).name === 'Node') return true;
  }
  return false;
}
