/** What the parts of an instance share. */

import type { DescMethod } from '@bufbuild/protobuf';
import type { GatewayPort, LiveEvent } from '../gateway/ports.js';
import type { Log } from '../log.js';
import type { Calls, KeptEvent } from '../store/calls.js';
import type { Directory } from '../store/directory.js';
import type { Counters, Item, Outcome, Progress } from './api.js';
import type { PendingCall } from './call.js';
import type { ContextSealer } from './context.js';
import type { Descriptors } from './descriptors.js';
import type { Handlers } from './handlers.js';

export interface Waiter {
  call: PendingCall<unknown>;
  method: DescMethod;
  json: boolean;
  credit: number;
}

export interface Core {
  readonly jid: string;
  /** This instance's name for the gateway. */
  readonly origin: string;
  readonly directory: Directory;
  readonly calls: Calls;
  readonly sealer: ContextSealer;
  readonly descriptors: Descriptors;
  readonly log: Log;
  readonly counters: Counters;
  readonly gateway: GatewayPort;
  /** Callers of this instance that wait, by call. */
  readonly waiters: Map<string, Waiter[]>;
  readonly outcomes: Handlers<Outcome>;
  readonly items: Handlers<Item>;
  readonly progress: Handlers<Progress>;
  /** Which JIDs may be agents of this application. */
  admits(jid: string): boolean;
}

export function newCounters(): Counters {
  return {
    forged: 0,
    expired: 0,
    rebound: 0,
    retired: 0,
    replayed: 0,
    unknown: 0,
    wrongSender: 0,
    malformed: 0,
    unsigned: 0,
  };
}

/** Shows events to who listens. What can't be shown now is kept, or is not worth it. */
export function show(core: Core, events: readonly (KeptEvent | LiveEvent)[]): void {
  if (events.length === 0) return;
  core.gateway.post([...events]).catch((error) => core.log.warn('events could not be shown', { error }));
}
