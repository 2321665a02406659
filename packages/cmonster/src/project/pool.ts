/** Worker processes that run a script over files. A worker that dies, or does not come back, costs one file. */
import { CmonsterError } from '../error.js';
import { failureOf } from './failure.js';
import type { JobResult, JobSettings, OutputPiece } from './job.js';
import type { Unit } from './unit.js';
import { UnusableScript, WorkerProcess } from './worker-process.js';

export interface PoolOptions {
  settings: JobSettings;
  units: readonly Unit[];
  database: string | undefined;
  /** The most processes at once. */
  jobs: number;
  signal: AbortSignal;
  /** Called as files are done, in whatever order. */
  done(unit: number, result: JobResult): void;
  /** What the script printed while it was loaded; once. */
  loaded(printed: readonly OutputPiece[]): void;
}

/** How long the first worker is alone, in milliseconds: its pace says whether others are worth their start. */
const HEAD_START = 200;
/** What must be left for each, in milliseconds, to be worth another start: that takes half a second of CPU time. */
const START = 1500;

/** Resolves when every file is done; rejects when the script cannot be used at all, or at an abort. */
export async function runPool(options: PoolOptions): Promise<void> {
  const pool = new Pool(options);
  const { signal } = options;
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    await Promise.race([pool.run(), aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
    pool.stop();
  }
}

class Pool {
  private readonly options: PoolOptions;
  private readonly workers = new Set<WorkerProcess>();
  private next = 0;
  private finished = 0;
  private stopped = false;

  constructor(options: PoolOptions) {
    this.options = options;
  }

  async run(): Promise<void> {
    const { options } = this;
    const first = await this.start().catch((error: unknown) => {
      if (error instanceof UnusableScript) options.loaded(error.printed);
      throw error;
    });
    options.loaded(first.printed);
    if (first.scriptKind === 'none') {
      const why = 'the script has no function as its default export to call with each file';
      throw new UnusableScript(failureOf(new CmonsterError('USAGE', why)));
    }
    if (first.scriptKind === 'project') return first.runProject(options.units, options.database, options.done);
    const members = [this.work(first)];
    if (options.jobs > 1 && this.left > 1) {
      await new Promise((resolve) => setTimeout(resolve, HEAD_START));
      // With a warm cache there may be nothing left that is worth a second process.
      const pace = this.finished === 0 ? Number.POSITIVE_INFINITY : HEAD_START / this.finished;
      while (members.length < options.jobs && this.left > 0 && (this.left * pace) / members.length > START) {
        members.push(this.start().then((worker) => this.work(worker)));
      }
    }
    await Promise.all(members);
  }

  stop(): void {
    this.stopped = true;
    for (const worker of this.workers) worker.stop();
  }

  private get left(): number {
    return this.options.units.length - this.next;
  }

  private async start(): Promise<WorkerProcess> {
    const worker = await WorkerProcess.start(this.options.settings);
    this.workers.add(worker);
    if (this.stopped) worker.stop();
    return worker;
  }

  /** Takes files until there are no more. */
  private async work(first: WorkerProcess): Promise<void> {
    let worker = first;
    while (this.left > 0 && !this.stopped) {
      if (!worker.isUsable) {
        this.workers.delete(worker);
        worker = await this.start();
        continue;
      }
      const at = this.next++;
      const result = await worker.run(at, this.options.units[at] as Unit);
      this.finished++;
      this.options.done(at, result);
    }
    worker.stop();
  }
}
