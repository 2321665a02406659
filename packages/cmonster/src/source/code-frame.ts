/** The lines of code under a diagnostic, with the caret, the ranges and the proposed changes: clang::TextDiagnostic. */
import type { Position } from './location.js';
import type { SourceFile } from './source-file.js';

/** Offsets into the caret's file. */
export interface FrameSpan {
  begin: number;
  /** Where the last token starts. */
  last: number;
  end: number;
  /** The line of `begin` as presumed. */
  line: number;
}

export interface Hint {
  file: SourceFile;
  begin: number;
  end: number;
  code: string;
}

const TAB_STOP = 8;
const LINE_LIMIT = 16;
const LONGEST_LINE = 4096;
const NUMBER_WIDTH = 4;

const RESET = '\u001b[0m';
const CARET_COLOUR = '\u001b[0;1;32m';
const FIXIT_COLOUR = '\u001b[0;32m';

/** One line's characters, where each starts in bytes, and at which column of the terminal. */
interface LineMap {
  printed: string;
  /** By byte: the column, -1 inside of a character; one more for the line's end. */
  columns: number[];
  bytes: Uint8Array;
}

export function codeFrame(
  caret: Position,
  displayedLine: number,
  spans: readonly FrameSpan[],
  hints: readonly Hint[],
  colour: boolean,
): string {
  const { file } = caret;
  const caretLine = caret.line;
  const caretColumn = caret.column;
  if (caretColumn > LONGEST_LINE) return '';
  let lines: readonly [number, number] = [caretLine, caretLine];
  let displayed = displayedLine;
  for (const span of spans) {
    lines = addLines(lines, [file.lineOf(span.begin), file.lineOf(span.last)]);
    displayed = Math.min(displayed, span.line);
  }
  const width = Math.max(NUMBER_WIDTH, String(displayed + LINE_LIMIT).length);
  const gutter = `${' '.repeat(width + 2)}| `;
  let text = '';
  for (let line = lines[0]; line <= lines[1]; line++, displayed++) {
    const [begin, end] = file.lineSpan(line);
    if (begin >= file.bytes.length) break;
    if (end - begin > LONGEST_LINE) return text;
    const map = lineMap(
      file.bytes.subarray(begin, trimNuls(file.bytes, begin, end, line === caretLine ? caretColumn : 0)),
    );
    let marks = '';
    for (const span of spans) marks = highlight(marks, map, lineColumns(file, span, line, begin, end));
    if (line === caretLine) {
      const column = columnOf(map, caretColumn - 1);
      marks = `${marks.slice(0, column).padEnd(column)}^${marks.slice(column + 1)}`;
    }
    const insertions = insertionLine(hints, file, line, begin, map);
    text += `${String(displayed).padStart(width + 1)} | ${map.printed}${colour ? RESET : ''}\n`;
    if (marks !== '') text += colour ? `${gutter}${CARET_COLOUR}${marks}\n${RESET}` : `${gutter}${marks}\n`;
    if (insertions !== '') {
      text += colour ? `${gutter}${FIXIT_COLOUR}${insertions}\n${RESET}` : `${gutter}${insertions}\n`;
    }
  }
  return text;
}

function trimNuls(bytes: Uint8Array, begin: number, end: number, keep: number): number {
  let last = end;
  while (last > begin && bytes[last - 1] === 0 && last - begin > keep) last--;
  return last;
}

/** maybeAddRange: as much of the second range as the limit of lines lets in. */
function addLines(a: readonly [number, number], b: readonly [number, number]): readonly [number, number] {
  let slack = LINE_LIMIT - (a[1] - a[0] + 1);
  if (slack === 0) return a;
  const min = Math.min(a[0], b[0]);
  const max = Math.max(a[1], b[1]);
  if (max - min + 1 <= LINE_LIMIT) return [min, max];
  if ((b[0] > a[0] && b[0] - a[0] + 1 > LINE_LIMIT) || (b[1] < a[1] && a[1] - b[1] + 1 > LINE_LIMIT)) return a;
  let last = Math.min(a[1] + Math.floor((slack + 1) / 2), max);
  slack = LINE_LIMIT - (last - a[0] + 1);
  const first = Math.max(min + slack, a[0]) - slack;
  last = Math.min(first + LINE_LIMIT - 1, max);
  return [first, last];
}

