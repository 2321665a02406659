/** All calls of a run at a glance. */
import type { Colors } from '../report/colors.js';
import { durationText, type TraceCall } from './format.js';

const BAR = 20;

interface Entry {
  errors: number;
  durations: number[];
}

export class Summary {
  private readonly entries = new Map<string, Entry>();

  add({ fn, error, duration = 0 }: TraceCall): void {
    let entry = this.entries.get(fn.name);
    if (!entry) {
      entry = { errors: 0, durations: [] };
      this.entries.set(fn.name, entry);
    }
    entry.durations.push(duration);
    if (error !== undefined) entry.errors++;
  }

  /** One object for each function, the most time first. Times are seconds. */
  get rows(): SummaryRow[] {
    const rows = [...this.entries].map(([name, { errors, durations }]) => {
      const sorted = Float64Array.from(durations).sort();
      const total = sorted.reduce((sum, duration) => sum + duration, 0);
      const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      return {
        function: name,
        calls: sorted.length,
        errors,
        total,
        mean: total / sorted.length,
        p50: at(0.5),
        p99: at(0.99),
      };
    });
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
