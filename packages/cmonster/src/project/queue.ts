/**
 * The jobs of a run through a queue in Redis (BullMQ), worked on by `cmonster worker` processes on any number of machines that
 * see the same files under the same paths. docs/guides/many-machines.md
 *
 * A job is one file. It may be done more than once, as a worker may die behind its work: it only reads, its result is data, and
 * whoever asked takes the first. Files are written by the one who asked, and only if they hold what the workers saw.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Job, Queue, QueueEvents, Worker } from 'bullmq';
import { CmonsterError } from '../error.js';
import { version } from '../version.js';
import { failureOf } from './failure.js';
import { emptyResult, type JobResult, type JobSettings } from './job.js';
import type { PoolOptions } from './pool.js';
import type { Unit } from './unit.js';
import { UnusableScript, WorkerProcess } from './worker-process.js';

const QUEUE = 'cmonster';
const ATTEMPTS = 4;
/** Milliseconds after which the job of a worker that says nothing is given to another. */
const LOCK = 6000;
/** Seconds for which results wait for whoever asked. */
const KEEP = 3600;

interface QueuedJob {
  version: string;
  settings: Omit<JobSettings, 'cache'>;
  /** SHA-256 of the script's own file, so that two machines never run two versions of it. */
  scriptHash: string;
  unit: Unit;
}

/** This package's own scripts lie elsewhere on another machine. */
const BUILTIN = 'builtin:';
const builtins = fileURLToPath(new URL('./builtin/', import.meta.url));

type BullMq = typeof import('bullmq');

async function bullmq(): Promise<BullMq> {
  try {
    await import('ioredis');
    return await import('bullmq');
  } catch (cause) {
    throw new CmonsterError('USAGE', 'a queue needs two more packages: npm install bullmq ioredis', { cause });
  }
}

interface ConnectionSettings {
  url: string;
  maxRetriesPerRequest: null;
}

