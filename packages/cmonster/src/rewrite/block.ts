/** What lies between braces: the body of a function, a class, an enumeration, a namespace. */
import {
  CompoundStmt,
  CXXTryStmt,
  FunctionDecl,
  LinkageSpecDecl,
  NamespaceDecl,
  TagDecl,
  TranslationUnitDecl,
} from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { CmonsterError } from '../error.js';
import type { Location } from '../source/location.js';
import type { SourceFile } from '../source/source-file.js';
import type { CodeLike } from './code.js';
import { layout } from './layout.js';
import {
  afterMark,
  indentationAt,
  isFirstOnLine,
  isNewline,
  lineEnding,
  lineStart,
  restIsTrivia,
  skipTrivia,
  tokenEnd,
} from './lex.js';
import type { Request, Rewriter } from './rewriter.js';
import type { Piece } from './splice.js';

/** Braces in bytes of a file: behind the opening one, and where the closing one stands. */
export interface Braces {
  file: SourceFile;
  open: number;
  close: number;
}

/** The braces of a node that has some. */
export function bracesOf(rewriter: Rewriter, node: Node, operation: string): Braces {
  if (node.is(TranslationUnitDecl)) {
    const file = node.tu.mainFile;
    return { file, open: afterMark(file.bytes), close: file.bytes.length };
  }
  const [left, right] = braceLocations(node);
  // The body of what is `= default` stands nowhere.
  const { parent } = node;
  const isWritten = !(parent?.is(FunctionDecl) && parent.isDefaulted());
  if (!left?.isValid || !right?.isValid || !isWritten) {
    throw new CmonsterError('EDIT_TARGET', `${operation}: ${node} has no braces`);
  }
  const range = rewriter.rangeOf(node.tu.range(left.raw, right.raw), operation);
  return { file: range.file, open: range.begin + 1, close: range.end - 1 };
}

function braceLocations(node: Node): [Location | undefined, Location | undefined] {
  if (node.is(CompoundStmt)) return [node.beginLoc, node.endLoc];
  if (node.is(CXXTryStmt)) return braceLocations(node.tryBlock);
  if (node.is(TagDecl)) return [node.braceRange.begin, node.braceRange.end];
  if (node.is(NamespaceDecl) || node.is(LinkageSpecDecl)) {
    return [node.tokens.find(({ kind }) => kind === 'l_brace')?.location, node.rBraceLoc];
  }
  return [undefined, undefined];
}

/** Code at the beginning of what lies between braces. */
export function prepend(rewriter: Rewriter, node: Node, code: CodeLike): void {
  const { file, open, close } = bracesOf(rewriter, node, 'prepend');
  const { bytes } = file;
  if (node.is(TranslationUnitDecl)) {
    rewriter.stage('prepend', String(node), [
      insertion(file, open, [...layout(code, file, ''), lineEnding(bytes)], close),
    ]);
    return;
  }
  const lineEnd = restIsTrivia(bytes, open);
  const at = lineEnd === undefined || lineEnd > close ? open : lineEnd;
  rewriter.stage('prepend', String(node), between(file, open, at, close, code));
}

/** Code at the end of what lies between braces. */
export function append(rewriter: Rewriter, node: Node, code: CodeLike): void {
  const { file, open, close } = bracesOf(rewriter, node, 'append');
  const { bytes } = file;
  const eol = lineEnding(bytes);
  if (node.is(TranslationUnitDecl)) {
    const ended = close === 0 || isNewline(bytes[close - 1]);
    const requests = [insertion(file, close, [...layout(code, file, ''), eol], close)];
    if (!ended) requests.unshift(insertion(file, close, [eol], Number.MAX_SAFE_INTEGER));
    rewriter.stage('append', String(node), requests);
    return;
  }
  if (isFirstOnLine(bytes, close)) {
    const at = lineStart(bytes, close);
    const indentation = innerIndentation(file, open, close);
    rewriter.stage('append', String(node), [
      insertion(file, at, [indentation, ...layout(code, file, indentation), eol], at),
    ]);
    return;
  }
  rewriter.stage('append', String(node), between(file, open, Math.max(open, trimBlanks(bytes, close)), close, code));
}

/** Code behind a place: on lines of its own, unless the place's line goes on and the code is no longer than a line. */
function between(file: SourceFile, open: number, at: number, close: number, code: CodeLike): Request[] {
  const { bytes } = file;
  const eol = lineEnding(bytes);
  const indentation = innerIndentation(file, open, close);
  const pieces = layout(code, file, indentation);
  if (isNewline(bytes[at])) return [insertion(file, at, [eol + indentation, ...pieces], close)];
  if (!spansLines(pieces)) {
    const requests = [insertion(file, at, [' ', ...pieces], close)];
    // Once, however much is inserted: it stands closest to the brace.
    if (at === close) requests.push(insertion(file, at, [' '], at));
    return requests;
  }
  const outer = indentationAt(bytes, open - 1);
  const blanksEnd = skipBlanks(bytes, at);
  const requests: Request[] = [
    insertion(file, at, [eol + indentation, ...pieces], close),
    { file, begin: at, end: blanksEnd, pieces: [eol + (blanksEnd >= close ? outer : indentation)], anchor: at },
  ];
  const before = trimBlanks(bytes, close);
  if (before > blanksEnd && file.lineOf(close) === file.lineOf(at)) {
    requests.push({ file, begin: before, end: close, pieces: [eol + outer], anchor: before });
  }
  return requests;
}

function spansLines(pieces: readonly Piece[]): boolean {
  return pieces.some((piece) =>
    typeof piece === 'string' ? piece.includes('\n') : piece.file.lineOf(piece.begin) !== piece.file.lineOf(piece.end),
  );
}

function insertion(file: SourceFile, at: number, pieces: Request['pieces'], anchor: number): Request {
  return { file, begin: at, end: at, pieces, anchor };
}

function skipBlanks(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (bytes[at] === 32 || bytes[at] === 9) at++;
  return at;
}

function trimBlanks(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (at > 0 && (bytes[at - 1] === 32 || bytes[at - 1] === 9)) at--;
  return at;
}

/** How lines between braces are indented: as the first one there is, or one step deeper than the line of the brace. */
export function innerIndentation(file: SourceFile, open: number, close: number): string {
  const { bytes } = file;
  const first = firstMember(bytes, open);
  if (first < close && isFirstOnLine(bytes, first)) return indentationAt(bytes, first);
  return indentationAt(bytes, open - 1) + indentationStep(file);
}

/** The first token that is no `public:`, as those are often less indented. */
function firstMember(bytes: Uint8Array, open: number): number {
  const first = skipTrivia(bytes, open);
  const end = tokenEnd(bytes, first);
  const word = Buffer.from(bytes.subarray(first, end)).toString('latin1');
  const colon = skipTrivia(bytes, end);
  return /^(public|protected|private)$/.test(word) && bytes[colon] === 58 ? firstMember(bytes, colon + 1) : first;
}

const steps = new WeakMap<SourceFile, string>();

/** One step of indentation in a file: a tab, or the blanks of its first indented line behind a brace. */
export function indentationStep(file: SourceFile): string {
  let step = steps.get(file);
  if (step === undefined) {
    const text = file.slice(0, Math.min(file.bytes.length, 1 << 16));
    step = /\{[^\S\r\n]*\r?\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
    step = step.startsWith('\t') ? '\t' : step;
    steps.set(file, step);
  }
  return step;
}
