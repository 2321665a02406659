/** Worker processes that run a script over files. A worker that dies, or does not come back, costs one file. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import { CmonsterError } from '../error.js';
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

export interface PoolOptions {
  settings: JobSettings;
  units: readonly Unit[];
  database: string | undefined;
  /** The most processes at once. */
  jobs: number;
  /** Called as files are done, in whatever order. */
  done(unit: number, result: JobResult): void;
  /** What the script printed while it was loaded; once. */
  loaded(printed: readonly OutputPiece[]): void;
  signal: AbortSignal;
}

/** Another worker is worth its start only where this many files would still wait for it. */
const WORTH_A_WORKER = 3;
/** How long the first worker is alone, in milliseconds: a warm cache may make others unnecessary. */
const HEAD_START = 150;

interface Member {
  process: ChildProcess;
  /** The unit being worked on. */
  unit: number | undefined;
  ready: boolean;
  stopping: boolean;
  /** Whether it has the whole project at once. */
  whole: boolean;
}

/** Thrown when the script itself cannot be loaded. */
export class UnusableScript extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Resolves when every file is done, rejects when the script cannot be used at all, or at an abort. */
export class Pool {
  private readonly options: PoolOptions;
  private readonly members = new Set<Member>();
  private next = 0;
  private finished = 0;
  private greeted = false;
  private readonly outcome: { promise: Promise<void>; resolve(): void; reject(error: unknown): void };
  private headStart: NodeJS.Timeout | undefined;

  constructor(options: PoolOptions) {
    this.options = options;
    let resolve = (): void => {};
    let reject = (_error: unknown): void => {};
    const promise = new Promise<void>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    this.outcome = { promise, resolve, reject };
  }

  async run(): Promise<void> {
    const { signal, jobs } = this.options;
    const abort = (): void => this.outcome.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      this.startMember();
      this.headStart = setTimeout(() => {
        while (this.members.size < jobs && this.left > this.members.size * WORTH_A_WORKER) this.startMember();
      }, HEAD_START);
      await this.outcome.promise;
    } finally {
      clearTimeout(this.headStart);
      signal.removeEventListener('abort', abort);
      for (const member of this.members) this.stop(member);
    }
  }

  private get left(): number {
    return this.options.units.length - this.next;
  }

  private startMember(): void {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const process = fork(new URL(`./worker.${extension}`, import.meta.url), {
      // A script's children may print: their output goes straight through.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    });
    const member: Member = { process, unit: undefined, ready: false, stopping: false, whole: false };
    this.members.add(member);
    process.on('message', (message: FromWorker) => this.receive(member, message));
    process.on('error', (error) => this.lost(member, failureOf(error)));
    process.on('exit', (code, signal) => this.exited(member, code, signal));
    process.stdio[OVERDUE_FD]?.on('error', () => {});
    (process.stdio[OVERDUE_FD] as Readable)
      .setEncoding('utf8')
      .on('data', (text: string) => this.overdue(member, text));
    this.tell(member, { type: 'start', settings: this.options.settings });
  }

  private tell({ process }: Member, message: ToWorker): void {
    // Its end is noticed by 'exit'.
    process.send(message, () => {});
  }

  private receive(member: Member, message: FromWorker): void {
    if (member.stopping) return;
    switch (message.type) {
      case 'ready':
        member.ready = true;
        if (!this.greeted) this.options.loaded(message.printed);
        this.greeted = true;
        this.begin(member, message.scriptKind);
        break;
      case 'unusable':
        if (!this.greeted) this.options.loaded(message.printed);
        this.outcome.reject(new UnusableScript(message.failure));
        break;
      case 'parsed':
        break;
      case 'done':
        member.unit = message.id;
        this.complete(member, message.result);
        if (message.spent) this.replace(member);
        else this.feed(member);
        break;
    }
  }

  private begin(member: Member, kind: 'unit' | 'project' | 'none'): void {
    const { units, database } = this.options;
    if (kind === 'none') {
      const why = 'the script has no function as its default export to call with each file';
      this.outcome.reject(new UnusableScript(failureOf(new CmonsterError('USAGE', why))));
    } else if (kind === 'unit') this.feed(member);
    else {
      clearTimeout(this.headStart);
      this.next = units.length;
      member.unit = 0;
      member.whole = true;
      this.tell(member, { type: 'project', units, database });
    }
  }

  private feed(member: Member): void {
    const { units } = this.options;
    if (this.next >= units.length) {
      const over = this.finished === units.length;
      if (over || !member.whole) this.stop(member);
      if (over) this.outcome.resolve();
      return;
    }
    member.unit = this.next++;
    this.tell(member, { type: 'job', id: member.unit, unit: units[member.unit] as Unit });
  }

  private complete(member: Member, result: JobResult): void {
    if (member.unit === undefined) return;
    const { unit } = member;
    member.unit = undefined;
    this.finished++;
    this.options.done(unit, result);
  }

  /** The script's time is over. */
  private overdue(member: Member, text: string): void {
    const { stack } = JSON.parse(text) as { stack: string };
    const seconds = this.options.settings.scriptTimeLimit / 1000;
    const frames = framesOf(stack);
    const why =
      frames.length > 0
        ? `the script is still busy here after ${seconds} s: an endless loop? (--script-timeout gives it more time)`
        : `the script has not come to its end after ${seconds} s: a promise that never settles? (--script-timeout gives it more time)`;
    this.lost(member, { ...failureOf(new CmonsterError('SCRIPT', why)), frames });
  }

  private exited(member: Member, code: number | null, signal: NodeJS.Signals | null): void {
    if (member.stopping) return;
    const how = signal ? `was killed by ${signal}` : `ended with status ${code}`;
    const why = `the worker ${how} in the middle of it${signal === 'SIGKILL' ? ': was the memory used up?' : ': does the script call process.exit?'}`;
    this.lost(member, failureOf(new CmonsterError('SCRIPT', why)));
  }

  private lost(member: Member, failure: Failure): void {
    if (member.stopping) return;
    this.stop(member, true);
    if (!member.ready || member.whole || member.unit === undefined) {
      this.outcome.reject(new UnusableScript(failure));
      return;
    }
    this.complete(member, { ...emptyResult(), failure });
    this.carryOn();
  }

  private replace(member: Member): void {
    this.stop(member, true);
    this.carryOn();
  }

  private carryOn(): void {
    if (this.next < this.options.units.length) this.startMember();
    else if (this.finished === this.options.units.length) this.outcome.resolve();
  }

  /** A worker that is busy is killed; one that waits ends by itself when nobody speaks to it any more. */
  private stop(member: Member, busy = member.unit !== undefined): void {
    member.stopping = true;
    this.members.delete(member);
    if (busy || !member.ready) member.process.kill('SIGKILL');
    else if (member.process.connected) member.process.disconnect();
  }
}
