/** Matchers made of matchers. */
import { type Bound, lookUp } from './bindings.js';
import { type AllBoundBy, type AnyMatcher, type BoundBy, Matcher, NOTHING, testAll } from './matcher.js';
import { sameCode } from './pattern/same-code.js';

type InOf<M> = M extends Matcher<infer In, unknown, unknown> ? In : never;
type OutOf<M> = M extends Matcher<never, infer Out, unknown> ? Out : never;
/** What may be asked all of them. */
type CommonIn<Ms extends readonly unknown[]> = Ms extends readonly [infer First, ...infer Rest]
  ? InOf<First> & CommonIn<Rest>
  : unknown;
type CommonOut<Ms extends readonly unknown[]> = Ms extends readonly [infer First, ...infer Rest]
  ? OutOf<First> & CommonOut<Rest>
  : unknown;
type AnyBoundBy<Ms extends readonly AnyMatcher[]> = Ms extends readonly [
  infer First,
  ...infer Rest extends readonly AnyMatcher[],
]
  ? Partial<BoundBy<First>> & AnyBoundBy<Rest>
  : unknown;

function union(matchers: readonly AnyMatcher[]): Uint8Array | undefined {
  let kinds: Uint8Array | undefined;
  for (const { kinds: own } of matchers) {
    if (!own) return undefined;
    kinds = kinds ? kinds.map((value, kind) => value | (own[kind] as number)) : own;
  }
  return kinds;
}

function intersection(matchers: readonly AnyMatcher[]): Uint8Array | undefined {
  let kinds: Uint8Array | undefined;
  for (const { kinds: own } of matchers) {
    if (own) kinds = kinds ? kinds.map((value, kind) => value & (own[kind] as number)) : own;
  }
  return kinds;
}

/** All of them. */
export function allOf<const Ms extends readonly AnyMatcher[]>(
  ...matchers: Ms
): Matcher<CommonIn<Ms>, CommonOut<Ms>, AllBoundBy<Ms>> {
  return new Matcher(testAll(matchers.map(({ test }) => test)), intersection(matchers));
}

/** The first of them that matches. */
export function anyOf<const Ms extends readonly AnyMatcher[]>(
  ...matchers: Ms
): Matcher<CommonIn<Ms>, OutOf<Ms[number]>, AnyBoundBy<Ms>> {
  return new Matcher((subject, search, envs) => {
    for (const { test } of matchers) {
      const matched = test(subject, search, envs);
      if (matched.length > 0) return matched;
    }
    return NOTHING;
  }, union(matchers));
}

/** Each of them that matches, as an alternative of its own. */
export function eachOf<const Ms extends readonly AnyMatcher[]>(
  ...matchers: Ms
): Matcher<CommonIn<Ms>, OutOf<Ms[number]>, AnyBoundBy<Ms>> {
  return new Matcher(
    (subject, search, envs) => matchers.flatMap(({ test }) => test(subject, search, envs)),
    union(matchers),
  );
}

/** Matches what the matcher doesn't; it binds nothing. */
export function unless<M extends AnyMatcher>(matcher: M): Matcher<InOf<M>, InOf<M>> {
  return new Matcher((subject, search, envs) =>
    envs.filter((env) => matcher.test(subject, search, [env]).length === 0),
  );
}

/** Matches in any case, and binds what the matcher binds where it matches. */
export function optionally<M extends AnyMatcher>(matcher: M): Matcher<InOf<M>, InOf<M>, Partial<BoundBy<M>>> {
  return new Matcher((subject, search, envs) => {
    const matched = matcher.test(subject, search, envs);
    return matched.length > 0 ? matched : envs;
  });
}

/** Matches everything. */
export function anything(): Matcher<unknown> {
  return new Matcher<unknown>((_, __, envs) => envs);
}

/** What was bound to this name before. */
export function equalsBoundNode(name: string): Matcher<unknown> {
  return filterBound(name, (bound, subject) => bound === subject);
}

/** Code that says the same as what was bound to this name before: what a metavariable means that stands in a pattern twice. */
export function sameAsBound(name: string): Matcher<unknown> {
  return filterBound(name, (bound, subject) => bound !== undefined && sameCode(bound, subject));
}

function filterBound(name: string, holds: (bound: Bound | undefined, subject: Bound) => boolean): Matcher<unknown> {
  return new Matcher<unknown>((subject, _, envs) => envs.filter((env) => holds(lookUp(env, name), subject)));
}
