// What a run has to say to the person: lines that scripts print, faults, and at the end what was counted. It goes to
// standard error or to a file, in whole lines, never to the command's own streams.

import { createColors } from 'picocolors';
import type { RawRecord, Segment, Session } from '../launch/session.js';
import type { Manifest } from '../stub/manifest.js';
import { type Account, accountLines, accountOf } from './account.js';
import { Output } from './output.js';
import { sharedLines, sharedOf } from './shared.js';
import { SourceLines } from './source-lines.js';
import { Positions } from './source-position.js';

export interface ReportOptions {
  /** Everything goes to this file instead of standard error. */
  output?: string;
  /** A JSON object a line instead of text. */
  json?: boolean;
  /** Also say which processes and threads were hooked. */
  verbose?: boolean;
  /** Don't print the account at the end. */
  quiet?: boolean;
  /** Gets records of type trace; nothing else handles them. */
  onTrace?: (segment: Segment, record: RawRecord, name: string | undefined) => void;
  /** Instead of printing: every line. */
  onLine?: (line: string) => void;
}

export const recordTypes = { log: 1, record: 2, fault: 3, note: 4, trace: 5 } as const;
const continued = 0x8000;
const NO_FUNCTION = 0xffff;
/** So many are remembered; a program that makes a new one at each call must not fill the launcher's memory. */
const MOST_FAULTS = 1000;
const levels = ['debug', 'info', 'warn', 'error'] as const;

/** A fault that came again: only counted, and told at the end. */
interface Repeated {
  /** What failed, and the message. */
  text: string;
  times: number;
}

/** A stack overflow has the same frame a hundred times. */
function withoutRepeats(text: string): string {
  const lines: string[] = [];
  let repeats = 0;
  for (const line of [...text.split('\n'), undefined]) {
    if (line !== undefined && line === lines.at(-1)) {
      repeats++;
      continue;
    }
    if (repeats > 0) lines.push(`    … ${repeats} more of the same`);
    repeats = 0;
    if (line !== undefined) lines.push(line);
  }
  return lines.join('\n');
}

export class Report {
  readonly #session: Session;
  /** Functions that processes found themselves, as far as they were asked for. */
  #found: ReadonlyMap<number, string> = new Map();
  readonly #manifest: Manifest;
  readonly #options: ReportOptions;
  readonly #positions: Positions;
  readonly #colors;
  readonly #sourceLines = new SourceLines();
  readonly #output: Output;
  /** Texts that came in parts, by segment. */
  readonly #parts = new Map<number, Buffer[]>();
  /** What was told of faults, by all that is said of each but addresses. */
  readonly #told = new Map<string, Repeated>();
  #dropped = 0;
  #faults = 0;

  constructor(session: Session, manifest: Manifest, options: ReportOptions) {
    this.#session = session;
    this.#manifest = manifest;
    this.#options = options;
    this.#positions = new Positions(manifest.sourceMap);
    const colored =
      !options.output && !options.json && !options.onLine && !!process.stderr.isTTY && !process.env.NO_COLOR;
    this.#colors = createColors(colored);
    this.#output = new Output(options.output);
  }

  /** Faults of hooks so far. */
  get faults() {
    return this.#faults;
  }

  /** Of a function by its number in this run. */
  nameOf(index: number): string | undefined {
    const known = this.#manifest.functions[index]?.name ?? this.#found.get(index);
    if (known !== undefined || index === NO_FUNCTION) return known;
    this.#found = this.#session.foundNames();
    return this.#found.get(index);
  }

  take(records: readonly { segment: Segment; record: RawRecord }[]) {
    const lines: string[] = [];
    for (const { segment, record } of records) {
      const type = record.type & ~continued;
      if (type === recordTypes.trace) {
        this.#options.onTrace?.(segment, record, this.nameOf(record.function));
        continue;
      }
      const body = this.#join(segment, record);
      if (body) lines.push(...this.#render(segment, type, record, body));
    }
    this.#print(lines);
  }

  /** Adds up the parts of a long text; undefined until the last has come. */
  #join(segment: Segment, { type, body }: RawRecord): Buffer | undefined {
    const parts = this.#parts.get(segment.index) ?? [];
    // Only the first part's leading words count.
    const words = (type & ~continued) === recordTypes.log ? 4 : 0;
    parts.push(parts.length ? body.subarray(words) : body);
    if (type & continued) {
      this.#parts.set(segment.index, parts);
      return undefined;
    }
    this.#parts.delete(segment.index);
    return parts.length === 1 ? body : Buffer.concat(parts);
  }

