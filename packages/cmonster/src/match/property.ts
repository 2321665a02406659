/** Matchers that go along an edge that has no name of its own here. */
import type { Subject } from './bindings.js';
import { type AnyMatcher, type BoundBy, type Matcher, traversal } from './matcher.js';

/** Goes on with what a function gives: `via((call) => call.directCallee, functionDecl())`. */
export function via<In, M extends AnyMatcher>(
  next: (subject: In) => Subject | null | undefined,
  inner: M,
): Matcher<In, In, BoundBy<M>> {
  return traversal(inner, next);
}

/** What has a getter of this name that leads to a node or type. */
export type Having<K extends string> = { readonly [P in K]: Subject | null | undefined };

/** Goes on with what a getter gives: `property('initializer', expr())`. */
export function property<K extends string, M extends AnyMatcher>(
  name: K,
  inner: M,
): Matcher<Having<K>, Having<K>, BoundBy<M>> {
  return traversal(inner, (subject: Having<K>) => subject[name]);
}
