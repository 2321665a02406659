/** An agent: dials out to an XMPP server, says what it serves, and obeys one application. */
import { IgorError } from '../error.js';
import { type Log, silentLog } from '../log.js';
import { backoff } from '../protocol/backoff.js';
import { ChunkAssembler, isLarge, sendChunks, split } from '../protocol/chunks.js';
import { type DescriptorBytes, describeServices } from '../protocol/descriptor.js';
import {
  type Credit,
  chunkSize,
  type Frame,
  type Invoke,
  type ItemFrame,
  nsIgor,
  type OutcomeFrame,
  readFrames,
  writeAnnouncement,
  writeFrames,
} from '../protocol/frames.js';
import { bareJid } from '../protocol/jid.js';
import { type Element, tag } from '../protocol/xml.js';
import type { Durability } from '../store/sqlite-file.js';
import { Connection } from './connection.js';
import { machineFacts } from './facts.js';
import { Journal } from './journal.js';
import { Mailbox } from './mailbox.js';
import { Runner } from './runner.js';
import type { ServedService } from './service.js';

export interface AgentOptions {
  /** The agent's account, a bare JID. */
  account: string;
  password: string;
  /** The only JID that it obeys. */
  app: string;
  services: readonly ServedService[];
  /** A SQLite file that is this agent's alone. */
  journal: string;
  /** Default: the account's domain. */
  host?: string;
  /** Default: 5222. */
  port?: number;
  /** SHA-256 of the server's certificate, hexadecimal: any other server is refused. */
  fingerprint?: string;
  version?: string;
  /** Added to what the machine tells of itself. */
  facts?: Record<string, string>;
  /** How many calls run at a time. Default: 1000. */
  limit?: number;
  /** How soon it counts as dead when it falls silent, in milliseconds. It speaks three times as often. Default: 9000. */
  lease?: number;
  durability?: Durability;
  log?: Log;
}

/** An outcome ready within this time is the IQ's own result, in milliseconds. */
const quick = 50;
/** When one of several calls of an IQ is ready, the others have so long to join it. */
const quickTogether = 10;
const chunkBudget = 256 * 1024 * 1024;
const nsDisco = 'http://jabber.org/protocol/disco#info';

export class Agent {
  readonly descriptor: DescriptorBytes;
  private readonly log: Log;
  private readonly app: string;
  private readonly journal: Journal;
  private readonly runner: Runner;
  private readonly mailbox: Mailbox;
  private readonly chunks = new ChunkAssembler(chunkBudget);
  private readonly lease: number;
  private readonly connection: Connection;
  private draining = false;
  private stopped = false;
  private online: Promise<void>;
  private isOnline: () => void = () => {};

  /** @throws IgorError `usage` */
  constructor(private readonly options: AgentOptions) {
    this.log = options.log ?? silentLog;
    this.app = options.app.toLowerCase();
    this.lease = options.lease ?? 9000;
    this.descriptor = describeServices(options.services.map(({ descriptor }) => descriptor));
    this.journal = new Journal(options.journal, options.durability);
    this.runner = new Runner({
      services: options.services,
      journal: this.journal,
      caller: this.app,
      limit: options.limit ?? 1000,
      log: this.log,
      sendItems: (items) => this.sendItems(items),
      sendProgress: (frame) => {
        this.connection.ask([frame]).catch(() => {});
      },
    });
    this.mailbox = new Mailbox({
      send: (outcomes) => this.sendOutcomes(outcomes),
      settled: (call) =>
        void this.runner.committed(call).catch((error) => this.log.error('the journal failed', { error })),
      credit: (frame) => this.runner.credit(frame),
    });
    for (const outcome of this.journal.owed) this.mailbox.add(outcome, true);
    this.online = new Promise((resolve) => {
      this.isOnline = resolve;
    });
    const { account, password, host, port, fingerprint } = options;
    this.connection = new Connection({
      client: {
        account,
        password,
        host: host ?? account.slice(account.indexOf('@') + 1),
        port: port ?? 5222,
        ...(fingerprint === undefined ? {} : { fingerprint }),
      },
      app: this.app,
      epoch: this.journal.epoch,
      lease: this.lease,
      announcement: () => this.announcement(),
      take: (stanza) => this.take(stanza),
      registered: () => {
        this.isOnline();
        this.mailbox.resend();
      },
      log: this.log,
    });
  }

