/** The words in front of a declarator: storage, attributes, and those of the type. */
import { DeclaratorDecl, FunctionDecl, TypedefNameDecl } from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import type { SourceFile } from '../source/source-file.js';
import { bracketEnd, skipTrivia, tokenEnd } from './lex.js';

export interface SpecifierWord {
  begin: number;
  end: number;
  /** Whether another type takes its place. */
  isType: boolean;
  /** The definition of a type. */
  isTag: boolean;
}

/** Words before a type that are no part of it. */
export const SPECIFIERS: ReadonlySet<string> = new Set(
  'typedef extern static auto register inline virtual explicit friend constexpr consteval constinit mutable thread_local _Thread_local __thread _Noreturn __inline __inline__ __extension__ using'.split(
    ' ',
  ),
);
export const QUALIFIERS: ReadonlySet<string> = new Set([
  'const',
  'volatile',
  'restrict',
  '__restrict',
  '__restrict__',
  '_Atomic',
]);
const WITH_BRACKETS = /^(__attribute__|__attribute|__declspec|alignas|_Alignas|explicit)$/;

/** Words with their brackets, template arguments and qualifiers; comments are left out. */
export function specifierWords(
  node: Node,
  file: SourceFile,
  begin: number,
  end: number,
  tag?: { begin: number; end: number },
): SpecifierWord[] {
  const { bytes } = file;
  const words: SpecifierWord[] = [];
  const base = baseType(node, file);
  for (let at = begin; at < end; ) {
    const isTag = at === tag?.begin;
    let last = isTag ? tag.end : wordEnd(bytes, at);
    const text = isTag ? '' : file.slice(at, last);
    const next = skipTrivia(bytes, last);
    const hasBrackets = !isTag && bytes[next] === 40 && next < end;
    if (hasBrackets) last = bracketEnd(bytes, next);
    const isKept =
      (SPECIFIERS.has(text) && !(text === 'auto' && isAlone(node))) ||
      WITH_BRACKETS.test(text) ||
      text.startsWith('[[');
    const isInBase = base !== undefined && base.begin <= at && last <= base.end;
    const isType = isTag || (!isKept && (QUALIFIERS.has(text) || isInBase || !isPlainMacro(node, text)));
    words.push({ begin: at, end: last, isType, isTag });
    at = skipTrivia(bytes, last);
  }
  return words;
}

/** `auto` is the type where there is no other. */
function isAlone(node: Node): boolean {
  return node.tu.language.includes('C++');
}

function baseType(node: Node, file: SourceFile): { begin: number; end: number } | undefined {
  if (!(node.is(DeclaratorDecl) || node.is(TypedefNameDecl))) return undefined;
  if (node.is(FunctionDecl)) return undefined;
  const range = node.typeSourceInfo?.range.fileRange;
  if (!range || range.file !== file) return undefined;
  return { begin: range.begin, end: range.end };
}

/** A macro that stands for specifiers or attributes, and for no type. */
function isPlainMacro(node: Node, name: string): boolean {
  const macro = node.tu.preprocessor.definitions(name).at(-1);
  if (!macro) return false;
  const words = macro.tokens.filter(({ kind }) => kind !== 'comment').map(({ text }) => text);
  const [first] = words;
  if (first === undefined) return true;
  return WITH_BRACKETS.test(first) || first === '[' || words.every((word) => SPECIFIERS.has(word));
}

/** Qualified names and template arguments are one word. */
function wordEnd(bytes: Uint8Array, offset: number): number {
  if (bytes[offset] === 91) return bracketEnd(bytes, offset);
  let end = tokenEnd(bytes, offset);
  for (;;) {
    const next = skipTrivia(bytes, end);
    if (bytes[next] === 60) end = angleEnd(bytes, next);
    else if (bytes[next] === 58 && bytes[next + 1] === 58) end = tokenEnd(bytes, skipTrivia(bytes, next + 2));
    else if (bytes[offset] === 58 && bytes[offset + 1] === 58 && end === offset + 1)
      end = tokenEnd(bytes, skipTrivia(bytes, offset + 2));
    else return end;
  }
}

/** Behind the `>` that closes template arguments. */
export function angleEnd(bytes: Uint8Array, offset: number): number {
  let depth = 0;
  for (let at = offset; at < bytes.length; ) {
    const byte = bytes[at] as number;
    if (byte === 60) depth++;
    else if (byte === 62 && --depth === 0) return at + 1;
    at = skipTrivia(bytes, byte === 40 ? bracketEnd(bytes, at) : tokenEnd(bytes, at));
  }
  return bytes.length;
}

/** Where a word goes that is added to a declaration: behind attributes, which come first. */
export function frontPlace(bytes: Uint8Array, begin: number): number {
  let at = begin;
  while (bytes[at] === 91 && bytes[at + 1] === 91) at = skipTrivia(bytes, bracketEnd(bytes, at));
  return at;
}
