// What the code finds around it: `agent`, `agents`, `show`, `console`, timers. Runs inside the sandbox's engine, before
// the code; bundled as one script. The only way out is the host's function, which takes text and bytes.
import type { Place } from '../../error.js';
import { type Packed, packForDisplay, unpack } from '../../values/pack.js';
import type { AgentShape, FromCode, LogLevel, ShowAs, ToCode } from '../protocol.js';
import { makeAgents } from './agents.js';
import { AbortController, AbortSignal, CallError } from './classes.js';

/** Provided by the worker, and removed before the code runs. */
interface Host {
  /** @returns true when nothing more is shown. @throws what the host refuses, as text */
  send(message: string, tree: string, ...blobs: ArrayBuffer[]): true | undefined;
  setTimer(id: number, milliseconds: number): void;
  clearTimer(id: number): void;
}

/** What the worker calls. */
export interface Guest {
  begin(agents: string): void;
  /** Watches over the promise of the code's end. */
  watch(end: Promise<{ value: unknown }>, hasResult: boolean): void;
  deliver(message: string, tree: string, ...blobs: ArrayBuffer[]): void;
  fire(timer: number): void;
}

/** Of a call under way. */
export interface Waiting {
  value(value: unknown): void;
  item(value: unknown): void;
  done(): void;
  failure(error: Error): void;
  /** Whether the code waits for it just now. A stream that nobody reads keeps no run alive. */
  awaited(): boolean;
}

export type Send = (message: FromCode, packed?: Packed) => void;

function install(host: Host): Guest {
  const scope = globalThis as Record<string, unknown>;
  const waiting = new Map<number, Waiting>();
  const timers = new Map<number, () => void>();
  let nextTimer = 1;
  let finished: { ok: boolean } | undefined;

  /** Output is not shown any more. */
  let quiet: true | undefined;

  const send: Send = (message, packed) => {
    const muted = host.send(
      JSON.stringify(message),
      packed ? JSON.stringify(packed.tree) : '',
      ...(packed?.blobs ?? []).map((blob) => blob.buffer as ArrayBuffer),
    );
    quiet ||= muted;
  };

  /** The run is over when the code is, and nothing is left that could wake it. */
  const endIfIdle = (): void => {
    if (finished && timers.size === 0 && ![...waiting.values()].some((it) => it.awaited()))
      send({ op: 'end', ok: finished.ok });
  };

  const wait = (id: number, handlers: Waiting): void => void waiting.set(id, handlers);
  const forget = (id: number): void => {
    waiting.delete(id);
    Promise.resolve().then(endIfIdle);
  };

  const show = (value: unknown, options: { as?: ShowAs; title?: string } = {}): void => {
    if (quiet) return;
    const { as, title } = options;
    send(
      { op: 'show', ...(as ? { as: String(as) as ShowAs } : {}), ...(title ? { title: String(title) } : {}) },
      packForDisplay(value),
    );
  };

  const log =
    (level: LogLevel) =>
    (...values: unknown[]) =>
      void (quiet || send({ op: 'log', level }, packForDisplay(values)));

  const setTimer = (callback: unknown, milliseconds: unknown, args: unknown[], repeat: boolean): number => {
    if (typeof callback !== 'function') throw new TypeError('a timer needs a function');
    const id = nextTimer++;
    const delay = Math.max(repeat ? 1 : 0, Number(milliseconds) || 0);
    timers.set(id, () => {
      if (repeat) host.setTimer(id, delay);
      else timers.delete(id);
      callback(...args);
    });
    host.setTimer(id, delay);
    return id;
  };
  const clearTimer = (id: unknown): void => {
    if (timers.delete(id as number)) host.clearTimer(id as number);
    endIfIdle();
  };

  const globals = {
    show,
    console: {
      log: log('log'),
      info: log('info'),
      warn: log('warn'),
      error: log('error'),
      debug: log('debug'),
      table: (value: unknown) => show(value, { as: 'table' }),
    },
    sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimer(resolve, milliseconds, [], false)),
    setTimeout: (callback: unknown, milliseconds?: unknown, ...args: unknown[]) =>
      setTimer(callback, milliseconds, args, false),
    setInterval: (callback: unknown, milliseconds?: unknown, ...args: unknown[]) =>
      setTimer(callback, milliseconds, args, true),
    clearTimeout: clearTimer,
    clearInterval: clearTimer,
    AbortController,
    AbortSignal,
    CallError,
  };
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(scope, name, { value, writable: true, configurable: true, enumerable: false });
  }

  return {
    begin(agents) {
      const made = makeAgents(JSON.parse(agents) as AgentShape[], { send, wait, forget, place: callPlace });
      Object.defineProperty(scope, 'agents', { value: made, configurable: true });
      Object.defineProperty(scope, 'agent', {
        configurable: true,
        get() {
          if (made[0]) return made[0];
          throw new ReferenceError('no agent is chosen');
        },
      });
    },

    watch(end, hasResult) {
      const finish = (ok: boolean): void => {
        finished = { ok };
        endIfIdle();
      };
      const fail = (error: unknown): void => {
        send({ op: 'result' }, packForDisplay(error instanceof Error ? error : thrownValue(error)));
        finish(false);
      };
      end
        // Its value may be a promise: what it comes to is what a person wants to see.
        .then(({ value }) => value)
        .then((value) => {
          if (hasResult && value !== undefined) send({ op: 'result' }, packForDisplay(value));
          send({ op: 'settled' });
          finish(true);
        })
        .then(undefined, fail);
    },

    deliver(text, tree, ...blobs) {
      const message = JSON.parse(text) as ToCode;
      const handlers = waiting.get(message.id);
      if (!handlers) return;
      const value =
        tree === '' ? undefined : unpack({ tree: JSON.parse(tree), blobs: blobs.map((b) => new Uint8Array(b)) });
      switch (message.op) {
        case 'value':
          handlers.value(value);
          return forget(message.id);
        case 'item':
          return handlers.item(value);
        case 'done':
          handlers.done();
          return forget(message.id);
        case 'failure':
          handlers.failure(new CallError(message.code, message.message, value));
          return forget(message.id);
      }
    },

    fire(timer) {
      timers.get(timer)?.();
      Promise.resolve().then(endIfIdle);
    },
  };
}

/** `throw 'text'` is shown as an error all the same. */
function thrownValue(value: unknown): Error {
  const error = new Error(typeof value === 'string' ? value : 'a value that is no Error was thrown');
  error.name = 'Thrown';
  return typeof value === 'string' ? error : Object.assign(error, { value });
}

/** Where in the code a call is made: the innermost frame that is the code's own. */
function callPlace(): Place | undefined {
  const frame = /\(?code\.ts:(\d+):(\d+)\)?/.exec(new Error().stack ?? '');
  return frame ? { line: Number(frame[1]), column: Number(frame[2]) } : undefined;
}

(globalThis as unknown as { __install: typeof install }).__install = install;
