import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { classesIn, concreteClasses } from './classes.js';
import { compareDumps, type DumpReport, type Inputs } from './compare-dumps.js';
import { Comparison } from './comparison.js';
import { inPairs } from './in-pairs.js';
import { NodeReader } from './json-nodes.js';
import { projectFiles } from './projects.js';
import { show } from './show.js';
import { snippets } from './snippets.js';
import { unproduced } from './unproduced.js';
import { compareWritten } from './written.js';

const MINUTES = 60_000;

async function differing(inputs: readonly Inputs[]): Promise<{ compared: number; shown: string[] }> {
  const reports = await inPairs(inputs, (one) => compareDumps(one));
  const compared = reports.filter(({ outcome }: DumpReport) => outcome !== 'unknown');
  return {
    compared: compared.length,
    shown: reports.filter(({ outcome }) => outcome === 'different').map((r) => show(r)),
  };
}

describe('the JSON dump is what Clang dumps', () => {
  test('of every snippet', { timeout: 4 * MINUTES }, async () => {
    const { compared, shown } = await differing(snippets());
    expect(shown).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(50);
  });

  test('of the files of zlib and Lua', { timeout: 4 * MINUTES }, async () => {
    const files = [...(await projectFiles('zlib')), ...(await projectFiles('lua5.4'))];
    const { compared, shown } = await differing(files);
    expect(shown).toEqual([]);
    expect(compared).toBeGreaterThan(55);
  });
});

test('clang-query knows no part of a type that is missing', { timeout: 4 * MINUTES }, async () => {
  const files = [...snippets(), ...(await projectFiles('lua5.4')).slice(0, 6)];
  const reports = await inPairs(files, (one) => compareWritten(one));
  expect(reports.filter(({ missing }) => missing.length > 0)).toEqual([]);
  expect(reports.reduce((sum, { common }) => sum + common, 0)).toBeGreaterThan(3000);
});

test('the snippets hold every concrete class but those listed', { timeout: 2 * MINUTES }, async () => {
  const found = await inPairs(snippets(), (one) => classesIn(one));
  const seen = new Set(found.flatMap((classes) => [...classes]));
  const all = concreteClasses();
  expect(all.length).toBe(796);
  expect(all.filter((name) => !seen.has(name)).sort()).toEqual(Object.keys(unproduced).sort());
});

test('parts of types are found in a file that is named from where one stands', { timeout: MINUTES }, async () => {
  const [one] = await projectFiles('zlib');
  const { file, arguments: args } = one as Inputs;
  const { common, missing } = await compareWritten({ file: basename(file), arguments: args, cwd: dirname(file) });
  expect(missing).toEqual([]);
  expect(common).toBeGreaterThan(0);
});

describe('the comparison', () => {
  const dump = JSON.stringify({
    id: '0x1',
    kind: 'TranslationUnitDecl',
    loc: {},
    inner: [
      { id: '0x2', kind: 'VarDecl', loc: { offset: 4, line: 3 }, name: 'a"\n', type: { qualType: 'int' } },
      { id: '0x3', kind: 'DeclRefExpr', referencedDecl: { id: '0x2' }, inner: [{}, { id: '0x0' }] },
    ],
  });

  function differences(expected: string, actual: string): string[] {
    const comparison = new Comparison();
    const [left, right] = [expected, actual].map((text) => new NodeReader().feed(Buffer.from(text)));
    let [i, j] = [0, 0];
    while (left && right && i < left.length && j < right.length) {
      const wants = comparison.step(left[i] ?? null, right[j] ?? null);
      if (wants !== 'actual') i++;
      if (wants !== 'expected') j++;
    }
    return comparison.differences.map(({ path }) => path);
  }

  test('accepts other names of the same entities, other space and other escapes', () => {
    const other = dump.replaceAll('"0x2"', '"0x99"').replaceAll(',', ' ,\n  ').replace('\\n', '\\u000a');
    expect(differences(dump, other)).toEqual([]);
  });

  test.each([
    ['another value', dump.replace('"offset":4', '"offset":5'), 'TranslationUnitDecl[0]VarDecl.loc.offset'],
    ['another name', dump.replace('a\\"', 'b\\"'), 'TranslationUnitDecl[0]VarDecl.name'],
    [
      'another entity',
      dump.replace('{"id":"0x2"}', '{"id":"0x3"}'),
      'TranslationUnitDecl[1]DeclRefExpr.referencedDecl.id',
    ],
    ['a member more', dump.replace('"offset":4', '"offset":4,"x":true'), 'TranslationUnitDecl[0]VarDecl.loc.line'],
    ['a member less', dump.replace(',"line":3', ''), 'TranslationUnitDecl[0]VarDecl.loc.line'],
    ['a child less', dump.replace('[{},', '['), 'TranslationUnitDecl[1]DeclRefExpr[0](no kind).id'],
    ['a child more', dump.replace('[{},', '[{},{},'), 'TranslationUnitDecl[1]DeclRefExpr[1](no kind)'],
  ])('reports %s', (_, changed, path) => {
    expect(differences(dump, changed)[0]).toContain(path.replace(/\.\w+$/, ''));
  });

  test('reads a document in pieces of any size', () => {
    const whole = new NodeReader().feed(Buffer.from(dump));
    for (const size of [1, 2, 7, 64]) {
      const reader = new NodeReader();
      const events = [];
      for (let at = 0; at < dump.length; at += size)
        events.push(...reader.feed(Buffer.from(dump.slice(at, at + size))));
      expect(events).toEqual(whole);
    }
  });
});

test('snippets are named after what they hold', () => {
  expect(snippets().map(({ file }) => basename(file))).toContain('statements.c');
});
