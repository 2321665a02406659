/**
 * Kills an overdue child while the main thread is blocked in a synchronous read.
 *
 * One worker thread, started with the first blocking wait and unref'ed, watches a table in shared memory. Arming and
 * disarming are two stores, so that every question can have its own deadline. While anything is armed, and for a second
 * after, the worker looks every POLL_MS; then it sleeps until it is woken. SIGKILL also ends a child that is stopped.
 */
import { Worker } from 'node:worker_threads';

const SLOTS = 256;
const POLL_MS = 50;
/** Polls without anything armed before the worker sleeps: waking it costs more than a question does. */
const LINGERING = 20;
const CONTROL_WORDS = 2;

const STATE_FREE = 0;
const STATE_IDLE = 1;
const STATE_ARMED = 2;
const STATE_KILLED = 3;

interface Shared {
  /** [0] 1 while the worker sleeps without a deadline, [1] unused; then per slot: state, pid. */
  words: Int32Array<SharedArrayBuffer>;
  /** Per slot: when to kill, in milliseconds of `Date.now()`. */
  deadlines: Float64Array<SharedArrayBuffer>;
}

interface WorkerSettings extends Shared {
  slots: number;
  pollMs: number;
  controlWords: number;
  lingering: number;
}

/** Runs in the worker from its source text: refers to nothing outside of itself, and holds no inner function. */
function watch(settings: WorkerSettings): void {
  const { words, deadlines, slots, pollMs, controlWords, lingering } = settings;
  let idle = 0;
  for (;;) {
    let armed = false;
    const now = Date.now();
    for (let slot = 0; slot < slots; slot++) {
      const at = controlWords + slot * 2;
      if (Atomics.load(words, at) !== 2) continue;
      armed = true;
      if ((deadlines[slot] as number) > now) continue;
      // Between the look at the deadline and here the answer may have come: only an armed slot turns to killed.
      if (Atomics.compareExchange(words, at, 2, 3) !== 2) continue;
      try {
        process.kill(words[at + 1] as number, 'SIGKILL');
      } catch {
        // It has gone by itself; whoever waits for it sees the end of file.
      }
    }
    idle = armed ? 0 : idle + 1;
    if (idle < lingering) {
      Atomics.wait(words, 1, 0, pollMs);
    } else {
      Atomics.store(words, 0, 1);
      // Armed since the scan above? The flag is set now, so a later arming wakes us.
      let late = false;
      for (let slot = 0; slot < slots; slot++) {
        if (Atomics.load(words, controlWords + slot * 2) === 2) late = true;
      }
      if (!late) Atomics.wait(words, 0, 1);
      Atomics.store(words, 0, 0);
      idle = 0;
    }
  }
}

let shared: Shared | undefined;

function start(): Shared {
  const words = new Int32Array(new SharedArrayBuffer((CONTROL_WORDS + SLOTS * 2) * 4));
  const deadlines = new Float64Array(new SharedArrayBuffer(SLOTS * 8));
  shared = { words, deadlines };
  const settings: WorkerSettings = {
    words,
    deadlines,
    slots: SLOTS,
    pollMs: POLL_MS,
    controlWords: CONTROL_WORDS,
    lingering: LINGERING,
  };
  // As text: the thread must start the same way from TypeScript under a loader, from the compiled package, and while
  // the main thread, which loader hooks may need, is blocked.
  const worker = new Worker(`(${watch.toString()})(require('node:worker_threads').workerData)`, {
    eval: true,
    workerData: settings,
    execArgv: [],
    env: {},
  });
  worker.unref();
  worker.on('error', () => {
    shared = undefined;
  });
  return shared;
}

/** One child's place in the watchdog's table. */
export class Watch {
  private readonly shared: Shared;
  private readonly slot: number;
  private readonly at: number;

  /** Gives undefined when the table is full: then the child goes unwatched rather than unserved. */
  static of(pid: number): Watch | undefined {
    const table = shared ?? start();
    for (let slot = 0; slot < SLOTS; slot++) {
      const at = CONTROL_WORDS + slot * 2;
      if (Atomics.compareExchange(table.words, at, STATE_FREE, STATE_IDLE) !== STATE_FREE) continue;
      table.words[at + 1] = pid;
      return new Watch(table, slot, at);
    }
    return undefined;
  }

  private constructor(table: Shared, slot: number, at: number) {
    this.shared = table;
    this.slot = slot;
    this.at = at;
  }

  arm(milliseconds: number): void {
    const { words, deadlines } = this.shared;
    deadlines[this.slot] = Date.now() + milliseconds;
    Atomics.compareExchange(words, this.at, STATE_IDLE, STATE_ARMED);
    if (Atomics.load(words, 0) === 1) {
      Atomics.store(words, 0, 0);
      Atomics.notify(words, 0);
    }
  }

  disarm(): void {
    Atomics.compareExchange(this.shared.words, this.at, STATE_ARMED, STATE_IDLE);
  }

  /** Whether the watchdog has ended the child. */
  get fired(): boolean {
    return Atomics.load(this.shared.words, this.at) === STATE_KILLED;
  }

  release(): void {
    Atomics.store(this.shared.words, this.at, STATE_FREE);
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Blocks this thread. */
export function sleepSync(milliseconds: number): void {
  Atomics.wait(sleeper, 0, 0, milliseconds);
}
