/**
 * One XML stream over TCP (RFC 6120, section 4): opens it, gives stanzas, writes them, several to a packet when several
 * are written in one turn of the event loop. Logging in is the matter of `client.ts` and `component.ts`.
 */
import { connect, type Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { IgorError } from '../error.js';
import { type Element, escapeXml, StanzaParser } from './xml.js';

export const nsStream = 'http://etherx.jabber.org/streams';
const nsStreamErrors = 'urn:ietf:params:xml:ns:xmpp-streams';

export interface StreamOptions {
  host: string;
  port: number;
  /** What the stream is addressed to. */
  to: string;
  ns: 'jabber:client' | 'jabber:component:accept';
  /** Milliseconds until the connection must stand. Default: 10,000. */
  connectTimeout?: number;
}

/** Of a stanza that is read, in characters. */
const stanzaLimit = 512 * 1024;
const depthLimit = 18;

export class XmppStream {
  onStanza: (stanza: Element) => void = () => {};
  /** Called once, whatever the end was. */
  onClose: (error: IgorError | undefined) => void = () => {};

  private socket!: Socket | TLSSocket;
  private parser: StanzaParser | undefined;
  private decoder = new StringDecoder('utf8');
  private outgoing: string[] = [];
  private closed = false;
  /** Why it is over, if it is. */
  private ended: IgorError | undefined;
  private failed: ((error: Error) => void) | undefined;
  private opened: ((root: Element) => void) | undefined;
  private awaited: { resolve: (stanza: Element) => void; reject: (error: Error) => void } | undefined;
  /** Stanzas that came before anybody asked for them, while logging in. */
  private early: Element[] = [];
  private loggingIn = true;

  private constructor(private readonly options: StreamOptions) {}

  static async connect(options: StreamOptions): Promise<XmppStream> {
    const stream = new XmppStream(options);
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ host: options.host, port: options.port, noDelay: true });
      const limit = options.connectTimeout ?? 10_000;
      const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${limit} ms`)), limit);
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.on('error', (cause) => {
        clearTimeout(timer);
        const error = new IgorError('xmpp', `the XMPP server ${options.host}:${options.port}: ${cause.message}`, {
          cause,
        });
        reject(error);
        stream.end(error);
      });
      stream.listen(socket);
    });
    return stream;
  }

  private listen(socket: Socket | TLSSocket): void {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      if (this.closed || this.socket !== socket) return;
      try {
        if (!this.parser) throw new IgorError('xmpp', 'the other side speaks before it is spoken to');
        this.parser.write(this.decoder.write(bytes));
      } catch (thrown) {
        this.end(IgorError.from(thrown, 'xmpp'));
      }
    });
    socket.on('close', () => {
      if (this.socket === socket) this.end(new IgorError('xmpp', 'the XMPP server closed the connection'));
    });
    // More than one writer waits for room: see `drained`.
    socket.setMaxListeners(0);
  }

  /** Sends the stream's header, and gives the server's. Also for the new streams behind STARTTLS and SASL. */
  open(): Promise<Element> {
    this.decoder = new StringDecoder('utf8');
    this.parser = new StanzaParser(
      {
        opened: (root) => this.opened?.(root),
        stanza: (stanza) => this.take(stanza),
        closed: () => this.end(new IgorError('xmpp', 'the XMPP server closed the stream')),
      },
      { stanza: stanzaLimit, depth: depthLimit },
    );
    return new Promise<Element>((resolve, reject) => {
      if (this.ended) reject(this.ended);
      this.opened = resolve;
      this.failed = reject;
      this.socket.write(
        `<?xml version='1.0'?><stream:stream xmlns='${this.options.ns}' xmlns:stream='${nsStream}' to='${escapeXml(this.options.to)}' version='1.0'>`,
      );
    });
  }

  /** The next stanza, while logging in. */
  next(): Promise<Element> {
    const early = this.early.shift();
    if (early) return Promise.resolve(early);
    return new Promise((resolve, reject) => {
      if (this.ended) reject(this.ended);
      this.awaited = { resolve, reject };
    });
  }

  /** From now on stanzas go to `onStanza`. */
  loggedIn(): void {
    this.loggingIn = false;
    for (const stanza of this.early.splice(0)) this.onStanza(stanza);
  }

  private take(stanza: Element): void {
    if (stanza.ns === nsStream && stanza.name === 'error') {
      const condition = stanza.children.find(({ ns, name }) => ns === nsStreamErrors && name !== 'text')?.name;
      const text = stanza.child('text', nsStreamErrors)?.text;
      const said = `${condition ?? 'undefined-condition'}${text ? `: ${text}` : ''}`;
      this.end(new StreamError(condition ?? 'undefined-condition', `the XMPP server ended the stream: ${said}`));
      return;
    }
    if (!this.loggingIn) {
      this.onStanza(stanza);
      return;
    }
    const { awaited } = this;
    this.awaited = undefined;
    if (awaited) awaited.resolve(stanza);
    else this.early.push(stanza);
  }

  write(xml: string): void {
    if (this.closed) return;
    this.outgoing.push(xml);
    if (this.outgoing.length === 1) setImmediate(() => this.flush());
  }

  private flush(): void {
    if (this.closed || this.outgoing.length === 0) return;
    const text = this.outgoing.length === 1 ? (this.outgoing[0] as string) : this.outgoing.join('');
    this.outgoing = [];
    this.socket.write(text);
  }

  /** Resolves when the other side has taken most of what was written. For whoever writes a lot. */
  async drained(): Promise<void> {
    this.flush();
    while (!this.closed && this.socket.writableNeedDrain) {
      await new Promise<void>((resolve) => {
        const done = () => {
          this.socket.off('drain', done).off('close', done);
          resolve();
        };
        this.socket.on('drain', done).on('close', done);
      });
    }
  }

  /** Goes on encrypted. `check` looks at the certificate before a byte is sent, and throws if it will not do. */
  async startTls(options: { servername: string; ca?: string; check?: (socket: TLSSocket) => void }): Promise<void> {
    const plain = this.socket;
    plain.removeAllListeners('data');
    plain.removeAllListeners('close');
    const secure = connectTls({
      socket: plain,
      servername: options.servername,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      rejectUnauthorized: options.check === undefined,
      minVersion: 'TLSv1.2',
    });
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', () => {
        try {
          options.check?.(secure);
          resolve();
        } catch (error) {
          secure.destroy();
          reject(error);
        }
      });
      secure.once('error', (cause) => {
        reject(new IgorError('xmpp', `no encrypted connection: ${cause.message}`, { cause }));
        this.end(new IgorError('xmpp', cause.message, { cause }));
      });
    });
    this.listen(secure);
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Says goodbye. Resolves when the socket is closed, or has had a second for it. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.outgoing.push('</stream:stream>');
    this.flush();
    const { socket } = this;
    this.closed = true;
    socket.end();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => socket.destroy(), 1000);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.onClose(undefined);
  }

  /** Ends without a goodbye. */
  end(error: IgorError): void {
    if (this.closed) return;
    this.closed = true;
    this.ended = error;
    this.socket?.destroy();
    this.failed?.(error);
    this.awaited?.reject(error);
    this.awaited = undefined;
    this.onClose(error);
  }
}

/** The server's own reason for ending a stream, such as `conflict`. RFC 6120, section 4.9.3. */
export class StreamError extends IgorError {
  constructor(
    readonly condition: string,
    message: string,
  ) {
    super('xmpp', message);
  }
}
