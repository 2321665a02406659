/** A report in words. */
import type { DumpReport } from './compare-dumps.js';

/** Differences that are shown of a file. */
const SHOWN = 5;

export function show(report: DumpReport, shown = SHOWN): string {
  const { file, outcome, count, differences, cause, nodes } = report;
  if (outcome === 'unknown') return `?    ${file}: ${cause}`;
  if (outcome === 'same') return `ok   ${file}: ${nodes} nodes`;
  const lines = differences
    .slice(0, shown)
    .flatMap(({ path, expected, actual, where }) => [
      `     ${where}`,
      `       at    ${path}`,
      `       clang ${expected}`,
      `       here  ${actual}`,
    ]);
  return [`DIFF ${file}: ${count} difference${count === 1 ? '' : 's'} in ${nodes} nodes`, ...lines].join('\n');
}
