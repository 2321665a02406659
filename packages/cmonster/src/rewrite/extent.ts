/** From where to where a statement or a declaration reaches, its semicolon, its line and its comment included. */
import {
  AttributedStmt,
  CompoundStmt,
  CXXCatchStmt,
  CXXForRangeStmt,
  Decl,
  DeclStmt,
  DoStmt,
  EnumConstantDecl,
  Expr,
  ForStmt,
  FunctionDecl,
  IfStmt,
  LabelStmt,
  LinkageSpecDecl,
  NamespaceDecl,
  ParmVarDecl,
  Stmt,
  SwitchCase,
  SwitchStmt,
  TagDecl,
  TemplateDecl,
  WhileStmt,
} from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import type { FileRange } from '../source/location.js';
import type { Token } from '../source/tokens.js';
import {
  bracketEnd,
  isBlank,
  isFirstOnLine,
  isNewline,
  lineStart,
  nextLine,
  restIsTrivia,
  skipTrivia,
  tokenEnd,
} from './lex.js';
import { writtenNode } from './written-node.js';

const SEMICOLON = 59;

/** Whether a node stands where a statement does, rather than inside of one. */
export function isStatement(node: Node): boolean {
  if (!node.is(Stmt)) return false;
  if (!node.is(Expr)) return true;
  const { parent } = node;
  return parent?.is(CompoundStmt) === true || isBranch(parent, node);
}

/** Whether a node is the only statement of its parent: the branch of an `if`, the body of a loop, what a label stands before. */
export function isBranch(parent: Node | null, node: Node): boolean {
  if (!parent) return false;
  return branchesOf(parent).some((branch) => branch !== undefined && writtenNode(branch) === node);
}

function branchesOf(parent: Node): (Node | undefined)[] {
  if (parent.is(IfStmt)) return [parent.then, parent.else];
  if (parent.is(ForStmt) || parent.is(WhileStmt) || parent.is(DoStmt) || parent.is(CXXForRangeStmt))
    return [parent.body];
  if (parent.is(SwitchStmt)) return [parent.body];
  if (parent.is(SwitchCase) || parent.is(LabelStmt) || parent.is(AttributedStmt)) return [parent.subStmt];
  return [];
}

/** The declaration with its `template<…>`. */
export function wholeDeclaration(node: Node): Node {
  const { parent } = node;
  return node.is(Decl) && parent?.is(TemplateDecl) && !node.is(TemplateDecl) && !isTemplateParameter(node)
    ? parent
    : node;
}

export function isTemplateParameter(node: Node): boolean {
  return /^(TemplateTypeParm|NonTypeTemplateParm|TemplateTemplateParm)Decl$/.test(node.kind);
}

/** Where the `;` behind an offset ends; undefined when something else stands there. */
export function semicolonEnd(bytes: Uint8Array, offset: number): number | undefined {
  const at = skipTrivia(bytes, offset);
  return bytes[at] === SEMICOLON ? at + 1 : undefined;
}

/** Behind the attributes and the `asm` label that follow a declarator, which its range leaves out. */
export function attributesEnd(bytes: Uint8Array, offset: number): number {
  for (let end = offset; ; ) {
    const at = skipTrivia(bytes, end);
    const last = tokenEnd(bytes, at);
    if (bytes[at] === 91 && bytes[at + 1] === 91) end = bracketEnd(bytes, at);
    else if (/^(__attribute__|__attribute|asm|__asm|__asm__|alignas)$/.test(latin1(bytes, at, last))) {
      const open = skipTrivia(bytes, last);
      if (bytes[open] !== 40) return end;
      end = bracketEnd(bytes, open);
    } else return end;
  }
}

function latin1(bytes: Uint8Array, begin: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + begin, end - begin).toString('latin1');
}

/** From the attributes and the `alignas` in front of a declaration on, which its range leaves out. */
export function withAttributes(node: Node, { file, begin, end }: FileRange): FileRange {
  const { bytes } = file;
  let before = begin;
  while (isBlank(bytes[before - 1]) || isNewline(bytes[before - 1])) before--;
  const last = bytes[before - 1];
  // `]`, `)`
  if (!node.is(Decl) || !(last === 93 || last === 41) || isInDirective(bytes, before)) return { file, begin, end };
  const { tokens } = file;
  let at = tokens.findLastIndex((token) => token.offset < begin);
  let first = begin;
  for (;;) {
    const start = attributeStart(tokens, at);
    if (start === undefined) return { file, begin: first, end };
    first = (tokens[start] as Token).offset;
    at = start - 1;
  }
}

function isInDirective(bytes: Uint8Array, offset: number): boolean {
  let start = lineStart(bytes, offset);
  while (start > 0 && bytes[previousLineEnd(bytes, start) - 1] === 92) start = lineStart(bytes, start - 2);
  return bytes[skipBlanks(bytes, start)] === 35;
}

/** The number of the token with which an attribute begins that ends at another; undefined where none ends. */
function attributeStart(tokens: readonly Token[], last: number): number | undefined {
  const isSquare = tokens[last]?.kind === 'r_square' && tokens[last - 1]?.kind === 'r_square';
  if (!isSquare && tokens[last]?.kind !== 'r_paren') return undefined;
  let depth = 0;
  for (let at = last; at >= 0; at--) {
    const { kind, text } = tokens[at] as Token;
    if (kind === 'r_square' || kind === 'r_paren') depth++;
    else if (kind === 'l_square' || kind === 'l_paren') depth--;
    else if (kind === 'semi' || text === '{' || text === '}') return undefined;
    if (depth > 0) continue;
    if (isSquare) return tokens[at + 1]?.kind === 'l_square' ? at : undefined;
    return /^(alignas|_Alignas|__attribute__|__declspec)$/.test(tokens[at - 1]?.text ?? '') ? at - 1 : undefined;
  }
  return undefined;
}

