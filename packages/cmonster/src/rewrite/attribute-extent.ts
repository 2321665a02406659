/** What goes when an attribute goes. */
import type { FileRange } from '../source/location.js';
import { isBlank } from './lex.js';

const OPENING = /(?:\[\[(?:\s*using\s+\w+\s*:)?|__attribute__\s*\(\(|__declspec\s*\()\s*$/;
const CLOSING = /^\s*(?:\]\s*\]|\)\s*\)|\))/;

/** Its brackets when it is alone in them, otherwise a comma. */
export function attributeExtent({ file, begin, end }: FileRange): { begin: number; end: number } {
  const { bytes } = file;
  const before = file.slice(Math.max(0, begin - 200), begin);
  const behind = file.slice(end, end + 200);
  const opening = OPENING.exec(before);
  const closing = CLOSING.exec(behind);
  const length = (match: RegExpExecArray): number => Buffer.byteLength(match[0]);
  if (opening && closing) return { begin: begin - length(opening), end: blanksEnd(bytes, end + length(closing)) };
  const separator = /^\s*,\s*/.exec(behind);
  if (separator) return { begin, end: end + length(separator) };
  const comma = /\s*,\s*$/.exec(before);
  return comma ? { begin: begin - length(comma), end } : { begin, end: blanksEnd(bytes, end) };
}

/** A word of specifiers, `[[a, b(1)]]`, without some of its attributes; empty when none is left. */
export function withoutAttributes(word: string, gone: readonly string[]): string {
  const [head = ''] = /^(?:\[\[(?:\s*using\s+\w+\s*:)?|__attribute__\s*\(\(|__declspec\s*\()/.exec(word) ?? [];
  const [tail = ''] = (head === '' ? undefined : /(?:\]\s*\]|\)\s*\)|\))$/.exec(word)) ?? [];
  const parts: string[] = [''];
  let depth = 0;
  // A string or a character is one piece, whatever it holds.
  for (const [piece] of word.slice(head.length, word.length - tail.length).matchAll(/(["'])(?:\\.|.)*?\1|./gs)) {
    if (piece === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += piece;
    if (/^[([{]$/.test(piece)) depth++;
    else if (/^[)\]}]$/.test(piece)) depth--;
  }
  const left = parts.map((part) => part.trim()).filter((part) => part !== '' && !gone.includes(part));
  const space = /:$/.test(head) ? ' ' : '';
  return left.length === 0 ? '' : `${head}${space}${left.join(', ')}${tail}`;
}

function blanksEnd(bytes: Uint8Array, offset: number): number {
  let end = offset;
  while (isBlank(bytes[end])) end++;
  return end;
}
