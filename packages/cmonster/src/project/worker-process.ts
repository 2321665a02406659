/** One worker process, seen from the outside: whatever happens to it becomes a result, or an unusable script. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import { CmonsterError } from '../error.js';
import { withHugePages } from '../frontend/huge-pages.js';
import { type Failure, failureOf, framesOf } from './failure.js';
import {
  emptyResult,
  type FromWorker,
  type JobResult,
  type JobSettings,
  type OutputPiece,
  type ToWorker,
} from './job.js';
import { OVERDUE_FD } from './overdue.js';
import type { Unit } from './unit.js';

/** Thrown when the script itself cannot be used at all. */
export class UnusableScript extends Error {
  readonly failure: Failure;
  /** What it said before. */
  readonly printed: readonly OutputPiece[];

  constructor(failure: Failure, printed: readonly OutputPiece[] = []) {
    super(failure.message);
    this.failure = failure;
    this.printed = printed;
  }
}

/** What waits for the next message. */
interface Waiting {
  message(message: FromWorker): void;
  /** The process is of no use any more. */
  lost(failure: Failure): void;
}

export class WorkerProcess {
  private readonly process: ChildProcess;
  private readonly settings: JobSettings;
  private waiting: Waiting | undefined;
  private stopped = false;
  private loaded = false;
  /** What the script printed while it was loaded. */
  printed: readonly OutputPiece[] = [];
  scriptKind: 'unit' | 'project' | 'none' = 'none';

  /** Starts a process and loads the script; throws an UnusableScript. */
  static async start(settings: JobSettings): Promise<WorkerProcess> {
    const worker = new WorkerProcess(settings);
    await new Promise<void>((resolve, reject) => {
      worker.waiting = {
        message(message) {
          if (message.type === 'unusable') reject(new UnusableScript(message.failure, message.printed));
          if (message.type !== 'ready') return;
          worker.printed = message.printed;
          worker.scriptKind = message.scriptKind;
          worker.loaded = true;
          resolve();
        },
        lost: (failure) => reject(new UnusableScript(failure)),
      };
      worker.tell({ type: 'start', settings });
    }).catch((error: unknown) => {
      worker.stop();
      throw error;
    });
    worker.waiting = undefined;
    return worker;
  }

  private constructor(settings: JobSettings) {
    this.settings = settings;
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.process = fork(new URL(`./worker.${extension}`, import.meta.url), {
      env: withHugePages(),
      // A script's children may print: their output goes straight through.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    });
    this.process.on('message', (message: FromWorker) => this.waiting?.message(message));
    this.process.on('error', (error) => this.lose(failureOf(error)));
    this.process.on('exit', (code, signal) => this.exited(code, signal));
    const overdue = this.process.stdio[OVERDUE_FD] as Readable | null | undefined;
    overdue?.on('error', () => {});
    overdue?.setEncoding('utf8').on('data', (text: string) => this.overdue(text));
  }

  get isUsable(): boolean {
    return !this.stopped;
  }

  /** Runs the script over one file. A process that does not survive that is of no use afterwards, which `isUsable` says. */
  async run(id: number, unit: Unit): Promise<JobResult> {
    const result = await new Promise<JobResult>((resolve) => {
      this.waiting = {
        message: (message) => {
          if (message.type !== 'done' || message.id !== id) return;
          if (message.spent) this.stop();
          resolve(message.result);
        },
        lost: (failure) => resolve({ ...emptyResult(), failure }),
      };
      this.tell({ type: 'job', id, unit });
    });
    this.waiting = undefined;
    return result;
  }

  /** Runs it over all of them at once. Throws an UnusableScript when it fails: then it has failed for all. */
  async runProject(
    units: readonly Unit[],
    database: string | undefined,
    done: (unit: number, result: JobResult) => void,
  ): Promise<void> {
    let left = units.length;
    await new Promise<void>((resolve, reject) => {
      this.waiting = {
        message(message) {
          if (message.type === 'unusable') reject(new UnusableScript(message.failure, message.printed));
          if (message.type !== 'done') return;
          done(message.id, message.result);
          if (--left === 0) resolve();
        },
        lost: (failure) => reject(new UnusableScript(failure)),
      };
      this.tell({ type: 'project', units, database });
    });
    this.waiting = undefined;
  }

  /** One that is busy is killed; one that waits ends by itself when nobody speaks to it any more. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    if (this.waiting) this.process.kill('SIGKILL');
    else if (this.process.connected) this.process.disconnect();
  }

  private tell(message: ToWorker): void {
    // Its end is noticed by 'exit'.
    this.process.send(message, () => {});
  }

  private lose(failure: Failure): void {
    if (this.stopped) return;
    this.stop();
    this.waiting?.lost(failure);
  }

  /** The script's time is over. */
  private overdue(text: string): void {
    const { stack } = JSON.parse(text) as { stack: string };
    const frames = framesOf(stack);
    const seconds = this.settings.scriptTimeLimit / 1000;
    const advice = '(--script-timeout gives it more time)';
    const why =
      frames.length > 0
        ? `the script is still busy here after ${seconds} s: an endless loop? ${advice}`
        : this.loaded
          ? `the script has not come to its end after ${seconds} s: a promise that never settles? ${advice}`
          : `the script is not loaded after ${seconds} s: does it wait for something outside of its function? ${advice}`;
    this.lose({ ...failureOf(new CmonsterError('SCRIPT', why)), frames });
  }

  private exited(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.stopped) return;
    const how = signal ? `was killed by ${signal}` : `ended with status ${code}`;
    const question = signal === 'SIGKILL' ? 'was the memory used up?' : 'does the script call process.exit?';
    this.lose(failureOf(new CmonsterError('SCRIPT', `the worker ${how} in the middle of it: ${question}`)));
  }
}
