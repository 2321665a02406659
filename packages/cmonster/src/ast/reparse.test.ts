import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TranslationUnit } from '../index.js';

const header =
  '#pragma once\nstruct Point { int x, y; };\n#define ORIGIN 0\nstatic inline int twice(int a) { return 2 * a; }\n';
const main = '#include <stddef.h>\n#include "point.h"\n\nint first(struct Point p) { return twice(p.x) + ORIGIN; }\n';

describe('reparse', () => {
  let directory: string;
  let file: string;
  const opened: TranslationUnit[] = [];
  const open = (tu: TranslationUnit): TranslationUnit => {
    opened.push(tu);
    return tu;
  };

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'reparse-'));
    file = join(directory, 'main.c');
  });
  afterAll(() => {
    for (const tu of opened) tu.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Everything that a snapshot says about a tree, in the order of its rows. */
  const columns = (tu: TranslationUnit): string[] => {
    const { snapshot } = tu;
    return Array.from({ length: snapshot.rows }, (_, row) =>
      [snapshot.kind[row], snapshot.end[row], snapshot.begin[row], snapshot.last[row], snapshot.a[row]].join(' '),
    );
  };
  const start = async (): Promise<TranslationUnit> => {
    writeFileSync(join(directory, 'point.h'), header);
    writeFileSync(file, main);
    return open(await TranslationUnit.parse(file, { keep: true }));
  };

  test('the same text gives the same snapshot as the parse from the beginning', async () => {
    const tu = await start();
    const again = open(await tu.reparse());
    expect(columns(again)).toEqual(columns(tu));
    expect(again.preprocessor.macros.length).toBe(tu.preprocessor.macros.length);
  });

  test('an edit behind the includes is what a fresh parse of it is', async () => {
    const tu = await start();
    const text = `${main}\nint second(void) { return twice(ORIGIN); } // \u00e9\n`;
    const edited = open(await tu.reparse({ text }));
    const fresh = open(await TranslationUnit.parse(file, { keep: true, unsaved: { [file]: text } }));
    expect(columns(edited).length).toBe(columns(fresh).length);
    expect(edited.root.children.map((child) => child.text)).toEqual(fresh.root.children.map((child) => child.text));
    expect(edited.root.children.at(-1)?.text).toBe('int second(void) { return twice(ORIGIN); }');
    // The first is what it was.
    expect(tu.root.children.at(-1)?.text).toContain('first');
    expect(edited.hasErrors).toBe(false);
  });

  test('shorter, broken and empty remainders are parsed as they are', async () => {
    const tu = await start();
    const includes = main.slice(0, main.indexOf('int first'));
    expect(open(await tu.reparse({ text: includes })).root.children).toEqual([]);
    const broken = open(await tu.reparse({ text: `${includes}int oops(` }));
    expect(broken.hasErrors).toBe(true);
    expect(broken.diagnostics[0]?.location?.presumed?.line).toBe(4);
  });

  test('goes on from the copy when the first has been disposed of', async () => {
    const tu = await start();
    const second = open(await tu.reparse({ text: `${main}int a;\n` }));
    tu.dispose();
    const third = open(await second.reparse({ text: `${main}int a, b;\n` }));
    expect(third.root.children.at(-1)?.text).toBe('int a, b');
  });

  test('changes before the end of the includes are seen', async () => {
    const tu = await start();
    const added = open(await tu.reparse({ text: `#include <limits.h>\n${main}int m = INT_MAX;\n` }));
    expect(added.hasErrors).toBe(false);
    writeFileSync(join(directory, 'point.h'), header.replace('int x, y', 'int x, y, z'));
    const changed = open(await tu.reparse({ text: `${main}int z(struct Point p) { return p.z; }\n` }));
    expect(changed.hasErrors).toBe(false);
  });

  test('a dead copy is replaced, and its nodes go on answering', async () => {
    const tu = await start();
    const text = `${main}int third(void) { return 3; }\n`;
    const edited = open(await tu.reparse({ text }));
    const node = edited.root.children.at(-1);
    edited.releaseFrontend();
    expect(node?.text).toBe('int third(void) { return 3; }');
    expect(readFileSync(file, 'utf8')).toBe(main);
  });

  test('a file that has grown beyond its room is parsed from the beginning', async () => {
    const tu = await start();
    const big = open(await tu.reparse({ text: `${main}${'// x\n'.repeat(300_000)}int last;\n` }));
    expect(big.root.children.at(-1)?.text).toBe('int last');
  });
});
