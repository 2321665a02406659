/** `tu.match(…)` and `node.match(…)`: matching is built on the AST's classes, so that it adds itself to them. */
import { Node } from '../ast/node.js';
import { TranslationUnit } from '../ast/translation-unit.js';
import type { ViewOptions } from '../ast/view-rules.js';
import type { Code, CodeValue } from '../rewrite/code.js';
import type { FoundIn, FoundInText, Merged } from './found.js';
import { type Match, matchMatcher, matchPattern } from './match.js';
import { Matcher } from './matcher.js';
import { Pattern, type PatternOptions } from './pattern/pattern.js';

export interface MatchOptions extends PatternOptions {
  /** What of the tree is searched; as written by default. */
  view?: ViewOptions;
}

/** Patterns that were given as code or text, by that and by what was said of them. */
const known = new WeakMap<Code, Pattern>();
const MOST_TEXTS = 256;
const knownTexts = new Map<string, Pattern>();

function patternOf(source: Code | string | Pattern, options: MatchOptions | undefined): Pattern {
  if (source instanceof Pattern) return source;
  // Functions cannot be compared, so what has constraints is made anew.
  if (options?.where) return Pattern.from(source, options);
  if (typeof source !== 'string') {
    if (options?.isomorphisms) return Pattern.from(source, options);
    const pattern = known.get(source) ?? Pattern.from(source);
    known.set(source, pattern);
    return pattern;
  }
  const key = `${JSON.stringify(options?.isomorphisms ?? false)} ${source}`;
  const pattern = knownTexts.get(key) ?? Pattern.from(source, options);
  if (knownTexts.size >= MOST_TEXTS) knownTexts.clear();
  knownTexts.set(key, pattern);
  return pattern;
}

interface Matching {
  /** Every place where a pattern by example matches, in the tree's order: `` c`memset(${x}, 0, ${n})` ``. */
  match<V extends readonly CodeValue[]>(pattern: Code<V>, options?: MatchOptions): Match<FoundIn<V>>[];
  /** The same for a pattern's text: `'memset($x, 0, $n)'`. */
  match<S extends string>(pattern: S, options?: MatchOptions): Match<FoundInText<S>>[];
  match<T extends object>(pattern: Pattern<T>, options?: MatchOptions): Match<T>[];
  /** Every node that a matcher matches; several times where it does so in several ways, as with `forEach`. */
  match<Out, B>(matcher: Matcher<never, Out, B>, options?: { view?: ViewOptions }): Match<Merged<B>, Out & Node>[];
}

declare module '../ast/translation-unit.js' {
  interface TranslationUnit extends Matching {}
}
declare module '../ast/node.js' {
  interface Node extends Matching {}
}

function match(
  this: Node | TranslationUnit,
  source: Code | string | Pattern | Matcher<never, unknown>,
  options?: MatchOptions,
): Match[] {
  const root = this instanceof TranslationUnit ? this.root : this;
  if (source instanceof Matcher) return matchMatcher(root, source, options?.view);
  return matchPattern(root, patternOf(source, options), options?.view);
}

for (const { prototype } of [TranslationUnit, Node]) {
  Object.defineProperty(prototype, 'match', { value: match, writable: true, configurable: true });
}
