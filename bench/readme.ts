/** README's comparison, between its two markers: the numbers of one full run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { root } from '../setup/paths.mjs';
import type { EndToEnd } from './parts/end-to-end.js';
import { formatNumber, type Report } from './report.js';

/** CPU milliseconds by subject: the whole tree ready, and the compiler alone. */
type Ready = Record<string, { all: number; clang: number }>;

const begin = '<!-- bench:begin -->';
const end = '<!-- bench:end -->';
/** As README names them. */
const columns = [
  ['sqlite3.c', 'sqlite3.c'],
  ['stl.cpp', 'five STL headers'],
  ['json.cpp', 'nlohmann-json'],
  ['eigen.cpp', 'Eigen'],
] as const;

export function writeReadme(report: Report, ready: Ready, endToEnd: Record<string, EndToEnd>): void {
  const path = `${root}/README.md`;
  const text = readFileSync(path, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error('README.md has lost the markers of its comparison');
  const block = `${begin}\n${trees(ready, endToEnd)}\n\n${costs(report)}\n`;
  writeFileSync(path, text.slice(0, from) + block + text.slice(to));
}

function trees(ready: Ready, endToEnd: Record<string, EndToEnd>): string {
  const row = (what: string, milliseconds: (subject: string) => number | undefined): string => {
    const cells = columns.map(([subject]) => {
      const taken = milliseconds(subject);
      return taken === undefined ? '' : formatNumber(taken / (ready[subject] as { clang: number }).clang);
    });
    return `| ${what} | ${cells.join(' | ')} |`;
  };
  return [
    'CPU time, `clang -fsyntax-only` on the same file = 1 ([all numbers, and a picture](docs/bench.md)):',
    '',
    `| | ${columns.map(([, title]) => title).join(' | ')} |`,
    `| --- |${' --- |'.repeat(columns.length)}`,
    row('cmonster, the whole tree ready in TypeScript', (subject) => ready[subject]?.all),
    row(
      'cmonster, and class, name, type, range and reference of every node read',
      (subject) => endToEnd[subject]?.ours,
    ),
    row("Clang's JSON dump, the same read by Node", (subject) => endToEnd[subject]?.json),
    row("Python's clang.cindex, the same", (subject) => endToEnd[subject]?.cindex),
  ].join('\n');
}

/** What the other two cost, each line beside its peers; a peer that could not be measured is left out. */
function costs(report: Report): string {
  const value = (group: string, what: string, subject?: string): string | undefined => {
    const line = report.lines.find(
      (it) => it.group === group && it.what === what && (subject === undefined || it.subject === subject),
    );
    if (!line) return undefined;
    const { measured, unit } = line;
    return unit === 'ns' && measured >= 1000
      ? `${formatNumber(measured / 1000)} µs`
      : `${formatNumber(measured)} ${unit}`;
  };
  const hooks = 'A hooked call';
  const calls = 'Calls to an agent: sealed context, committed outcome';
  const beside = (...peers: [name: string, cost: string | undefined][]): string =>
    peers
      .filter(([, cost]) => cost !== undefined)
      .map(([name, cost]) => `${name} ${cost}`)
      .join(', ');
  return [
    '| | costs | beside |',
    '| --- | --- | --- |',
    `| mrhooker, a hook in TypeScript that counts and calls the original | ${value(hooks, 'counts and calls the original')} a call | ${beside(['ltrace', value(hooks, 'ltrace')], ['gdb', value(hooks, 'gdb')])} |`,
    `| igor, one call to an agent, its outcome synced to disk (p50, Prosody) | ${value(calls, 'one at a time, p50', 'Prosody')} a call | ${beside(['NATS, which keeps nothing,', value(calls, 'one at a time, p50', 'NATS')])} |`,
  ].join('\n');
}
