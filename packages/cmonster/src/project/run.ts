/** A script over a project: the jobs of a pool, brought together. What is printed of it, and when, is the caller's business. */
import type { Edit } from '../rewrite/edit.js';
import type { JobFinding, JobResult, JobSettings, OutputPiece } from './job.js';
import { Merge } from './merge.js';
import { type PoolOptions, runPool } from './pool.js';
import type { Unit } from './unit.js';

export interface RunOptions {
  units: readonly Unit[];
  /** The units' compile_commands.json. */
  database: string | undefined;
  settings: JobSettings;
  /** The most processes at once. */
  jobs: number;
  signal: AbortSignal;
  /** Whether edits count that come from files with errors, of which Clang knows only a part. */
  allowErrors: boolean;
  /** Whether a finding is known already: it is kept apart, and its fix is not made. */
  isKnown(finding: JobFinding): boolean;
  /** What the script printed while it was loaded. */
  loaded(printed: readonly OutputPiece[]): void;
  /** Where workers take the jobs from, instead of processes of our own; and what to do while there are none. */
  queue: string | undefined;
  waiting(): void;
  /** As files are done, in whatever order. */
  progress(unit: Unit): void;
  /** In the order of the units, each as soon as those before it are done. Findings of headers come once. */
  result(unit: Unit, result: JobResult): void;
}

export interface RunOutcome {
  merge: Merge;
  /** Those that are known included. */
  findings: JobFinding[];
  known: number;
  /** Fixes that do not go with another edit, and that edit. */
  leftOut: { finding: JobFinding; against: Edit }[];
  failed: { unit: Unit; result: JobResult }[];
  withErrors: Unit[];
  /** Of those with errors, the ones whose edits were left out. */
  withheld: Unit[];
  /** How many files had to be parsed. */
  parsed: number;
  refusedFlags: ReadonlyMap<string, number>;
}

export async function runScript(options: RunOptions): Promise<RunOutcome> {
  const { units, settings, jobs, signal } = options;
  const collector = new Collector(options);
  const waiting = new Map<number, JobResult>();
  let next = 0;
  const poolOptions: PoolOptions = {
    settings,
    units,
    database: options.database,
    jobs,
    signal,
    loaded: options.loaded,
    done(unit, result) {
      options.progress(units[unit] as Unit);
      waiting.set(unit, result);
      for (let ready = waiting.get(next); ready; ready = waiting.get(next)) {
        waiting.delete(next);
        collector.take(units[next++] as Unit, ready);
      }
    },
  };
  // BullMQ is loaded only by who uses it.
  if (options.queue === undefined) await runPool(poolOptions);
  else await (await import('./queue.js')).runQueue(options.queue, poolOptions, options.waiting);
  return collector.outcome;
}

type CollectorOptions = Pick<RunOptions, 'allowErrors' | 'isKnown' | 'result'>;

/** Brings results together, in the order of the units: so the same input gives the same output, however many workers. */
export class Collector {
  private readonly options: CollectorOptions;
  private readonly seen = new Set<string>();
  private readonly refused = new Map<string, number>();
  readonly outcome: RunOutcome;

  constructor(options: CollectorOptions) {
    this.options = options;
    this.outcome = {
      merge: new Merge(),
      findings: [],
      known: 0,
      leftOut: [],
      failed: [],
      withErrors: [],
      withheld: [],
      parsed: 0,
      refusedFlags: this.refused,
    };
  }

  take(unit: Unit, result: JobResult): void {
    const { outcome, options } = this;
    if (!result.cached) outcome.parsed++;
    for (const flag of result.refusedFlags) this.refused.set(flag, (this.refused.get(flag) ?? 0) + 1);
    if (result.failure) outcome.failed.push({ unit, result });
    if (result.hasErrors) outcome.withErrors.push(unit);
    const first = result.findings.filter((found) => this.isFirst(found));
    outcome.findings.push(...first);
    const findings = first.filter((found) => !options.isKnown(found));
    outcome.known += first.length - findings.length;
    const usable = !result.hasErrors || options.allowErrors;
    if (usable) this.merge(findings, result);
    else if (result.edits.length > 0 || findings.some(({ fix }) => fix)) outcome.withheld.push(unit);
    options.result(unit, { ...result, findings });
  }

  private merge(findings: readonly JobFinding[], { edits, sources }: JobResult): void {
    const { outcome } = this;
    outcome.merge.add({ edits, sources });
    for (const finding of findings) {
      const against = finding.fix && outcome.merge.addWhole({ edits: finding.fix, sources });
      if (against) outcome.leftOut.push({ finding, against });
    }
  }

  /** A header's finding is the same from wherever it is seen. */
  private isFirst({ finding: { check, message, place } }: JobFinding): boolean {
    const key = JSON.stringify([check, message, place.file, place.begin, place.end]);
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    return true;
  }
}
