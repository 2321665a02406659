/**
 * Code with nodes in it: c`strlcpy(${to}, ${from}, sizeof ${to})`. The same tag makes code to write, and patterns to look for.
 */
import type { Expr, Stmt, TypeLoc } from '../ast/generated/index.js';
import { Node } from '../ast/node.js';
import { TypeBase } from '../ast/type-base.js';
import type { SourceFile } from '../source/source-file.js';

/** Marks what stands for anything in a pattern. A class of metavariables has this as a member. */
export const METAVARIABLE: unique symbol = Symbol('metavariable');

/** What stands for anything in a pattern, and for what was found there in code. */
export interface Metavariable {
  readonly [METAVARIABLE]: true;
  readonly name: string;
}

/** A stretch of source text that is no node, in bytes. */
export interface SourceText {
  readonly file: SourceFile;
  readonly begin: number;
  readonly end: number;
}

/** What may stand in code: text as it is, a node for its source, a type as Clang prints it, code, several of them. */
export type CodeValue =
  | string
  | number
  | bigint
  | Node
  | TypeBase
  | SourceText
  | Code
  | Metavariable
  | readonly CodeValue[];

/** What the place of code accepts wherever it may be anything. */
export type CodeLike = string | Node | Code;

/** What the place of an expression accepts. */
export type ExprCode = string | number | bigint | Expr | Code;
/** What the place of a statement accepts; a semicolon that is missing is put behind it. */
export type StmtCode = string | Stmt | Code;
/** What the place of a type accepts: text, a type, a type as written, code. */
export type TypeCode = string | TypeBase | TypeLoc | Code;

export type BinaryOperatorText =
  | `${'' | '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>'}=`
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | '<=>'
  | '&&'
  | '||'
  | ','
  | '.*'
  | '->*';
export type UnaryOperatorText =
  | '+'
  | '-'
  | '!'
  | '~'
  | '*'
  | '&'
  | '++'
  | '--'
  | '__real'
  | '__imag'
  | '__extension__'
  | 'co_await';

/** What any setter takes. */
export type AnyCode = ExprCode | StmtCode | TypeCode;

/** `V`: the types of its values, so that what a pattern finds has types. */
export class Code<out V extends readonly CodeValue[] = readonly CodeValue[]> {
  /** As they stand in the script: a backslash is a backslash. One more than there are values. */
  readonly strings: readonly string[];
  /** What stands between the strings. */
  readonly values: V;

  constructor(strings: readonly string[], values: V) {
    this.strings = strings;
    // What a walk lent may be another node by the time that this is written.
    this.values = values.map((value) => (value instanceof Node ? value.keep() : value)) as readonly CodeValue[] as V;
  }

  static from(code: CodeLike | AnyCode): Code {
    if (code instanceof Code) return code;
    return typeof code === 'string' ? new Code([code], []) : new Code(['', ''], [code]);
  }

  /** As text: of nodes, what is written for them. */
  toString(): string {
    return this.strings
      .map((text, at) => text + (at < this.values.length ? textOf(this.values[at] as CodeValue) : ''))
      .join('');
  }
}

/** Builds code. Escapes stay as they are, so that c`puts("a\n")` is what it looks like; \` and \${ are ` and ${. */
export function c<const V extends readonly CodeValue[]>(strings: TemplateStringsArray, ...values: V): Code<V> {
  return new Code(
    strings.raw.map((text) => text.replace(/\\(`|\$\{)/g, '$1')),
    values,
  );
}

export function isMetavariable(value: CodeValue): value is Metavariable {
  return typeof value === 'object' && METAVARIABLE in value;
}

function textOf(value: CodeValue): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (value instanceof Node) return value.text;
  if (value instanceof Code || value instanceof TypeBase || typeof value !== 'object') return String(value);
  if (isMetavariable(value)) return `\${${value.name}}`;
  const { file, begin, end } = value as SourceText;
  return file.slice(begin, end);
}
