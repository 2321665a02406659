/** Words of a declaration that are no part of its type, and attributes: added and taken out. */
import { CXXMethodDecl, Decl, FunctionDecl, FunctionTypeLoc, TagDecl } from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { CmonsterError } from '../error.js';
import type { FileRange } from '../source/location.js';
import { attributeExtent } from './attribute-extent.js';
import { declaredTogether } from './declarator.js';
import type { DeclaratorGroup } from './declarator-group.js';
import { bracketEnd, isBlank, skipTrivia, tokenEnd } from './lex.js';
import type { Rewriter } from './rewriter.js';
import { frontPlace, QUALIFIERS } from './specifier-words.js';
import { typeBegin } from './type-setters.js';

export type Specifier =
  | 'static'
  | 'extern'
  | 'inline'
  | 'virtual'
  | 'explicit'
  | 'constexpr'
  | 'consteval'
  | 'constinit'
  | 'mutable'
  | 'thread_local'
  | '_Thread_local'
  | 'register'
  | 'friend'
  | '_Noreturn'
  | 'override'
  | 'final'
  | 'noexcept'
  | 'const'
  | 'volatile';

/** Those of a function that stand behind its parameters, in the order in which they must. */
const BEHIND = ['const', 'volatile', '&', '&&', 'noexcept', '->', 'override', 'final'];

interface Word {
  text: string;
  begin: number;
  end: number;
}

/**
 * Adds a word to a declaration that does not have it. Those of a method (`override`, `const`) go behind its parameters; one of several
 * that are declared together is parted from them.
 */
export function addSpecifier(rewriter: Rewriter, node: Decl, word: Specifier): void {
  const group = groupOf(rewriter, node, word);
  if (group) {
    if (!group.hasWord(node, word)) group.setWord('addSpecifier', node, word, true);
    return;
  }
  const { file, words, behind } = wordsFor(rewriter, node, word, 'addSpecifier');
  if (words.some(({ text }) => text === word)) return;
  const place = String(node);
  if (!behind) {
    const begin = frontPlace(file.bytes, rewriter.rangeOf(node, 'addSpecifier').begin);
    rewriter.stage('addSpecifier', place, [{ file, begin, end: begin, pieces: [`${word} `] }]);
    return;
  }
  const rank = BEHIND.indexOf(word);
  const before = words.filter(({ text }) => BEHIND.indexOf(text) >= 0 && BEHIND.indexOf(text) < rank).at(-1);
  const at = before?.end ?? behind.begin;
  rewriter.stage('addSpecifier', place, [{ file, begin: at, end: at, pieces: [` ${word}`], side: 'after' }]);
}

/** Takes a word out. @returns whether it was there */
export function removeSpecifier(rewriter: Rewriter, node: Decl, word: Specifier): boolean {
  const group = groupOf(rewriter, node, word);
  if (group) {
    const isThere = group.hasWord(node, word);
    if (isThere) group.setWord('removeSpecifier', node, word, false);
    return isThere;
  }
  const { file, words, behind } = wordsFor(rewriter, node, word, 'removeSpecifier');
  const found = words.find(({ text }) => text === word);
  if (!found) return false;
  const { bytes } = file;
  let { begin, end } = found;
  if (behind) while (isBlank(bytes[begin - 1])) begin--;
  else while (isBlank(bytes[end])) end++;
  rewriter.stage('removeSpecifier', String(node), [{ file, begin, end, pieces: [] }]);
  return true;
}

/** Puts an attribute at a declaration: `[[nodiscard]]`, `__attribute__((unused))`. */
export function addAttribute(rewriter: Rewriter, node: Decl, attribute: string): void {
  if (declaredTogether(node).length > 1) {
    rewriter.declarators(node).addAttribute('addAttribute', node, attribute);
    return;
  }
  const { file, begin } = rewriter.rangeOf(node, 'addAttribute');
  const { bytes } = file;
  if (node.is(TagDecl)) {
    // `struct [[x]] S`, `enum class [[x]] E`
    let at = tokenEnd(bytes, begin);
    const next = skipTrivia(bytes, at);
    if (/^(class|struct)$/.test(file.slice(next, tokenEnd(bytes, next)))) at = tokenEnd(bytes, next);
    rewriter.stage('addAttribute', String(node), [{ file, begin: at, end: at, pieces: [` ${attribute}`] }]);
  } else if (node.kind === 'EnumConstantDecl') {
    const at = tokenEnd(bytes, begin);
    rewriter.stage('addAttribute', String(node), [{ file, begin: at, end: at, pieces: [` ${attribute}`] }]);
  } else {
    const separator = node.is(FunctionDecl) && attribute.startsWith('\n') ? '\n' : ' ';
    rewriter.stage('addAttribute', String(node), [{ file, begin, end: begin, pieces: [`${attribute}${separator}`] }]);
  }
}

/**
 * Takes an attribute out, with its brackets when it is alone in them. Where it stands in the specifiers of several that are declared
 * together, the others keep it.
 */
