/**
 * Typed matchers that combine, in the spirit of Clang's ASTMatchers: `callExpr(callee(functionDecl(hasName('strcpy'))))`.
 *
 * A matcher of type `Matcher<In, Out, B>` may be asked about an `In`; what it matches is an `Out`; it binds `B`. While matching goes on there may
 * be several alternatives, each with bindings of its own, as `forEach` makes them.
 */
import type { Node } from '../ast/node.js';
import { kindsOf, type NodeClass, type TypeClass } from '../ast/registry.js';
import type { TypeBase } from '../ast/type-base.js';
import type { ViewOptions } from '../ast/view-rules.js';
import { METAVARIABLE, type Metavariable } from '../rewrite/code.js';
import { asSeen } from './as-written.js';
import type { Bound, Env, Subject } from './bindings.js';

/** What a search goes through. */
export interface Search {
  /** How the tree is looked at. */
  readonly view: ViewOptions | undefined;
}

/** Alternatives; none are left when it does not match. */
export type Envs = readonly Env[];
export type Test = (subject: Subject, search: Search, envs: Envs) => Envs;

export const NOTHING: Envs = [];
/** The bindings of a matcher. */
export type BoundBy<M> = M extends Matcher<never, unknown, infer B> ? B : unknown;
/** The bindings of several that must all match. */
export type AllBoundBy<Ms extends readonly unknown[]> = Ms extends readonly [infer First, ...infer Rest]
  ? BoundBy<First> & AllBoundBy<Rest>
  : unknown;
/** Any matcher that can be asked about a `T`. */
export type MatcherOf<T> = Matcher<T, unknown, unknown>;
/** Any matcher at all, for what is looked for elsewhere: whatever is met there is asked for its class first. */
export type AnyMatcher = Matcher<never, unknown, unknown>;

export class Matcher<in In, out Out = In, out B = unknown> {
  /** For types only. */
  declare readonly accepts: (subject: In) => void;
  declare readonly matched: Out;
  declare readonly bound: B;
  readonly test: Test;
  /** By kind of node: 1 where it may match; undefined when that is not known. */
  readonly kinds: Uint8Array | undefined;

  constructor(test: Test, kinds?: Uint8Array) {
    this.test = test;
    this.kinds = kinds;
  }

  /** Gives what it matches a name in the result. */
  bind<N extends string>(name: N): BoundMatcher<In, Out, B & { [K in N]: Out }, N> {
    return new BoundMatcher(this.test, this.kinds, name);
  }
}

/** A matcher with a name. In a pattern by example it is a metavariable: `` c`free(${expr().bind('x')})` ``. */
export class BoundMatcher<in In, out Out, out B, N extends string = string>
  extends Matcher<In, Out, B>
  implements Metavariable
{
  readonly [METAVARIABLE] = true;
  readonly name: N;

  constructor(test: Test, kinds: Uint8Array | undefined, name: N) {
    super((subject, search, envs) => {
      const matched = test(subject, search, envs);
      return matched.length === 0 ? matched : matched.map((outer) => ({ name, value: subject as Bound, outer }));
    }, kinds);
    this.name = name;
  }
}

/** All of them, one after the other: what one binds the next one knows. */
export function testAll(tests: readonly Test[]): Test {
  const [only] = tests;
  if (tests.length === 1 && only) return only;
  return (subject, search, envs) => {
    let left = envs;
    for (const test of tests) {
      left = test(subject, search, left);
      if (left.length === 0) return left;
    }
    return left;
  };
}

export function testOf(matcher: AnyMatcher): Test {
  return matcher.test;
}

/** A property of a node that costs no bindings. */
export function predicate<In>(holds: (subject: In, search: Search) => unknown): Matcher<In> {
  return new Matcher<In>((subject, search, envs) => (holds(subject as In, search) ? envs : NOTHING));
}

/** What a node leads to, matched by another matcher; nothing matches where there is nothing. */
export function traversal<In, M extends AnyMatcher>(
  inner: M,
  next: (subject: In, search: Search) => Subject | null | undefined,
): Matcher<In, In, BoundBy<M>> {
  const test = testOf(inner);
  return new Matcher<In, In, BoundBy<M>>((subject, search, envs) => {
    const found = asSeen(next(subject as In, search), search);
    return found ? test(found, search, envs) : NOTHING;
  });
}

/** The first of several that matches. */
export function firstOf<In, M extends AnyMatcher>(
  inner: M,
  candidates: (subject: In, search: Search) => Iterable<Subject>,
): Matcher<In, In, BoundBy<M>> {
  const test = testOf(inner);
  return new Matcher<In, In, BoundBy<M>>((subject, search, envs) => {
    for (const candidate of candidates(subject as In, search)) {
      const matched = test(asSeen(candidate, search), search, envs);
      if (matched.length > 0) return matched;
    }
    return NOTHING;
  });
}

/** All of several that match, each an alternative of its own. */
export function eachOfThem<In, M extends AnyMatcher>(
  inner: M,
  candidates: (subject: In, search: Search) => Iterable<Subject>,
): Matcher<In, In, BoundBy<M>> {
  const test = testOf(inner);
  return new Matcher<In, In, BoundBy<M>>((subject, search, envs) => {
    const all: Env[] = [];
    for (const candidate of candidates(subject as In, search))
      all.push(...test(asSeen(candidate, search), search, envs));
    return all;
  });
}

/** What a matcher of a class takes: matchers, or a predicate. */
export type Inner<T> = MatcherOf<T> | ((subject: T) => unknown);
export type InnerBindings<Is extends readonly unknown[]> = AllBoundBy<Is>;

/** A matcher for the nodes of a class. */
export type ClassMatcher<T> = <const Is extends readonly Inner<T>[]>(
  ...inner: Is
) => Matcher<Subject, T, AllBoundBy<Is>>;

export function classMatcher<T extends Node>(nodeClass: NodeClass<T>): ClassMatcher<T>;
export function classMatcher<T extends TypeBase>(typeClass: TypeClass<T>): ClassMatcher<T>;
export function classMatcher(subjectClass: NodeClass | TypeClass): ClassMatcher<unknown> {
  let kinds: Uint8Array | undefined;
  const made = subjectClass as abstract new () => unknown;
  return (...inner) => {
    // Not before it is used: when this module is loaded the classes are not registered yet.
    kinds ??= kindsOf(subjectClass);
    const rest = testAll(
      inner.map((each) =>
        typeof each === 'function' ? predicate(each as (subject: Subject) => unknown).test : each.test,
      ),
    );
    const test: Test = (subject, search, envs) => (subject instanceof made ? rest(subject, search, envs) : NOTHING);
    return new Matcher(
      inner.length === 0 ? (subject, _, envs) => (subject instanceof made ? envs : NOTHING) : test,
      kinds,
    );
  };
}
