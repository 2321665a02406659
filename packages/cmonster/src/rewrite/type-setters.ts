/** Types of declarations and casts, put in the place of what is written. */
import {
  CStyleCastExpr,
  CXXNamedCastExpr,
  DeclaratorDecl,
  type ExplicitCastExpr,
  FunctionDecl,
  FunctionTypeLoc,
  NamedDecl,
  NonTypeTemplateParmDecl,
  ParmVarDecl,
  TypeAliasDecl,
} from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { CmonsterError } from '../error.js';
import type { FileRange, Range } from '../source/location.js';
import { type AnyCode, Code } from './code.js';
import { declaredTogether } from './declarator.js';
import { layOut, sourceOf } from './layout.js';
import { bracketEnd, indentationAt, skipTrivia, tokenEnd } from './lex.js';
import type { Rewriter } from './rewriter.js';
import { QUALIFIERS, SPECIFIERS } from './specifier-words.js';
import type { Piece } from './splice.js';

/** Behind the specifiers and attributes that stand before a type. */
export function typeBegin(bytes: Uint8Array, begin: number, limit: number): number {
  for (let at = begin; at < limit; ) {
    if (bytes[at] === 91 && bytes[at + 1] === 91) {
      at = skipTrivia(bytes, bracketEnd(bytes, at));
      continue;
    }
    const end = tokenEnd(bytes, at);
    const word = Buffer.from(bytes.subarray(at, end)).toString('latin1');
    const next = skipTrivia(bytes, end);
    if (/^(__attribute__|__declspec|alignas|_Alignas)$/.test(word)) at = skipTrivia(bytes, bracketEnd(bytes, next));
    // `explicit(condition)`; and `auto` is a type, unless one follows.
    else if (word === 'explicit' && bytes[next] === 40) at = skipTrivia(bytes, bracketEnd(bytes, next));
    else if (SPECIFIERS.has(word) && word !== 'auto') at = next;
    else return at;
  }
  return limit;
}

export function assignType(rewriter: Rewriter, node: Node, value: AnyCode): void {
  if (node.is(FunctionDecl)) {
    throw new CmonsterError(
      'EDIT_TARGET',
      `the type of ${node} is in its parts: change its returnType and its parameters`,
    );
  }
  const { file, begin, end } = rewriter.rangeOf(node, 'type');
  const { bytes } = file;
  if (node.is(TypeAliasDecl)) {
    const written = node.typeSourceInfo ? sourceOf(node.typeSourceInfo) : undefined;
    const equals = file.slice(begin, end).indexOf('=');
    if (written && equals >= 0) {
      const at = skipTrivia(bytes, begin + Buffer.byteLength(file.slice(begin, end).slice(0, equals)) + 1);
      rewriter.stage('type', String(node), [{ file, begin: at, end, pieces: typePieces(value, file, at) }]);
    }
    return;
  }
  if (!node.is(NamedDecl)) throw new CmonsterError('EDIT_TARGET', `${node} has no type in the source`);
  const first = typeBegin(bytes, begin, end);
  const name = nameOf(rewriter, node);
  const last = Math.max(name?.end ?? first, declaratorEnd(node, end));
  const pieces = declared(typePieces(value, file, first), name);
  if (isOfItsOwn(rewriter, node, first))
    rewriter.stage('type', String(node), [{ file, begin: first, end: last, pieces }]);
  else {
    const group = rewriter.declarators(node);
    group.replaceHead('type', node, [...group.keptSpecifiers(), ...pieces], last);
  }
}

/** Whether all from a place to its name is the type of this declaration alone. */
function isOfItsOwn(rewriter: Rewriter, node: NamedDecl, first: number): boolean {
  if (node.is(ParmVarDecl) && declaredTogether(node).length === 1) return true;
  if (node.is(NonTypeTemplateParmDecl)) return true;
  const group = rewriter.declarators(node);
  return group.isSingle && group.keptBehind(first) === 0;
}

/** Where what belongs to the declared type ends: behind the array's brackets, before an initialiser. */
function declaratorEnd(node: Node, end: number): number {
  if (!node.is(DeclaratorDecl)) return end;
  const { typeSourceInfo } = node;
  return typeSourceInfo ? sourceOf(typeSourceInfo).end : end;
}

function nameOf(rewriter: Rewriter, node: NamedDecl): FileRange | undefined {
  if (node.name === '' || !node.location.isValid) return undefined;
  if (node.is(ParmVarDecl) && node.location.tokenText !== node.name) return undefined;
  return rewriter.rangeOf(node.tu.range(node.location.raw, node.location.raw), 'type');
}

function typePieces(value: AnyCode, file: FileRange['file'], at: number): Piece[] {
  return layOut(Code.from(value), file, indentationAt(file.bytes, at)).pieces;
}

