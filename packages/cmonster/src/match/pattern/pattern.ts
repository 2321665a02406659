/** A pattern by example: `cmonster find 'memset($x, 0, $n)'`, or `` tu.match(c`memset(${x}, 0, ${n})`) ``. */
import { Node } from '../../ast/node.js';
import type { TranslationUnit } from '../../ast/translation-unit.js';
import { TypeBase } from '../../ast/type-base.js';
import { CmonsterError } from '../../error.js';
import { Code, type CodeValue, isMetavariable } from '../../rewrite/code.js';
import type { Bound, Subject } from '../bindings.js';
import { Metavariable } from '../metavariable.js';
import { type IsomorphismName, withIsomorphisms } from './isomorphisms.js';
import { contextOf, contextWithout, type PatternContext } from './pattern-context.js';
import { PatternError } from './pattern-error.js';
import { PatternMatcher } from './pattern-match.js';
import { compile } from './pattern-node.js';
import { type ParsedPattern, parseInContext } from './pattern-parse.js';
import { beginsLikeMacro, patternCode } from './pattern-text.js';

export interface PatternOptions {
  /** Code that says the same counts as the same: all of these rules, or some. */
  isomorphisms?: boolean | readonly IsomorphismName[];
  /** What metavariables must be, by name: `{ x: (x) => x.type.isPointerType() }`. */
  where?: Readonly<Record<string, (found: never) => unknown>>;
}

export interface ParsePatternOptions extends PatternOptions {
  /** Parses it at once, with nothing known of its names, to see whether it can be code at all. */
  language?: 'c' | 'c++';
}

/** Most contexts that one pattern is kept parsed for. */
const MOST_CONTEXTS = 64;

/** `T` is what is found: the metavariables by their names. */
export class Pattern<T extends object = Record<string, Bound>> {
  /** With `$x` for one thing, `$$$xs` or `...` for any number. */
  readonly text: string;
  /** The names of its metavariables, in order; without what is not kept. */
  readonly names: readonly string[];
  readonly options: PatternOptions;
  private readonly constraints = new Map<string, (subject: Subject) => unknown>();
  private readonly matchers = new Map<string, PatternMatcher | PatternError>();
  declare readonly found: T;

  constructor(text: string, metavariables: readonly Metavariable[] = [], options: PatternOptions = {}) {
    this.text = text;
    this.options = options;
    const { holes } = patternCode(text);
    this.names = [...holes.values()].flatMap((hole) => hole.name ?? []);
    for (const each of metavariables) {
      if (each.isList) continue;
      const before = this.constraints.get(each.name);
      this.constraints.set(each.name, (subject) => (!before || before(subject)) && each.accepts(subject));
    }
    for (const [name, test] of Object.entries(options.where ?? {})) {
      if (!this.names.includes(name)) {
        throw new CmonsterError('PATTERN', `the pattern '${text}' has no metavariable '${name}' to say anything about`);
      }
      const before = this.constraints.get(name);
      this.constraints.set(name, (subject) => (!before || before(subject)) && test(subject as never));
    }
  }

  /** Of code with metavariables in it; of other things in it their text counts. */
  static from<T extends object>(source: Code | string, options: PatternOptions = {}): Pattern<T> {
    if (typeof source === 'string') return new Pattern<T>(source, [], options);
    const metavariables: Metavariable[] = [];
    const text = textOf(source, metavariables);
    return new Pattern<T>(text, metavariables, options);
  }

  /** Made for the names of a translation unit: parsed once for all in which they mean the same. */
  matcherFor(tu: TranslationUnit): PatternMatcher {
    return this.matcherIn(contextOf(tu, patternCode(this.text)));
  }

  /** Throws a PatternError when it cannot be code in this language, whatever its names mean. */
  check(language: 'c' | 'c++'): this {
    try {
      this.matcherIn(contextWithout(language));
    } catch (error) {
      // What a macro makes of its arguments is known only where it is defined: `list_for_each(p, list) { … }`.
      if (!(error instanceof PatternError) || !beginsLikeMacro(patternCode(this.text))) throw error;
    }
    return this;
  }

  private matcherIn(context: PatternContext): PatternMatcher {
    const key = JSON.stringify({ ...context, roles: [...context.roles] });
    let known = this.matchers.get(key);
    if (!known) {
      known = this.compiled(context);
      if (this.matchers.size >= MOST_CONTEXTS) this.matchers.clear();
      this.matchers.set(key, known);
    }
    if (known instanceof PatternError) throw known;
    return known;
  }

  private compiled(context: PatternContext): PatternMatcher | PatternError {
    let parsed: ParsedPattern;
    try {
      parsed = parseInContext(this.text, context);
    } catch (error) {
      if (error instanceof PatternError) return error;
      throw error;
    }
    try {
      return new PatternMatcher(
        withIsomorphisms(compile(parsed), this.options.isomorphisms ?? false),
        this.constraints,
      );
    } finally {
      parsed.tu.dispose();
    }
  }

  toString(): string {
    return this.text;
  }
}

/**
 * A pattern from text: `memset($x, 0, $n)`, `if ($c) { ... }`, `$T $f($$$params) { $$$body }`. Mistakes that can be seen without
 * knowing what its names mean are thrown at once, as a PatternError that says where; others when it is first looked for.
 */
export function parsePattern(text: string, options: ParsePatternOptions = {}): Pattern {
  const { language, ...rest } = options;
  const pattern = new Pattern(text, [], rest);
  return language ? pattern.check(language) : pattern;
}

function textOf(code: Code, metavariables: Metavariable[]): string {
  return code.strings
    .map((text, at) => text + (at < code.values.length ? valueText(code.values[at] as CodeValue, metavariables) : ''))
    .join('');
}

function valueText(value: CodeValue, metavariables: Metavariable[]): string {
  if (Array.isArray(value))
    return (value as readonly CodeValue[]).map((each) => valueText(each, metavariables)).join(', ');
  if (value instanceof Code) return textOf(value, metavariables);
  if (value instanceof Node) return value.text;
  if (value instanceof Metavariable) {
    metavariables.push(value);
    return String(value);
  }
  if (typeof value === 'object' && !(value instanceof TypeBase) && isMetavariable(value)) return `$${value.name}`;
  return String(value);
}
