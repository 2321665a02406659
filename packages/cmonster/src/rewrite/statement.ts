/** Statements and declarations: taken out, put beside others, put in the place of others. */
import { Attr, Decl, Expr, FunctionDecl, LabelStmt, Stmt, SwitchCase } from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { CmonsterError } from '../error.js';
import type { FileRange } from '../source/location.js';
import { indentationStep } from './block.js';
import type { AnyCode, CodeLike } from './code.js';
import { declaredTogether } from './declarator.js';
import {
  attachedComment,
  isBranch,
  isEmbedded,
  isStatement,
  wholeDeclaration,
  withAttributes,
  withEmptyLine,
  withLines,
  withSemicolon,
} from './extent.js';
import { layOut, layout } from './layout.js';
import {
  indentationAt,
  isBlank,
  isFirstOnLine,
  isNewline,
  lineEnding,
  lineStart,
  nextLine,
  restIsTrivia,
} from './lex.js';
import { listOf } from './lists.js';
import { requiredPrecedence } from './precedence.js';
import type { Request, Rewriter } from './rewriter.js';
import { removeAttribute } from './specifiers.js';
import type { Piece } from './splice.js';

export interface RemoveOptions {
  /** Of a declaration: whether the comment above it goes, too. */
  comment?: boolean;
}

/** Code in the place of a node. */
export function replace(rewriter: Rewriter, node: Node, code: CodeLike | AnyCode, operation = 'replaceWith'): void {
  const written = rewriter.writtenNode(node, operation);
  const range = rewriter.rangeOf(written, operation);
  const { file, begin } = range;
  const { pieces, binding } = layOut(code, file, indentationAt(file.bytes, begin));
  if (declaredTogether(written).length > 1) {
    rewriter.declarators(written).replace(operation, written, pieces);
    return;
  }
  const end = replacedEnd(written, range, lastCharacter(pieces));
  const operand =
    written.is(Expr) && end === range.end ? { binding, required: requiredPrecedence(written) } : undefined;
  rewriter.stage(operation, String(node), [{ file, begin, end, pieces, operand }]);
}

/** The semicolon goes when the code brings one, or ends as a block does; it stays when the code brings none. */
function replacedEnd(node: Node, range: FileRange, last: string): number {
  const { file, end } = range;
  const isPlace = isStatement(node) || node.is(Decl);
  if (!isPlace) return end;
  if (last === ';' || (last === '}' && (node.is(Stmt) || node.is(FunctionDecl)))) return withSemicolon(node, range).end;
  if (file.bytes[end - 1] === 59 && last !== '}' && last !== '') return end - 1;
  return end;
}

function lastCharacter(pieces: readonly Piece[]): string {
  const last = pieces[pieces.length - 1];
  if (last === undefined) return '';
  const text = typeof last === 'string' ? last : last.file.slice(last.begin, last.end);
  return text.trimEnd().slice(-1);
}

/** Takes out a statement or a declaration with its lines. */
export function remove(rewriter: Rewriter, node: Node, { comment = false }: RemoveOptions): void {
  const written = rewriter.writtenNode(node, 'remove');
  if (written.is(Attr)) {
    removeAttribute(rewriter, written);
    return;
  }
  const element = listOf(written);
  if (element) {
    rewriter.removeElement(element.owner, element.of, element.number);
    return;
  }
  const together = declaredTogether(written);
  if (together.length > 1) {
    rewriter.declarators(written).remove(written);
    return;
  }
  const whole = wholeDeclaration(written);
  if (!isStatement(whole) && !whole.is(Decl)) {
    throw new CmonsterError(
      'EDIT_TARGET',
      `${node} is a part of something: replace it, or take out what it belongs to`,
    );
  }
  const range = withAttributes(whole, rewriter.rangeOf(whole, 'remove'));
  if (isEmbedded(whole, range)) {
    throw new CmonsterError(
      'EDIT_TARGET',
      `${node} is defined in the declaration of something else: take that out first`,
    );
  }
  const { file, begin, end } = withSemicolon(whole, range);
  const { parent } = whole;
  if (isBranch(parent, whole)) {
    const empty = parent?.is(SwitchCase) || parent?.is(LabelStmt) ? ';' : '{}';
    rewriter.stage('remove', String(node), [{ file, begin, end, pieces: [empty] }]);
    return;
  }
  const above = comment ? attachedComment(range) : undefined;
  const lines = withLines({ file, begin: above?.begin ?? begin, end });
  const gone = whole.is(Decl) ? withEmptyLine(lines) : lines;
  rewriter.stage('remove', String(node), parted(gone, begin, end));
}

/** What is taken out within a line: the blanks apart, so that the neighbour can go and take the same. */
function parted({ file, begin, end }: FileRange, from: number, to: number): Request[] {
  if (isNewline(file.bytes[end - 1])) return [{ file, begin, end, pieces: [] }];
  const cuts = [begin, from, to, end];
  return [0, 1, 2].map((at) => ({ file, begin: cuts[at] as number, end: cuts[at + 1] as number, pieces: [] }));
}

