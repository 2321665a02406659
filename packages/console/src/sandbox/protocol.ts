// What passes between the server, the sandbox's worker and the code's engine. Only data: JSON and bytes.
import type { Place } from '../error.js';
import type { Packed } from '../values/pack.js';

/** How an agent's methods are offered to the code. */
export interface AgentShape {
  jid: string;
  /** What the machine says of itself. */
  facts: Record<string, string>;
  services: ServiceShape[];
}

export interface ServiceShape {
  /** In full, as `monsterlab.System`. */
  typeName: string;
  /** As the code says it: `system`. */
  property: string;
  methods: MethodShape[];
}

export interface MethodShape {
  name: string;
  /** As the code says it: `watchLoad`. */
  property: string;
  kind: 'unary' | 'server_streaming';
}

export interface SandboxLimits {
  /** From the start to the end, in ms. */
  wall: number;
  /** In which the code itself may be busy, in ms. */
  cpu: number;
  /** Of the code's own values, in bytes. */
  memory: number;
  /** Of its stack, in bytes. */
  stack: number;
  /** Calls under way at a time. */
  calls: number;
  /** Calls in all. */
  totalCalls: number;
  /** Bytes of all requests. */
  callBytes: number;
  /** Values and lines shown. */
  outputs: number;
  /** Bytes of what is shown. */
  outputBytes: number;
}

export const defaultLimits: SandboxLimits = {
  wall: 30_000,
  cpu: 10_000,
  memory: 64 << 20,
  stack: 512 << 10,
  calls: 256,
  totalCalls: 10_000,
  callBytes: 128 << 20,
  outputs: 10_000,
  outputBytes: 32 << 20,
};

export const logLevels = ['log', 'info', 'warn', 'error', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** How a person asks for a value to be shown; otherwise its shape decides. */
export const showAs = ['tree', 'table', 'chart', 'image', 'text'] as const;
export type ShowAs = (typeof showAs)[number];

/** A call that fails, as the code sees it. */
export interface CallFailure {
  /** Connect's names in snake case, and 'unknown_outcome'. */
  code: string;
  message: string;
  details?: Packed;
}

/** From the code to the server. */
export type FromCode =
  | { op: 'call'; id: number; agent: number; service: string; method: string; deadline?: number; place?: Place }
  | { op: 'cancel'; id: number }
  | { op: 'next'; id: number }
  | { op: 'show'; as?: ShowAs; title?: string }
  | { op: 'log'; level: LogLevel }
  | { op: 'result' }
  /** The code came to its end; what it started may go on. */
  | { op: 'settled' }
  | { op: 'end'; ok: boolean };

/** From the server to the code. */
export type ToCode =
  | { op: 'value'; id: number }
  | { op: 'item'; id: number }
  | { op: 'done'; id: number }
  | { op: 'failure'; id: number; code: string; message: string };

/** From a worker to the server: what the code said, or how the worker itself fares. */
export type FromWorker =
  | { type: 'ready' }
  | { type: 'code'; message: FromCode; packed?: Packed }
  | { type: 'ended'; reason: 'timeout' | 'stalled' | 'crashed'; message: string }
  | { type: 'muted' };

/** From the server to a worker. */
export type ToWorker =
  | { type: 'start'; code: string; hasResult: boolean; agents: AgentShape[] }
  | { type: 'deliver'; message: ToCode; packed?: Packed };
