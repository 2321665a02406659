// Starts a command under hooks, and stays beside it: reads what its threads say, until it ends.

import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MrhookerError } from '../error.js';
import type { Account } from '../report/account.js';
import { Report, type ReportOptions } from '../report/report.js';
import type { Manifest } from '../stub/manifest.js';
import { namesStub } from '../stub/names.js';
import { builtFile } from '../stub/native.js';
import { findCommand, inspectTarget } from './command.js';
import { isGlob, loadedObjects, namesFor } from './imports.js';
import { type RawRecord, type Segment, Session, segmentStates } from './session.js';

export interface LaunchOptions extends ReportOptions {
  /** Shared objects with hooked names, in the order in which they are to be preloaded. */
  stubs: readonly string[];
  /** Path of the script's bytecode. */
  bytecode?: string;
  manifest: Manifest;
  /** Where the stub for names without a signature is kept; beside the bytecode otherwise. */
  buildDir?: string;
  /** The command and its arguments. */
  command: readonly string[];
  /** Hooks go on in children; the default. */
  follow?: boolean;
  /** Globs of functions without signature in programs that the command starts; those of the manifest by default. */
  globs?: readonly string[];
  /** Glob of the modules whose calls are hooked. */
  only?: string;
  /** How long a hook may run, in milliseconds. */
  timeLimit?: number;
  /** Bytes that a thread's engine may take. */
  memoryLimit?: number;
  /** Bytes of a thread's ring. */
  ringSize?: number;
  /** Another build of the runtime than the package's own. */
  runtime?: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** The command's standard streams; the launcher's own by default. */
  stdio?: StdioOptions;
  /** Gets the process that stands for the command's, to read its streams or to send it signals. */
  onSpawn?: (child: ChildProcess) => void;
}

/** How the command ended. */
export interface Outcome {
  /** Faults of hooks. */
  faults: number;
  account: Account;
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** Whether the runtime came up in the command at all. */
  hooked: boolean;
}

const busyInterval = 2;
const idleInterval = 20;
const lastMilliseconds = 500;

/** Signals that are the command's, not the launcher's: it dies of them or not. */
const passedOn: NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'];
/** These a terminal sends to the command itself, too. */
const ofTerminal: NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/**
 * Runs a command under hooks.
 * @throws MrhookerError `command` or `target` when it can't be started or reached
 */
export async function launch(options: LaunchOptions): Promise<Outcome> {
  const { command } = options;
  const [name = '', ...args] = command;
  const path = findCommand(name, options.env?.PATH);
  const target = inspectTarget(path);
  const { manifest, stubs } = withNames(options, target.path);
  const preload = [...stubs, options.runtime ?? builtFile('runtime.so')].join(':');
  for (const object of preload.split(':')) {
    if (/\s/.test(object))
      throw new MrhookerError(
        'build-dir',
        `${object}: the loader can't preload from a path with spaces; choose another --build-dir`,
      );
  }
  const env = { ...(options.env ?? process.env) };
  // From bin/mrhooker.js: Node has opened /dev/null in their place.
  const closed = [...(env.MRHOOKER_CLOSED ?? '')].map(Number);
  delete env.MRHOOKER_CLOSED;
  const session = new Session({
    bytecode: options.bytecode === undefined ? undefined : readFileSync(options.bytecode),
    functionCount: manifest.functions.length,
    shared: manifest.shared,
    preload,
    globs: options.follow === false ? [] : (options.globs ?? manifest.patterns.filter(isGlob)),
    follow: options.follow,
    eager: manifest.eager,
    only: options.only,
    timeLimit: options.timeLimit,
    memoryLimit: options.memoryLimit,
    ringSize: options.ringSize,
    closed,
  });
  let report: Report | undefined;
  try {
    report = new Report(session, manifest, options);
    const watch = new Watch(session, report);
    env.LD_PRELOAD = env.LD_PRELOAD ? `${preload}:${env.LD_PRELOAD}` : preload;
    env.MRHOOKER = session.path;
    const outcome = await run(path, name, args, env, options, watch);
    const error = session.startError();
    if (error) throw new MrhookerError('command', `${name} can't be executed: ${errorName(error)}`);
    const hooked = session.processes().length > 0;
    const account = report.end(hooked);
    return { ...outcome, hooked, faults: report.faults, account };
  } finally {
    session.abandon();
    session.remove();
    report?.close();
  }
}

function errorName(number: number): string {
  return Object.entries(constants.errno).find(([, value]) => value === number)?.[0] ?? `errno ${number}`;
}

