/**
 * Clang's own tests, as input: what is dumped of them is what Clang dumps. Of some ten thousand every eighth, from one that
 * CLANG_INPUTS_FROM says; CLANG_INPUTS_EVERY=1 takes all of them, which is a matter of hours.
 */
import { expect, test } from 'vitest';
import { allFolders, clangInputs } from '../preprocessor/clang-inputs.js';
import { compareDumps } from './compare-dumps.js';
import { inPairs } from './in-pairs.js';
import { show } from './show.js';

const EVERY = Number(process.env.CLANG_INPUTS_EVERY ?? 8);
const FROM = Number(process.env.CLANG_INPUTS_FROM ?? 0);

test.each(await allFolders())('%s', { timeout: 4 * 60 * 60_000 }, async (folder) => {
  const inputs = (await clangInputs(folder)).filter((_, at) => at % EVERY === FROM % EVERY);
  const reports = await inPairs(inputs, (input) => compareDumps({ ...input, cwd: '/' }));
  const unknown = reports.filter(({ outcome }) => outcome === 'unknown');
  for (const report of unknown) console.log(show(report));
  expect(reports.filter(({ outcome }) => outcome === 'different').map((report) => show(report))).toEqual([]);
  console.log(`${folder}: ${inputs.length - unknown.length} of ${inputs.length} compared`);
});