  /** Its full JID, the resource being its epoch. */
  get jid(): string {
    return `${this.options.account.toLowerCase()}/${this.journal.epoch}`;
  }

  /** Connects; then it stays, and comes back, until `stop`. @throws IgorError when the first try fails */
  async start(): Promise<void> {
    await this.connection.connect();
  }

  /** The same, but tries until it succeeds. */
  startPatiently(): void {
    void this.connection.reconnect(0);
  }

  private announcement(): string {
    const { services, version = '', facts = {} } = this.options;
    return writeAnnouncement({
      epoch: this.journal.epoch,
      lease: this.lease,
      version,
      hash: this.descriptor.hash,
      draining: this.draining,
      services: services.map(({ descriptor }) => descriptor.typeName),
      facts: { ...machineFacts(), ...facts },
    });
  }

  // --- from the application

  private take(stanza: Element): void {
    const from = stanza.attribute('from');
    if (stanza.name === 'presence') {
      if (stanza.attribute('type') !== 'subscribe' || !from) return;
      const answer = from === this.app ? 'subscribed' : 'unsubscribed';
      this.connection.write(tag('presence', { to: bareJid(from), type: answer }));
      return;
    }
    if (stanza.name !== 'iq') return;
    const { iqs } = this.connection;
    const igor = stanza.child('igor', nsIgor);
    if (!igor) {
      if (stanza.child('ping', 'urn:xmpp:ping')) iqs?.answer(stanza);
      else if (stanza.child('query', nsDisco)) iqs?.answer(stanza, disco);
      else iqs?.refuse(stanza, 'service-unavailable');
      return;
    }
    if (from !== this.app) {
      this.log.warn('a stranger called', { from });
      iqs?.refuse(stanza, 'forbidden', 'auth');
      return;
    }
    if (stanza.attribute('type') !== 'set') {
      iqs?.refuse(stanza, 'bad-request', 'modify');
      return;
    }
    void this.takeFrames(stanza, igor);
  }

  private async takeFrames(iq: Element, igor: Element): Promise<void> {
    const { iqs } = this.connection;
    try {
      // An IQ is refused as a whole, so nothing of it may have begun by then.
      const frames = readFrames(igor).map((frame) => this.fromChunks(frame));
      const patience = new Patience();
      const answers = await Promise.all(frames.map((frame) => this.takeFrame(frame, patience)));
      patience.end();
      const given = answers.filter((answer) => answer !== undefined);
      iqs?.answer(iq, given.length === 0 ? '' : writeFrames(given));
    } catch (thrown) {
      const error = IgorError.from(thrown, 'internal');
      this.log.warn('a stanza was refused', { error });
      if (thrown === chunksMissing) iqs?.refuse(iq, 'item-not-found');
      else if (error.code === 'resource_exhausted') iqs?.refuse(iq, 'resource-constraint', 'wait');
      else if (error.code === 'invalid_argument') iqs?.refuse(iq, 'bad-request', 'modify');
      else iqs?.refuse(iq, 'internal-server-error', 'wait');
    }
  }

  /** A chunk is kept; a frame whose payload went ahead in chunks gets it. */
  private fromChunks(frame: Frame): Frame {
    if (frame.type === 'chunk') this.chunks.add(this.app, frame);
    const whole = this.chunks.complete(this.app, frame);
    if (whole) return whole;
    // Told twice: a call that is known needs no payload any more.
    if (frame.type === 'invoke' && this.runner.knows(frame.call)) return frame;
    throw chunksMissing;
  }

  private async takeFrame(frame: Frame, patience: Patience): Promise<Frame | undefined> {
    switch (frame.type) {
      case 'invoke':
        return this.invoke(frame, patience);
      case 'describe': {
        const { bytes, hash } = this.descriptor;
        const { offset } = frame;
        const payload = bytes.subarray(offset, offset + chunkSize);
        return { type: 'descriptor', hash, offset, total: bytes.length, payload };
      }
      case 'cancel':
        this.runner.cancel(frame.call);
        return undefined;
      case 'credit':
        this.runner.credit(frame);
        return undefined;
      case 'committed':
      case 'rejected':
        this.mailbox.settle(frame.call);
        return undefined;
      default:
        return undefined;
    }
  }

