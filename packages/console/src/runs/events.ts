// What a page hears on its channel: the life of its runs, in events that make sense in whatever order they come.
import type { CallCode } from 'igor';
import type { Place } from '../error.js';
import type { LogLevel, ShowAs } from '../sandbox/protocol.js';
import type { EndReason } from '../sandbox/sandbox.js';
import type { Tree } from '../values/pack.js';

/** The name under which all of them are sent; the data is one, or an array of them. */
export const runEvent = 'run';

export interface RunStart {
  type: 'start';
  run: string;
  user: string;
  /** JIDs. */
  agents: string[];
  code: string;
  /** Milliseconds since 1970. */
  at: number;
  /** When it must have ended, in milliseconds since 1970. Calls may take longer. */
  until: number;
}

export interface RunEnd {
  type: 'end';
  run: string;
  reason: EndReason;
  /** The value of the last expression, or the error. */
  result?: Tree;
  message?: string;
  /** From start to end. */
  milliseconds: number;
}

export interface CallStart {
  type: 'call';
  run: string;
  /** Counts from 1 within the run. */
  call: number;
  /** igor's. */
  id: string;
  agent: string;
  method: string;
  request: Tree;
  place?: Place;
  at: number;
}

export interface CallOutcome {
  type: 'outcome';
  run: string;
  call: number;
  agent: string;
  method: string;
  status: 'ok' | CallCode;
  value?: Tree;
  message?: string;
  /** Of a stream. */
  items?: number;
  milliseconds?: number;
}

export type PageEvent =
  | RunStart
  | RunEnd
  | CallStart
  | CallOutcome
  | { type: 'show'; run: string; value: Tree; as?: ShowAs; title?: string }
  | { type: 'log'; run: string; level: LogLevel; values: Tree[] }
  | { type: 'item'; run: string; call: number; agent: string; method: string; seq: number; value: Tree }
  | { type: 'progress'; run: string; call: number; agent: string; method: string; value: Tree }
  | { type: 'muted'; run: string };

/** What travels with a call, sealed. */
export interface RunContext {
  console: 1;
  channel: string;
  run: string;
  call: number;
  /** Milliseconds since 1970. */
  at: number;
}

export function isRunContext(value: unknown): value is RunContext {
  return typeof value === 'object' && value !== null && (value as { console?: unknown }).console === 1;
}
