/**
 * The gateway: the one component of the application on the XMPP server, and the channel service. It turns stanzas into posts to an instance, and
 * posts of any instance into stanzas and events. It keeps nothing that matters: whatever it forgets is told again, by agents and by the store.
 */
import type { ServerResponse } from 'node:http';
import { IgorError } from '../error.js';
import type { Log } from '../log.js';
import { backoff } from '../protocol/backoff.js';
import { ChunkAssembler } from '../protocol/chunks.js';
import { type ComponentOptions, connectComponent } from '../protocol/component.js';
import { type Frame, nsIgor, readAnnouncement, readFrames, writeFrames } from '../protocol/frames.js';
import { IqChannel } from '../protocol/iq.js';
import { bareJid, resourceOf } from '../protocol/jid.js';
import type { XmppStream } from '../protocol/stream.js';
import { type Element, tag } from '../protocol/xml.js';
import type { GatewayClaim } from '../store/directory.js';
import { ChannelService } from './channels.js';
import { fetchDescriptor } from './descriptor.js';
import { InHand, tellTime } from './in-hand.js';
import { type Instance, Instances } from './instances.js';
import { Leases } from './leases.js';
import { Outbox } from './outbox.js';
import { newClaim, placeLease, takePlace } from './place.js';
import type { GatewayPort, LiveEvent, PresenceEvent } from './ports.js';
import { grace } from './ports.js';
import { PostError } from './post.js';
import { CallWatch } from './watch.js';

export interface GatewayOptions {
  component: ComponentOptions;
  instances: readonly Instance[];
  log: Log;
  /** How often leases and the gateway's own place are renewed in the store, in milliseconds. */
  renewEvery?: number;
}

const chunkBudget = 256 * 1024 * 1024;
/** How long an agent that is not there has to come back when its lease is not known; and after the XMPP server itself was away, in milliseconds. */
const usualLease = 9000;
const reconnectTime = 16_000;

export class Gateway implements GatewayPort {
  private readonly instances: Instances;
  private readonly log: Log;
  private readonly leases: Leases;
  private readonly outbox: Outbox;
  private readonly watched: CallWatch;
  private readonly chunks = new ChunkAssembler(chunkBudget);
  readonly channels: ChannelService;
  private readonly inHand: InHand;
  /** Instances that wait for a call that another one started. */
  private readonly followers = new Map<string, Set<string>>();
  private readonly telling = new Map<string, Promise<void>>();
  private readonly describing = new Set<string>();
  private readonly claim: GatewayClaim;
  private readonly jid: string;
  private stream: XmppStream | undefined;
  private iqs: IqChannel | undefined;
  private renewTimer: NodeJS.Timeout | undefined;
  private closing = false;
  /** What was refused. */
  readonly refused = { malformed: 0, wrongSender: 0 };
  /** Called when this gateway has to give up: another one has its place. */
  onFailure: (error: IgorError) => void = () => {};

  constructor(private readonly options: GatewayOptions) {
    this.log = options.log;
    this.jid = options.component.jid;
    this.claim = newClaim();
    this.instances = new Instances(options.instances, this.log);
    this.leases = new Leases((agents) => {
      this.tellPresence(agents.map((from) => ({ from, type: 'dead' })));
      for (const agent of agents) this.inHand.gone(agent, 0);
    });
    this.inHand = new InHand((agent, calls) => void this.tellLost(agent, calls));
    this.watched = new CallWatch((calls) => void this.tellOverdue(calls));
    this.channels = new ChannelService(
      (channel, after, headers) => this.instances.ask('attach', { channel, after, headers }),
      this.log,
    );
    this.outbox = new Outbox({
      ask: (to, xml, timeout) => this.ask(to, xml, timeout),
      answered: (to, frames) => void this.takeAnswers(to, frames),
      failed: (to, error) => this.log.warn('an IQ failed', { to, error }),
      bounced: (to, calls, condition, certain) => {
        // What was sent before may be in its hands; and now it seems not to be there. If it is, it says so within its lease.
        if (!certain) this.inHand.gone(to, this.patienceFor(to));
        void this.tellBounce(to, calls, condition, certain);
      },
    });
  }

  /** Takes the application's one place, and goes on air. @throws IgorError `second_gateway`, `xmpp` */
  async start(): Promise<void> {
    this.inHand.pause();
    const known = await takePlace(this.jid, this.claim, this.instances);
    await this.connect();
    this.inHand.resume(usualLease);
    for (const { id, deadline } of known.calls) this.watched.add(id, deadline);
    for (const agent of known.agents) this.probe(agent);
    this.renewTimer = setInterval(() => void this.renew(), this.options.renewEvery ?? 1000).unref();
  }

