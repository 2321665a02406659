/** Code as it is written at a place: indented as the place is, in the file's line endings, in parentheses where they are needed. */
import { Decl, Expr, Stmt } from '../ast/generated/index.js';
import { Node, TypeRow } from '../ast/node.js';
import { TypeBase } from '../ast/type-base.js';
import { CmonsterError } from '../error.js';
import type { FileRange } from '../source/location.js';
import type { SourceFile } from '../source/source-file.js';
import { type AnyCode, Code, type CodeLike, type CodeValue, isMetavariable } from './code.js';
import { analyse, type ValueInCode, type ValuePlace } from './code-syntax.js';
import { isStatement, withSemicolon } from './extent.js';
import { indentationAt, lineEnding } from './lex.js';
import { Precedence, precedenceOf } from './precedence.js';
import type { Copy, Piece } from './splice.js';
import { writtenNode } from './written-node.js';
import { writtenText } from './written-text.js';

/** Code at a place. */
export interface Layout {
  pieces: Piece[];
  /** How tightly it binds as an expression. */
  binding: number;
}

const SEMICOLON = 59;

/** What code asks of a value in it. */
interface Position {
  required: number;
  place: ValuePlace;
}

/** The source that stands for a node. */
export function sourceOf(node: Node): FileRange {
  const written = writtenNode(node) ?? node;
  const found = writtenText(node.tu.sourceManager, written.range) ?? written.range.expansionRange;
  if (found) return found;
  throw new CmonsterError('EDIT_TARGET', `${node} stands in code, and nothing is written for it`);
}

/** A copy of what is written for a node. */
export function copyOf(node: Node, required: number = Precedence.any): Copy {
  const operand = node.is(Expr) ? { binding: precedenceOf(writtenNode(node) ?? node), required } : undefined;
  return { ...sourceOf(node), operand };
}

/** The pieces of code whose lines but the first are to start with the given blanks. */
export function layout(code: CodeLike | AnyCode, file: SourceFile, indentation: string): Piece[] {
  return layOut(code, file, indentation).pieces;
}

/** The same, with how it binds. */
export function layOut(code: CodeLike | AnyCode, file: SourceFile, indentation: string): Layout {
  const writer = new Writer(indentation);
  const binding = writer.code(Code.from(code), indentation);
  const eol = lineEnding(file.bytes);
  return { pieces: eol === '\n' ? writer.pieces : writer.pieces.map((piece) => withLineEnding(piece, eol)), binding };
}

function withLineEnding(piece: Piece, eol: string): Piece {
  return typeof piece === 'string' ? piece.replace(/\r?\n/g, eol) : piece;
}

class Writer {
  readonly pieces: Piece[] = [];
  /** What the line written last starts with. */
  private current: string;

  constructor(indentation: string) {
    this.current = indentation;
  }

  /** @returns how it binds */
  code({ strings, values }: Code, indentation: string): number {
    const inCode = values.map(valueInCode);
    const { binding, required, places } = analyse(strings, inCode);
    const lines = dedented(strings);
    lines.forEach((part, at) => {
      this.text(indented(part, indentation));
      if (at < values.length)
        this.value(
          values[at] as CodeValue,
          { required: required[at] as number, place: places[at] as ValuePlace },
          this.current,
        );
    });
    return binding;
  }

  private text(value: string): void {
    if (value === '') return;
    const newline = value.lastIndexOf('\n');
    if (newline >= 0) this.current = /^[ \t]*/.exec(value.slice(newline + 1))?.[0] ?? '';
    const last = this.pieces.length - 1;
    if (typeof this.pieces[last] === 'string') this.pieces[last] += value;
    else this.pieces.push(value);
  }

  private value(value: CodeValue, at: Position, indentation: string): void {
    if (Array.isArray(value)) {
      const items = value as readonly CodeValue[];
      const place = at.place === 'all' && items.some(isWhole) ? 'statement' : at.place;
      const separator = place === 'statement' ? `\n${indentation}` : ', ';
      const required = Math.max(at.required, Precedence.assignment);
      items.forEach((item, number) => {
        if (number > 0) this.text(separator);
        this.value(item, { required, place: place === 'all' ? 'part' : place }, indentation);
      });
    } else if (value instanceof Node) {
      this.node(value, at);
    } else if (value instanceof Code) {
      const { binding } = analyse(value.strings, value.values.map(valueInCode));
      const inParentheses = binding < at.required;
      if (inParentheses) this.text('(');
      this.code(value, indentation);
      if (inParentheses) this.text(')');
    } else if (value instanceof TypeBase || typeof value !== 'object') {
      this.text(indented(String(value), indentation));
    } else if (isMetavariable(value)) {
      throw new CmonsterError('EDIT_TARGET', `\${${value.name}} stands in code, and nothing was found for it`);
    } else {
      this.copy(value as FileRange);
    }
  }