/** Code on lines of its own before or behind a statement or a declaration. */
export function insertBeside(rewriter: Rewriter, node: Node, code: CodeLike, side: 'before' | 'after'): void {
  const operation = side === 'before' ? 'insertBefore' : 'insertAfter';
  const whole = wholeDeclaration(rewriter.writtenNode(node, operation));
  const range = withAttributes(whole, withSemicolon(whole, rewriter.rangeOf(whole, operation)));
  if (!isStatement(whole) && !whole.is(Decl)) {
    const { file, begin, end } = range;
    const at = side === 'before' ? begin : end;
    const pieces = layout(code, file, indentationAt(file.bytes, begin));
    rewriter.stage(operation, String(node), [
      { file, begin: at, end: at, pieces, side, anchor: side === 'before' ? end : begin },
    ]);
    return;
  }
  if (declaredTogether(whole).length > 1) {
    const group = rewriter.declarators(whole);
    const { file, begin } = group.range;
    if (group.isOutermost(whole, side)) rewriter.stage(operation, String(node), [beside(group.range, code, side)]);
    else group.insert(operation, whole, layout(code, file, indentationAt(file.bytes, begin)), side);
    return;
  }
  const { parent } = whole;
  const isOnly = isBranch(parent, whole) && !parent?.is(SwitchCase) && !parent?.is(LabelStmt);
  const requests = isOnly ? inNewBlock(range, code, side) : [beside(range, code, side)];
  rewriter.stage(operation, String(node), requests);
}

function beside(range: FileRange, code: CodeLike, side: 'before' | 'after'): Request {
  const { file, begin, end } = range;
  const { bytes } = file;
  const eol = lineEnding(bytes);
  const indentation = indentationAt(bytes, begin);
  const pieces = layout(code, file, indentation);
  if (side === 'before') {
    if (!isFirstOnLine(bytes, begin)) return insertion(range, begin, [...pieces, ' '], side);
    return insertion(range, lineStart(bytes, begin), [indentation, ...pieces, eol], side);
  }
  const rest = restIsTrivia(bytes, end);
  if (rest === undefined || !isFirstOnLine(bytes, begin)) return insertion(range, end, [' ', ...pieces], side);
  if (rest >= bytes.length) return insertion(range, rest, [eol + indentation, ...pieces], side);
  return insertion(range, nextLine(bytes, rest), [indentation, ...pieces, eol], side);
}

function insertion({ file, begin, end }: FileRange, at: number, pieces: Piece[], side: 'before' | 'after'): Request {
  return { file, begin: at, end: at, pieces, side, anchor: side === 'before' ? end : begin };
}

/** The branch of an `if` or the body of a loop becomes a block: braces that are put there once, and the code in them. */
function inNewBlock(range: FileRange, code: CodeLike, side: 'before' | 'after'): Request[] {
  const { file, begin, end } = range;
  const { bytes } = file;
  const eol = lineEnding(bytes);
  const brace = isFirstOnLine(bytes, begin) ? braceBefore(bytes, begin) : undefined;
  const lineEnds = restIsTrivia(bytes, end);
  if (brace === undefined || lineEnds === undefined || lineEnds >= bytes.length) {
    const pieces = layout(code, file, indentationAt(bytes, begin) + indentationStep(file));
    return [
      { file, begin, end: begin, pieces: ['{ '], side: 'before', anchor: end + 1 },
      side === 'before'
        ? insertion(range, begin, [...pieces, ' '], side)
        : insertion(range, end, [' ', ...pieces], side),
      { file, begin: end, end, pieces: [' }'], side: 'after', anchor: begin - 1 },
    ];
  }
  const indentation = indentationAt(bytes, begin);
  const outer = indentationAt(bytes, brace - 1);
  const pieces = layout(code, file, indentation);
  const before = lineStart(bytes, begin);
  const after = nextLine(bytes, lineEnds);
  return [
    { file, begin: brace, end: brace, pieces: [' {'], side: 'after', anchor: brace },
    insertion(range, side === 'before' ? before : after, [indentation, ...pieces, eol], side),
    { file, begin: after, end: after, pieces: [`${outer}}${eol}`], side: 'after', anchor: begin - 1 },
  ];
}

const HASH = 35;

/** Where a brace goes on the line before: behind the `)`, the `else` or the `do` that ends it. */
function braceBefore(bytes: Uint8Array, begin: number): number | undefined {
  let at = begin;
  while (at > 0 && (isBlank(bytes[at - 1]) || isNewline(bytes[at - 1]))) at--;
  const text = Buffer.from(bytes.subarray(Math.max(0, at - 5), at)).toString('latin1');
  const isDirective = bytes[lineStart(bytes, at) + indentationAt(bytes, at).length] === HASH;
  return /(\)|\b(else|do))$/.test(text) && !isDirective && !isInLineComment(bytes, at) ? at : undefined;
}

function isInLineComment(bytes: Uint8Array, offset: number): boolean {
  return Buffer.from(bytes.subarray(lineStart(bytes, offset), offset)).includes('//');
}