  private async connect(): Promise<void> {
    const stream = await connectComponent(this.options.component);
    this.stream = stream;
    const iqs = new IqChannel(stream, this.jid);
    this.iqs = iqs;
    stream.onStanza = (stanza) => this.take(stanza);
    stream.onClose = (error) => {
      iqs.end();
      this.stream = undefined;
      this.inHand.pause();
      if (!this.closing) {
        this.log.warn('the connection to the XMPP server was lost', { error });
        void this.reconnect();
      }
    };
    this.log.info('on air', { jid: this.jid });
  }

  private async reconnect(): Promise<void> {
    for (const pause of backoff({ first: 50, most: 3000 })) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (this.closing) return;
      try {
        await this.connect();
        break;
      } catch (thrown) {
        const error = IgorError.from(thrown, 'xmpp');
        this.log.warn('the XMPP server can not be reached', { error });
        if (error.code === 'second_gateway') {
          this.onFailure(error);
          return;
        }
      }
    }
    this.inHand.resume(reconnectTime);
    // What happened meanwhile nobody told us.
    for (const agent of this.leases.agents()) this.probe(agent);
    this.outbox.resend();
  }

  // --- from the XMPP server

  private take(stanza: Element): void {
    try {
      if (stanza.name === 'iq') this.takeIq(stanza);
      else if (stanza.name === 'presence') this.takePresence(stanza);
    } catch (error) {
      this.refused.malformed++;
      this.log.warn('a stanza was refused', { from: stanza.attribute('from'), error });
      if (stanza.name === 'iq' && stanza.attribute('type') !== 'error')
        this.iqs?.refuse(stanza, 'bad-request', 'modify');
    }
  }

  private takeIq(iq: Element): void {
    const type = iq.attribute('type');
    const from = iq.attribute('from');
    if (type === 'result' || type === 'error') {
      this.iqs?.take(iq);
      return;
    }
    const igor = iq.child('igor', nsIgor);
    if (!from || !igor || type !== 'set') {
      const ping = type === 'get' && iq.child('ping', 'urn:xmpp:ping');
      if (ping) this.iqs?.answer(iq);
      else this.iqs?.refuse(iq, 'service-unavailable');
      return;
    }
    const frames = readFrames(igor);
    this.inHand.heard(from, frames);
    const renewal = frames.find((frame) => frame.type === 'renew');
    if (renewal) {
      if (this.leases.renew(from, renewal.epoch)) this.iqs?.answer(iq);
      else this.iqs?.refuse(iq, this.leases.hasLater(from, renewal.epoch) ? 'conflict' : 'item-not-found');
      return;
    }
    void this.takeFrames(from, iq, frames);
  }

  /** What an agent says of its calls: answered when an instance has dealt with it. */
  private async takeFrames(from: string, iq: Element, frames: Frame[]): Promise<void> {
    const iqs = this.iqs;
    try {
      const whole: Frame[] = [];
      for (const frame of frames) {
        if (frame.type === 'chunk') {
          this.chunks.add(from, frame);
          continue;
        }
        const complete = this.chunks.complete(from, frame);
        if (!complete) {
          iqs?.refuse(iq, 'item-not-found');
          return;
        }
        whole.push(complete);
      }
      const answers = whole.length === 0 ? [] : await this.ofInstance(from, whole);
      iqs?.answer(iq, answers.length === 0 ? '' : writeFrames(answers));
    } catch (thrown) {
      const error = IgorError.from(thrown, 'internal');
      this.log.warn('what an agent said could not be dealt with', { from, error });
      if (error.code === 'resource_exhausted') iqs?.refuse(iq, 'resource-constraint', 'wait');
      else if (error.code === 'invalid_argument') iqs?.refuse(iq, 'bad-request', 'modify');
      else iqs?.refuse(iq, 'internal-server-error', 'wait');
    }
  }

  /** Answers to an IQ of ours; outcomes among them are committed later, several together. */
  private async takeAnswers(from: string, answers: Frame[]): Promise<void> {
    const outcomes = answers.filter((frame) => frame.type === 'outcome');
    if (outcomes.length === 0) return;
    try {
      for (const answer of await this.ofInstance(from, outcomes)) this.outbox.push(from, answer, false);
    } catch (error) {
      this.log.warn('an outcome could not be delivered; the agent will send it again', { from, error });
    }
  }

  /** Each instance that started some of these calls gets those. */
  private async ofInstance(from: string, frames: Frame[]): Promise<Frame[]> {
    const byOrigin = new Map<string, Frame[]>();
    for (const frame of frames) {
      const origin = 'call' in frame ? this.inHand.originOf(frame.call) : '';
      const group = byOrigin.get(origin);
      if (group) group.push(frame);
      else byOrigin.set(origin, [frame]);
    }
    const groups = [...byOrigin].map(([origin, group]) =>
      this.instances.ask('frames', { from, frames: group }, origin),
    );
    const answers = (await Promise.all(groups)).flat();
    for (const answer of answers) {
      if (answer.type === 'committed') this.settle(answer.call);
      // The agent is done with it, but its outcome was not kept: should the call not have ended, its time ends it.
      else if (answer.type === 'rejected') this.release(answer.call);
    }
    return answers;
  }

  /** The agent has nothing more to do with it. */
  private release(call: string): void {
    this.inHand.delete(call);
    this.outbox.settle(call);
  }

  private settle(call: string): void {
    this.watched.delete(call);
    this.release(call);
    const followers = this.followers.get(call);
    if (!followers) return;
    this.followers.delete(call);
    for (const origin of followers) this.instances.ask('ended', { calls: [call] }, origin).catch(() => {});
  }

  private takePresence(presence: Element): void {
    const from = presence.attribute('from');
    const type = presence.attribute('type');
    if (!from) return;
    if (type === undefined) {
      const agent = presence.child('agent', nsIgor);
      if (!agent) return;
      const announcement = readAnnouncement(agent);
      if (from !== `${bareJid(from)}/${announcement.epoch}`) {
        throw new IgorError('invalid_argument', 'the resource of an agent is its epoch');
      }
      // Its renewals are answered with `conflict`.
      if (!this.leases.announce(from, announcement.epoch, announcement.lease)) {
        this.inHand.heard(from, []);
        return;
      }
      this.inHand.came(from);
      this.tellPresence([{ from, type: 'available', agent: announcement }]);
    } else if (type === 'unavailable') {
      // From a bare JID this is the server's answer to a probe; it says nothing of an agent that spoke to us since.
      if (!from.includes('/') && this.leases.has(from)) return;
      this.inHand.gone(from, this.patienceFor(from));
      this.leases.drop(bareJid(from), epochOf(from));
      this.tellPresence([{ from, type: 'unavailable' }]);
    } else if (type === 'subscribe') {
      // An agent may want to see whether its application is there.
      this.write(tag('presence', { from: this.jid, to: bareJid(from), type: 'subscribed' }));
      this.write(tag('presence', { from: this.jid, to: bareJid(from) }));
    } else if (type === 'probe') this.write(tag('presence', { from: this.jid, to: from }));
  }

  /** One after the other for each agent: whoever comes back at once must not be overtaken by its own going. */
  private tellPresence(events: PresenceEvent[]): void {
    for (const event of events) {
      const agent = bareJid(event.from);
      const told = (this.telling.get(agent) ?? Promise.resolve())
        .then(() => this.instances.ask('presence', [event]))
        .catch((error) => {
          this.log.warn('a presence could not be delivered', { error });
          // It will announce itself again.
          this.leases.drop(agent);
        })
        .finally(() => {
          if (this.telling.get(agent) === told) this.telling.delete(agent);
        });
      this.telling.set(agent, told);
    }
  }

  private async tellBounce(to: string, calls: string[], condition: string, certain: boolean): Promise<void> {
    for (const [origin, group] of this.byOrigin(calls)) {
      // The instance may send them again, to another start.
      if (certain) for (const call of group) this.inHand.delete(call);
      try {
        await this.instances.ask('bounced', { to, calls: group, condition, certain }, origin);
      } catch (error) {
        // The calls' deadlines are watched, too.
        this.log.warn('a bounce could not be delivered', { error });
      }
    }
  }

  private async tellLost(agent: string, calls: string[]): Promise<void> {
    for (const [origin, group] of this.byOrigin(calls)) {
      try {
        await this.instances.ask('lost', { agent, calls: group }, origin);
        for (const call of group) this.settle(call);
      } catch (error) {
        this.log.warn('calls are lost with their agent, and no instance takes them', { agent, error });
        this.inHand.gone(agent, 1000);
      }
    }
  }

  private async tellOverdue(calls: string[]): Promise<void> {
    try {
      await this.instances.ask('overdue', { calls });
      // Its time had been moved: it is watched again by now.
      for (const call of calls) if (!this.watched.has(call)) this.settle(call);
    } catch (error) {
      this.log.warn('calls are overdue, and no instance takes them', { error });
      for (const call of calls) this.watched.add(call, Date.now() + 1000);
    }
  }

  private byOrigin(calls: readonly string[]): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const call of calls) {
      const origin = this.inHand.originOf(call);
      groups.set(origin, [...(groups.get(origin) ?? []), call]);
    }
    return groups;
  }

  private async renew(): Promise<void> {
    const leases = this.leases.takeRenewed();
    const placeEnds = this.claim.lease - Date.now();
    if (leases.length === 0 && placeEnds > placeLease / 2) return;
    this.claim.lease = Date.now() + placeLease;
    try {
      const { holder, unknown } = await this.instances.ask('renewed', { claim: { ...this.claim }, leases });
      for (const agent of unknown) this.leases.drop(agent);
      if (holder.id !== this.claim.id) {
        this.onFailure(
          new IgorError('second_gateway', `another gateway, at ${holder.where}, took the place of this one`),
        );
      }
    } catch (error) {
      this.claim.lease = 0;
      this.log.warn('leases could not be renewed', { error });
    }
  }

  // --- from instances

  async send({ to, frames, origin, attempt, deadline }: Parameters<GatewayPort['send']>[0]): Promise<void> {
    if (!this.stream) throw new PostError('the gateway has no connection to the XMPP server', true);
    for (const frame of frames) {
      if (frame.type !== 'invoke') {
        this.outbox.push(to, frame, frame.type === 'cancel' || frame.type === 'credit');
        continue;
      }
      const until = deadline ?? Date.now() + frame.timeout;
      this.hold(frame.call, to, origin);
      this.watched.add(frame.call, until + grace);
      this.outbox.invoke(to, frame, until, attempt);
    }
  }

  async describe({ to, hash }: { to: string; hash: string }): Promise<void> {
    const key = `${to} ${hash}`;
    if (this.describing.has(key)) return;
    this.describing.add(key);
    void this.passDescriptorOn(to, hash).finally(() => this.describing.delete(key));
  }

  private async passDescriptorOn(to: string, hash: string): Promise<void> {
    for (const pause of backoff({ first: 100, most: 2000, times: 6 })) {
      try {
        const bytes = await fetchDescriptor(to, hash, (xml, timeout) => this.ask(to, xml, timeout));
        await this.instances.ask('descriptor', { from: to, hash, bytes });
        return;
      } catch (error) {
        this.log.warn('a descriptor could not be had', { agent: to, error });
        if (this.closing || !this.leases.has(bareJid(to))) return;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  async presence({ to, type }: Parameters<GatewayPort['presence']>[0]): Promise<void> {
    this.write(tag('presence', { from: this.jid, to, type }));
  }

  async post(events: LiveEvent[]): Promise<void> {
    this.channels.post(events);
  }

  async poke(channels: string[]): Promise<void> {
    this.channels.poke(channels);
  }

  async watch(calls: Parameters<GatewayPort['watch']>[0]): Promise<void> {
    for (const { id, deadline, origin, held } of calls) {
      this.watched.add(id, deadline);
      if (held && !this.inHand.has(id)) this.hold(id, held.agent, '', held.until);
      if (origin !== undefined) this.followers.set(id, (this.followers.get(id) ?? new Set()).add(origin));
    }
  }

  // --- helpers

  listen(channel: string, after: number, headers: Record<string, string>, response: ServerResponse): Promise<void> {
    return this.channels.listen(channel, after, headers, response);
  }

  private ask(to: string, xml: string, timeout: number): Promise<Element> {
    if (!this.iqs) throw new PostError('the gateway has no connection to the XMPP server', true);
    return this.iqs.ask(to, xml, timeout);
  }

  /** How long an agent whose connection seems to be lost has to come back, in milliseconds. */
  private patienceFor(agent: string): number {
    if (this.leases.hasLater(agent, epochOf(agent))) return tellTime;
    return this.leases.left(bareJid(agent), epochOf(agent)) ?? usualLease;
  }

  /** An agent has a call. One of which nothing was heard here has to speak. @param until it counts as alive, in milliseconds since 1970 */
  private hold(call: string, agent: string, origin: string, until = 0): void {
    this.inHand.add(call, agent, origin);
    if (this.leases.left(bareJid(agent), epochOf(agent)) !== undefined) return;
    this.inHand.gone(agent, Math.max(until - Date.now(), this.patienceFor(agent)));
  }

  private probe(agent: string): void {
    this.write(tag('presence', { from: this.jid, to: agent, type: 'probe' }));
  }

  private write(xml: string): void {
    this.stream?.write(xml);
  }

  async stop(): Promise<void> {
    this.closing = true;
    clearInterval(this.renewTimer);
    if (this.stream) this.outbox.flushAll();
    this.outbox.close();
    this.leases.close();
    this.inHand.close();
    this.watched.close();
    this.channels.close();
    await this.stream?.close();
    this.iqs?.end();
    await this.instances.ask('stopped', { id: this.claim.id }).catch(() => {});
  }
}

const epochOf = (agent: string) => Number(resourceOf(agent) ?? 0);
