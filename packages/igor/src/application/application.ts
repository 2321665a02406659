/** One instance of an application. It may be killed at any time, and another one goes on. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DescMethod, JsonValue } from '@bufbuild/protobuf';
import { IgorError } from '../error.js';
import { type GatewayPort, type InstancePort, instanceMethods } from '../gateway/ports.js';
import { answerPost, largestPost, type PostResponse, type Signer } from '../gateway/post.js';
import { readBody } from '../gateway/server.js';
import { type Log, silentLog } from '../log.js';
import { bareJid } from '../protocol/jid.js';
import type { Calls, StoredCall } from '../store/calls.js';
import type { Directory } from '../store/directory.js';
import type { AgentInfo, Call, CallOptions, CallRecord, Channels, Documents, HistoryQuery, Igor } from './api.js';
import { ContextSealer } from './context.js';
import { type Core, newCounters, show } from './core.js';
import { Descriptors } from './descriptors.js';
import { Handlers } from './handlers.js';
import type { KeyRing } from './keys.js';
import { Receiver } from './receiver.js';
import { infoOf, Roll } from './roll.js';
import { selection } from './selection.js';
import { type MethodRef, Starter } from './starter.js';
import { agentStub } from './stub.js';

export interface ApplicationOptions {
  /** The component's JID, such as `igor.localhost`. */
  jid: string;
  directory: Directory;
  calls: Calls;
  keys: KeyRing;
  gateway: GatewayPort;
  /** How the gateway knows this instance. In one process, any name. */
  origin: string;
  /** Checks the gateway's posts. Not needed when the gateway is in this process. */
  signer?: Signer;
  log?: Log;
  /** Which bare JIDs may be agents. Default: the accounts of the domain that the application's JID is below. */
  admits?: (jid: string) => boolean;
  /** How long ended calls and their events are kept, in milliseconds. Default: 7 days. */
  keep?: number;
}

const aDay = 24 * 3600 * 1000;
const eventsAtATime = 500;
/** Of these, in characters: the rest is asked for next. */
const textAtATime = 4 << 20;

export class Application implements Igor, Omit<InstancePort, 'descriptor'> {
  readonly jid: string;
  readonly channels: Channels;
  readonly documents: Documents;
  private readonly core: Core;
  private readonly roll: Roll;
  private readonly receiver: Receiver;
  private readonly starter: Starter;
  private readonly signer: Signer | undefined;
  private readonly forgetTimer: NodeJS.Timeout;
  private mayListen: (channel: string, request: { headers: Record<string, string> }) => boolean | Promise<boolean> =
    () => true;

  constructor(options: ApplicationOptions) {
    const { jid, directory, calls, gateway, origin, log = silentLog } = options;
    const parent = jid.slice(jid.indexOf('.') + 1);
    this.jid = jid;
    this.signer = options.signer;
    this.core = {
      jid,
      origin,
      directory,
      calls,
      gateway,
      log,
      sealer: new ContextSealer(options.keys),
      descriptors: new Descriptors(directory),
      counters: newCounters(),
      waiters: new Map(),
      outcomes: new Handlers(),
      items: new Handlers(),
      progress: new Handlers(),
      admits: options.admits ?? ((agent) => agent.endsWith(`@${parent}`)),
    };
    this.roll = new Roll(this.core);
    this.receiver = new Receiver(this.core, this.roll);
    this.starter = new Starter(this.core, this.roll, this.receiver);
    this.receiver.resend = (row, epoch) => this.starter.resend(row, epoch);
    this.receiver.takeUp = (ids) => this.starter.takeUp(ids);
    this.roll.onAvailable = (record) => this.starter.sendQueued(record);
    this.channels = this.makeChannels();
    this.documents = documentsOf(calls);
    const keep = options.keep ?? 7 * aDay;
    const forget = () =>
      void calls.forget(Date.now() - keep).catch((error) => log.warn('old calls could not be dropped', { error }));
    this.forgetTimer = setInterval(forget, aDay / 24).unref();
  }

  /** Takes over what instances that died have left behind. For one whose gateway is elsewhere: a gateway that starts asks by itself. */
  async takeOver(): Promise<void> {
    const calls = await this.core.calls.unfinished();
    if (calls.length > 0) await this.core.gateway.watch(calls).catch(() => {});
  }

  /** From now on contexts are sealed with this ring's current key. */
  useKeys(ring: KeyRing): void {
    this.core.sealer.ring = ring;
  }

  get counters() {
    return this.core.counters;
  }

