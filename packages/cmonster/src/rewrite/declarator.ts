/** Declarators: `int a, *b = 0, c[3];` declares three things, each with a part of its own. */
import {
  DeclaratorDecl,
  EnumConstantDecl,
  FieldDecl,
  FunctionDecl,
  ParmVarDecl,
  TypedefDecl,
  VarDecl,
} from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import type { FileRange } from '../source/location.js';
import { attributesEnd, withLines, withSemicolon } from './extent.js';
import { bracketEnd, skipTrivia, tokenEnd } from './lex.js';
import type { ListPlace } from './list.js';
import type { Rewriter } from './rewriter.js';

/** What is declared together with a declaration, itself included, in order. */
export function declaredTogether(node: Node): Node[] {
  if (!isDeclarator(node) || node.is(ParmVarDecl)) return [node];
  const { begin } = node.tu.snapshot;
  const siblings = node.parent?.children ?? [];
  const group = siblings.filter((other) => isDeclarator(other) && begin[other.index] === begin[node.index]);
  return group.length === 0 ? [node] : group;
}

function isDeclarator(node: Node): boolean {
  return (node.is(DeclaratorDecl) && !node.is(EnumConstantDecl)) || node.is(TypedefDecl);
}

/** The declarators as a list, which takes the whole declaration along when none is left. */
export function declaratorGroup(rewriter: Rewriter, node: Node): ListPlace | undefined {
  const group = declaredTogether(node);
  const found = rewriter.rangesOf(group, 'remove');
  const [first] = found as [FileRange, ...FileRange[]];
  const { file, begin } = first;
  const { bytes } = file;
  let at = firstDeclarator(bytes, begin, nameOffset(rewriter, group[0] as Node));
  const elements: FileRange[] = [];
  for (const { end } of found) {
    const last = attributesEnd(bytes, Math.max(end, at));
    elements.push({ file, begin: at, end: last });
    const comma = skipTrivia(bytes, last);
    at = skipTrivia(bytes, comma + 1);
  }
  const last = group[group.length - 1] as Node;
  const whole = withLines(withSemicolon(last, { file, begin, end: (found[found.length - 1] as FileRange).end }));
  return {
    file,
    elements,
    whenFilled: { begin, end: begin, before: '', after: '' },
    whenEmptied: { begin: whole.begin, end: whole.end, text: '' },
    areExpressions: false,
  };
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

/** Behind the `>` that closes template arguments. */
function angleEnd(bytes: Uint8Array, offset: number): number {
  let depth = 0;
  for (let at = offset; at < bytes.length; ) {
    const byte = bytes[at] as number;
    if (byte === 60) depth++;
    else if (byte === 62 && --depth === 0) return at + 1;
    at = skipTrivia(bytes, byte === 40 ? bracketEnd(bytes, at) : tokenEnd(bytes, at));
  }
  return bytes.length;
}
