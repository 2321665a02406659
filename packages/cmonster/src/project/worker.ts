/** A worker process: loads the script once, runs it over the files it is given, one at a time. Started by pool.ts. */
import { Console } from 'node:console';
import '../index.js';
import { CmonsterError } from '../error.js';
import { failureOf } from './failure.js';
import { emptyResult, type FromWorker, type JobSettings, type OutputPiece, type ToWorker } from './job.js';
import { Overdue } from './overdue.js';
import { runProject } from './run-project.js';
import { runUnit } from './run-unit.js';
import { isForProject, loadScript, type ProjectScript, type UnitScript } from './script.js';
import type { Unit } from './unit.js';

let settings: JobSettings;
let script: UnitScript;
let overdue: Overdue | undefined;
let printed: OutputPiece[] = [];
/** The job that has not come to its end. */
let current: number | undefined;
/** Whether that is the whole project, whose files fail only together. */
let whole = false;

function send(message: FromWorker): void {
  process.send?.(message);
}

/** What is printed belongs to a file: it goes with the file's result, so that files' outputs never mix. */
function capture(stream: 'stdout' | 'stderr'): void {
  const take = (text: string): void => {
    const last = printed.at(-1);
    if (last?.stream === stream) last.text += text;
    else printed.push({ stream, text });
  };
  process[stream].write = ((
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    done?: (error?: Error | null) => void,
  ): boolean => {
    take(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    const callback = typeof encoding === 'function' ? encoding : done;
    if (callback) process.nextTick(callback);
    return true;
  }) as typeof process.stdout.write;
}

function takePrinted(): OutputPiece[] {
  const taken = printed;
  printed = [];
  return taken;
}

async function start(given: JobSettings): Promise<void> {
  settings = given;
  process.argv = [process.execPath, settings.script, ...settings.arguments];
  overdue = new Overdue();
  overdue.arm(settings.scriptTimeLimit);
  try {
    const exported = (await loadScript(settings.script, settings.cache)).default;
    if (typeof exported === 'function') script = exported as UnitScript;
    const scriptKind = typeof exported !== 'function' ? 'none' : isForProject(exported) ? 'project' : 'unit';
    send({ type: 'ready', printed: takePrinted(), scriptKind });
  } catch (error) {
    send({ type: 'unusable', failure: failureOf(error), printed: takePrinted() });
  } finally {
    overdue.disarm();
  }
}

async function work(id: number, unit: Unit): Promise<void> {
  current = id;
  // With nothing else to wait for Node then comes to its end: see 'beforeExit'.
  process.channel?.unref();
  const result = await runUnit(script, unit, settings, () => {
    send({ type: 'parsed', id });
    overdue?.arm(settings.scriptTimeLimit);
  });
  finish(id, result);
}

async function workOnProject(units: readonly Unit[], database: string | undefined): Promise<void> {
  process.channel?.unref();
  current = 0;
  whole = true;
  const results = await runProject(script as unknown as ProjectScript, units, database, settings);
  for (const [id, result] of results.entries()) {
    current = id;
    finish(id, result);
  }
}

function finish(id: number, result: ReturnType<typeof emptyResult>, spent = false): void {
  overdue?.disarm();
  if (current !== id) return;
  current = undefined;
  process.channel?.ref();
  result.output = takePrinted();
  send({ type: 'done', id, result, spent });
}

function fail(error: unknown): void {
  if (current === undefined || whole) send({ type: 'unusable', failure: failureOf(error), printed: takePrinted() });
  else finish(current, { ...emptyResult(), failure: failureOf(error) }, true);
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.on('beforeExit', () => {
  if (current === undefined) return;
  fail(
    new CmonsterError(
      'SCRIPT',
      "the script's promise never settles: it waits for something that cannot happen any more. Is there an await on a promise that nobody resolves?",
    ),
  );
});
// The terminal's Ctrl-C reaches the whole group; the parent decides what it means.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.on('message', (message: ToWorker) => {
  if (message.type === 'start') void start(message.settings);
  else if (message.type === 'project') void workOnProject(message.units, message.database).catch(fail);
  else void work(message.id, message.unit);
});

capture('stdout');
capture('stderr');
// Node's own console may have been made with the streams' first write functions.
globalThis.console = new Console({ stdout: process.stdout, stderr: process.stderr });