export function removeAttribute(rewriter: Rewriter, attribute: Node): void {
  const range = withAlignment(rewriter.rangeOf(attribute, 'remove'));
  const { parent } = attribute;
  const isShared = parent?.is(Decl) && declaredTogether(parent).length > 1;
  if (isShared && rewriter.declarators(parent).removeAttribute('remove', parent, range)) return;
  const { begin, end } = attributeExtent(range);
  rewriter.stage('remove', String(attribute), [{ file: range.file, begin, end, pieces: [] }]);
}

/** Of `alignas(8)` Clang's range is the first word alone. */
function withAlignment({ file, begin, end }: FileRange): FileRange {
  const isIt = /^(_A|a)lignas$/.test(file.slice(begin, end));
  return { file, begin, end: isIt ? bracketEnd(file.bytes, skipTrivia(file.bytes, end)) : end };
}

function isBehind(node: Decl, word: Specifier): boolean {
  return BEHIND.includes(word) && node.is(FunctionDecl);
}

/** What is declared together with a declaration, where the word belongs to the specifiers that all have in common. */
function groupOf(rewriter: Rewriter, node: Decl, word: Specifier): DeclaratorGroup | undefined {
  if ((word === 'override' || word === 'final') && !node.is(CXXMethodDecl) && !node.is(TagDecl)) {
    throw new CmonsterError('EDIT_TARGET', `${node} is no method: it cannot be '${word}'`);
  }
  return isBehind(node, word) || declaredTogether(node).length === 1 ? undefined : rewriter.declarators(node);
}

function wordsFor(
  rewriter: Rewriter,
  node: Decl,
  word: Specifier,
  operation: string,
): { file: FileRange['file']; words: Word[]; behind: Word | undefined } {
  const range = rewriter.rangeOf(declaredTogether(node)[0] ?? node, operation);
  const { file } = range;
  if (isBehind(node, word)) return { file, ...wordsBehind(rewriter, node as FunctionDecl, operation) };
  const { bytes } = file;
  let limit = typeBegin(bytes, range.begin, range.end);
  // `const static int`
  while (QUALIFIERS.has(file.slice(limit, tokenEnd(bytes, limit)))) {
    limit = typeBegin(bytes, skipTrivia(bytes, tokenEnd(bytes, limit)), range.end);
  }
  return { file, words: wordsBetween(file, range.begin, limit), behind: undefined };
}

function wordsBetween(file: FileRange['file'], begin: number, end: number): Word[] {
  const { bytes } = file;
  const words: Word[] = [];
  for (let at = begin; at < end; ) {
    const last = bytes[at] === 91 || bytes[at] === 40 ? bracketEnd(bytes, at) : tokenEnd(bytes, at);
    words.push({ text: file.slice(at, last), begin: at, end: last });
    at = skipTrivia(bytes, last);
  }
  return words;
}

/** What follows the parameters, up to the body, the initialisers, `= 0` or the semicolon. */
function wordsBehind(rewriter: Rewriter, fn: FunctionDecl, operation: string): { words: Word[]; behind: Word } {
  const [typeLoc] = fn.find(FunctionTypeLoc, undefined, { typeLocs: true });
  if (!typeLoc) throw new CmonsterError('EDIT_TARGET', `${fn} has no parameter list in the source`);
  const close = rewriter.rangeOf(fn.tu.range(typeLoc.rParenLoc.raw, typeLoc.rParenLoc.raw), operation);
  const { file, end } = close;
  const { bytes } = file;
  const behind: Word = { text: ')', begin: end, end };
  const words: Word[] = [];
  let at = skipTrivia(bytes, end);
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    // `{`, `;`, `=`, `:`
    if (byte === 123 || byte === 59 || byte === 61 || byte === 58) break;
    let last = tokenEnd(bytes, at);
    let text = file.slice(at, last);
    if (text === 'try') break;
    const next = skipTrivia(bytes, last);
    if (text === '-' && bytes[last] === 62) {
      // The return type is all that follows, up to `override` and `final`.
      text = '->';
      last = arrowEnd(file, last + 1);
    } else if (text === '&' && bytes[last] === 38) {
      text = '&&';
      last++;
    } else if (byte === 91) last = bracketEnd(bytes, at);
    else if (bytes[next] === 40) last = bracketEnd(bytes, next);
    words.push({ text, begin: at, end: last });
    at = skipTrivia(bytes, last);
  }
  return { words, behind };
}

function arrowEnd(file: FileRange['file'], offset: number): number {
  const { bytes } = file;
  let end = offset;
  for (let at = skipTrivia(bytes, offset); at < bytes.length; at = skipTrivia(bytes, end)) {
    const byte = bytes[at] as number;
    if (byte === 123 || byte === 59 || byte === 61) break;
    const last = byte === 40 || byte === 91 ? bracketEnd(bytes, at) : tokenEnd(bytes, at);
    if (/^(override|final|try|requires)$/.test(file.slice(at, last))) break;
    end = last;
  }
  return end;
}
