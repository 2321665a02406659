import { expect, test } from 'vitest';
import { sqliteAmalgamation } from '../../setup/corpus.mjs';
import { compareDumps } from './compare-dumps.js';
import { inPairs } from './in-pairs.js';
import { projectFiles } from './projects.js';
import { show } from './show.js';
import { compareWritten } from './written.js';

test('the JSON dump is what Clang dumps, of 300 files and more', { timeout: 60 * 60_000 }, async () => {
  const sqlite = { file: await sqliteAmalgamation(), arguments: [] };
  const reports = await inPairs([sqlite, ...(await projectFiles())], (one) => compareDumps(one));
  const unknown = reports.filter(({ outcome }) => outcome === 'unknown');
  for (const report of unknown) console.log(show(report));
  expect(reports.filter(({ outcome }) => outcome === 'different').map((report) => show(report))).toEqual([]);
  expect(reports.length - unknown.length).toBeGreaterThanOrEqual(300);
});

test('clang-query knows no part of a type that is missing', { timeout: 30 * 60_000 }, async () => {
  const files = [...(await projectFiles('zlib')), ...(await projectFiles('lz4')), ...(await projectFiles('fmtlib'))];
  // Local tables of tables of functions.
  files.push(...(await projectFiles('libzstd')).filter(({ file }) => file.endsWith('/zstd_compress.c')));
  const reports = await inPairs(files, (one) => compareWritten(one));
  expect(reports.filter(({ missing }) => missing.length > 0)).toEqual([]);
});
