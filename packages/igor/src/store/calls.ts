/**
 * The calls: what must not be forgotten. A call's row is also its context's single use: it ends once, and whoever comes later finds that out.
 * What a call posts to channels is written in the same transaction.
 */
import type { Status } from '../protocol/frames.js';

/** `queued`: waits for its agent. `open`: it was sent, or is about to be. `ended`: its outcome is kept. */
export type CallState = 'queued' | 'open' | 'ended';

export interface NewCall {
  id: string;
  /** Bare JID. */
  agent: string;
  method: string;
  user: string | undefined;
  state: 'queued' | 'open';
  /** Milliseconds since 1970. */
  started: number;
  /** When its context expires, on the application's clock; for a queued call, when it leaves the queue. */
  deadline: number;
  /** What the agent is told: milliseconds. */
  timeout: number;
  credit: number;
  /** The caller's context, as JSON. */
  context: string | undefined;
  request: Uint8Array;
  /** SHA-256 of the request, hexadecimal. */
  requestHash: string;
  /** A call that certainly was not run may wait for its agent until then, in milliseconds since 1970. */
  queueUntil: number | undefined;
  /** Unique over all calls. A caller's idempotency key, with what it is for. */
  key: string | undefined;
  /** The start of the agent that it goes, or went, to. Not of a queued one that was never sent. */
  epoch: number | undefined;
}

export interface StoredCall extends Omit<NewCall, 'state'> {
  state: CallState;
  /** How many messages of its stream are kept. */
  items: number;
  status: Status | undefined;
  message: string | undefined;
  response: Uint8Array | undefined;
  ended: number | undefined;
  /** Channels that its handlers posted to. */
  channels: string[];
}

export interface Ending {
  status: Status;
  message: string | undefined;
  response: Uint8Array | undefined;
  /** Milliseconds since 1970. */
  ended: number;
  /** Only a call that is still queued: so that one that was sent meanwhile is not told to be certainly not run. */
  onlyQueued?: boolean | undefined;
}

export interface Post {
  channel: string;
  event: string;
  /** JSON. */
  data: string;
}

export interface KeptEvent extends Post {
  /** Counts from 1 within a channel, without gaps. */
  seq: number;
}

/** What the application itself keeps, for all its instances. */
export interface KeptDocument {
  /** Counts from 1. */
  version: number;
  /** JSON. */
  data: string;
}

export interface HistoryFilter {
  agent?: string | undefined;
  method?: string | undefined;
  user?: string | undefined;
  state?: CallState | undefined;
  before?: number | undefined;
  limit: number;
}

/** `kept`: resolves when it is; `early`: the disk takes it a moment later; `idle`: so that nothing waits for it, with what is kept next or a moment later. */
export type Haste = 'kept' | 'early' | 'idle';

export interface Calls {
  /** Notes a call before anything of it leaves. @returns the earlier call with the same `key`, if there is one; then nothing was noted */
  open(call: NewCall): Promise<StoredCall | undefined>;
  /** A queued call is about to be sent. @returns whether it was still queued */
  send(id: string, epoch: number, deadline: number): Promise<boolean>;
  /** An open call that certainly was not run is about to be sent to another start of its agent. @returns whether it was open */
  redirect(id: string, epoch: number): Promise<boolean>;
  /** A call that was sent came back, certainly not run, and waits until its `queueUntil`. @returns whether it was open */
  requeue(id: string): Promise<boolean>;
  /**
   * Ends a call, once. Resolves when that survives what the store promises to survive.
   * @returns what was posted; undefined when the call is not open or queued (any more), or not queued where only that will do; then nothing was written
   */
  end(id: string, ending: Ending, posts: readonly Post[]): Promise<KeptEvent[] | undefined>;
  /**
   * Keeps the effects of one message of a stream, if `seq` is the next one.
   * @returns what was posted; undefined when it is not the next one, or the call is not open
   */
  item(id: string, seq: number, posts: readonly Post[]): Promise<KeptEvent[] | undefined>;
  get(id: string): Promise<StoredCall | undefined>;
  /** Queued for this agent, oldest first. */
  queued(agent: string): Promise<StoredCall[]>;
  /** All that have not ended. For a gateway that starts. */
  unfinished(): Promise<{ id: string; deadline: number }[]>;
  /** Newest first. */
  history(filter: HistoryFilter): Promise<StoredCall[]>;
  /** @param haste how little it is in the way of what else waits for a disk of this host */
  post(posts: readonly Post[], haste?: Haste): Promise<KeptEvent[]>;
  /** @param after a `seq`; 0 for all */
  events(channel: string, after: number, limit: number): Promise<KeptEvent[]>;
  document(name: string): Promise<KeptDocument | undefined>;
  /** Puts a document in the place of the given version, 0 being none. @returns whether it still was that one; if not, nothing was written */
  putDocument(name: string, version: number, data: string): Promise<boolean>;
  /** Drops calls that ended, and events that were posted, before this time; no documents. */
  forget(before: number): Promise<void>;
  close(): Promise<void>;
}