  /** A statement comes with its semicolon, or without it where the code has one. */
  private node(node: Node, { required, place }: Position): void {
    const copy = copyOf(node, required);
    const written = writtenNode(node) ?? node;
    const isPart = place === 'part' || (place === 'all' && written.is(Expr));
    if (isPart || !(written.is(Stmt) || written.is(Decl))) {
      this.copy(copy);
    } else if (place === 'before-semicolon') {
      const { file, begin, end } = copy;
      this.copy(file.bytes[end - 1] === SEMICOLON ? { file, begin, end: end - 1 } : copy);
    } else if (written.is(Expr) && !isStatement(written)) {
      this.copy(copy);
      this.text(';');
    } else {
      this.copy(withSemicolon(written, copy));
    }
  }

  private copy(copy: Copy): void {
    const { file, begin, end } = copy;
    const from = indentationAt(file.bytes, begin);
    const to = this.current;
    const reindent = from !== to && file.lineOf(begin) !== file.lineOf(end) ? { from, to } : undefined;
    this.pieces.push({ file, begin, end, operand: copy.operand, reindent });
  }
}

function valueInCode(value: CodeValue): ValueInCode {
  if (value instanceof Node) {
    if (value instanceof TypeRow || value.kind.endsWith('TypeLoc'))
      return { kind: 'type', binding: Precedence.primary };
    return { kind: value.is(Expr) ? 'expression' : 'other', binding: precedenceOf(writtenNode(value) ?? value) };
  }
  if (value instanceof TypeBase) return { kind: 'type', binding: Precedence.primary };
  if (value instanceof Code) {
    return { kind: 'expression', binding: analyse(value.strings, value.values.map(valueInCode)).binding };
  }
  if (Array.isArray(value)) {
    const [only, ...others] = value as readonly CodeValue[];
    return only !== undefined && others.length === 0
      ? valueInCode(only)
      : { kind: 'expression', binding: Precedence.primary };
  }
  if (typeof value !== 'object') return { kind: 'text', binding: Precedence.primary, text: String(value) };
  return { kind: 'expression', binding: Precedence.primary };
}

/** Whether a value is a statement or declaration of its own. */
function isWhole(value: CodeValue): boolean {
  if (value instanceof Code) return /[;}]\s*$/.test(value.strings[value.strings.length - 1] as string);
  if (typeof value === 'string') return /[;}]\s*$/.test(value);
  return value instanceof Node && (isStatement(writtenNode(value) ?? value) || value.is(Decl));
}

/** With blanks before each line but the first; empty lines stay empty. */
function indented(text: string, indentation: string): string {
  return indentation === '' ? text : text.replace(/\n(?!\r?\n)/g, `\n${indentation}`);
}

/**
 * Without the blank line at its beginning and the blanks at its end, and without the indentation that its lines share: that
 * of the script it stands in. A line's first blanks are text of the strings, whatever comes behind them.
 */
function dedented(strings: readonly string[]): string[] {
  const all = [...strings];
  const last = all.length - 1;
  if (all.every((part) => !part.includes('\n'))) return all;
  all[last] = (all[last] as string).replace(/\r?\n[ \t]*$/, '');
  let shared: string | undefined;
  all.forEach((part, at) => {
    for (const { 0: found, 1: blanks, index } of part.matchAll(/\n([ \t]*)/g)) {
      const next = part[index + found.length];
      // An empty line says nothing, unless a value follows.
      if (next === '\n' || next === '\r' || (next === undefined && at === last)) continue;
      shared = shared === undefined ? blanks : common(shared, blanks as string);
    }
  });
  const lines = shared ? all.map((part) => part.replaceAll(`\n${shared}`, '\n')) : all;
  if (/^[ \t]*\r?\n/.test(strings[0] as string)) lines[0] = (lines[0] as string).replace(/^[ \t]*\r?\n/, '');
  return lines;
}

function common(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
