// Runs people's code where it can do nothing but call the agents it was given: each run in an engine of its own
// (QuickJS, in WebAssembly), in a thread of its own, with limits that the thread keeps and, should it fail to, this
// side enforces by ending it.
import { Worker } from 'node:worker_threads';
import { ConsoleError, type Place } from '../error.js';
import { type Packed, packExactly, type Tree, unpack } from '../values/pack.js';
import { type ProgramFiles, programFiles } from './program-files.js';
import {
  type AgentShape,
  type CallFailure,
  defaultLimits,
  type FromCode,
  type FromWorker,
  type LogLevel,
  logLevels,
  type SandboxLimits,
  type ShowAs,
  showAs,
  type ToCode,
  type ToWorker,
} from './protocol.js';
import { codeName, type Program } from './transpile.js';

/** A method that the code calls, on one of the agents that it was given. */
export interface CodeCall {
  /** Counts from 1 within the run. */
  id: number;
  agent: AgentShape;
  /** `package.Service/Method` */
  method: string;
  request: unknown;
  /** In ms from now. */
  deadline: number | undefined;
  /** Where in the person's code. */
  place: Place | undefined;
  /** Aborted when the code cancels the call, or the run is stopped. */
  signal: AbortSignal;
}

/** What the code may do; all of it. */
export interface SandboxHost {
  /** A promise for a unary method, an iterable for a stream. Failures are {@link CallFailure}s. */
  call(call: CodeCall): Promise<unknown> | AsyncIterable<unknown>;
  show(value: Packed, options: { as: ShowAs | undefined; title: string | undefined }): void;
  log(level: LogLevel, values: Packed): void;
  /** Further output is not shown. */
  muted(): void;
}

export type EndReason =
  /** The code came to its end. */
  | 'done'
  /** It threw. */
  | 'failed'
  /** Somebody stopped it. */
  | 'stopped'
  /** Its time was over. */
  | 'timeout'
  /** It waited for something that could never come. */
  | 'stalled'
  /** Its engine broke: out of memory, mostly. */
  | 'crashed';

export interface Ending {
  reason: EndReason;
  /** The value of the last expression, or the error. */
  result?: Packed;
  message?: string;
}

export interface CodeRun {
  readonly ended: Promise<Ending>;
  stop(): void;
}

export interface SandboxOptions {
  limits?: Partial<SandboxLimits>;
  /** Workers kept ready. Default: 2. */
  ready?: number;
  /** Runs at a time; more wait. Default: 8. */
  parallel?: number;
}

/** After a run, in ms: starting a thread takes this one 10 to 30 ms, in which nothing could be told of what has just come. */
const calm = 200;

/** A thread whose code came to its end by itself does nothing any more. Taking it down takes the processor from those who tell of that end. In ms. */
const rest = 50;

/** How much longer than the limit a thread may take before it is ended, in ms. */
const grace = 250;

