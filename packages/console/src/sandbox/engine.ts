// The engine of one run of code, and what the code finds in it: nothing but what the guest's script puts there, and one
// function that leads out.
import type { QuickJSContext, QuickJSHandle, QuickJSWASMModule } from 'quickjs-emscripten-core';
import type { Packed, Tree } from '../values/pack.js';
import type { AgentShape, FromCode, FromWorker, SandboxLimits, ToCode } from './protocol.js';

/** JS_EVAL_FLAG_ASYNC: a script in which `await` may stand; gives a promise of `{ value }`. */
const evalAsync = 1 << 7;
const codeName = 'code.ts';
const outOfTime = 'the time for a run is over';
const mostNexts = 1000;
/** How deep a tree may be: far more than what is shown, and than a message may be. Whoever reads it later goes down it step by step. */
const deepest = 200;

export interface EngineSettings {
  /** The script that prepares it. */
  guest: string;
  limits: SandboxLimits;
  /** Where what the code says goes. */
  tell(message: FromWorker): void;
}

export interface Engine {
  begin(code: string, hasResult: boolean, agents: readonly AgentShape[]): void;
  deliver(message: ToCode, packed: Packed | undefined): void;
  /** Frees all that it has. */
  dispose(): void;
}

class Budget {
  /** When the run must have ended, in ms of `performance.now()`. */
  wallEnd = Number.POSITIVE_INFINITY;
  #busy = 0;
  #since = 0;

  constructor(private readonly cpu: number) {}

  /** Whether the engine must stop now. */
  readonly spent = (): boolean => {
    const now = performance.now();
    return now > this.wallEnd || this.#busy + now - this.#since > this.cpu;
  };

