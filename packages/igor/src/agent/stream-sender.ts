/** Sends the messages of one stream in order, as far as the application's credit reaches, and again what was lost. */
import type { About, Credit, ItemFrame } from '../protocol/frames.js';
import { frameSize } from '../protocol/frames.js';

/** Of the items of one IQ, in bytes. */
const stanzaSize = 40_000;

export type SendItems = (items: ItemFrame[]) => Promise<Credit | 'refused'>;

export class StreamSender {
  /** Produced and not kept by the application yet; the first is number `received`. */
  private items: ItemFrame[] = [];
  private received = 0;
  private produced = 0;
  private upto: number;
  private sending = false;
  private waiting: (() => void)[] = [];
  /** The application does not want them any more. */
  refused = false;

  /** @param send repeats by itself while there is no connection, until the call is of no interest any more */
  constructor(
    private readonly about: About,
    credit: number,
    private readonly send: SendItems,
  ) {
    this.upto = credit;
  }

  get count(): number {
    return this.produced;
  }

  push(payload: Uint8Array): void {
    const { call, method, context, request } = this.about;
    this.items.push({ type: 'item', call, method, context, request, seq: this.produced++, payload });
    void this.pump();
  }

  /** Resolves when another item may be produced. */
  async room(signal: AbortSignal): Promise<void> {
    while (this.produced >= this.upto && !this.refused && !signal.aborted) await this.change(signal);
  }

  /** Resolves when the application has all of them, or wants none. */
  async flushed(): Promise<void> {
    while (this.items.length > 0 && !this.refused) await this.change();
  }

  credit({ received, upto }: Credit): void {
    const kept = Math.min(Math.max(received - this.received, 0), this.items.length);
    this.items.splice(0, kept);
    this.received += kept;
    this.upto = Math.max(this.upto, upto);
    this.wake();
    void this.pump();
  }

  private async pump(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.items.length > 0 && !this.refused) {
        // Whoever produces several in one turn sends them together.
        await new Promise((resolve) => setImmediate(resolve));
        const batch: ItemFrame[] = [];
        let size = 0;
        for (const item of this.items) {
          size += frameSize(item);
          if (batch.length > 0 && size > stanzaSize) break;
          batch.push(item);
        }
        const answer = await this.send(batch);
        if (answer === 'refused') this.refused = true;
        else this.credit(answer);
        this.wake();
      }
    } finally {
      this.sending = false;
    }
  }

  private change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        signal?.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.push(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