export class Sandbox {
  readonly limits: SandboxLimits;
  readonly #ready: Promise<Worker>[] = [];
  readonly #queue: (() => void)[] = [];
  #running = 0;
  #calm: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly options: SandboxOptions = {}) {
    this.limits = { ...defaultLimits, ...options.limits };
  }

  /** Resolves when runs start without delay. */
  async warmUp(): Promise<void> {
    this.#refill();
    await Promise.all(this.#ready);
  }

  /** Ends every run, and all threads. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#calm);
    const workers = await Promise.allSettled(this.#ready.splice(0));
    await Promise.all(workers.map((it) => (it.status === 'fulfilled' ? it.value.terminate() : undefined)));
    for (const run of this.#runs) run.stop();
    await Promise.all([...this.#runs].map((run) => run.ended));
  }

  readonly #runs = new Set<CodeRun>();

  run(program: Program, agents: AgentShape[], host: SandboxHost): CodeRun {
    const run = new Run(this.limits, program, agents, host);
    this.#runs.add(run);
    void this.#place()
      .then(() => this.#take())
      .then(
        (worker) => run.begin(worker),
        (error: unknown) => run.end({ reason: 'crashed', message: `no sandbox could be started: ${String(error)}` }),
      );
    void run.ended.then(() => {
      this.#runs.delete(run);
      this.#running--;
      this.#queue.shift()?.();
      this.#refillLater();
    });
    return run;
  }

  /** Waits for its turn. */
  async #place(): Promise<void> {
    if (this.#running >= (this.options.parallel ?? 8)) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#running++;
  }

  async #take(): Promise<Worker> {
    if (this.#closed) throw new ConsoleError('limit', 'the console is closing');
    return this.#ready.shift() ?? startWorker(this.limits);
  }

  #refillLater(): void {
    clearTimeout(this.#calm);
    if (this.#closed) return;
    // With none left the next run would have to wait for one, whenever it comes.
    if (this.#ready.length === 0) this.#refill();
    else this.#calm = setTimeout(() => this.#refill(), calm).unref();
  }

  #refill(): void {
    while (this.#ready.length < (this.options.ready ?? 2)) {
      const worker = startWorker(this.limits);
      // Whoever takes it is told; until then nobody listens.
      worker.catch(() => {});
      this.#ready.push(worker);
    }
  }
}

async function startWorker(limits: SandboxLimits): Promise<Worker> {
  const files: ProgramFiles = await programFiles();
  const worker = new Worker(files.worker, {
    workerData: { wasm: files.wasm, guest: files.guest, limits },
    // The engine's memory is not of this heap: it holds what is on its way between engine and server.
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  worker.unref();
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a sandbox ended with ${code} before it was ready`)));
  });
  worker.removeAllListeners('error');
  worker.removeAllListeners('exit');
  return worker;
}

interface OpenCall {
  readonly abort: AbortController;
  /** Of a stream. */
  items?: AsyncIterator<unknown>;
}

class Run implements CodeRun {
  readonly ended: Promise<Ending>;
  #resolve!: (ending: Ending) => void;
  #worker: Worker | undefined;
  #over = false;
  #result: Packed | undefined;
  /** The code came to its end; what it started may still be under way. */
  #settled = false;
  #watch: NodeJS.Timeout | undefined;
  readonly #calls = new Map<number, OpenCall>();

  constructor(
    private readonly limits: SandboxLimits,
    private readonly program: Program,
    private readonly agents: AgentShape[],
    private readonly host: SandboxHost,
  ) {
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  begin(worker: Worker): void {
    if (this.#over) return void worker.terminate();
    this.#worker = worker;
    // What arrives was made by the person's code, should it have got hold of the engine's own functions: whatever it is, it
    // ends this run at most.
    worker.on('message', (message: FromWorker) => {
      try {
        this.#onMessage(message);
      } catch (error) {
        this.end({ reason: 'crashed', message: `the sandbox sent what can't be read: ${String(error)}` });
      }
    });
    worker.on('messageerror', (error) => this.end({ reason: 'crashed', message: error.message }));
    worker.on('error', (error: Error & { code?: string }) => {
      const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.end({ reason: 'crashed', message: memory ? 'the sandbox is out of memory' : error.message });
    });
    worker.on('exit', () => this.end({ reason: 'crashed', message: 'the sandbox ended' }));
    const { code, hasResult } = this.program;
    const started = performance.now();
    const busyBefore = worker.performance.eventLoopUtilization().active;
    // The engine looks at its clock now and then, but not inside everything it does: a long join, for example.
    this.#watch = setInterval(() => {
      const busy = worker.performance.eventLoopUtilization().active - busyBefore;
      if (performance.now() - started > this.limits.wall + grace || busy > this.limits.cpu + grace) this.#timeout();
    }, 100);
    this.#tell({ type: 'start', code, hasResult, agents: this.agents });
  }

  stop(): void {
    this.end({ reason: 'stopped' });
  }

  #timeout(): void {
    // Code that came to its end, but whose calls take longer than it may live, has not failed.
    if (this.#settled && this.#calls.size > 0) this.#finish('done');
    else this.end({ reason: 'timeout', message: 'the time for a run is over' });
  }

  end(ending: Ending): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#watch);
    for (const call of this.#calls.values()) {
      // A call outlives code that came to its end: its outcome reaches the page by itself. One that was stopped doesn't.
      if (ending.reason !== 'done' && ending.reason !== 'timeout') call.abort.abort();
      else void call.items?.return?.().catch(() => {});
    }
    this.#calls.clear();
    const worker = this.#worker;
    if (ending.reason === 'done' || ending.reason === 'failed') setTimeout(() => void worker?.terminate(), rest);
    else void worker?.terminate();
    try {
      this.#resolve(ending.result ? { ...ending, result: this.#placed(ending.result) } : ending);
    } catch (error) {
      this.#resolve({ reason: 'crashed', message: `the sandbox sent what can't be read: ${String(error)}` });
    }
  }

  #onMessage(message: FromWorker): void {
    if (this.#over) return;
    if (message.type === 'code') {
      this.#onCode(message.message, message.packed);
    } else if (message.type === 'muted') {
      this.host.muted();
    } else if (message.type === 'ended') {
      if (message.reason === 'timeout') this.#timeout();
      else this.end({ reason: message.reason, message: message.message });
    }
  }

  #onCode(message: FromCode, packed: Packed | undefined): void {
    switch (message.op) {
      case 'show':
        this.host.show(this.#placed(packed!), {
          as: showAs.find((it) => it === message.as),
          title: message.title === undefined ? undefined : String(message.title).slice(0, 200),
        });
        break;
      case 'log':
        this.host.log(logLevels.find((it) => it === message.level) ?? 'log', this.#placed(packed!));
        break;
      case 'result':
        this.#result = packed;
        break;
      case 'settled':
        this.#settled = true;
        break;
      case 'end':
        this.#finish(message.ok ? 'done' : 'failed');
        break;
      case 'call':
        this.#call(message, packed);
        break;
      case 'cancel':
        this.#cancel(message.id);
        break;
      case 'next':
        void this.#next(message.id);
        break;
      default:
    }
  }

  #finish(reason: 'done' | 'failed'): void {
    this.end({ reason, ...(this.#result ? { result: this.#result } : {}) });
  }

  #cancel(id: number): void {
    const open = this.#calls.get(id);
    open?.abort.abort();
    // Nobody reads the stream any more, so nothing else would end it.
    if (open?.items) this.#deliver({ op: 'done', id });
  }

  #call(message: FromCode & { op: 'call' }, packed: Packed | undefined): void {
    const agent = this.agents[message.agent];
    const method = agent?.services
      .find((service) => service.typeName === message.service)
      ?.methods.find((it) => it.name === message.method);
    // The code can't say anything else; but what it says is not to be trusted.
    if (!agent || !method) throw new Error('a call of a method that was not offered');
    const id = Number(message.id);
    if (!Number.isSafeInteger(id) || this.#calls.has(id)) throw new Error('a call needs a number of its own');
    const open: OpenCall = { abort: new AbortController() };
    this.#calls.set(id, open);
    const answer = this.host.call({
      id,
      agent,
      method: `${message.service}/${message.method}`,
      request: packed ? unpack(packed) : {},
      deadline: typeof message.deadline === 'number' && message.deadline > 0 ? message.deadline : undefined,
      place:
        message.place &&
        this.program.original({ line: Number(message.place.line), column: Number(message.place.column) }),
      signal: open.abort.signal,
    });
    if (Symbol.asyncIterator in answer) {
      open.items = answer[Symbol.asyncIterator]();
      return;
    }
    answer.then(
      (value) => this.#deliver({ op: 'value', id: message.id }, packExactly(value)),
      (error: CallFailure) => this.#fail(message.id, error),
    );
  }

  async #next(id: number): Promise<void> {
    const items = this.#calls.get(id)?.items;
    if (!items) return;
    try {
      const { value, done } = await items.next();
      if (done) this.#deliver({ op: 'done', id });
      else this.#deliver({ op: 'item', id }, packExactly(value));
    } catch (error) {
      this.#fail(id, error as CallFailure);
    }
  }

  #fail(id: number, { code, message, details }: CallFailure): void {
    this.#deliver({ op: 'failure', id, code: code ?? 'internal', message }, details);
  }

  #deliver(message: ToCode, packed?: Packed): void {
    if (message.op !== 'item') this.#calls.delete(message.id);
    if (!this.#over) this.#tell({ type: 'deliver', message, ...(packed ? { packed } : {}) });
  }

  #tell(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  /** Errors in it say where in the person's code they happened. */
  #placed(packed: Packed): Packed {
    return { tree: placeErrors(packed.tree, this.program.original), blobs: packed.blobs };
  }
}

const frame = new RegExp(`\\(?${codeName.replace('.', '\\.')}:(\\d+):(\\d+)\\)?`);

function placeErrors(tree: Tree, original: Program['original']): Tree {
  if (tree === null || typeof tree !== 'object') return tree;
  if (Array.isArray(tree)) {
    for (const [index, inner] of tree.entries()) tree[index] = placeErrors(inner, original);
    return tree;
  }
  const record = tree as { [key: string]: Tree };
  for (const [key, inner] of Object.entries(record)) {
    if (typeof inner === 'object') record[key] = placeErrors(inner, original);
  }
  if (record.$ !== 'error' || typeof record.stack !== 'string') return tree;
  const found = frame.exec(record.stack);
  const place = found && original({ line: Number(found[1]), column: Number(found[2]) });
  delete record.stack;
  if (place) record.place = { line: place.line, column: place.column };
  return tree;
}
