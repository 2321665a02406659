/**
 * `npm run oracle -- FILES… [-- CLANG ARGS]`: is what this project says of a file what Clang says?
 *
 * Compares `cmonster dump --json --scope all --implicit --instantiations` with `clang-19 -Xclang -ast-dump=json`: kinds, nesting,
 * order, every member of every node; and what that leaves out, the parts of types and names in the main file, with clang-query-19,
 * by kind and range. Exits with 1 when anything differs. Files of which Clang's own dump crashes, takes more than
 * 60 s or more than 2 GiB are listed and not counted. Of files that are compiled for several machines at once (`-fopenmp-targets=`, CUDA)
 * the host's trees are compared, unless CLANG ARGS say otherwise.
 */
import { compareDumps, type DumpReport } from './compare-dumps.js';
import { show, showWritten } from './show.js';
import { compareWritten } from './written.js';

async function main(): Promise<void> {
  const given = process.argv.slice(2);
  const split = given.indexOf('--');
  const files = split < 0 ? given : given.slice(0, split);
  const args = split < 0 ? [] : given.slice(split + 1);
  if (files.length === 0) {
    console.error('usage: npm run oracle -- FILES… [-- CLANG ARGS]');
    process.exitCode = 2;
    return;
  }
  const reports: DumpReport[] = [];
  let missing = 0;
  for (const file of files) {
    const report = await compareDumps({ file, arguments: args });
    reports.push(report);
    console.log(show(report));
    const written = await compareWritten({ file, arguments: args });
    missing += written.missing.length;
    console.log(showWritten(written));
  }
  const different = reports.filter(({ outcome }) => outcome === 'different');
  const unknown = reports.filter(({ outcome }) => outcome === 'unknown').length;
  const differences = different.reduce((sum, { count }) => sum + count, 0);
  const notCounted = unknown > 0 ? `; ${unknown} not counted` : '';
  const parts = missing > 0 ? `; ${missing} parts of types missing` : '';
  console.log(
    `${reports.length - unknown} files, ${differences} differences in ${different.length}${parts}${notCounted}`,
  );
  if (different.length > 0 || missing > 0) process.exitCode = 1;
}

await main();