  #render(segment: Segment, type: number, record: RawRecord, body: Buffer): string[] {
    const { json } = this.#options;
    const common = { time: Number(record.time) / 1e9, pid: segment.pid, tid: segment.tid };
    const name = this.nameOf(record.function);
    if (type === recordTypes.record) {
      const text = body.toString();
      return [json ? `{"type":"record",${JSON.stringify(common).slice(1, -1)},"value":${text}}` : text];
    }
    if (type === recordTypes.log) {
      const level = levels[body.readUInt32LE(0)] ?? 'info';
      const text = body.toString('utf8', 4);
      if (json) return [JSON.stringify({ type: 'log', level, ...common, function: name, text })];
      const paint = {
        debug: this.#colors.dim,
        info: (line: string) => line,
        warn: this.#colors.yellow,
        error: this.#colors.red,
      };
      return [paint[level](text)];
    }
    if (type === recordTypes.fault) {
      this.#faults++;
      const kind = body.readUInt32LE(0);
      const text = withoutRepeats(this.#positions.translate(body.toString('utf8', 8)).trimEnd());
      const off = kind === 1;
      if (json) return [JSON.stringify({ type: 'fault', ...common, function: name, text, switchedOff: off })];
      const what =
        kind === 2
          ? `${this.#manifest.script} failed; nothing is hooked`
          : kind === 3
            ? 'a callback failed'
            : `the hook on ${name ?? 'a function'} failed; the original was called`;
      const lines = this.#isNew(what, text) ? [`${this.#colors.red('mrhooker:')} ${what}: ${text}`] : [];
      if (off) lines.push(`${this.#colors.red('mrhooker:')} the hook on ${name} failed too often and is switched off`);
      return lines;
    }
    if (type === recordTypes.note) {
      const text = body.toString('utf8', 4);
      return [json ? JSON.stringify({ type: 'note', ...common, text }) : `${this.#colors.yellow('mrhooker:')} ${text}`];
    }
    return [];
  }

  /** Whether a fault was not told before; then it is counted. */
  #isNew(what: string, text: string): boolean {
    const key = `${what}: ${text.replace(/0x[0-9a-f]+/g, '0x')}`;
    const known = this.#told.get(key);
    if (known) known.times++;
    else if (this.#told.size < MOST_FAULTS) this.#told.set(key, { text: `${what}: ${text.split('\n')[0]}`, times: 0 });
    return !known;
  }

  /** Of each fault that came again, how often. */
  #repeatedLines(): string[] {
    const repeated = [...this.#told.values()].filter(({ times }) => times > 0);
    return repeated.map(
      ({ text, times }) => `${this.#colors.red('mrhooker:')} ${times} time${times === 1 ? '' : 's'} more: ${text}`,
    );
  }

  /** A segment is given back. */
  finish(segment: Segment) {
    this.#dropped += segment.dropped;
    this.#parts.delete(segment.index);
  }

  /** The account of the whole run. */
  end(hooked: boolean): Account {
    const session = this.#session;
    const { json, verbose, quiet } = this.#options;
    for (const segment of session.segments()) this.#dropped += segment.dropped;
    const totals = session.totals();
    const account = accountOf(session, this.#manifest, totals, this.#dropped);
    const shared = sharedOf(session, this.#manifest, totals.cells);
    if (json) {
      // What a number can't hold is a text, as in records.
      const text = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
      this.#print([JSON.stringify({ type: 'end', hooked, ...account, shared }, text)]);
      return account;
    }
    this.#print(this.#repeatedLines());
    if (!hooked) {
      this.#print([
        `${this.#colors.red('mrhooker:')} the runtime never came up in the command: nothing was hooked (a static or privileged program started by it, or an environment that was cleared)`,
      ]);
      return account;
    }
    if (!quiet)
      this.#print([...sharedLines(shared, this.#colors), ...accountLines(account, this.#colors, verbose ?? false)]);
    return account;
  }

  #print(marked: readonly string[]) {
    if (!marked.length) return;
    const lines = this.#sourceLines.translate(marked);
    if (this.#options.onLine) {
      for (const line of lines) this.#options.onLine(line);
      return;
    }
    this.#output.write(`${lines.join('\n')}\n`);
  }

  close() {
    this.#output.close();
  }
}
