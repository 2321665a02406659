/**
 * What an application (such as the console) sees of igor. `createIgor` gives an {@link Igor}; every instance of the
 * application has one, and none of them keeps anything that another would miss.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DescFile, DescMethod, DescService, JsonValue, Message, Registry } from '@bufbuild/protobuf';
import type { CallCode, IgorError } from '../error.js';
import type { AgentRecord } from '../store/directory.js';
import type { ServiceClient } from './stub.js';

export interface Igor {
  /** The application's own JID. */
  readonly jid: string;

  /** Every agent that was ever seen, the available ones first, by JID. */
  agents(): Promise<AgentInfo[]>;
  /** @param jid an agent's bare JID, such as `mill@localhost`; a full one means its account */
  agentInfo(jid: string): Promise<AgentInfo | undefined>;
  /** The descriptor of what an agent serves, from the shared store. Undefined until the agent has told it. */
  descriptor(agent: string): Promise<AgentDescriptor | undefined>;

  /** Calls by name: `igor.agent('mill@localhost').disk.usage({ path: '/var' })`. See {@link AgentStub}. */
  agent(jid: string): AgentStub;
  /** The same call to several agents at once, gathered. */
  select(jids: readonly string[]): AgentSelection;
  /**
   * What all of these come down to.
   * @param method `disk.v1.Disk/Usage`, or as a script says it: `disk.usage`
   * @param request a message, the fields of one, or (with `json: true`) its ProtoJSON
   */
  call<Response = unknown>(
    agent: string,
    method: string | DescMethod,
    request: unknown,
    options?: CallOptions,
  ): Call<Response>;

  /**
   * Completes calls, in whichever instance their outcomes land. A handler may run more than once for a call (its instance
   * can die under it), but what it posts to channels through its argument is kept together with the outcome, exactly once.
   * @param method `disk.v1.Disk/Usage`, `disk.v1.Disk/*` or `*`; the most particular one is used
   */
  onOutcome(method: string | DescMethod, handler: (outcome: Outcome) => void | Promise<void>): void;
  /** The same for each message of a stream, in order. */
  onItem(method: string | DescMethod, handler: (item: Item) => void | Promise<void>): void;
  /** For what is shown and forgotten. Posts from here are not kept. */
  onProgress(method: string | DescMethod, handler: (progress: Progress) => void | Promise<void>): void;
  /** An agent came, changed or went, as this instance was the one to be told. Every page hears it on {@link agentsChannel}. */
  onAgent(handler: (agent: AgentInfo) => void): void;

  readonly channels: Channels;
  readonly documents: Documents;

  /** Calls of the past, newest first. */
  history(query?: HistoryQuery): Promise<CallRecord[]>;
  /** One call. Undefined when nothing is known of it (any more). */
  callRecord(id: string): Promise<CallRecord | undefined>;
  /** Asks the agent to stop. The outcome comes as usual; it may still be a success. */
  cancel(call: string): Promise<void>;

  /** Where the gateway's signed posts arrive, for any framework that has Fetch's types. Mount it at `/igor/` by POST. */
  handler(request: Request): Promise<Response>;
  /** The same for Node's own server and frameworks on it, such as Express. Nothing may have read the body. */
  nodeHandler(request: IncomingMessage & { originalUrl?: string }, response: ServerResponse): Promise<void>;

  /** What was refused or went unusual ways, since this instance started. */
  readonly counters: Readonly<Counters>;

  /** Ends what this instance waits for, and lets go of stores and the gateway. */
  close(): Promise<void>;
}

/** On this channel every page hears of agents: an event `agent` with an {@link AgentInfo}. */
export const agentsChannel = 'agents';

/** `available` is also false when the lease has ended. */
export type AgentInfo = AgentRecord;

export interface AgentDescriptor {
  hash: string;
  /** A `google.protobuf.FileDescriptorSet`, as bytes. */
  bytes: Uint8Array;
  registry: Registry;
  files: DescFile[];
  /** Those that the agent serves. */
  services: DescService[];
}

/**
 * `stub.disk.usage(…)`: the service's last name, then the method, both in lower camel case. When only one service
 * has a method of that name, `stub.usage(…)` means it. `stub.service(Disk)` is typed.
 */
export type AgentStub = {
  readonly jid: string;
  service<Service extends DescService>(service: Service): ServiceClient<Service>;
} & {
  /** An unknown name gives a call that fails with `unimplemented` and says which names there are. */
  readonly [name: string]: StubMember;
};

/** Found at run time, so the types can only be wide; `service()` gives exact ones. */
export type StubMember = StubMethod & { readonly [method: string]: StubMethod };
export type StubMethod = (request?: object, options?: CallOptions) => Call<Message & Record<string, unknown>>;

export interface AgentSelection {
  readonly jids: readonly string[];
  /** Runs the method on each; ends when all have ended, and never throws for one that failed. */
  call<Response = unknown>(
    method: string | DescMethod,
    request: unknown,
    options?: CallOptions & { concurrency?: number },
  ): Gathered<Response>;
}

/** Results as they come, by `for await`; all of them, in the order of the JIDs, by `await`. */
export interface Gathered<Response>
  extends PromiseLike<GatheredResult<Response>[]>,
    AsyncIterable<GatheredResult<Response>> {
  cancel(): void;
}

export interface GatheredResult<Response> {
  jid: string;
  call: string;
  response?: Response;
  error?: IgorError;
}

