// Counters, histograms, sets and maps at a run's end.

import type { Session } from '../launch/session.js';
import type { Manifest } from '../stub/manifest.js';
import type { Colors } from './colors.js';

export type SharedResult =
  | { name: string; kind: 'counter'; value: number | bigint; print: boolean }
  | { name: string; kind: 'histogram'; buckets: { from: number; to: number; count: number }[]; print: boolean }
  | {
      name: string;
      kind: 'map' | 'set';
      entries: { key: string; value: number | bigint }[];
      overflow: number;
      print: boolean;
    };

/** As scripts see them. */
function exact(bits: bigint): number | bigint {
  const value = BigInt.asIntN(64, bits);
  return value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : value;
}

export function sharedOf(session: Session, manifest: Manifest, cells: readonly bigint[]): SharedResult[] {
  return manifest.shared.map((object, index): SharedResult => {
    const { name, kind, print = true } = object;
    const { offset } = session.shared[index]!;
    if (kind === 'counter') return { name, kind, value: exact(cells[offset] ?? 0n), print };
    if (kind === 'histogram') {
      const buckets = [...cells.slice(offset, offset + 64)].flatMap((count, bucket) =>
        count ? [{ from: bucket ? 2 ** (bucket - 1) : 0, to: 2 ** bucket, count: Number(count) }] : [],
      );
      return { name, kind, buckets, print };
    }
    const { entries, overflow } = session.mapEntries(index);
    const sorted = entries
      .map(({ key, value }) => ({ key: key.toString(), value: exact(value) }))
      .sort((a, b) => (a.value < b.value ? 1 : a.value > b.value ? -1 : 0) || (a.key < b.key ? -1 : 1));
    return { name, kind, entries: sorted, overflow, print };
  });
}

/** A key may be any bytes: those that would break the line, or the terminal, as in a string of C. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are meant
const CONTROL = /[\u0000-\u001f\u007f]/g;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const oneLine = (key: string): string =>
  key.replace(CONTROL, (c) => SHORT[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);

const barWidth = 40;

export function sharedLines(results: readonly SharedResult[], colors: Colors): string[] {
  const lines: string[] = [];
  for (const result of results) {
    if (!result.print) continue;
    if (result.kind === 'counter') lines.push(`${result.name}: ${colors.bold(String(result.value))}`);
    else if (result.kind === 'histogram') {
      lines.push(`${result.name}:`);
      const most = Math.max(...result.buckets.map(({ count }) => count), 1);
      for (const { from, to, count } of result.buckets) {
        const bar = '█'.repeat(Math.max(1, Math.round((count / most) * barWidth)));
        lines.push(`  ${`${from}–${to - 1}`.padStart(24)} ${String(count).padStart(10)} ${colors.cyan(bar)}`);
      }
    } else {
      lines.push(`${result.name}:`);
      for (const { key, value } of result.entries)
        lines.push(result.kind === 'set' ? `  ${oneLine(key)}` : `  ${String(value).padStart(10)}  ${oneLine(key)}`);
      if (result.overflow)
        lines.push(colors.yellow(`  ${result.overflow} more found no room; ask for a larger capacity`));
    }
  }
  return lines;
}