  async agents(): Promise<AgentInfo[]> {
    const now = Date.now();
    const infos = (await this.core.directory.list()).map((record) => infoOf(record, now));
    return infos.sort((a, b) => Number(b.available) - Number(a.available) || (a.jid < b.jid ? -1 : 1));
  }

  async agentInfo(jid: string): Promise<AgentInfo | undefined> {
    const record = await this.roll.find(jid, true);
    return record && infoOf(record, Date.now());
  }

  async descriptor(agent: string) {
    const record = await this.roll.find(agent, true);
    return record && this.core.descriptors.describe(record);
  }

  agent(jid: string) {
    return agentStub(bareJid(jid), (method, request, options) => this.starter.start(jid, method, request, options));
  }

  select(jids: readonly string[]) {
    return selection(jids.map(bareJid), (jid, method, request, options) => this.call(jid, method, request, options));
  }

  call<Response = unknown>(
    agent: string,
    method: string | DescMethod,
    request: unknown,
    options: CallOptions = {},
  ): Call<Response> {
    // As a script says it (`disk.usage`), or in full (`disk.v1.Disk/Usage`).
    const ref: MethodRef = typeof method !== 'string' || method.includes('/') ? method : method.split('.').slice(-2);
    return this.starter.start<Response>(agent, ref, request, options);
  }

  cancel(call: string): Promise<void> {
    return this.starter.cancel(call);
  }

  onOutcome: Igor['onOutcome'] = (method, handler) => this.core.outcomes.set(method, handler);
  onItem: Igor['onItem'] = (method, handler) => this.core.items.set(method, handler);
  onProgress: Igor['onProgress'] = (method, handler) => this.core.progress.set(method, handler);
  onAgent: Igor['onAgent'] = (handler) => {
    const others = this.roll.onAgent;
    this.roll.onAgent = (agent) => {
      others(agent);
      handler(agent);
    };
  };

  async history(query: HistoryQuery = {}): Promise<CallRecord[]> {
    const rows = await this.core.calls.history({ ...query, limit: Math.min(query.limit ?? 100, 10_000) });
    return rows.map(recordOf);
  }

  async callRecord(id: string): Promise<CallRecord | undefined> {
    const row = await this.core.calls.get(id);
    return row && recordOf(row);
  }

  private makeChannels(): Channels {
    const { core } = this;
    return {
      create: () => randomBytes(24).toString('base64url'),
      async post(channel, event, value, { keep = true, early = false, idle = false } = {}) {
        const post = { channel, event, data: JSON.stringify(value) };
        const events = keep ? await core.calls.post([post], idle ? 'idle' : early ? 'early' : 'kept') : [post];
        show(core, events);
        const seq = (events[0] as { seq?: number }).seq;
        return seq === undefined ? undefined : String(seq);
      },
      async events(channel, after = '0') {
        const kept = await core.calls.events(channel, Number(after), 100_000);
        return kept.map(({ seq, event, data }) => ({ id: String(seq), event, data: JSON.parse(data) as JsonValue }));
      },
      path: (channel) => `/igor/channels/${channel}`,
      authorize: (check) => {
        this.mayListen = check;
      },
    };
  }

  // --- for the gateway

  async started(claim: Parameters<InstancePort['started']>[0]) {
    const { directory, calls } = this.core;
    const holder = await directory.claimGateway(claim);
    if (holder.id !== claim.id) return { holder, agents: [], calls: [] };
    const unfinished = await calls.unfinished();
    // What the gateway before this one had in its hands may never have been sent.
    void this.starter.takeUp(unfinished.map(({ id: call }) => call));
    return { holder, agents: (await directory.list()).map(({ jid }) => jid), calls: unfinished };
  }

  stopped({ id }: { id: string }) {
    return this.core.directory.releaseGateway(id);
  }

  presence(events: Parameters<InstancePort['presence']>[0]) {
    return this.roll.presence(events);
  }

  async renewed({ claim, leases }: Parameters<InstancePort['renewed']>[0]) {
    const { directory } = this.core;
    const [holder, unknown] = await Promise.all([directory.claimGateway(claim), directory.renew(leases)]);
    return { holder, unknown };
  }

  async descriptorCame({ from, hash, bytes }: { from: string; hash: string; bytes: Uint8Array }) {
    await this.roll.descriptor(from, hash, bytes);
  }

  async frames({ from, frames }: Parameters<InstancePort['frames']>[0]) {
    if (!this.core.admits(bareJid(from))) {
      this.core.counters.wrongSender++;
      throw new IgorError('permission_denied', `${from} is no agent of ${this.jid}`);
    }
    return this.receiver.frames(from, frames);
  }

