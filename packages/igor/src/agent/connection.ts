/** An agent's connection: dials out, says what is there, renews its lease, and comes back when it was lost. */
import { IgorError } from '../error.js';
import type { Log } from '../log.js';
import { backoff } from '../protocol/backoff.js';
import { type ClientOptions, connectClient } from '../protocol/client.js';
import { type Frame, nsIgor, readFrames, writeFrames } from '../protocol/frames.js';
import { IqChannel, IqError } from '../protocol/iq.js';
import type { XmppStream } from '../protocol/stream.js';
import { type Element, tag } from '../protocol/xml.js';

export interface ConnectionOptions {
  client: Omit<ClientOptions, 'resource'>;
  /** The application's JID. */
  app: string;
  /** Of this start. It is the resource, too. */
  epoch: number;
  /** Milliseconds. */
  lease: number;
  /** The `<agent/>` for its presence. */
  announcement(): string;
  /** Stanzas that are no answers. */
  take(stanza: Element): void;
  /** The application has heard of this agent, for the first time or again. */
  registered(): void;
  log: Log;
}

/** How long the application has for an IQ's result, in milliseconds. */
const answerTime = 10_000;
/** Pauses between renewals that were refused, at most, in milliseconds. */
const longestPause = 1500;
/** The same while another start of this account is there. */
const longestPauseOfSecond = 30_000;

export class Connection {
  /** Told when a try to connect fails. It goes on trying. */
  onFailure: (error: IgorError) => void = () => {};
  iqs: IqChannel | undefined;
  private stream: XmppStream | undefined;
  private renewTimer: NodeJS.Timeout | undefined;
  /** Renewals in a row that had no answer. */
  private silent = 0;
  private appIsThere = false;
  private isSecond = false;
  private pauses: Iterator<number> = backoff({ first: 200, most: longestPause });
  private stopped = false;

  constructor(private readonly options: ConnectionOptions) {}

  /** Once; from then on it comes back by itself. @throws IgorError */
  async connect(): Promise<void> {
    const { client, app, epoch, log } = this.options;
    const { stream, jid } = await connectClient({ ...client, resource: String(epoch) });
    if (this.stopped) {
      await stream.close();
      return;
    }
    const wanted = `${client.account.toLowerCase()}/${epoch}`;
    if (jid !== wanted) throw new IgorError('xmpp', `the XMPP server bound ${jid} in place of ${wanted}`);
    this.stream = stream;
    const iqs = new IqChannel(stream, undefined);
    this.iqs = iqs;
    this.silent = 0;
    this.appIsThere = false;
    stream.onStanza = (stanza) => {
      const type = stanza.attribute('type');
      if (stanza.name === 'iq' && (type === 'result' || type === 'error')) iqs.take(stanza);
      else this.options.take(stanza);
    };
    stream.onClose = (error) => {
      iqs.end();
      clearTimeout(this.renewTimer);
      this.stream = undefined;
      this.iqs = undefined;
      if (this.stopped) return;
      log.warn('the connection was lost', { error });
      void this.reconnect(200);
    };
    // Whoever is subscribed sees it, and answers to probes are made from it.
    this.write(tag('presence', {}, this.options.announcement()));
    this.announce();
    this.scheduleRenewal(20);
    log.info('connected', { jid, app });
  }

  /** @param first of the pauses, in milliseconds; 0: the first try is now */
  async reconnect(first: number): Promise<void> {
    let wait = first > 0;
    for (const pause of backoff({ first: first || 200, most: 15_000 })) {
      if (wait) await new Promise((resolve) => setTimeout(resolve, pause));
      wait = true;
      if (this.stopped) return;
      try {
        await this.connect();
        return;
      } catch (thrown) {
        const error = IgorError.from(thrown, 'xmpp');
        this.options.log.warn('no connection', { error, again: 'soon' });
        this.onFailure(error);
      }
    }
  }

  announce(): void {
    this.write(tag('presence', { to: this.options.app }, this.options.announcement()));
  }

  write(xml: string): void {
    this.stream?.write(xml);
  }

  /** @throws IgorError `unavailable`, or an {@link IqError} */
  async ask(frames: readonly Frame[]): Promise<Frame[]> {
    if (!this.iqs) throw new IgorError('unavailable', 'there is no connection');
    const result = await this.iqs.ask(this.options.app, writeFrames(frames), answerTime);
    const igor = result.child('igor', nsIgor);
    return igor ? readFrames(igor) : [];
  }

  private scheduleRenewal(pause: number): void {
    clearTimeout(this.renewTimer);
    this.renewTimer = setTimeout(() => void this.renew(), pause);
  }

  private async renew(): Promise<void> {
    const { iqs, stream } = this;
    const { app, epoch, lease } = this.options;
    if (!iqs || !stream) return;
    const every = lease / 3;
    try {
      await iqs.ask(app, writeFrames([{ type: 'renew', epoch }]), Math.max(every * 0.9, 1000));
      this.silent = 0;
      this.isSecond = false;
      if (!this.appIsThere) {
        this.appIsThere = true;
        this.options.registered();
      }
      this.scheduleRenewal(every);
    } catch (error) {
      if (this.stream === stream) this.refused(stream, error instanceof IqError ? error.condition : '');
    }
  }

  private refused(stream: XmppStream, condition: string): void {
    const isFirst = this.appIsThere || (condition === 'conflict') !== this.isSecond;
    this.appIsThere = false;
    this.isSecond = condition === 'conflict';
    // They grow, and have full jitter, so that a thousand agents do not speak at once to an application that has just come.
    if (isFirst) this.pauses = backoff({ first: 200, most: this.isSecond ? longestPauseOfSecond : longestPause });
    if (condition === 'no-answer') {
      if (++this.silent >= 3) stream.end(new IgorError('xmpp', 'the XMPP server has fallen silent'));
      else this.scheduleRenewal(0);
      return;
    }
    if (this.isSecond && isFirst) {
      const { account } = this.options.client;
      this.options.log.error(
        `another agent came later as ${account}: this one gets no calls. Give each its own account`,
      );
    }
    if (condition === 'item-not-found' || this.isSecond) this.announce();
    this.scheduleRenewal(
      Math.min(this.pauses.next().value as number, this.isSecond ? longestPauseOfSecond : this.options.lease / 3),
    );
  }

  /** Says goodbye. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.renewTimer);
    this.write(tag('presence', { to: this.options.app, type: 'unavailable' }));
    await this.stream?.close();
    this.iqs?.end();
  }
}
