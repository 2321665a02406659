import { describe, expect, it } from 'vitest';
import type { Edit } from '../rewrite/edit.js';
import { Merge } from './merge.js';

const FILE = '/nowhere/h.h';

function edit(offset: number, length: number, text: string, unit = 'a.c'): Edit {
  return { file: FILE, offset, length, text, origins: [{ unit, operation: 'replace', place: `CallExpr ${unit}` }] };
}

function merged(...contributions: Edit[][]): Merge {
  const merge = new Merge();
  for (const edits of contributions) merge.add({ edits, sources: { [FILE]: 'x' } });
  return merge;
}

describe('Merge', () => {
  it('does once what all ask for, and what only one asks for', () => {
    const merge = merged([edit(5, 2, 'A'), edit(20, 0, 'I')], [edit(5, 2, 'A', 'b.c'), edit(30, 1, '')]);
    expect(merge.disagreements).toEqual([]);
    const [file] = merge.result;
    expect(file?.edits.map(({ offset, length, text }) => [offset, length, text])).toEqual([
      [5, 2, 'A'],
      [20, 0, 'I'],
      [30, 1, ''],
    ]);
    expect(file?.edits[0]?.origins.map(({ unit }) => unit)).toEqual(['a.c', 'b.c']);
  });

  it.each([
    ['another text', edit(5, 2, 'A'), edit(5, 2, 'B')],
    ['an overlap', edit(5, 4, 'A'), edit(8, 4, 'A')],
    ['one inside of the other', edit(5, 10, 'A'), edit(8, 1, 'A')],
    ['insertions without an order', edit(5, 0, 'A'), edit(5, 0, 'B')],
    ['an insertion into what goes', edit(5, 4, ''), edit(7, 0, 'B')],
  ])('tells of %s, whichever comes first', (_, a, b) => {
    for (const [first, second] of [
      [a, b],
      [b, a],
    ] as const) {
      const { disagreements } = merged([first], [second]);
      expect(disagreements).toEqual([expect.objectContaining({ path: FILE, changed: false })]);
      expect(disagreements[0]?.second).toBe(second);
    }
  });

  it('lets neighbours be', () => {
    expect(merged([edit(5, 2, 'A')], [edit(7, 2, 'B')], [edit(5, 0, 'I')]).disagreements).toEqual([]);
  });

  it('tells of a file that was not the same', () => {
    const merge = merged([edit(5, 2, 'A')]);
    merge.add({ edits: [edit(9, 2, 'A', 'b.c')], sources: { [FILE]: 'y' } });
    expect(merge.disagreements).toEqual([expect.objectContaining({ changed: true })]);
  });

  it('takes a fix whole or not at all', () => {
    const merge = merged([edit(5, 2, 'A')]);
    const against = merge.addWhole({ edits: [edit(1, 1, 'F'), edit(6, 3, 'F')], sources: { [FILE]: 'x' } });
    expect(against).toMatchObject({ offset: 5 });
    expect(merge.result[0]?.edits).toHaveLength(1);
    expect(merge.addWhole({ edits: [edit(1, 1, 'F')], sources: { [FILE]: 'x' } })).toBeUndefined();
    expect(merge.result[0]?.edits).toHaveLength(2);
  });
});