/** A type with a name where its declarator has it: `int (*)(void)` and `f` make `int (*f)(void)`. */
function declared(type: readonly Piece[], name: FileRange | undefined): Piece[] {
  if (!name) return [...type];
  const last = type[type.length - 1];
  const [only] = type;
  if (type.length === 1 && typeof only === 'string') {
    const inner = /\(\s*(?:\w+::)*[*&^][^()]*(?=\))/.exec(only);
    const suffix = only.search(/(?:\s*\[[^\]]*\])+\s*$/);
    const split = inner ? inner.index + inner[0].length : suffix;
    if (split > 0) {
      const before = only.slice(0, split);
      return [/[\s*&(]$/.test(before) ? before : `${before} `, name, only.slice(split).trimStart()];
    }
  }
  const separated = typeof last === 'string' && /[*&\s]$/.test(last);
  return separated ? [...type, name] : [...type, ' ', name];
}

export function assignReturnType(rewriter: Rewriter, node: Node, value: AnyCode): void {
  const fn = node as FunctionDecl;
  const returnType = writtenReturnType(fn);
  if (!returnType) throw new CmonsterError('EDIT_TARGET', `${node} has no return type in the source`);
  const whole = rewriter.rangeOf(node, 'returnType');
  const written = rewriter.rangeOf(returnType, 'returnType');
  const { file } = whole;
  const name = rewriter.rangeOf(node.tu.range(fn.location.raw, fn.location.raw), 'returnType');
  if (written.end > name.begin && written.begin < name.begin) {
    throw new CmonsterError(
      'EDIT_TARGET',
      `the return type of ${node} stands around its name: replace the declaration`,
    );
  }
  const isTrailing = written.begin > name.begin;
  if (!isTrailing && declaredTogether(fn).length > 1) {
    const group = rewriter.declarators(fn);
    const type = typePieces(value, file, whole.begin);
    const head = [...group.keptSpecifiers(), ...type, ...(endsInStar(type) ? [] : [' '])];
    group.replaceHead('returnType', fn, head, name.begin);
    return;
  }
  const begin = isTrailing ? written.begin : typeBegin(file.bytes, whole.begin, written.end);
  const end = qualifiersEnd(file.bytes, written.end);
  const pieces = typePieces(value, file, begin);
  // `int *f()`: the star stood at the name.
  const touches = !isTrailing && end === skipTrivia(file.bytes, end);
  rewriter.stage('returnType', String(node), [
    { file, begin, end, pieces: touches && !endsInStar(pieces) ? [...pieces, ' '] : pieces },
  ]);
}

function writtenReturnType(fn: FunctionDecl): Range | undefined {
  const { returnTypeSourceRange } = fn;
  if (returnTypeSourceRange.isValid) return returnTypeSourceRange;
  // Behind an arrow.
  const range = fn.find(FunctionTypeLoc, undefined, { typeLocs: true })[0]?.returnLoc?.range;
  return range?.isValid ? range : undefined;
}

function endsInStar(pieces: readonly Piece[]): boolean {
  const last = pieces[pieces.length - 1];
  return typeof last === 'string' && /[*&]$/.test(last);
}

/** `int const f()`: behind the qualifiers that follow a type. */
function qualifiersEnd(bytes: Uint8Array, offset: number): number {
  for (let end = offset; ; ) {
    const next = skipTrivia(bytes, end);
    const word = Buffer.from(bytes.subarray(next, tokenEnd(bytes, next))).toString('latin1');
    if (!QUALIFIERS.has(word)) return end;
    end = tokenEnd(bytes, next);
  }
}

export function assignCastType(rewriter: Rewriter, node: Node, value: AnyCode): void {
  const cast = node as ExplicitCastExpr;
  const { begin, end, file } = castType(rewriter, cast);
  rewriter.stage('typeAsWritten', String(node), [{ file, begin, end, pieces: typePieces(value, file, begin) }]);
}

function castType(rewriter: Rewriter, cast: ExplicitCastExpr): FileRange {
  if (cast.is(CStyleCastExpr)) {
    const { file, begin, end } = rewriter.rangeOf(
      cast.tu.range(cast.lParenLoc.raw, cast.rParenLoc.raw),
      'typeAsWritten',
    );
    return { file, begin: begin + 1, end: end - 1 };
  }
  if (cast.is(CXXNamedCastExpr)) {
    const { file, begin, end } = rewriter.rangeOf(cast.angleBrackets, 'typeAsWritten');
    return { file, begin: begin + 1, end: end - 1 };
  }
  return rewriter.rangeOf(cast.typeInfoAsWritten, 'typeAsWritten');
}
