/** Code as it is written at a place: indented as the place is, in the file's line endings. */
import { Node } from '../ast/node.js';
import { TypeBase } from '../ast/type-base.js';
import { CmonsterError } from '../error.js';
import type { FileRange } from '../source/location.js';
import type { SourceFile } from '../source/source-file.js';
import { Code, type CodeLike, type CodeValue, isMetavariable } from './code.js';
import { indentationAt, lineEnding } from './lex.js';
import type { Piece } from './splice.js';

/** The source that stands for a node. */
export function sourceOf(node: Node): FileRange {
  const { range } = node;
  const found = range.fileRange ?? range.expansionRange;
  if (found) return found;
  throw new CmonsterError('EDIT_TARGET', `${node} stands in code, and nothing is written for it`);
}

/** The pieces of code whose lines but the first are to start with the given blanks. */
export function layout(code: CodeLike, file: SourceFile, indentation: string): Piece[] {
  const pieces: Piece[] = [];
  /** What the line written last starts with. */
  let current = indentation;
  const text = (value: string): void => {
    const newline = value.lastIndexOf('\n');
    if (newline >= 0) current = /^[ \t]*/.exec(value.slice(newline + 1))?.[0] ?? '';
    if (value !== '') pieces.push(value);
  };
  const add = (value: CodeValue, indent: string): void => {
    if (Array.isArray(value)) {
      const items = value as readonly CodeValue[];
      items.forEach((item, at) => {
        if (at > 0) text(isStatement(item) ? `\n${indent}` : ', ');
        add(item, indent);
      });
    } else if (value instanceof Node) {
      copy(sourceOf(value));
    } else if (value instanceof Code) {
      const strings = dedented(value.strings).map((part) => part.replace(/\n(?=[^\n])/g, `\n${indent}`));
      strings.forEach((part, at) => {
        text(part);
        if (at < value.values.length) add(value.values[at] as CodeValue, current);
      });
    } else if (value instanceof TypeBase || typeof value !== 'object') {
      text(String(value).replace(/\n(?=[^\n])/g, `\n${indent}`));
    } else if (isMetavariable(value)) {
      throw new CmonsterError('EDIT_TARGET', `\${${value.name}} stands in code, and nothing was found for it`);
    } else {
      copy(value as FileRange);
    }
  };
  const copy = ({ file: from, begin, end }: FileRange): void => {
    const old = indentationAt(from.bytes, begin);
    const reindent =
      old !== current && from.lineOf(begin) !== from.lineOf(end) ? { from: old, to: current } : undefined;
    pieces.push({ file: from, begin, end, reindent });
  };
  add(Code.from(code), indentation);
  const eol = lineEnding(file.bytes);
  return pieces.map((piece) => (typeof piece === 'string' ? piece.replace(/\r?\n/g, eol) : piece));
}

function isStatement(value: CodeValue): boolean {
  if (value instanceof Code) return /[;}]\s*$/.test(value.strings[value.strings.length - 1] as string);
  if (typeof value === 'string') return /[;}]\s*$/.test(value);
  return value instanceof Node && /(Stmt|Decl)$/.test(value.kind);
}

/**
 * Without the blank line at its beginning and the blanks at its end, and without the indentation that its lines share: that
 * of the script it stands in. A line's first blanks are text of the strings, whatever comes behind them.
 */
function dedented(strings: readonly string[]): string[] {
  const all = [...strings];
  const last = all.length - 1;
  const opened = /^[ \t]*\r?\n/.test(all[0] as string);
  all[last] = (all[last] as string).replace(/\r?\n[ \t]*$/, '');
  let shared: string | undefined;
  all.forEach((part, at) => {
    for (const [, blanks, next] of part.matchAll(/\n([ \t]*)(\S?)/g)) {
      // An empty line says nothing, unless a value follows.
      if (next === '' && at === last) continue;
      if (next === '' && !part.endsWith(blanks as string)) continue;
      shared = shared === undefined ? blanks : common(shared, blanks as string);
    }
  });
  const indent = shared ?? '';
  const lines = all.map((part) => part.replaceAll(`\n${indent}`, '\n'));
  if (opened) lines[0] = (lines[0] as string).replace(/^[ \t]*\r?\n/, '');
  return lines;
}

function common(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