  /** Runs a part of the code on this budget. */
  use(work: () => void): void {
    this.#since = performance.now();
    try {
      work();
    } finally {
      const now = performance.now();
      this.#busy += now - this.#since;
      this.#since = now;
    }
  }
}
export function makeEngine(quickjs: QuickJSWASMModule, { guest: guestCode, limits, tell }: EngineSettings): Engine {
  const runtime = quickjs.newRuntime();
  runtime.setMaxStackSize(limits.stack);
  const context: QuickJSContext = runtime.newContext();
  const budget = new Budget(limits.cpu);
  let over = false;
  let outputs = 0;
  let outputBytes = 0;
  let callsUnderWay = 0;
  let calls = 0;
  let callBytes = 0;
  let muted = false;
  /** Asked for and not yet come, of all streams. */
  let nexts = 0;
  const saidOnce = new Set<string>();
  const timers = new Map<number, NodeJS.Timeout>();

  function end(reason: 'timeout' | 'stalled' | 'crashed', message: string): void {
    if (over) return;
    over = true;
    tell({ type: 'ended', reason, message });
  }

  // --- what the code can reach

  /** @throws an error whose message the code sees */
  function onMessage(message: FromCode, packed: Packed | undefined, size: number): void {
    if (over) return;
    switch (message.op) {
      case 'show':
      case 'log':
        outputs++;
        outputBytes += size;
        if (outputs > limits.outputs || outputBytes > limits.outputBytes) {
          if (!muted) tell({ type: 'muted' });
          muted = true;
          return;
        }
        break;
      case 'result':
        if (saidOnce.has('result')) return;
        saidOnce.add('result');
        if (size > limits.outputBytes) {
          end('crashed', 'the result is too large to be shown');
          return;
        }
        break;
      case 'call':
        callBytes += size;
        if (callBytes > limits.callBytes) throw new Error(`one run may send ${limits.callBytes} bytes`);
        if (++calls > limits.totalCalls) throw new Error(`one run may make ${limits.totalCalls} calls`);
        if (callsUnderWay >= limits.calls) throw new Error(`${limits.calls} calls may be under way at a time`);
        callsUnderWay++;
        break;
      case 'next':
        if (nexts >= mostNexts) throw new Error(`${mostNexts} messages of streams may be waited for at a time`);
        nexts++;
        break;
      default: {
        // Each of these is said once; whoever says it more often only wants to keep the server busy.
        const once = 'id' in message ? `${message.op} ${message.id}` : message.op;
        if (saidOnce.has(once)) return;
        saidOnce.add(once);
      }
    }
    tell({ type: 'code', message, ...(packed ? { packed } : {}) });
    if (message.op === 'end') over = true;
  }

  const host = context.newObject();
  const provide = (name: string, body: (...args: QuickJSHandle[]) => unknown): void => {
    const handle = context.newFunction(name, (...args) => {
      try {
        return body(...args) === true ? context.true : undefined;
      } catch (error) {
        return { error: context.newError(error instanceof Error ? error.message : String(error)) };
      }
    });
    context.setProp(host, name, handle);
    handle.dispose();
  };

  provide('send', (message, tree, ...blobs) => {
    const said = JSON.parse(context.getString(message!)) as FromCode;
    // What is not shown any more is not read either, and need not be said.
    if (muted && (said.op === 'show' || said.op === 'log')) return true;
    const text = context.getString(tree!);
    const bytes = blobs.map((blob) => {
      const lifetime = context.getArrayBuffer(blob);
      const copy = lifetime.value.slice();
      lifetime.dispose();
      return copy;
    });
    if (isDeep(text)) throw new Error(`a value may be ${deepest} levels deep`);
    const packed = text === '' ? undefined : { tree: JSON.parse(text) as Tree, blobs: bytes };
    const size = text.length + bytes.reduce((sum, blob) => sum + blob.length, 0);
    onMessage(said, packed, size);
    return false;
  });
  provide('setTimer', (id, milliseconds) => {
    const number = context.getNumber(id!);
    if (timers.size >= 1000) throw new Error('1000 timers may run at a time');
    const fire = (): void => {
      timers.delete(number);
      enter(() => callGuest('fire', context.newNumber(number)));
    };
    timers.set(number, setTimeout(fire, Math.min(context.getNumber(milliseconds!), limits.wall)));
  });
  provide('clearTimer', (id) => {
    const number = context.getNumber(id!);
    clearTimeout(timers.get(number));
    timers.delete(number);
  });

  context.unwrapResult(context.evalCode(guestCode, 'guest.js', { type: 'global' })).dispose();
  const guest = ((): QuickJSHandle => {
    const install = context.getProp(context.global, '__install');
    const made = context.unwrapResult(context.callFunction(install, context.undefined, host));
    install.dispose();
    host.dispose();
    context.unwrapResult(context.evalCode('delete globalThis.__install', 'guest.js')).dispose();
    return made;
  })();
  const guestFunctions = new Map(
    ['begin', 'watch', 'deliver', 'fire'].map((name) => [name, context.getProp(guest, name)] as const),
  );

  function callGuest(name: string, ...args: QuickJSHandle[]): void {
    const result = context.callFunction(guestFunctions.get(name)!, guest, ...args);
    for (const arg of args) arg.dispose();
    if (result.error) failed(result.error);
    else result.value.dispose();
  }

  /** Something outside of the code's own promises failed: the engine was stopped, or a timer's function threw. */
  function failed(error: QuickJSHandle): void {
    const text = String(context.getString(context.getProp(error, 'message')));
    const name = context.getString(context.getProp(error, 'name'));
    error.dispose();
    if (budget.spent()) end('timeout', outOfTime);
    else end('crashed', `${name}: ${text}`);
  }

  /** Runs a part of the code, and everything that it makes ready to run. */
  function enter(work: () => void): void {
    if (over) return;
    try {
      budget.use(() => {
        work();
        const result = runtime.executePendingJobs();
        if (result.error) failed(result.error);
      });
    } catch (error) {
      // The engine itself broke: out of WebAssembly memory, or of the thread's own stack.
      end('crashed', error instanceof Error ? error.message : String(error));
    }
    if (over) return;
    if (budget.spent()) end('timeout', outOfTime);
    else if (callsUnderWay === 0 && timers.size === 0)
      end('stalled', 'the code waits for something that can never come');
  }

  // --- the run

  function start(code: string, hasResult: boolean): void {
    const result = context.evalCode(code, codeName, evalAsync);
    if (result.error) {
      // Only what the engine can't read ends here; what the code throws is in the promise.
      context.setProp(context.global, '__error', result.error);
      const promise = context.unwrapResult(context.evalCode('Promise.reject(__error)', 'guest.js'));
      context.unwrapResult(context.evalCode('delete globalThis.__error', 'guest.js')).dispose();
      result.error.dispose();
      callGuest('watch', promise, context.false);
      return;
    }
    callGuest('watch', result.value, hasResult ? context.true : context.false);
  }

  function deliver(message: ToCode, packed: Packed | undefined): void {
    if (message.op === 'item') nexts--;
    else callsUnderWay--;
    const blobs = (packed?.blobs ?? []).map((blob) =>
      // Of its own exact size, as the engine copies whole buffers.
      context.newArrayBuffer(blob.slice().buffer as ArrayBuffer),
    );
    callGuest(
      'deliver',
      context.newString(JSON.stringify(message)),
      context.newString(packed ? JSON.stringify(packed.tree) : ''),
      ...blobs,
    );
  }

  return {
    begin(code, hasResult, agents) {
      budget.wallEnd = performance.now() + limits.wall;
      runtime.setMemoryLimit(limits.memory);
      runtime.setInterruptHandler(budget.spent);
      enter(() => {
        callGuest('begin', context.newString(JSON.stringify(agents)));
        start(code, hasResult);
      });
    },
    deliver: (message, packed) => enter(() => deliver(message, packed)),
    dispose() {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const handle of guestFunctions.values()) handle.dispose();
      guest.dispose();
      context.dispose();
      runtime.dispose();
    },
  };
}

function isDeep(json: string): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const char = json.charCodeAt(at);
    if (char === 0x22) {
      for (at++; at < json.length && json.charCodeAt(at) !== 0x22; at++) if (json.charCodeAt(at) === 0x5c) at++;
    } else if (char === 0x5b || char === 0x7b) {
      if (++depth > deepest) return true;
    } else if (char === 0x5d || char === 0x7d) depth--;
  }
  return false;
}
