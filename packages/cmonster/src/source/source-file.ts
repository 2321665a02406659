/** A file (or a buffer) as Clang saw it. Offsets and columns count bytes, as Clang's do. */
import { isAscii, isUtf8 } from 'node:buffer';
import { lastStart } from './last-start.js';
import { Token, type TokenHost } from './tokens.js';

/** What a file asks its translation unit for. */
export interface SourceFileHost extends TokenHost {
  fileBytes(file: number): Uint8Array;
  /** Offsets at which its lines start, where they can be had for less than its bytes; empty for a file that is not known. */
  fileLines?(file: number): Uint32Array | undefined;
  /** Raw location of the file's first byte, 0 when Clang never entered it. */
  fileStart(file: number): number;
  locationAt(raw: number): import('./location.js').Location;
}

export interface SourceFileInfo {
  name: string;
  path: string;
  size: number;
  kind: 'file' | 'buffer';
}

/** Where a text differs from its bytes, every so many bytes. */
const CHECKPOINT = 1024;

export class SourceFile {
  readonly index: number;
  /** As Clang names it: for an included file, as it was found (`./a.h`). */
  readonly name: string;
  /** Absolute; empty for a buffer that is no file. */
  readonly path: string;
  readonly size: number;
  /** `buffer`: not a file, such as `<built-in>` and `<command line>`. */
  readonly kind: 'file' | 'buffer';
  private readonly host: SourceFileHost;
  private loaded: Buffer | undefined;
  private starts: Uint32Array | undefined;
  private encodingFound: 'ascii' | 'utf8' | 'latin1' | undefined;
  private checkpoints: Uint32Array | undefined;
  private tokenList: Token[] | undefined;
  private lastLine = 1;

  constructor(host: SourceFileHost, index: number, info: SourceFileInfo) {
    this.host = host;
    this.index = index;
    this.name = info.name;
    this.path = info.path;
    this.size = info.size;
    this.kind = info.kind;
  }

  get bytes(): Uint8Array {
    return this.buffer;
  }

  private get buffer(): Buffer {
    if (!this.loaded) {
      const bytes = this.host.fileBytes(this.index);
      this.loaded = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    return this.loaded;
  }

  /** `latin1` means that the bytes are not UTF-8: then each byte is one character, so that the text still holds them all. */
  get encoding(): 'ascii' | 'utf8' | 'latin1' {
    if (!this.encodingFound) {
      const { buffer } = this;
      this.encodingFound = isAscii(buffer) ? 'ascii' : isUtf8(buffer) ? 'utf8' : 'latin1';
    }
    return this.encodingFound;
  }

  get text(): string {
    return this.slice(0, this.buffer.length);
  }

  /** The text between two byte offsets. */
  slice(begin: number, end: number): string {
    return this.buffer.toString(this.encoding === 'utf8' ? 'utf8' : 'latin1', begin, end);
  }

  /** The bytes of a text in this file's encoding: the reverse of `slice`. */
  encode(text: string): Uint8Array {
    return Buffer.from(text, this.encoding === 'latin1' ? 'latin1' : 'utf8');
  }

  // --- Lines --------------------------------------------------------------------------------------------------------

  /** Offsets at which lines start; a line ends with \n, \r or \r\n, as in Clang's LineOffsetMapping. */
  get lineStarts(): Uint32Array {
    return this.starts ?? this.findLines();
  }
  private findLines(): Uint32Array {
    const told = this.loaded ? undefined : this.host.fileLines?.(this.index);
    this.starts ??= told ?? lineStarts(this.buffer);
    return this.starts;
  }
  /** For the host, which is told of many files at once. */
  takeLines(starts: Uint32Array): void {
    this.starts ??= starts;
  }

  /** The line (from 1) that holds the offset. */
  lineOf(offset: number): number {
    this.lastLine = lastStart(this.lineStarts, offset, this.lastLine - 1) + 1;
    return this.lastLine;
  }

  /** The column (from 1, in bytes) of the offset in its line. */
  columnOf(offset: number): number {
    return offset - (this.lineStarts[this.lineOf(offset) - 1] as number) + 1;
  }

  /** The line's text without its end; empty for a line that is not there. */
  line(number: number): string {
    const [begin, end] = this.lineSpan(number);
    return this.slice(begin, end);
  }

  /** The line's offsets without its end. */
  lineSpan(number: number): readonly [begin: number, end: number] {
    const starts = this.lineStarts;
    const begin = starts[number - 1];
    if (begin === undefined) return [this.buffer.length, this.buffer.length];
    let end = starts[number] ?? this.buffer.length;
    while (end > begin && isNewline(this.buffer[end - 1] as number)) end--;
    return [begin, end];
  }

  offsetAt(line: number, column = 1): number {
    return (this.lineStarts[line - 1] ?? this.buffer.length) + column - 1;
  }

  // --- UTF-16 -------------------------------------------------------------------------------------------------------

  /** From an offset in bytes to one in `text` (UTF-16 code units), and back. */
  toTextOffset(offset: number): number {
    if (this.encoding !== 'utf8') return offset;
    const known = this.textOffsets();
    const at = Math.floor(offset / CHECKPOINT);
    return (known[at] as number) + unitsBetween(this.buffer, at * CHECKPOINT, offset);
  }

  toByteOffset(textOffset: number): number {
    if (this.encoding !== 'utf8') return textOffset;
    const known = this.textOffsets();
    let low = 0;
    let high = known.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((known[middle] as number) <= textOffset) low = middle;
      else high = middle;
    }
    let units = known[low] as number;
    let offset = low * CHECKPOINT;
    while (units < textOffset && offset < this.buffer.length) units += units16(this.buffer[offset++] as number);
    while (offset < this.buffer.length && isContinuation(this.buffer[offset] as number)) offset++;
    return offset;
  }

