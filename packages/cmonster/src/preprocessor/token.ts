/** Tokens as the preprocessor has them: what a script gets, and what it may give back. */
import type { Location } from '../source/location.js';

/** Names the kinds, and spells what came as a number. */
export interface TokenSource {
  readonly tokenKinds: readonly string[];
  spelling(index: number): string;
  location(raw: number): Location | undefined;
  macroOf(raw: number): string | undefined;
}

const START_OF_LINE = 1;
const LEADING_SPACE = 2;

/** One token. It keeps its place in the source when a macro passes it on. */
export class PreprocessorToken {
  private readonly source: TokenSource;
  /** The kind's number, and flags above it. */
  private readonly bits: number;
  private readonly spelled: number | string;
  /** Clang's location; 0 where there is none. */
  readonly raw: number;
  /** Its number among the tokens of the use of a macro that it came with; -1 for others. */
  readonly reference: number;

  constructor(source: TokenSource, bits: number, spelled: number | string, raw = 0, reference = -1) {
    this.source = source;
    this.bits = bits;
    this.spelled = spelled;
    this.raw = raw;
    this.reference = reference;
  }

  /** Clang's name of the kind: `identifier`, `numeric_constant`, `string_literal`, `l_paren`, `return`, … */
  get kind(): string {
    return this.source.tokenKinds[this.bits & 0xffff] ?? 'unknown';
  }
  /** As it is written, without line splices. */
  get text(): string {
    return typeof this.spelled === 'string' ? this.spelled : this.source.spelling(this.spelled);
  }
  get isStartOfLine(): boolean {
    return ((this.bits >>> 16) & START_OF_LINE) !== 0;
  }
  get hasLeadingSpace(): boolean {
    return ((this.bits >>> 16) & LEADING_SPACE) !== 0;
  }
  /** Where it is; undefined for tokens that are given to a macro, and for those of a text. */
  get location(): Location | undefined {
    return this.raw === 0 ? undefined : this.source.location(this.raw);
  }
  /** The macro it came from; undefined for one that is written where it stands. */
  get macro(): string | undefined {
    return this.raw >>> 31 === 1 ? this.source.macroOf(this.raw) : undefined;
  }
  /** @internal Whose tokens `reference` counts. */
  get owner(): TokenSource {
    return this.source;
  }
  toString(): string {
    return this.text;
  }
}

/** The tokens of an argument. As a string: its text, one space where there was any. */
export class TokenList implements Iterable<PreprocessorToken> {
  readonly tokens: readonly PreprocessorToken[];
  private readonly expand: (() => readonly PreprocessorToken[]) | undefined;
  private expandedList: TokenList | undefined;

  constructor(tokens: readonly PreprocessorToken[], expand?: () => readonly PreprocessorToken[]) {
    this.tokens = tokens;
    this.expand = expand;
  }

  get length(): number {
    return this.tokens.length;
  }
  at(index: number): PreprocessorToken | undefined {
    return this.tokens.at(index);
  }
  /**
   * With every macro in it expanded, as an ordinary macro's argument is. Only while the macro it was given to runs; before that
   * nothing is expanded.
   */
  get expanded(): TokenList {
    this.expandedList ??= this.expand ? new TokenList(this.expand()) : this;
    return this.expandedList;
  }
  [Symbol.iterator](): Iterator<PreprocessorToken> {
    return this.tokens[Symbol.iterator]();
  }
  toString(): string {
    let text = '';
    for (const token of this.tokens) {
      text += text !== '' && (token.hasLeadingSpace || token.isStartOfLine) ? ` ${token.text}` : token.text;
    }
    return text;
  }
}

/** A variable argument's tokens as the arguments between its commas. */
export function splitAtCommas(tokens: readonly PreprocessorToken[]): PreprocessorToken[][] {
  const lists: PreprocessorToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    const { kind } = token;
    if (kind === 'l_paren') depth++;
    else if (kind === 'r_paren') depth--;
    if (kind === 'comma' && depth === 0) lists.push([]);
    else (lists.at(-1) as PreprocessorToken[]).push(token);
  }
  return lists;
}
