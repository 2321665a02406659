/**
 * The AST as columns: docs/formats/snapshot.md.
 *
 * The columns are views of the one buffer that the frontend sent; nothing is copied or unpacked until a delta makes a
 * column longer. Then the column moves to an array with room to grow: the fields below are replaced, so code that keeps a
 * column in a local variable sees the rows there were.
 */
import { isAscii } from 'node:buffer';
import { CmonsterError } from '../error.js';
import { decodeText, SNAPSHOT_VERSION } from './protocol.js';

const MAGIC = 0x4e534d43;
const HEADER_BYTES = 16;
const SECTION_BYTES = 24;

/** The kinds that stand for no class. */
export const NULL_KIND = 0;
export const LINK_KIND = 1;

const EMPTY8 = new Uint8Array(0);
const EMPTY16 = new Uint16Array(0);
const EMPTY32 = new Uint32Array(0);

type Column = Uint8Array | Uint16Array | Uint32Array;

/** The columns by their number in the container; those that deltas extend come in the delta's order. */
const rowColumns = { 1: 'kind', 2: 'end', 3: 'begin', 4: 'last', 5: 'type', 6: 'bits', 7: 'a', 8: 'b' } as const;
const typeColumns = {
  16: 'typeKind',
  17: 'typeQualifiers',
  18: 'typeInner',
  19: 'typeDecl',
  20: 'typeCanonical',
} as const;
const otherColumns = {
  24: 'stringEnd',
  25: 'stringBytes',
  32: 'slocOffset',
  33: 'slocA',
  34: 'slocB',
  35: 'slocC',
  36: 'slocFlags',
  37: 'lineEntries',
  48: 'macros',
  49: 'expansions',
  50: 'includes',
  51: 'skipped',
  52: 'conditionals',
  53: 'visits',
  54: 'visitTimes',
} as const;
const columns = { ...rowColumns, ...typeColumns, ...otherColumns } as const;
type ColumnName = (typeof columns)[keyof typeof columns];

export class Snapshot {
  /** Rows there are; the columns may be longer. */
  rows = 0;
  kind: Uint16Array = EMPTY16;
  end: Uint32Array = EMPTY32;
  begin: Uint32Array = EMPTY32;
  last: Uint32Array = EMPTY32;
  type: Uint32Array = EMPTY32;
  bits: Uint32Array = EMPTY32;
  a: Uint32Array = EMPTY32;
  b: Uint32Array = EMPTY32;

  types = 0;
  typeKind: Uint16Array = EMPTY16;
  typeQualifiers: Uint16Array = EMPTY16;
  typeInner: Uint32Array = EMPTY32;
  typeDecl: Uint32Array = EMPTY32;
  typeCanonical: Uint32Array = EMPTY32;

  strings = 0;
  stringEnd: Uint32Array = EMPTY32;
  stringBytes: Uint8Array = EMPTY8;
  private stringSize = 0;
  private text: Buffer;
  private decoded: (string | undefined)[] = [];
  /** All strings that came with the snapshot, when they are ASCII: then each is a part of this, and nothing is decoded one by one. */
  private whole: string | undefined;

  slocOffset: Uint32Array = EMPTY32;
  slocA: Uint32Array = EMPTY32;
  slocB: Uint32Array = EMPTY32;
  slocC: Uint32Array = EMPTY32;
  slocFlags: Uint8Array = EMPTY8;
  lineEntries: Uint32Array = EMPTY32;
  macros: Uint32Array = EMPTY32;
  expansions: Uint32Array = EMPTY32;
  includes: Uint32Array = EMPTY32;
  skipped: Uint32Array = EMPTY32;
  conditionals: Uint32Array = EMPTY32;
  visits: Uint32Array = EMPTY32;
  visitTimes: Uint32Array = EMPTY32;

  private parents: Uint32Array = EMPTY32;
  private parentsKnown = 1;

