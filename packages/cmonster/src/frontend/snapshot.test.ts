import { describe, expect, it } from 'vitest';
import { LINK_KIND, Snapshot } from './snapshot.js';

type Columns = Record<number, Uint8Array | Uint16Array | Uint32Array>;

function setWords(view: DataView, at: number, words: readonly number[]): void {
  for (const [index, word] of words.entries()) view.setUint32(at + index * 4, word, true);
}

/** docs/formats/snapshot.md, written a second time. */
function container(columns: Columns, version = 1): ArrayBuffer {
  const sections = Object.entries(columns);
  const header = 16 + sections.length * 24;
  const aligned = (size: number): number => (size + 7) & ~7;
  const size = sections.reduce((sum, [, data]) => sum + aligned(data.byteLength), aligned(header));
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  setWords(view, 0, [0x4e534d43, version, sections.length]);
  let offset = aligned(header);
  sections.forEach(([id, data], index) => {
    const at = 16 + index * 24;
    view.setUint32(at, Number(id), true);
    view.setUint32(at + 4, data.BYTES_PER_ELEMENT, true);
    view.setBigUint64(at + 8, BigInt(offset), true);
    view.setBigUint64(at + 16, BigInt(data.byteLength), true);
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += aligned(data.byteLength);
  });
  return bytes.buffer;
}

const rows = (...values: number[]): Uint32Array => Uint32Array.from(values);

/** 1 (2 (3) 4→3), 5 not expanded; names: '', 'a', 'é', 'b' followed by a byte that is no UTF-8. */
const columns: Columns = {
  1: Uint16Array.from([0, 10, 11, 12, LINK_KIND, 13]),
  2: rows(0, 5, 4, 4, 5, 0),
  3: rows(0, 1, 2, 3, 0, 0),
  4: rows(0, 4, 3, 3, 0, 0),
  5: rows(0, 0, 0, 1, 0, 0),
  6: rows(0, 0, 0, 0, 0, 7),
  7: rows(0, 0, 1, 2, 3, 3),
  8: rows(0, 0, 0, 0, 0, 0),
  16: Uint16Array.from([0, 20]),
  17: Uint16Array.from([0, 1]),
  18: rows(0, 0),
  19: rows(0, 5),
  20: rows(0, 1),
  24: rows(0, 1, 3, 5),
  25: Uint8Array.from([97, 0xc3, 0xa9, 98, 0xff]),
  999: rows(1, 2, 3),
};

/** What an answer adds: one row below nothing, one type, one string. */
function delta(): Uint8Array {
  const bytes = new Uint8Array(20 + 4 + 7 * 4 + 4 + 4 + 3 * 4 + 4 + 4);
  const view = new DataView(bytes.buffer);
  setWords(view, 0, [1, 1, 1, 2, 0]);
  view.setUint16(20, 14, true);
  setWords(view, 24, [7, 8, 9, 2, 0, 4, 0]);
  view.setUint16(52, 21, true);
  view.setUint16(56, 2, true);
  setWords(view, 60, [1, 6, 2]);
  view.setUint32(72, 7, true);
  bytes.set([104, 105], 76);
  // At an odd place of a larger buffer, as in an answer.
  const holder = Buffer.alloc(bytes.length + 3);
  holder.set(bytes, 3);
  return holder.subarray(3);
}

describe('a snapshot', () => {
  it('is read without copying', () => {
    const buffer = container(columns);
    const snapshot = new Snapshot(buffer);
    expect(snapshot).toMatchObject({ rows: 6, types: 2, strings: 4 });
    expect(snapshot.kind.buffer).toBe(buffer);
    expect(snapshot.stringBytes.buffer).toBe(buffer);
    expect([0, 1, 2, 3].map((index) => snapshot.string(index))).toEqual(['', 'a', 'é', 'b\ufffd']);
    expect(() => snapshot.string(4)).toThrow('names a string');
  });

  it('knows what is above, below and linked', () => {
    const snapshot = new Snapshot(container(columns));
    expect([1, 2, 3, 4, 5].map((row) => snapshot.parentOf(row))).toEqual([0, 1, 2, 1, 0]);
    expect([1, 2, 3, 4, 5].map((row) => snapshot.endOf(row))).toEqual([5, 4, 4, 5, 6]);
    expect([3, 4].map((row) => snapshot.resolve(row))).toEqual([3, 3]);
    expect([4, 5].map((row) => snapshot.isExpanded(row))).toEqual([true, false]);
  });

  it('grows', () => {
    const snapshot = new Snapshot(container(columns));
    snapshot.parentOf(1);
    const before = snapshot.kind;
    expect(snapshot.append(delta())).toBe(6);
    expect(snapshot).toMatchObject({ rows: 7, types: 3, strings: 5 });
    expect([...snapshot.kind.subarray(0, 7)]).toEqual([0, 10, 11, 12, 1, 13, 14]);
    expect([snapshot.end[6], snapshot.begin[6], snapshot.last[6], snapshot.type[6], snapshot.a[6]]).toEqual([
      7, 8, 9, 2, 4,
    ]);
    expect([snapshot.typeKind[2], snapshot.typeQualifiers[2], snapshot.typeInner[2], snapshot.typeDecl[2]]).toEqual([
      21, 2, 1, 6,
    ]);
    expect(snapshot.string(4)).toBe('hi');
    expect(snapshot.parentOf(6)).toBe(0);
    expect(before).toHaveLength(6);
    snapshot.append(delta());
    expect(snapshot.rows).toBe(8);
  });

  it('starts like another that was made from the same', () => {
    const grown = new Snapshot(container(columns));
    const { rows, types, strings } = grown;
    grown.append(delta());
    expect(grown.startsLike(new Snapshot(container(columns)), { rows, types, strings })).toBe(true);
    const other = new Snapshot(container({ ...columns, 3: Uint32Array.from([0, 1, 2, 4, 0, 0]) }));
    expect(grown.startsLike(other, { rows, types, strings })).toBe(false);
  });

  it.each<[string, ArrayBuffer]>([
    ['nothing', new ArrayBuffer(0)],
    ['something else', new ArrayBuffer(64)],
    ['another version', container(columns, 2)],
    ['a container cut short', container(columns).slice(0, 200)],
    ['a column missing', container(Object.fromEntries(Object.entries(columns).filter(([id]) => id !== '3')))],
    ['a column too short', container({ ...columns, 8: rows(0) })],
  ])('is refused when it is %s', (_name, buffer) => {
    expect(() => new Snapshot(buffer)).toThrowError(expect.objectContaining({ code: 'SNAPSHOT' }));
  });

  it('refuses a delta cut short', () => {
    const snapshot = new Snapshot(container(columns));
    expect(() => snapshot.append(delta().subarray(0, 40))).toThrowError(expect.objectContaining({ code: 'SNAPSHOT' }));
    expect(() => snapshot.append(new Uint8Array(3))).toThrowError(expect.objectContaining({ code: 'SNAPSHOT' }));
  });
});