  bounced({ to, calls, condition, certain }: Parameters<InstancePort['bounced']>[0]) {
    return this.receiver.bounced(to, calls, condition, certain);
  }

  lost({ calls }: { calls: string[] }) {
    return this.receiver.lost(calls);
  }

  overdue({ calls }: { calls: string[] }) {
    return this.receiver.overdue(calls);
  }

  async ended({ calls }: { calls: string[] }) {
    for (const id of calls) {
      const row = this.core.waiters.has(id) ? await this.core.calls.get(id) : undefined;
      if (row) this.receiver.settle(row);
    }
  }

  async attach({ channel, after, headers }: Parameters<InstancePort['attach']>[0]) {
    if (!(await this.mayListen(channel, { headers }))) return undefined;
    const events = await this.core.calls.events(channel, after, eventsAtATime);
    let size = 0;
    const fit = events.findIndex(({ data }) => {
      size += data.length;
      return size > textAtATime;
    });
    return { events: fit < 0 ? events : events.slice(0, Math.max(1, fit)) };
  }

  async handler(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    if (request.method !== 'POST' || !path.startsWith('/igor/instance/'))
      return new Response('Not found\n', { status: 404 });
    if (Number(request.headers.get('content-length') ?? 0) > largestPost)
      return new Response('Too large\n', { status: 413 });
    const { status, body } = await this.answer({
      path,
      signature: request.headers.get('igor-signature') ?? undefined,
      body: Buffer.from(await request.arrayBuffer()),
    });
    return new Response(new Uint8Array(body), { status, headers: { 'content-type': 'application/octet-stream' } });
  }

  readonly nodeHandler = async (
    // Frameworks that mount a handler take the path off `url`, and keep the whole here.
    request: IncomingMessage & { originalUrl?: string },
    response: ServerResponse,
  ): Promise<void> => {
    try {
      const path = new URL(request.originalUrl ?? request.url ?? '/', 'http://instance').pathname;
      if (request.method !== 'POST' || !path.startsWith('/igor/instance/')) {
        response.writeHead(404).end();
        return;
      }
      if (request.readableDidRead)
        throw new IgorError(
          'usage',
          `the body of ${path} was read before igor's handler: mount that before parsers of bodies`,
        );
      const body = await readBody(request, response);
      if (!body) return;
      const signature = request.headers['igor-signature'] as string | undefined;
      const answer = await this.answer({ path, signature, body });
      response.writeHead(answer.status, { 'content-type': 'application/octet-stream' }).end(answer.body);
    } catch (error) {
      this.core.log.error('a post of the gateway failed', { error });
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  };

  /** A post of the gateway, however it came. */
  async answer(post: { path: string; signature: string | undefined; body: Buffer }): Promise<PostResponse> {
    if (!this.signer)
      throw new IgorError('usage', 'this instance has its gateway in its own process, and takes no posts');
    const answer = await answerPost(this.port(), instanceMethods, this.signer, post);
    if (answer.status === 401) this.core.counters.unsigned++;
    return answer;
  }

  /** This instance as the gateway sees it. `descriptor` is something else to an application. */
  port(): InstancePort {
    const port = Object.fromEntries(
      instanceMethods.map((name) => {
        const method = (name === 'descriptor' ? this.descriptorCame : this[name]) as (argument: unknown) => unknown;
        return [name, (argument: unknown) => method.call(this, argument)];
      }),
    );
    return port as unknown as InstancePort;
  }

  async close(): Promise<void> {
    clearInterval(this.forgetTimer);
    for (const waiters of this.core.waiters.values()) {
      for (const { call } of waiters)
        call.fail(
          new IgorError('canceled', 'this instance ends; the call goes on, and its outcome reaches another one'),
        );
    }
    this.core.waiters.clear();
    await this.core.calls.close();
    await this.core.directory.close();
  }
}

function documentsOf(calls: Calls): Documents {
  return {
    async get(name) {
      const kept = await calls.document(name);
      return kept && { version: kept.version, data: JSON.parse(kept.data) as JsonValue };
    },
    put: (name, version, data) => calls.putDocument(name, version, JSON.stringify(data)),
  };
}

function recordOf(row: StoredCall): CallRecord {
  const { id, agent, method, user, state, status, message, started, ended, deadline, items, request, response } = row;
  return { id, agent, method, user, state, status, message, started, ended, deadline, items, request, response };
}
