import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fetchDebianSource, sqliteAmalgamation } from '../../setup/corpus.mjs';
import { clang, root, runExample } from './run-example.js';

test('draws every struct', async () => {
  const lines = await runExample('padding', `${root}/tests/examples/fixtures`, ['padding.cpp']);
  expect(lines.join('\n')).toBe(`\
padding.cpp:1:8: Loose: 24 bytes, 14 of them padding
     0 a....... bbbbbbbb c.......
       a c, b d, c e
padding.cpp:7:8: Bits: 4 bytes, 1 of them padding
     0 bbc.
       a a, b b, c c
padding.cpp:13:8: Base: 16 bytes, 7 of them padding
     0 ^^^^^^^^ a.......
       a c
padding.cpp:18:8: Derived: 176 bytes, 6 of them padding
     0 ^^^^^^^^ ^a..bbbb bbbbbbbb bbbbbbbb bbbbbbbb bbbbbbbb bbbbbbbb bbbbbbbb
    64 bbbbbbbb bbbbbbbb bbbbbbbb bbbbbbbb bbbbbbbb bbbbbbbb bbbbbbbb bbbbbbbb
   128 bbbbbbbb bbbbbbbb bbbbbbbb bbbbbbbb bbbbbbbb bbbb....
       a own, b n
padding.cpp:23:8: Empty: 1 byte, 1 of them padding
     0 .
padding.cpp:31:9: Named: 8 bytes
     0 aaaabbbb
       a x, b y
`);
});

test('sqlite: the sizes are those that the compiler uses', async () => {
  const sqlite = await sqliteAmalgamation();
  const lines = await runExample('padding', sqlite.replace(/\/[^/]*$/, ''), ['sqlite3.c']);
  // Only structs outside of functions and of other structs can be named: those whose name starts in column 8.
  const sizes = lines.flatMap((line) => /^sqlite3\.c:\d+:8: (\w+): (\d+) byte/.exec(line)?.slice(1, 3).join(' ') ?? []);
  expect(sizes.length).toBeGreaterThan(150);
  const folder = mkdtempSync(join(tmpdir(), 'monsterlab-padding-'));
  try {
    const assertions = sizes.map((it) => it.replace(/(\w+) (\d+)/, '_Static_assert(sizeof(struct $1) == $2, "$1");'));
    writeFileSync(join(folder, 'sizes.c'), `#include "${sqlite}"\n${assertions.join('\n')}\n`);
    await clang(folder, ['sizes.c']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('lua: a header, behind those that it needs', async () => {
  const lua = await fetchDebianSource('lua5.4');
  const folder = mkdtempSync(join(tmpdir(), 'monsterlab-padding-'));
  try {
    // Made by Debian's build.
    writeFileSync(join(folder, 'lua5.4-deb-multiarch.h'), '#define DEB_HOST_MULTIARCH "here"\n');
    const lines = await runExample('padding', `${lua}/src`, [
      'lparser.h',
      '--',
      '-xc',
      `-I${folder}`,
      '-include',
      'llimits.h',
      '-include',
      'lzio.h',
    ]);
    expect(lines).toContainEqual(expect.stringMatching(/^lparser\.h:\d+:16: expdesc: 24 bytes/));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
