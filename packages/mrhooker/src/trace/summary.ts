/** All calls of a run at a glance. */
import type { Colors } from '../report/colors.js';
import { durationText, type TraceCall } from './format.js';

const BAR = 20;
const PER_DOUBLING = 64;

/** The durations of a function's calls: how many there are of each, to half a per cent. A program may make a thousand million calls. */
class Durations {
  calls = 0;
  total = 0;
  private least = Number.POSITIVE_INFINITY;
  private most = 0;
  private readonly buckets = new Map<number, number>();

  add(seconds: number): void {
    this.calls++;
    this.total += seconds;
    this.least = Math.min(this.least, seconds);
    this.most = Math.max(this.most, seconds);
    const bucket = Math.round(Math.log2(seconds) * PER_DOUBLING);
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1);
  }

  /** That which a share of the calls does not reach. */
  at(share: number): number {
    let before = Math.min(this.calls - 1, Math.floor(this.calls * share));
    for (const [bucket, count] of [...this.buckets].sort(([a], [b]) => a - b)) {
      before -= count;
      if (before < 0) return Math.min(this.most, Math.max(this.least, 2 ** (bucket / PER_DOUBLING)));
    }
    return this.most;
  }
}

interface Entry {
  errors: number;
  durations: Durations;
}

export class Summary {
  private readonly entries = new Map<string, Entry>();

  add({ fn, error, duration = 0 }: TraceCall): void {
    let entry = this.entries.get(fn.name);
    if (!entry) {
      entry = { errors: 0, durations: new Durations() };
      this.entries.set(fn.name, entry);
    }
    entry.durations.add(duration);
    if (error !== undefined) entry.errors++;
  }

  /** One object for each function, the most time first. Times are seconds. */
  get rows(): SummaryRow[] {
    const rows = [...this.entries].map(([name, { errors, durations }]) => ({
      function: name,
      calls: durations.calls,
      errors,
      total: durations.total,
      mean: durations.total / durations.calls,
      p50: durations.at(0.5),
      p99: durations.at(0.99),
    }));
    return rows.sort((a, b) => b.total - a.total);
  }

  lines(colors: Colors): string[] {
    const { rows } = this;
    const most = rows[0]?.total ?? 0;
    const head = ['calls', 'errors', 'total', 'mean', 'p50', 'p99', 'function', ''];
    const cells = rows.map((row) => [
      String(row.calls),
      row.errors > 0 ? String(row.errors) : '',
      durationText(row.total),
      durationText(row.mean),
      durationText(row.p50),
      durationText(row.p99),
      row.function,
      bar(row.total, most),
    ]);
    const widths = head.map((name, column) => Math.max(name.length, ...cells.map((row) => (row[column] ?? '').length)));
    const line = (row: readonly string[]): string =>
      row
        .map((cell, column) =>
          column < 6 ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number),
        )
        .join('  ')
        .trimEnd();
    return [
      colors.dim(line(head)),
      ...cells.map((row) => line(row).replace(/[█▏▎▍▌▋▊▉]+$/, (text) => colors.cyan(text))),
    ];
  }
}

export interface SummaryRow {
  function: string;
  calls: number;
  errors: number;
  total: number;
  mean: number;
  p50: number;
  p99: number;
}

function bar(value: number, most: number): string {
  const eighths = most > 0 ? Math.round((value / most) * BAR * 8) : 0;
  const rest = eighths % 8;
  return `${'█'.repeat(Math.floor(eighths / 8))}${rest > 0 ? '▏▎▍▌▋▊▉'[rest - 1] : ''}` || '▏';
}
