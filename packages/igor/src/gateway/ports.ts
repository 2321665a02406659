/**
 * What the gateway and the instances of the application say to each other. In one process these are plain calls; otherwise each is a
 * signed HTTP post (`post.ts`). Every one may be repeated: what it does is done once.
 */
import type { Announcement, Frame } from '../protocol/frames.js';
import type { GatewayClaim, Renewal } from '../store/directory.js';

/** An event for a channel. With a `seq` it is kept in the store, and has no gap before it; without, it is shown and forgotten. */
export interface LiveEvent {
  channel: string;
  seq?: number | undefined;
  event: string;
  /** JSON. */
  data: string;
}

export interface PresenceEvent {
  /** Full or bare JID. */
  from: string;
  /** `dead`: its lease has ended. */
  type: 'available' | 'unavailable' | 'dead';
  agent?: Announcement | undefined;
}

/** What an instance does for the gateway. */
export interface InstancePort {
  /** A gateway starts, or asks again to stay. @returns whose place it is; and what the gateway must know */
  started(
    claim: GatewayClaim,
  ): Promise<{ holder: GatewayClaim; agents: string[]; calls: { id: string; deadline: number }[] }>;
  stopped(gateway: { id: string }): Promise<void>;
  presence(events: PresenceEvent[]): Promise<void>;
  /** @returns those that must announce themselves again */
  renewed(renewals: { claim: GatewayClaim; leases: Renewal[] }): Promise<{ holder: GatewayClaim; unknown: string[] }>;
  descriptor(descriptor: { from: string; hash: string; bytes: Uint8Array }): Promise<void>;
  /** Outcomes, items and progress of an agent. @returns an answer for each outcome and item */
  frames(said: { from: string; frames: Frame[] }): Promise<Frame[]>;
  /** Calls whose stanza came back. `certain`: they were not run. */
  bounced(bounce: { to: string; calls: string[]; condition: string; certain: boolean }): Promise<void>;
  /** Calls that an agent had which is gone, as its full JID says. */
  lost(loss: { agent: string; calls: string[] }): Promise<void>;
  /** Calls whose time has passed. */
  overdue(calls: { calls: string[] }): Promise<void>;
  /** Calls that this instance waits for have ended at another one. */
  ended(calls: { calls: string[] }): Promise<void>;
  /** Somebody wants to listen. @returns what is kept after `after`; undefined when that one may not */
  attach(listener: {
    channel: string;
    after: number;
    headers: Record<string, string>;
  }): Promise<{ events: LiveEvent[] } | undefined>;
}

/** What the gateway does for an instance. */
export interface GatewayPort {
  /** Hands frames to an agent. Resolves when they are on their way; what becomes of them comes to an instance, `origin` first. */
  send(frames: { to: string; frames: Frame[]; origin: string; attempt: number; deadline?: number }): Promise<void>;
  describe(agent: { to: string; hash: string }): Promise<void>;
  presence(presence: { to: string; type: 'subscribe' | 'subscribed' | 'probe' }): Promise<void>;
  post(events: LiveEvent[]): Promise<void>;
  /** Something may have been posted and not told. */
  poke(channels: string[]): Promise<void>;
  /**
   * Calls to come back with when their time has passed. `origin` wants to know when they end. `held` by a start of an agent (a full JID) of which this
   * gateway may not have heard: it counts as alive until then, in milliseconds since 1970, as the directory says.
   */
  watch(
    calls: { id: string; deadline: number; origin?: string; held?: { agent: string; until: number } }[],
  ): Promise<void>;
}

export const instanceMethods = [
  'started',
  'stopped',
  'presence',
  'renewed',
  'descriptor',
  'frames',
  'bounced',
  'lost',
  'overdue',
  'ended',
  'attach',
] as const satisfies (keyof InstancePort)[];

export const gatewayMethods = [
  'send',
  'describe',
  'presence',
  'post',
  'poke',
  'watch',
] as const satisfies (keyof GatewayPort)[];

/** How long after a call's deadline its outcome is still taken, in milliseconds: the way back, and clocks of its own. */
export const grace = 3000;