/** The part of a span in one line, as bytes from the line's start; undefined when there is none. */
function lineColumns(
  file: SourceFile,
  span: FrameSpan,
  line: number,
  begin: number,
  end: number,
): readonly [number, number] | undefined {
  const first = file.lineOf(span.begin);
  const last = file.lineOf(span.last);
  if (line < first || line > last) return undefined;
  return [line === first ? span.begin - begin : 0, line === last ? span.end - begin : end - begin];
}

function highlight(marks: string, map: LineMap, columns: readonly [number, number] | undefined): string {
  if (!columns) return marks;
  const { bytes } = map;
  let [from, to] = columns;
  const blank = (at: number): boolean => bytes[at] === 32 || bytes[at] === 9;
  while (from < bytes.length && blank(from)) from++;
  to = Math.min(to, bytes.length);
  while (to > 0 && blank(to - 1)) to--;
  if (from > to) return marks;
  const begin = columnOf(map, from);
  const end = columnOf(map, to);
  return `${marks.slice(0, begin).padEnd(begin)}${'~'.repeat(end - begin)}${marks.slice(end)}`;
}

/** buildFixItInsertionLine */
function insertionLine(hints: readonly Hint[], file: SourceFile, line: number, begin: number, map: LineMap): string {
  let text = '';
  let previous = 0;
  for (const hint of hints) {
    if (hint.code === '' || hint.file !== file || /[\n\r]/.test(hint.code) || file.lineOf(hint.begin) !== line)
      continue;
    let column = columnOf(map, Math.min(hint.begin - begin, map.bytes.length));
    if (column < previous) column = previous + 1;
    text = text.padEnd(text.length + (column - previous)) + hint.code;
    previous = column + displayWidth(hint.code);
  }
  return text;
}

/** The column at which the character that holds the byte starts. */
function columnOf(map: LineMap, byte: number): number {
  let at = Math.min(byte, map.bytes.length);
  while (at > 0 && map.columns[at] === -1) at--;
  return map.columns[at] ?? 0;
}

function lineMap(bytes: Uint8Array): LineMap {
  const columns: number[] = new Array(bytes.length + 1).fill(-1);
  let printed = '';
  let column = 0;
  for (let at = 0; at < bytes.length; ) {
    columns[at] = column;
    const [shown, size] = printable(bytes, at, column);
    printed += shown;
    column += displayWidth(shown);
    at += size;
  }
  columns[bytes.length] = column;
  return { printed, columns, bytes };
}

/** printableTextForNextCharacter: what is shown for the character at a byte, and how many bytes it has. */
function printable(bytes: Uint8Array, at: number, column: number): readonly [shown: string, size: number] {
  const byte = bytes[at] as number;
  if (byte === 9) return [' '.repeat(TAB_STOP - (column % TAB_STOP)), 1];
  if (byte >= 32 && byte < 127) return [String.fromCharCode(byte), 1];
  const size = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(size, bytes.length - at)).toString('utf8');
  if (text.length === 0 || text.includes('\ufffd') || at + size > bytes.length) {
    return [`<${byte.toString(16).toUpperCase().padStart(2, '0')}>`, 1];
  }
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\p{Cf}]$/u.test(text)) return [text, size];
  return [`<U+${(text.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}>`, size];
}

/** Columns of a terminal: none for marks that combine, two for wide characters. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code < 0x300) width += 1;
    else if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character)) width += 0;
    else width += isWide(code) ? 2 : 1;
  }
  return width;
}

const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function isWide(code: number): boolean {
  return WIDE.some(([first, last]) => code >= first && code <= last);
}
