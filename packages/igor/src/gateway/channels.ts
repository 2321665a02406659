/**
 * The channel service: where browsers listen (server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * Kept events of a channel count without gaps, so a listener whose next number is missing knows that it must read the store.
 */
import type { ServerResponse } from 'node:http';
import type { Log } from '../log.js';
import type { LiveEvent } from './ports.js';

/** Reads what is kept after a number; undefined when that listener may not. */
export type ReadKept = (
  channel: string,
  after: number,
  headers: Record<string, string>,
) => Promise<{ events: LiveEvent[] } | undefined>;

/** More than that does not wait in memory for a slow listener: it is read from the store when there is room again. In bytes. */
const mostBuffered = 1024 * 1024;
/** A listener that takes nothing for so long is disconnected, in milliseconds. */
const patience = 60_000;
const keepAlive = 25_000;

class Listener {
  /** The last kept event that it has. */
  private last: number;
  private reading: Promise<void> | undefined;
  private again = false;

  constructor(
    readonly channel: string,
    private readonly response: ServerResponse,
    private readonly headers: Record<string, string>,
    after: number,
    private readonly read: ReadKept,
    private readonly log: Log,
  ) {
    this.last = after;
  }

  take(event: LiveEvent): void {
    if (this.isFull) {
      if (event.seq !== undefined) void this.catchUp();
    } else if (event.seq === undefined) this.send(event);
    else if (event.seq <= this.last) return;
    else if (event.seq === this.last + 1 && !this.reading) this.send(event);
    else void this.catchUp();
  }

  /** Sends what is kept and it does not have. @returns whether it may listen */
  async catchUp(): Promise<boolean> {
    if (this.reading) {
      this.again = true;
      await this.reading;
      return true;
    }
    let allowed = true;
    this.reading = (async () => {
      do {
        this.again = false;
        const kept = await this.read(this.channel, this.last, this.headers);
        if (!kept) {
          allowed = false;
          return;
        }
        for (const event of kept.events) {
          if ((event.seq ?? 0) > this.last) this.send(event);
          await this.room();
          if (this.response.destroyed) return;
        }
        if (kept.events.length > 0) this.again = true;
      } while (this.again);
    })();
    try {
      await this.reading;
    } catch (error) {
      this.log.warn('a channel can not be read', { error });
      this.response.destroy();
    } finally {
      this.reading = undefined;
    }
    return allowed;
  }

  private send({ seq, event, data }: LiveEvent): void {
    if (seq !== undefined) this.last = seq;
    const id = seq === undefined ? '' : `id: ${seq}\n`;
    this.write(`${id}event: ${event.replace(/[\r\n]/g, ' ')}\ndata: ${data.replace(/\r\n|\r|\n/g, '\ndata: ')}\n\n`);
  }

  write(text: string): void {
    if (!this.response.headersSent) this.response.writeHead(200, sseHeaders);
    this.response.write(text);
  }

  private get isFull(): boolean {
    return this.response.writableLength > mostBuffered;
  }

  /** Resolves when more may be written, or the listener is gone. */
  private async room(): Promise<void> {
    if (!this.isFull || this.response.destroyed) return;
    const { response } = this;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => response.destroy(), patience);
      const done = (): void => {
        clearTimeout(timer);
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.on('drain', done).on('close', done);
    });
  }
}

const sseHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
};

export class ChannelService {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly responses = new Set<ServerResponse>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly read: ReadKept,
    private readonly log: Log,
  ) {}

  async listen(
    channel: string,
    after: number,
    headers: Record<string, string>,
    response: ServerResponse,
  ): Promise<void> {
    const listener = new Listener(channel, response, headers, after, this.read, this.log);
    const all = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, all.add(listener));
    this.responses.add(response);
    this.timer ??= setInterval(() => this.keepAlive(), keepAlive).unref();
    response.on('close', () => {
      all.delete(listener);
      this.responses.delete(response);
      if (all.size === 0) this.listeners.delete(channel);
    });
    if (await listener.catchUp()) {
      if (!response.destroyed) listener.write(': listening\n\n');
      return;
    }
    response.writeHead(403, { 'content-type': 'text/plain' });
    response.end('You may not listen to this channel.\n');
  }

  post(events: readonly LiveEvent[]): void {
    for (const event of events) for (const listener of this.listeners.get(event.channel) ?? []) listener.take(event);
  }

  poke(channels: readonly string[]): void {
    for (const channel of channels) for (const listener of this.listeners.get(channel) ?? []) void listener.catchUp();
  }

  private keepAlive(): void {
    for (const response of this.responses)
      if (response.headersSent && response.writableLength === 0) response.write(':\n\n');
  }

  close(): void {
    clearInterval(this.timer);
    for (const response of this.responses) response.destroy();
  }
}