  private textOffsets(): Uint32Array {
    if (!this.checkpoints) {
      const { buffer } = this;
      const table = new Uint32Array(Math.floor(buffer.length / CHECKPOINT) + 1);
      for (let at = 1; at < table.length; at++) {
        table[at] = (table[at - 1] as number) + unitsBetween(buffer, (at - 1) * CHECKPOINT, at * CHECKPOINT);
      }
      this.checkpoints = table;
    }
    return this.checkpoints;
  }

  // --- Tokens -------------------------------------------------------------------------------------------------------

  /** The file's tokens before preprocessing, comments among them. */
  get tokens(): readonly Token[] {
    if (!this.tokenList) {
      const raw = this.host.fileTokens(this.index);
      this.tokenList = new Array(raw.length / 3);
      for (let i = 0; i < this.tokenList.length; i++) {
        this.tokenList[i] = new Token(this, raw[i * 3] as number, raw[i * 3 + 1] as number, raw[i * 3 + 2] as number);
      }
    }
    return this.tokenList;
  }

  /** The tokens that begin in [begin, end). */
  tokensBetween(begin: number, end: number): Token[] {
    const { tokens } = this;
    let low = 0;
    let high = tokens.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((tokens[middle] as Token).offset < begin) low = middle + 1;
      else high = middle;
    }
    let last = low;
    while (last < tokens.length && (tokens[last] as Token).offset < end) last++;
    return tokens.slice(low, last);
  }

  tokenKindName(kind: number): string {
    return this.host.tokenKinds[kind] ?? 'unknown';
  }

  /** The location of an offset: in the first of the file's inclusions. */
  location(offset: number): import('./location.js').Location {
    const start = this.host.fileStart(this.index);
    return this.host.locationAt(start === 0 ? 0 : start + offset);
  }

  toString(): string {
    return this.name;
  }
}

export function isNewline(byte: number): boolean {
  return byte === 10 || byte === 13;
}

function lineStarts(bytes: Buffer): Uint32Array {
  let starts = new Uint32Array(Math.max(64, bytes.length >>> 4));
  let count = 1;
  // Two searches that jump are faster than one look at each byte; most files have no \r at all.
  let cr = bytes.indexOf(13);
  for (let at = 0; ; ) {
    const lf = bytes.indexOf(10, at);
    let next = lf;
    if (cr !== -1 && (lf === -1 || cr < lf)) {
      next = cr + 1 === lf ? lf : cr;
      cr = bytes.indexOf(13, next + 1);
    }
    if (next === -1) break;
    at = next + 1;
    if (count === starts.length) {
      const grown = new Uint32Array(count * 2);
      grown.set(starts);
      starts = grown;
    }
    starts[count++] = at;
  }
  return starts.slice(0, count);
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** UTF-16 code units that start with this byte of valid UTF-8: a sequence of four bytes gives two. */
function units16(byte: number): number {
  return isContinuation(byte) ? 0 : byte >= 0xf0 ? 2 : 1;
}

function unitsBetween(bytes: Buffer, begin: number, end: number): number {
  let units = 0;
  for (let i = begin; i < end; i++) units += units16(bytes[i] as number);
  return units;
}