  constructor(buffer: ArrayBuffer) {
    const view = new DataView(buffer);
    if (buffer.byteLength < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) throw damaged('it has no header');
    const version = view.getUint32(4, true);
    if (version !== SNAPSHOT_VERSION) throw damaged(`it is of version ${version}, not ${SNAPSHOT_VERSION}`);
    const count = view.getUint32(8, true);
    if (HEADER_BYTES + count * SECTION_BYTES > buffer.byteLength) throw damaged('its table is cut short');
    for (let i = 0; i < count; i++) this.section(buffer, view, HEADER_BYTES + i * SECTION_BYTES);
    this.rows = this.kind.length;
    this.types = this.typeKind.length;
    this.strings = this.stringEnd.length;
    this.stringSize = this.stringBytes.length;
    this.text = asBuffer(this.stringBytes);
    for (const name of Object.values(rowColumns)) this.expect(name, this.rows);
    for (const name of Object.values(typeColumns)) this.expect(name, this.types);
    for (const name of ['slocA', 'slocB', 'slocC', 'slocFlags'] as const) this.expect(name, this.slocOffset.length);
  }

  private section(buffer: ArrayBuffer, view: DataView, at: number): void {
    const id = view.getUint32(at, true);
    const name: ColumnName | undefined = (columns as Record<number, ColumnName>)[id];
    if (name === undefined) return;
    const offset = Number(view.getBigUint64(at + 8, true));
    const byteLength = Number(view.getBigUint64(at + 16, true));
    const size = this[name].BYTES_PER_ELEMENT;
    if (offset + byteLength > buffer.byteLength || offset % size !== 0 || byteLength % size !== 0) {
      throw damaged(`its section ${id} reaches beyond its end`);
    }
    this.assign(name, newColumn(this[name], buffer, offset, byteLength / size));
  }

  private assign(name: ColumnName, column: Column): void {
    (this as unknown as Record<string, Column>)[name] = column;
  }

  private expect(name: ColumnName, length: number): void {
    if (this[name].length !== length)
      throw damaged(`its column '${name}' has ${this[name].length} of ${length} elements`);
  }

  // --- Reading ------------------------------------------------------------------------------------------------------

  /** The string of this index, decoded once. */
  string(index: number): string {
    const known = this.decoded[index];
    if (known !== undefined) return known;
    if (index >= this.strings) throw damaged(`it names a string ${index} that it does not have`);
    if (this.whole === undefined) {
      this.whole = isAscii(this.text) ? this.text.toString('latin1') : '';
      this.decoded = new Array(this.strings);
    }
    const begin = index === 0 ? 0 : (this.stringEnd[index - 1] as number);
    const end = this.stringEnd[index] as number;
    const text = end <= this.whole.length ? this.whole.slice(begin, end) : decodeText(this.text, begin, end);
    this.decoded[index] = text;
    return text;
  }

  /** The row itself, or what it links to. */
  resolve(row: number): number {
    return this.kind[row] === LINK_KIND ? (this.a[row] as number) : row;
  }

  /** One past the row's last descendant; also for a row that is not expanded. */
  endOf(row: number): number {
    const end = this.end[row] as number;
    return end > row ? end : row + 1;
  }

  isExpanded(row: number): boolean {
    return this.end[row] !== 0;
  }

  /** The row of which this is a child in the snapshot's own order; 0 for the root and for what was appended. */
  parentOf(row: number): number {
    if (row >= this.parentsKnown) this.findParents();
    return this.parents[row] as number;
  }

  /** One pass: the parents found so far serve as the stack. */
  private findParents(): void {
    const { rows, end } = this;
    const parents = this.parents.length >= rows ? this.parents : enlarge(this.parents, rows);
    for (let row = this.parentsKnown; row < rows; row++) {
      let parent = row - 1;
      while (parent !== 0 && (end[parent] as number) <= row) parent = parents[parent] as number;
      parents[row] = parent;
    }
    this.parents = parents;
    this.parentsKnown = rows;
  }

  /** Lets go of the memory. Whatever still holds this snapshot sees an empty one. */
  clear(): void {
    for (const name of Object.values(columns)) this.assign(name, newColumn(this[name], new ArrayBuffer(0), 0, 0));
    this.rows = this.types = this.strings = this.stringSize = 0;
    this.text = asBuffer(EMPTY8);
    this.decoded = [];
    this.whole = undefined;
    this.parents = EMPTY32;
  }