  private async invoke(invoke: Invoke, patience: Patience): Promise<Frame> {
    const { call } = invoke;
    const accepted = { type: 'accepted' as const, call };
    const started = await this.runner.invoke(invoke);
    // Run, told and committed: this is a stanza that came twice.
    if (!started) return accepted;
    const outcome = await patience.wait(started.outcome);
    if (outcome && (outcome.payload?.length ?? 0) <= chunkSize && !outcome.items) {
      this.mailbox.add(outcome, true);
      return outcome;
    }
    started.outcome.then(
      (late) => this.mailbox.add(late, false),
      (error) => this.log.error('the journal failed', { error }),
    );
    return accepted;
  }

  // --- to the application

  private async sendOutcomes(outcomes: OutcomeFrame[]): Promise<Frame[]> {
    const ready: OutcomeFrame[] = [];
    for (const outcome of outcomes) ready.push((await this.inChunks(outcome)) as OutcomeFrame);
    return this.connection.ask(ready);
  }

  private async sendItems(items: ItemFrame[]): Promise<Credit | 'refused'> {
    const [first] = items as [ItemFrame, ...ItemFrame[]];
    for (const pause of backoff({ first: 200, most: 5000 })) {
      try {
        const ready: ItemFrame[] = [];
        for (const item of items) ready.push((await this.inChunks(item)) as ItemFrame);
        const answers = await this.connection.ask(ready);
        let best: Credit | undefined;
        for (const answer of answers) {
          if (answer.type === 'rejected' && answer.call === first.call) return 'refused';
          if (answer.type === 'credit' && (!best || answer.received > best.received)) best = answer;
        }
        if (best) return best;
      } catch (error) {
        this.log.debug('items could not be sent', { error });
      }
      if (this.stopped) return 'refused';
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    return 'refused';
  }

  /** A frame that is too large goes ahead in chunks. */
  private async inChunks(frame: OutcomeFrame | ItemFrame): Promise<Frame> {
    if (!isLarge(frame)) return frame;
    const parts = split(frame);
    await sendChunks(parts.chunks, (chunk) => this.connection.ask([chunk]));
    return parts.frame;
  }

  /** Resolves when the application has heard of it. */
  async registered(): Promise<void> {
    await this.online;
  }

  /** Ends what runs, takes nothing new, tells all outcomes; or gives up after `limit` milliseconds. */
  async drain(limit: number): Promise<void> {
    this.draining = true;
    this.runner.refuse(new IgorError('unavailable', 'the agent is going'));
    this.connection.announce();
    let timer: NodeJS.Timeout | undefined;
    const overdue = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.runner.abortAll(new IgorError('aborted', 'the agent had to end'));
        timer = setTimeout(resolve, 2000);
      }, limit);
    });
    const done = async () => {
      await this.runner.idle();
      // Outcomes that have just come are put into the mailbox in the next turn.
      await new Promise((resolve) => setImmediate(resolve));
      await this.mailbox.empty();
    };
    await Promise.race([done(), overdue]);
    clearTimeout(timer);
    await this.stop();
  }

  /** Leaves at once. What it owes stays in the journal. */
  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    this.mailbox.stop();
    this.runner.abortAll(new IgorError('aborted', 'the agent had to end'));
    await this.connection.stop();
    await this.journal.close();
  }
}

const chunksMissing = new IgorError('not_found', 'parts of this payload have not come');

const disco = `<query xmlns='${nsDisco}'><identity category='automation' type='rpc' name='igor agent'/><feature var='${nsIgor}'/></query>`;

/** How long an IQ waits for the outcomes of its calls: all of them if they are quick, and not the quick ones for the slow. */
class Patience {
  private readonly over: Promise<undefined>;
  private finish!: () => void;
  private timer: NodeJS.Timeout;
  private oneIsReady = false;

  constructor() {
    this.over = new Promise((resolve) => {
      this.finish = () => resolve(undefined);
    });
    this.timer = setTimeout(this.finish, quick);
  }

  async wait<T>(outcome: Promise<T>): Promise<T | undefined> {
    const first = await Promise.race([outcome.catch(() => undefined), this.over]);
    if (first !== undefined && !this.oneIsReady) {
      this.oneIsReady = true;
      setTimeout(this.finish, quickTogether);
    }
    return first;
  }

  end(): void {
    clearTimeout(this.timer);
    this.finish();
  }
}
