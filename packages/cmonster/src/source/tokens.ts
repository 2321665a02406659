/** Tokens as they are spelled in a file, before any preprocessing. */
import type { Location } from './location.js';
import type { SourceFile } from './source-file.js';

export interface TokenHost {
  /** Three numbers per token: offset, length, kind. */
  fileTokens(file: number): Uint32Array;
  readonly tokenKinds: readonly string[];
}

export class Token {
  readonly file: SourceFile;
  /** In bytes, as `length`. */
  readonly offset: number;
  readonly length: number;
  private readonly kindNumber: number;

  constructor(file: SourceFile, offset: number, length: number, kind: number) {
    this.file = file;
    this.offset = offset;
    this.length = length;
    this.kindNumber = kind;
  }

  /** Clang's name of the kind: `identifier`, `comment`, `l_paren`, `return`, `numeric_constant`, … */
  get kind(): string {
    return this.file.tokenKindName(this.kindNumber);
  }
  get text(): string {
    return this.file.slice(this.offset, this.offset + this.length);
  }
  get location(): Location {
    return this.file.location(this.offset);
  }
  get line(): number {
    return this.file.lineOf(this.offset);
  }
  get column(): number {
    return this.file.columnOf(this.offset);
  }
  toString(): string {
    return this.text;
  }
}

const BACKSLASH = 92;

function isIdentifierByte(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57) || byte === 95;
}

/** `(` `)` `{` `}` `[` `]` `;` `,` `~` `?`: one byte is the whole token in every language (`??` is a trigraph's start). */
const SINGLE = new Set([40, 41, 123, 125, 93, 59, 44, 126]);

/**
 * The length of the token at an offset where the bytes alone say it: identifiers, plain numbers, brackets. 0 where only the
 * lexer knows: operators, literals with quotes, anything with an escape or beyond ASCII.
 */
export function obviousTokenLength(bytes: Uint8Array, offset: number): number {
  const first = bytes[offset];
  if (first === undefined) return 0;
  if (SINGLE.has(first)) return 1;
  if (!isIdentifierByte(first)) return 0;
  const number = first >= 48 && first <= 57;
  let end = offset + 1;
  while (end < bytes.length && isIdentifierByte(bytes[end] as number)) end++;
  const next = bytes[end];
  // Quotes: a prefixed literal or a digit separator. `$`, `\`, `?` (trigraphs) and UTF-8 may continue an identifier.
  if (next === 34 || next === 39 || next === 36 || next === 63 || next === BACKSLASH) return 0;
  if (next !== undefined && next >= 0x80) return 0;
  // `.`, `+` and `-` may continue a number.
  if (number && (next === 46 || next === 43 || next === 45)) return 0;
  return end - offset;
}
