/** Declarators: `int a, *b = 0, c[3];` declares three things, each with a part of its own. */
import {
  DeclaratorDecl,
  EnumConstantDecl,
  FieldDecl,
  FunctionDecl,
  ParmVarDecl,
  TagDecl,
  TypedefDecl,
  VarDecl,
} from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import type { FileRange } from '../source/location.js';
import type { SourceFile } from '../source/source-file.js';
import { attributesEnd, semicolonEnd, withAttributes } from './extent.js';
import { bracketEnd, skipTrivia, tokenEnd } from './lex.js';
import type { Rewriter } from './rewriter.js';
import { angleEnd } from './specifier-words.js';

/** What is declared together with a declaration, itself included, in order. */
export function declaredTogether(node: Node): Node[] {
  if (!isDeclarator(node) || (node.is(ParmVarDecl) && !isOldStyle(node))) return [node];
  const { begin, b } = node.tu.snapshot;
  const siblings = node.parent?.children ?? [];
  const group = siblings.filter((other) => isDeclarator(other) && begin[other.index] === begin[node.index]);
  // Those of a function in the old style are in the order of its parentheses.
  if (node.is(ParmVarDecl)) group.sort((x, y) => (b[x.index] as number) - (b[y.index] as number));
  return group.length === 0 ? [node] : group;
}

function isDeclarator(node: Node): boolean {
  return (node.is(DeclaratorDecl) && !node.is(EnumConstantDecl)) || node.is(TypedefDecl);
}

/** A parameter that is declared behind the parentheses. */
function isOldStyle(node: Node): boolean {
  return node.parent?.is(FunctionDecl) === true && !node.parent.hasWrittenPrototype();
}

/** Where a declaration and its declarators are written. */
export interface Declarators {
  file: SourceFile;
  begin: number;
  /** Behind the semicolon. */
  end: number;
  elements: FileRange[];
  /** A type that is defined in front of them. */
  tag: { node: TagDecl; begin: number; end: number } | undefined;
}

export function declaratorsOf(rewriter: Rewriter, group: readonly Node[]): Declarators {
  const found = rewriter.rangesOf(group, 'declarators');
  const { file, begin } = withAttributes(group[0] as Node, found[0] as FileRange);
  const { bytes } = file;
  const definition = group[0]?.parent?.children.find(
    (other): other is TagDecl =>
      other.is(TagDecl) && other.isThisDeclarationADefinition() && isWithin(rewriter, other, found[0] as FileRange),
  );
  const tag = definition && { node: definition, ...rangeOfTag(rewriter, definition) };
  const specifiers = tag && tag.begin === begin ? tag.end : begin;
  let at = firstDeclarator(bytes, skipTrivia(bytes, specifiers), nameOffset(rewriter, group[0] as Node));
  const elements: FileRange[] = [];
  for (const { end } of found) {
    const last = attributesEnd(bytes, Math.max(end, at));
    elements.push({ file, begin: at, end: last });
    at = skipTrivia(bytes, skipTrivia(bytes, last) + 1);
  }
  const last = elements[elements.length - 1] as FileRange;
  return { file, begin, end: semicolonEnd(bytes, last.end) ?? last.end, elements, tag };
}

function isWithin(rewriter: Rewriter, tag: TagDecl, { file, begin, end }: FileRange): boolean {
  if (rewriter.editability(tag).kind === 'frozen') return false;
  const range = rewriter.rangeOf(tag, 'declarators');
  return range.file === file && begin <= range.begin && range.end <= end;
}

/** With the attributes behind the brace, which are the type's. */
function rangeOfTag(rewriter: Rewriter, tag: TagDecl): { begin: number; end: number } {
  const { file, begin, end } = rewriter.rangeOf(tag, 'declarators');
  return { begin, end: attributesEnd(file.bytes, end) };
}

function nameOffset(rewriter: Rewriter, node: Node): number {
  if (node.is(FieldDecl) || node.is(VarDecl) || node.is(FunctionDecl) || node.is(TypedefDecl)) {
    const { location } = node;
    if (location.isValid) return rewriter.rangeOf(node.tu.range(location.raw, location.raw), 'remove').begin;
  }
  return rewriter.rangeOf(node, 'remove').end;
}

/** Where the first declarator begins: behind the specifiers, at the first `*`, `&`, `(` or the name. */
export function firstDeclarator(bytes: Uint8Array, begin: number, name: number): number {
  let at = begin;
  while (at < name) {
    const byte = bytes[at] as number;
    // `*`, `&`, `^`
    if (byte === 42 || byte === 38 || byte === 94) return at;
    const end =
      byte === 60 ? angleEnd(bytes, at) : byte === 123 || byte === 91 ? bracketEnd(bytes, at) : tokenEnd(bytes, at);
    const next = skipTrivia(bytes, end);
    if (bytes[next] === 40 && next < name) {
      const close = bracketEnd(bytes, next);
      // `decltype(…)`, `__attribute__((…))`, `alignas(…)`: not a declarator, whose parentheses hold the name.
      if (close > name) return next;
      at = skipTrivia(bytes, close);
    } else at = next;
  }
  return name;
}
