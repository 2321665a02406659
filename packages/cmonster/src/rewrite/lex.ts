/**
 * Just enough of a lexer to go on from a place where a token starts or has ended. Clang's own lexer is asked where more is
 * needed; this one costs no question.
 */

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const SLASH = 47;
const STAR = 42;
const BACKSLASH = 92;

/** Where the next token starts: behind blanks, line ends, comments and spliced lines. */
export function skipTrivia(bytes: Uint8Array, offset: number): number {
  let at = offset;
  for (;;) {
    const byte = bytes[at];
    if (byte === SPACE || (byte !== undefined && byte >= 9 && byte <= RETURN)) at++;
    else if (byte === SLASH && bytes[at + 1] === SLASH) at = lineCommentEnd(bytes, at + 2);
    else if (byte === SLASH && bytes[at + 1] === STAR) at = blockCommentEnd(bytes, at + 2);
    else if (byte === BACKSLASH && isNewline(bytes[at + 1])) at += 2;
    else return at;
  }
}

function lineCommentEnd(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (at < bytes.length && !(isNewline(bytes[at]) && !isSpliced(bytes, at))) at++;
  return at;
}

/** Whether the line that ends here goes on in the next one. */
function isSpliced(bytes: Uint8Array, newline: number): boolean {
  let at = newline - 1;
  if (bytes[newline] === NEWLINE && bytes[at] === RETURN) at--;
  return bytes[at] === BACKSLASH;
}

function blockCommentEnd(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (at < bytes.length && !(bytes[at] === STAR && bytes[at + 1] === SLASH)) at++;
  return Math.min(at + 2, bytes.length);
}

export function isNewline(byte: number | undefined): boolean {
  return byte === NEWLINE || byte === RETURN;
}

/** Blanks of one line. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === 9 || byte === 11 || byte === 12;
}

/** Where the line that holds the offset starts. */
export function lineStart(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (at > 0 && !isNewline(bytes[at - 1])) at--;
  return at === 0 ? afterMark(bytes) : at;
}

/** Where the line that holds the offset ends, its line end left out. */
export function lineEnd(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (at < bytes.length && !isNewline(bytes[at])) at++;
  return at;
}

/** Where the next line starts, or the file ends. */
export function nextLine(bytes: Uint8Array, offset: number): number {
  const end = lineEnd(bytes, offset);
  return Math.min(bytes[end] === RETURN && bytes[end + 1] === NEWLINE ? end + 2 : end + 1, bytes.length);
}

/** Behind a byte order mark. */
export function afterMark(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** Whether there are only blanks before the offset in its line. */
export function isFirstOnLine(bytes: Uint8Array, offset: number): boolean {
  const start = lineStart(bytes, offset);
  for (let at = start; at < offset; at++) if (!isBlank(bytes[at])) return false;
  return true;
}

/** Where the line's text ends when only blanks and comments follow the offset in it; undefined when more does. */
export function restIsTrivia(bytes: Uint8Array, offset: number): number | undefined {
  let at = offset;
  for (;;) {
    const byte = bytes[at];
    if (byte === undefined || isNewline(byte)) return at;
    if (isBlank(byte)) at++;
    else if (byte === SLASH && bytes[at + 1] === SLASH) return lineCommentEnd(bytes, at + 2);
    else if (byte === SLASH && bytes[at + 1] === STAR) at = blockCommentEnd(bytes, at + 2);
    else return undefined;
  }
}

/** The blanks that the line of the offset starts with. */
export function indentationAt(bytes: Uint8Array, offset: number): string {
  const start = lineStart(bytes, offset);
  let end = start;
  while (isBlank(bytes[end])) end++;
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** How the file ends its lines: as its first line does. */
export function lineEnding(bytes: Uint8Array): '\n' | '\r\n' {
  const newline = bytes.indexOf(NEWLINE);
  return newline > 0 && bytes[newline - 1] === RETURN ? '\r\n' : '\n';
}

const QUOTE = 34;
const APOSTROPHE = 39;

function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (
    (byte >= 97 && byte <= 122) ||
    (byte >= 65 && byte <= 90) ||
    (byte >= 48 && byte <= 57) ||
    byte === 95 ||
    byte >= 128
  );
}

/** Where the token that starts at an offset ends. Punctuation counts byte by byte: it is enough to find brackets and commas. */
export function tokenEnd(bytes: Uint8Array, offset: number): number {
  const first = bytes[offset];
  if (first === undefined) return offset;
  if (first === QUOTE || first === APOSTROPHE) return quotedEnd(bytes, offset);
  if (!isWordByte(first)) return offset + 1;
  let at = offset + 1;
  const isNumber = first >= 48 && first <= 57;
  while (isWordByte(bytes[at]) || (isNumber && (bytes[at] === APOSTROPHE || bytes[at] === 46))) at++;
  const prefix = Buffer.from(bytes.subarray(offset, at)).toString('latin1');
  if (bytes[at] === QUOTE && /^(u8|[uUL])?R$/.test(prefix)) return rawStringEnd(bytes, at);
  const isPrefix = (bytes[at] === QUOTE || bytes[at] === APOSTROPHE) && /^(u8|[uUL])$/.test(prefix);
  return isPrefix ? quotedEnd(bytes, at) : at;
}

function quotedEnd(bytes: Uint8Array, offset: number): number {
  const quote = bytes[offset];
  let at = offset + 1;
  while (at < bytes.length && bytes[at] !== quote && !isNewline(bytes[at])) at += bytes[at] === BACKSLASH ? 2 : 1;
  return Math.min(at + 1, bytes.length);
}

/** From the quote of `R"delimiter(…)delimiter"`. */
function rawStringEnd(bytes: Uint8Array, offset: number): number {
  const open = bytes.indexOf(40, offset);
  if (open < 0) return bytes.length;
  const closing = Buffer.concat([Buffer.from(')'), bytes.subarray(offset + 1, open), Buffer.from('"')]);
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(closing, open);
  return end < 0 ? bytes.length : end + closing.length;
}

const CLOSING: Readonly<Record<number, number>> = { 40: 41, 91: 93, 123: 125 };

/** Where the bracket that opens at an offset is closed: behind it; the end of the file when it isn't. */
export function bracketEnd(bytes: Uint8Array, offset: number): number {
  const open: number[] = [];
  for (let at = offset; at < bytes.length; at = skipTrivia(bytes, tokenEnd(bytes, at))) {
    const byte = bytes[at] as number;
    const closing = CLOSING[byte];
    if (closing !== undefined) open.push(closing);
    else if (byte === open[open.length - 1]) open.pop();
    if (open.length === 0) return at + 1;
  }
  return bytes.length;
}

/** What stands between brackets, parted at its commas: each without the blanks and comments around it. */
export function elementsBetween(bytes: Uint8Array, begin: number, end: number): { begin: number; end: number }[] {
  const elements: { begin: number; end: number }[] = [];
  let at = skipTrivia(bytes, begin);
  while (at < end) {
    const first = at;
    let last = at;
    while (at < end && bytes[at] !== 44) {
      last = CLOSING[bytes[at] as number] !== undefined ? bracketEnd(bytes, at) : tokenEnd(bytes, at);
      at = skipTrivia(bytes, last);
    }
    if (last > first) elements.push({ begin: first, end: Math.min(last, end) });
    if (at >= end) break;
    at = skipTrivia(bytes, at + 1);
  }
  return elements;
}