/** The bytes of a statement or declaration and of the semicolon that ends it. */
export function withSemicolon(node: Node, range: FileRange): FileRange {
  const { file, begin } = range;
  const end = node.is(Decl) ? attributesEnd(file.bytes, range.end) : range.end;
  const takes = node.is(Stmt) ? endsWithSemicolon(node) : node.is(Decl) && declarationEndsWithSemicolon(node);
  return { file, begin, end: (takes && semicolonEnd(file.bytes, end)) || end };
}

/** Whether a `;` that its range leaves out ends it. */
function endsWithSemicolon(node: Node): boolean {
  const branches = branchesOf(node).filter((branch) => branch !== undefined);
  const last = node.is(DoStmt) ? undefined : branches[branches.length - 1];
  if (last) return endsWithSemicolon(writtenNode(last) ?? last);
  return !(
    node.is(CompoundStmt) ||
    node.is(DeclStmt) ||
    node.is(CXXCatchStmt) ||
    /^(NullStmt|CXXTryStmt)$/.test(node.kind)
  );
}

function declarationEndsWithSemicolon(node: Node): boolean {
  if (node.is(ParmVarDecl) || node.is(EnumConstantDecl) || isTemplateParameter(node)) return false;
  if (node.is(TemplateDecl)) {
    const { templatedDecl } = node;
    return templatedDecl ? declarationEndsWithSemicolon(templatedDecl as Node) : true;
  }
  if (node.is(FunctionDecl)) return !node.doesThisDeclarationHaveABody() || node.isDefaulted();
  if (node.is(NamespaceDecl) || node.is(LinkageSpecDecl)) return false;
  return node.kind !== 'AccessSpecDecl';
}

/** Whether a type that is defined here is also used here: `struct point { … } origin;`. */
export function isEmbedded(node: Node, { file, end }: FileRange): boolean {
  return node.is(TagDecl) && file.bytes[skipTrivia(file.bytes, end)] !== SEMICOLON;
}

/**
 * With its lines, when nothing else stands on them, and the comment behind it; otherwise with the blanks that part it from its
 * neighbour.
 */
export function withLines({ file, begin, end }: FileRange): FileRange {
  const { bytes } = file;
  const rest = restIsTrivia(bytes, end);
  if (isFirstOnLine(bytes, begin)) {
    if (rest !== undefined) return { file, begin: lineStart(bytes, begin), end: nextLine(bytes, rest) };
    let next = end;
    while (isBlank(bytes[next])) next++;
    return { file, begin, end: next };
  }
  let previous = begin;
  while (isBlank(bytes[previous - 1])) previous--;
  if (bytes[skipBlanks(bytes, end)] === 125 && previous < begin) return { file, begin: previous, end };
  return rest !== undefined ? { file, begin: previous, end } : { file, begin, end: skipBlanks(bytes, end) };
}

function skipBlanks(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (isBlank(bytes[at])) at++;
  return at;
}

/** With one of the two empty lines around it, so that no two come together. */
export function withEmptyLine({ file, begin, end }: FileRange): FileRange {
  const { bytes } = file;
  if (!isNewline(bytes[end - 1])) return { file, begin, end };
  const isEmpty = (from: number, to: number): boolean =>
    bytes.subarray(from, to).every((byte) => isBlank(byte) || isNewline(byte));
  const after = nextLine(bytes, end);
  const startsFile = begin === 0;
  const before = startsFile ? 0 : lineStart(bytes, previousLineEnd(bytes, begin));
  const emptyBefore = startsFile || isEmpty(before, begin);
  if (after > end && isEmpty(end, after) && emptyBefore) return { file, begin, end: after };
  // The last of a block.
  if (!startsFile && isEmpty(before, begin) && (end >= bytes.length || bytes[skipBlanks(bytes, end)] === 125)) {
    return { file, begin: before, end };
  }
  return { file, begin, end };
}

/** Where the line that ends before an offset at a line's start ends. */
function previousLineEnd(bytes: Uint8Array, offset: number): number {
  const at = offset - 1;
  return bytes[at] === 10 && bytes[at - 1] === 13 ? at - 1 : at;
}

/**
 * The comment that belongs to what begins at an offset: those directly above, with no empty line between; undefined for none.
 * From the start of its first line.
 */
export function attachedComment({ file, begin }: FileRange): FileRange | undefined {
  const { bytes } = file;
  if (!isFirstOnLine(bytes, begin)) return undefined;
  const { tokens } = file;
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((tokens[middle] as { offset: number }).offset < begin) low = middle + 1;
    else high = middle;
  }
  let first = begin;
  let last: number | undefined;
  for (let at = low - 1; at >= 0; at--) {
    const token = tokens[at] as (typeof tokens)[number];
    if (token.kind !== 'comment' || !isFirstOnLine(bytes, token.offset)) break;
    const end = token.offset + token.length;
    const gap = file.slice(end, first);
    // A line comment may hold its own line end.
    if (gap.replace(/\r\n?/g, '\n').split('\n').length > 2) break;
    first = token.offset;
    last ??= end;
  }
  return last === undefined ? undefined : { file, begin: lineStart(bytes, first), end: last };
}
