/** A report in words. */
import type { DumpReport } from './compare-dumps.js';
import type { WrittenReport } from './written.js';

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

/** One line, or one for each of the first parts that are missing. Parts that clang-query does not look into are only counted. */
export function showWritten({ common, missing, extra, cause }: WrittenReport, shown = SHOWN): string {
  if (cause !== undefined) return `     parts of types: not compared: ${cause}`;
  const more = extra.length > 0 ? `, ${extra.length} that clang-query does not match` : '';
  if (missing.length === 0) return `     parts of types: ${common}${more}`;
  return [
    `     parts of types: ${missing.length} missing`,
    ...missing.slice(0, shown).map((part) => `       ${part}`),
  ].join('\n');
}