export interface CallOptions {
  /** Comes back with the outcome, in whichever instance that lands. At most 4 kB as JSON. Sealed: the agent can't read it. */
  context?: JsonValue;
  /** Milliseconds from now, or a time. Default: 30 seconds. */
  deadline?: number | Date;
  /** A second call with this key, to this agent and method, is the first one. With another request it is `invalid_argument`. */
  idempotencyKey?: string;
  /** If the agent is away, keep the call for it so many milliseconds; its deadline counts from when it is sent. */
  queueFor?: number;
  /** The request is ProtoJSON, and so are responses. For callers that have no types, such as scripts in a sandbox. */
  json?: boolean;
  /** Cancels the call. */
  signal?: AbortSignal;
  /** Who calls, for the history. */
  user?: string;
  /** How many items of a stream may be on their way. Default: 16. */
  credit?: number;
}

/**
 * A call that has been started. `await` gives the response of a unary method, or throws an {@link IgorError}; for a stream, wait for
 * its end. `for await` gives the messages of a stream. Neither is needed: the outcome reaches `onOutcome` anyway.
 */
export interface Call<Response> extends Promise<Response>, AsyncIterable<Response> {
  readonly id: string;
  /** The call is in the store and its stanza has been handed to the gateway: this instance is no longer needed. */
  readonly sent: Promise<void>;
  cancel(): void;
}

interface Returned {
  call: string;
  /** Bare JID. */
  agent: string;
  /** `disk.v1.Disk/Usage` */
  method: string;
  context: JsonValue | undefined;
  user: string | undefined;
  /** Posts to a channel. From `onOutcome` and `onItem` it is kept with the outcome, exactly once. `data` is sent as JSON. */
  post(channel: string, event: string, data: JsonValue): void;
}

export interface Outcome extends Returned {
  /** Of a unary method that succeeded. */
  response?: Message;
  /** The same as ProtoJSON. */
  json?: JsonValue;
  /** `ok`, or how it failed. */
  status: 'ok' | CallCode;
  error?: IgorError;
  /** How many messages a stream had. */
  items?: number;
}

export interface Item extends Returned {
  seq: number;
  message: Message;
  json: JsonValue;
}

export interface Progress extends Returned {
  progress: JsonValue;
}

export interface Channels {
  /** A new channel's id: 192 random bits. Whoever has it may listen. Costs nothing; nothing is stored until the first post. */
  create(): string;
  /**
   * Posts from any instance, and keeps the event for listeners that come (back) later, unless `keep` is false. Nobody hears it before it is kept; with `early`
   * they do while the disk still takes it, should the store be SQLite: only a power failure in that moment could take it back. With `idle` it goes there
   * with whatever is kept next, before that, or alone a moment later: for what nobody waits for, such as a log.
   * @returns the event's id, for `Last-Event-ID`; undefined when it is not kept
   */
  post(
    channel: string,
    event: string,
    data: JsonValue,
    options?: { keep?: boolean; early?: boolean; idle?: boolean },
  ): Promise<string | undefined>;
  /** What was kept, oldest first. */
  events(channel: string, after?: string): Promise<ChannelEvent[]>;
  /**
   * Where a browser subscribes with `new EventSource(…)`: `/igor/channels/ID`. The gateway serves it. It sends what was kept after
   * `Last-Event-ID` (or `?after=`), then what comes.
   */
  path(channel: string): string;
  /** Asked before somebody may listen, in any instance. Without it, whoever knows the id may. */
  authorize(check: (channel: string, request: { headers: Record<string, string> }) => boolean | Promise<boolean>): void;
}

/** What an application keeps for all its instances, beside the calls: accounts, settings. Small, as it is read and written whole; never dropped. */
export interface Documents {
  get(name: string): Promise<StoredDocument | undefined>;
  /**
   * Puts a document in the place of the version that was read, 0 when there was none.
   * @returns false when somebody else has put one meanwhile: read it again. Nothing was written then.
   */
  put(name: string, version: number, data: JsonValue): Promise<boolean>;
}

export interface StoredDocument {
  /** Grows by one each time. */
  version: number;
  data: JsonValue;
}

export interface ChannelEvent {
  /** Grows within a channel. */
  id: string;
  event: string;
  data: JsonValue;
}

export type CallState = 'queued' | 'open' | 'ended';

/** A call as the store has it. */
export interface CallRecord {
  id: string;
  /** Bare JID. */
  agent: string;
  method: string;
  user: string | undefined;
  state: CallState;
  status: 'ok' | CallCode | undefined;
  message: string | undefined;
  /** Milliseconds since 1970. */
  started: number;
  ended: number | undefined;
  /** When the application gives up waiting, in milliseconds since 1970. */
  deadline: number;
  /** How many messages of a stream have been kept. */
  items: number;
  request: Uint8Array;
  response: Uint8Array | undefined;
}

export interface HistoryQuery {
  agent?: string;
  method?: string;
  user?: string;
  state?: CallState;
  /** Started before this time, in milliseconds since 1970. */
  before?: number;
  /** Default: 100. */
  limit?: number;
}

/** Contexts and stanzas that were refused, by reason. */
export interface Counters {
  forged: number;
  expired: number;
  rebound: number;
  retired: number;
  replayed: number;
  unknown: number;
  /** A stanza whose sender is not who may say this. */
  wrongSender: number;
  malformed: number;
  /** A post to an instance, or to the gateway, with a wrong or old signature. */
  unsigned: number;
}