  /** Whether another snapshot holds what this one held when it was that long: the same source gives the same rows. */
  startsLike(other: Snapshot, size: { rows: number; types: number; strings: number }): boolean {
    if (other.rows !== size.rows || other.types !== size.types || other.strings !== size.strings) return false;
    for (const name of Object.values(rowColumns)) if (!samePrefix(this[name], other[name], size.rows)) return false;
    for (const name of Object.values(typeColumns)) if (!samePrefix(this[name], other[name], size.types)) return false;
    return samePrefix(this.stringBytes, other.stringBytes, other.stringBytes.length);
  }

  /** Adds entries of the location table, as the operation SOURCES brings them. */
  appendSources(parts: readonly Uint8Array[], lineEntries: Uint8Array): void {
    const names = ['slocOffset', 'slocA', 'slocB', 'slocC', 'slocFlags'] as const;
    names.forEach((name, i) => {
      this.assign(name, extended(this[name], parts[i] as Uint8Array));
    });
    this.lineEntries = extended(EMPTY32, lineEntries);
  }

  // --- Growing ------------------------------------------------------------------------------------------------------

  /** Adds what an answer brought. Gives the first new row. */
  append(delta: Uint8Array): number {
    const view = new DataView(delta.buffer, delta.byteOffset, delta.length);
    if (delta.length < 20) throw damaged('a delta has no header');
    const [rows, types, strings, bytes] = [0, 4, 8, 12].map((at) => view.getUint32(at, true)) as [
      number,
      number,
      number,
      number,
    ];
    const first = this.rows;
    let at = 20;
    const take = (name: ColumnName, used: number, count: number): void => {
      const size = count * this[name].BYTES_PER_ELEMENT;
      if (at + size > delta.length) throw damaged('a delta is cut short');
      if (count > 0) {
        // Copied first: a delta lies anywhere in the answer's buffer, a column's elements must be aligned.
        const data = newColumn(this[name], new Uint8Array(delta.subarray(at, at + size)).buffer, 0, count);
        const grown = this[name].length >= used + count ? this[name] : enlarge(this[name], used + count);
        grown.set(data, used);
        this.assign(name, grown);
      }
      at += (size + 3) & ~3;
    };
    for (const name of Object.values(rowColumns)) take(name, this.rows, rows);
    for (const name of Object.values(typeColumns)) take(name, this.types, types);
    take('stringEnd', this.strings, strings);
    take('stringBytes', this.stringSize, bytes);
    this.rows += rows;
    this.types += types;
    this.strings += strings;
    this.stringSize += bytes;
    this.text = asBuffer(this.stringBytes);
    return first;
  }
}

/** The column with more behind it. */
function extended<T extends Column>(column: T, more: Uint8Array): T {
  const size = column.BYTES_PER_ELEMENT;
  const longer = newColumn(
    column,
    new ArrayBuffer(column.length * size + more.length),
    0,
    column.length + more.length / size,
  ) as T;
  longer.set(column);
  // Copied: what comes in an answer need not be aligned.
  longer.set(newColumn(column, new Uint8Array(more).buffer, 0, more.length / size), column.length);
  return longer;
}

function newColumn(like: Column, buffer: ArrayBuffer, offset: number, length: number): Column {
  if (like instanceof Uint8Array) return new Uint8Array(buffer, offset, length);
  if (like instanceof Uint16Array) return new Uint16Array(buffer, offset, length);
  return new Uint32Array(buffer, offset, length);
}

/** A longer copy with room for as much again as a half. */
function enlarge<T extends Column>(column: T, needed: number): T {
  const capacity = Math.ceil(needed * 1.5) + 64;
  const grown = newColumn(column, new ArrayBuffer(capacity * column.BYTES_PER_ELEMENT), 0, capacity) as T;
  grown.set(column);
  return grown;
}

function samePrefix(a: Column, b: Column, length: number): boolean {
  const size = length * a.BYTES_PER_ELEMENT;
  return Buffer.from(a.buffer, a.byteOffset, size).equals(Buffer.from(b.buffer, b.byteOffset, size));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function damaged(how: string): CmonsterError {
  return new CmonsterError('SNAPSHOT', `the frontend's snapshot is damaged: ${how}`);
}