/** Adds the functions that the script asks for by pattern, and the stub that exports them. */
function withNames(options: LaunchOptions, target: string): { manifest: Manifest; stubs: string[] } {
  const { manifest } = options;
  const stubs = [...options.stubs];
  if (!manifest.patterns.length) return { manifest, stubs };
  const typed = manifest.functions.filter(({ hooked }) => hooked).map(({ name }) => name);
  const names = namesFor(manifest.patterns, loadedObjects(target), new Set(typed));
  if (!names.length) return { manifest, stubs };
  const stub = namesStub(names, manifest.functions.length);
  const hash = createHash('sha256').update(stub).digest('hex').slice(0, 24);
  const path = join(options.buildDir ?? dirname(options.bytecode ?? options.stubs[0] ?? tmpdir()), `names-${hash}.so`);
  if (!existsSync(path)) {
    // Two runs may write it at once; each writes a file of its own and puts it in place whole.
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, stub, { mode: 0o700 });
    renameSync(fresh, path);
  }
  const functions = [...manifest.functions, ...names.map((name) => ({ name, hooked: true }))];
  return { manifest: { ...manifest, functions }, stubs: [...stubs, path] };
}

async function run(
  path: string,
  name: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  { cwd, stdio = 'inherit', onSpawn }: LaunchOptions,
  watch: Watch,
): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }> {
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  const forwardUnlessTyped = (signal: NodeJS.Signals) => isForeground() || child.kill(signal);
  // Before the command runs: none is lost. They are heard when it does.
  for (const signal of passedOn) process.on(signal, forward);
  for (const signal of ofTerminal) process.on(signal, forwardUnlessTyped);
  const child = spawn(builtFile('mrhooker-start'), [path, name, ...args], { env, cwd, stdio });
  onSpawn?.(child);
  watch.start();
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', (error) => {
        reject(new MrhookerError('command', `${name}: ${error.message}`, { cause: error }));
      });
      child.on('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    });
  } finally {
    for (const signal of passedOn) process.off(signal, forward);
    for (const signal of ofTerminal) process.off(signal, forwardUnlessTyped);
    watch.stop();
  }
}

/** Whether a terminal's keys send signals to this process, and so to the command. */
function isForeground(): boolean {
  try {
    // The name may hold anything; behind it: state, parent, process group, session, terminal, the terminal's foreground group.
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    return true;
  }
}

/** Ends this process as the command ended: with its status, or of its signal. */
export function endLike({ exitCode, signal }: Pick<Outcome, 'exitCode' | 'signal'>): void {
  if (signal === null) {
    process.exitCode = exitCode ?? 1;
    return;
  }
  process.exitCode = 128 + (constants.signals[signal] ?? 0);
  // A core file would be this process's, and tell nobody anything; a shell sees the same number.
  if (signal !== 'SIGKILL' && signal !== 'SIGSEGV' && signal !== 'SIGABRT') {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
}

/** Reads the rings: often while there is much to read, seldom otherwise. */
class Watch {
  readonly #session: Session;
  readonly #report: Report;
  #timer: NodeJS.Timeout | undefined;

  constructor(session: Session, report: Report) {
    this.#session = session;
    this.#report = report;
  }

  start() {
    const turn = () => {
      this.#timer = setTimeout(turn, this.#drain() ? busyInterval : idleInterval);
    };
    turn();
  }

  /** Reads what is left. Called when the command has ended: all that it said is there then, and children that go on may never end. */
  stop() {
    clearTimeout(this.#timer);
    const until = performance.now() + lastMilliseconds;
    while (this.#drain() && performance.now() < until) {}
  }

  #drain(): boolean {
    const found: { segment: Segment; record: RawRecord }[] = [];
    const segments = this.#session.segments();
    const latest = new Map(segments.length ? this.#session.processes().map(({ pid, index }) => [pid, index]) : []);
    const take = (segment: Segment): boolean => {
      const records = this.#session.drain(segment);
      for (const record of records) found.push({ segment, record });
      return records.length > 0;
    };
    for (const segment of segments) {
      if (take(segment) || (segment.state !== segmentStates.done && !this.#isOver(segment, latest))) continue;
      // It may have written, and ended, since it was looked at.
      const last = this.#session.again(segment);
      if (take(last)) continue;
      this.#report.finish(last);
      this.#session.release(last);
    }
    // What several threads said since the last time is told in the order in which they said it.
    if (segments.length > 1)
      found.sort((a, b) => (a.record.time < b.record.time ? -1 : a.record.time > b.record.time ? 1 : 0));
    this.#report.take(found);
    return found.length > 0;
  }

  /** Whether its process is dead, or has become another program, which has a record of its own. */
  #isOver(segment: Segment, latest: ReadonlyMap<number, number>): boolean {
    if (segment.process !== 0xffffffff && (latest.get(segment.pid) ?? segment.process) > segment.process) return true;
    try {
      process.kill(segment.pid, 0);
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ESRCH';
    }
  }
}
