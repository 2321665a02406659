// Stands between an agent and its XMPP server, and delays, doubles and reorders stanzas with calls in them, in both directions.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import type { Random } from './random.js';

export interface Disorder {
  /** How likely a stanza comes twice. */
  double: number;
  /** How likely it is held back, so that others overtake it. */
  delay: number;
  /** For at most so many milliseconds. */
  longest: number;
}

export class DisorderlyProxy {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  readonly counts = { passed: 0, doubled: 0, delayed: 0 };

  constructor(
    private readonly target: () => number,
    private readonly disorder: Disorder,
    private readonly random: Random,
  ) {}

  async listen(): Promise<number> {
    this.server = createServer((client) => {
      const upstream = connect({ host: '127.0.0.1', port: this.target(), noDelay: true });
      client.setNoDelay(true);
      for (const socket of [client, upstream]) {
        this.sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          this.sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
      }
      this.pass(client, upstream);
      this.pass(upstream, client);
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as { port: number }).port;
  }

  private pass(from: Socket, to: Socket): void {
    const decoder = new StringDecoder('utf8');
    const splitter = new Splitter();
    const write = (text: string) => {
      if (!to.destroyed) to.write(text);
    };
    from.on('data', (bytes: Buffer) => {
      for (const piece of splitter.add(decoder.write(bytes))) {
        this.counts.passed++;
        if (!piece.includes('urn:monsterlab:igor:1')) {
          write(piece);
          continue;
        }
        const { double, delay, longest } = this.disorder;
        const late = () => setTimeout(() => write(piece), this.random.below(longest));
        if (this.random.next() < double) {
          this.counts.doubled++;
          late();
        }
        if (this.random.next() < delay) {
          this.counts.delayed++;
          late();
        } else write(piece);
      }
    });
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server?.close(resolve));
  }
}

/** Cuts a stream of XML into its top-level pieces: a header, a whole stanza, an end. Neither side writes `>` in an attribute. */
class Splitter {
  private text = '';
  private depth = 0;

  add(more: string): string[] {
    this.text += more;
    const pieces: string[] = [];
    let start = 0;
    const tags = /<[^>]*>/g;
    tags.lastIndex = this.scanned;
    for (let match = tags.exec(this.text); match; match = tags.exec(this.text)) {
      this.scanned = tags.lastIndex;
      const [tag] = match;
      if (tag.startsWith('<?') || /^<\/?stream:stream\b/.test(tag)) this.depth = 0;
      else if (tag.startsWith('</')) this.depth--;
      else if (!tag.endsWith('/>')) this.depth++;
      if (this.depth > 0) continue;
      pieces.push(this.text.slice(start, this.scanned));
      start = this.scanned;
    }
    this.text = this.text.slice(start);
    this.scanned -= start;
    return pieces;
  }

  private scanned = 0;
}
