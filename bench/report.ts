/** The results: a line each, on the terminal as they come, and as a page. */
import pc from 'picocolors';

export interface Line {
  group: string;
  what: string;
  subject: string;
  /** In the line's unit. */
  measured: number;
  unit: '×' | 'ns' | 'µs' | 'ms' | 'B' | 'kB' | 'MB' | '/s';
  asked?: { atMost?: number; atLeast?: number; ambition?: number };
  /** The numbers behind a ratio, or how it was measured. */
  note?: string;
}

export function holds({ asked, measured }: Line): boolean | undefined {
  if (asked?.atMost !== undefined) return measured <= asked.atMost;
  if (asked?.atLeast !== undefined) return measured >= asked.atLeast;
  return undefined;
}

export function formatNumber(value: number): string {
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

export function formatAsked({ asked, unit }: Line): string {
  if (!asked) return '';
  const ambition = asked.ambition === undefined ? '' : ` (better: ${asked.ambition})`;
  if (asked.atMost !== undefined) return `≤ ${asked.atMost} ${unit}${ambition}`;
  return `≥ ${asked.atLeast} ${unit}${ambition}`;
}

export const seconds = (milliseconds: number): string =>
  milliseconds < 100 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;

const marks = { true: '✓', false: '✗', undefined: ' ' } as const;

export class Report {
  readonly lines: Line[] = [];
  private group = '';

  add(line: Line): void {
    this.lines.push(line);
    if (line.group !== this.group) {
      this.group = line.group;
      console.log(`\n${pc.bold(line.group)}`);
    }
    const held = holds(line);
    const mark = marks[`${held}`];
    const coloured = held === undefined ? mark : held ? pc.green(mark) : pc.red(mark);
    const measured = `${formatNumber(line.measured)} ${line.unit}`.padStart(10);
    const columns = [line.what.padEnd(44), line.subject.padEnd(10), measured, formatAsked(line).padEnd(24)];
    console.log(`${coloured} ${columns.join('  ')}  ${pc.dim(line.note ?? '')}`.trimEnd());
  }

  skip(group: string, what: string, why: string): void {
    console.log(`- ${group}: ${what} left out: ${why}`);
  }

  markdown(): string {
    const parts: string[] = [];
    let group = '';
    for (const line of this.lines) {
      if (line.group !== group) {
        group = line.group;
        parts.push(
          '',
          `## ${group}`,
          '',
          '| what | file | measured | asked | | how |',
          '| --- | --- | ---: | --- | --- | --- |',
        );
      }
      const measured = `${formatNumber(line.measured)} ${line.unit}`;
      const cells = [
        line.what,
        line.subject,
        measured,
        formatAsked(line),
        marks[`${holds(line)}`].trim(),
        line.note ?? '',
      ];
      parts.push(`| ${cells.join(' | ')} |`);
    }
    return parts.join('\n');
  }
}