/** Says at once, and once, when nobody answers there. */
async function reach(url: string): Promise<ConnectionSettings> {
  if (!/^rediss?:\/\//.test(url))
    throw new CmonsterError('USAGE', `'${url}' is no address of a queue: redis://host:port`);
  const { Redis } = await import('ioredis');
  const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  probe.on('error', () => {});
  try {
    await probe.connect();
    await probe.ping();
  } catch (cause) {
    throw new CmonsterError('USAGE', `no Redis answers at ${url}: ${(cause as Error).message}`, { cause });
  } finally {
    probe.disconnect();
  }
  return { url, maxRetriesPerRequest: null };
}

// --- Who asks -------------------------------------------------------------------------------------------------------

/** The same as `runPool`, by others. `waiting` is called once when there is nobody to work. */
export async function runQueue(url: string, options: PoolOptions, waiting: () => void): Promise<void> {
  const { units, settings, signal, done } = options;
  const { Queue, QueueEvents } = await bullmq();
  const connection = await reach(url);
  const run = randomUUID();
  const queue: Queue = new Queue(QUEUE, { connection });
  const events: QueueEvents = new QueueEvents(QUEUE, { connection });
  const quiet = (): void => {};
  queue.on('error', quiet);
  events.on('error', quiet);
  try {
    await events.waitUntilReady();
    const finished = new Set<number>();
    const outcome = new Promise<void>((resolve, reject) => {
      const abort = (): void => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      const finish = (id: string, result: JobResult): void => {
        const [owner, number] = id.split('_');
        const unit = Number(number);
        if (owner !== run || finished.has(unit)) return;
        finished.add(unit);
        if (result.failure && result.unusable) reject(new UnusableScript(result.failure));
        else done(unit, result);
        if (finished.size === units.length) resolve();
      };
      events.on('completed', ({ jobId, returnvalue }) => finish(jobId, returnvalue as unknown as JobResult));
      events.on('failed', ({ jobId, failedReason }) => {
        const why = `no worker came to its end with it, ${ATTEMPTS} times: ${failedReason}`;
        finish(jobId, { ...emptyResult(), failure: failureOf(new CmonsterError('SCRIPT', why)) });
      });
    });
    outcome.catch(quiet);
    const hash = scriptHash(settings.script);
    await queue.addBulk(
      units.map((unit, at) => ({
        name: 'file',
        data: { version, settings: portable(settings), scriptHash: hash, unit } satisfies QueuedJob,
        opts: {
          jobId: `${run}_${at}`,
          attempts: ATTEMPTS,
          backoff: { type: 'fixed', delay: 500 },
          removeOnComplete: { age: KEEP },
          removeOnFail: { age: KEEP },
        },
      })),
    );
    const patience = setTimeout(() => {
      void queue.getWorkersCount().then((count) => count === 0 && waiting(), quiet);
    }, 1000);
    try {
      await outcome;
    } finally {
      clearTimeout(patience);
      // What nobody will look at any more.
      await Promise.allSettled(units.map((_, at) => queue.remove(`${run}_${at}`)));
    }
  } finally {
    await Promise.allSettled([events.close(), queue.close()]);
  }
}

function portable({ cache: _, ...settings }: JobSettings): Omit<JobSettings, 'cache'> {
  const own = settings.script.startsWith(builtins);
  const name = settings.script.slice(builtins.length).replace(/\.[jt]s$/, '');
  return own ? { ...settings, script: BUILTIN + name } : settings;
}

function scriptHash(path: string): string {
  if (path.startsWith(builtins)) return version;
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

// --- Who works ------------------------------------------------------------------------------------------------------

export interface QueueWorkerOptions {
  url: string;
  /** Processes at once. */
  jobs: number;
  /** Where this machine keeps snapshots. */
  cache: string | undefined;
  signal: AbortSignal;
  /** A line for whoever watches. */
  say(line: string): void;
}

/** Works until the signal. A job that was begun is ended first. */
export async function workOnQueue({ url, jobs, cache, signal, say }: QueueWorkerOptions): Promise<void> {
  const { Worker } = await bullmq();
  const connection = await reach(url);
  const stations = new Stations();
  const worker: Worker = new Worker(QUEUE, (job: Job<QueuedJob>) => stations.work(job.data, cache), {
    connection,
    concurrency: jobs,
    lockDuration: LOCK,
    stalledInterval: LOCK / 2,
    maxStalledCount: ATTEMPTS,
    name: `${hostname()}:${process.pid}`,
  });
  let unreachable = false;
  worker.on('error', (error) => {
    if (!unreachable) say(`the queue cannot be reached: ${error.message}; trying again`);
    unreachable = true;
  });
  worker.on('completed', (job: Job<QueuedJob>) => {
    unreachable = false;
    say(`done: ${job.data.unit.file}`);
  });
  worker.on('failed', (job, error) =>
    say(`failed: ${(job as Job<QueuedJob> | undefined)?.data.unit.file}: ${error.message}`),
  );
  say(`working for ${url}, ${jobs} at once`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await worker.close();
  stations.stop();
}

/** Processes that have a script loaded, kept for the next file of the same run. */
class Stations {
  private readonly idle = new Map<string, WorkerProcess[]>();
  private count = 0;

  async work(job: QueuedJob, cache: string | undefined): Promise<JobResult> {
    const problem = unfit(job);
    if (problem) return { ...emptyResult(), failure: failureOf(problem), unusable: true };
    const { unit } = job;
    const settings: JobSettings = { ...job.settings, script: scriptOf(job.settings.script), cache };
    const key = JSON.stringify([settings, job.scriptHash]);
    let worker = this.idle.get(key)?.pop();
    try {
      worker ??= await this.start(key, settings);
      if (worker.scriptKind !== 'unit') {
        throw new UnusableScript(
          failureOf(new CmonsterError('USAGE', 'only a script that takes one translation unit can go through a queue')),
        );
      }
      const result = await worker.run(this.count++, unit);
      if (worker.isUsable) this.idle.get(key)?.push(worker);
      return result;
    } catch (error) {
      if (!(error instanceof UnusableScript)) throw error;
      return { ...emptyResult(), failure: error.failure, unusable: true };
    }
  }

  private async start(key: string, settings: JobSettings): Promise<WorkerProcess> {
    // Another run's processes would only hold memory.
    for (const [other, workers] of this.idle) {
      if (other === key) continue;
      for (const worker of workers) worker.stop();
      this.idle.delete(other);
    }
    if (!this.idle.has(key)) this.idle.set(key, []);
    return WorkerProcess.start(settings);
  }

  stop(): void {
    for (const workers of this.idle.values()) for (const worker of workers) worker.stop();
  }
}

function scriptOf(script: string): string {
  if (!script.startsWith(BUILTIN)) return script;
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return `${builtins}${script.slice(BUILTIN.length)}.${extension}`;
}

/** Why this machine must not take the job. */
function unfit(job: QueuedJob): CmonsterError | undefined {
  const where = `the worker on ${hostname()}`;
  if (job.version !== version) {
    return new CmonsterError(
      'USAGE',
      `${where} has cmonster ${version}, and the run ${job.version}: both must be the same`,
    );
  }
  let hash: string | undefined;
  try {
    hash = scriptHash(scriptOf(job.settings.script));
  } catch {
    return new CmonsterError(
      'USAGE',
      `${where} does not see the script ${job.settings.script}: it needs the same files under the same paths`,
    );
  }
  if (hash === job.scriptHash) return undefined;
  return new CmonsterError('USAGE', `${where} sees another version of ${job.settings.script}: it needs the same files`);
}
