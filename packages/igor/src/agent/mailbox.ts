/** Outcomes on their way to the application: told until it says that it has them. Those of one turn of the event loop go together. */
import { chunkSize, type Frame, frameSize, mostFrames, type OutcomeFrame } from '../protocol/frames.js';

/** Of one IQ, in bytes. */
const stanzaSize = 80_000;
/** An outcome that was told in an IQ's result is told again when it was not committed within so many milliseconds. */
const commitTime = 5000;
const longestPause = 30_000;

interface Owed {
  outcome: OutcomeFrame;
  next: number;
  attempts: number;
  sending: boolean;
}

export interface MailboxEvents {
  /** Sends frames and gives the answers. Throws while there is no application. */
  send(frames: OutcomeFrame[]): Promise<Frame[]>;
  /** The application has this one, or does not want it. */
  settled(call: string): void;
  /** It has not all items of this call's stream. */
  credit(frame: Extract<Frame, { type: 'credit' }>): void;
}

export class Mailbox {
  private readonly owed = new Map<string, Owed>();
  private fresh: Owed[] = [];
  private timer: NodeJS.Timeout | undefined;
  private waiting: (() => void)[] = [];
  private stopped = false;

  constructor(private readonly events: MailboxEvents) {}

  get size(): number {
    return this.owed.size;
  }

  /** @param told it is in an IQ's result already */
  add(outcome: OutcomeFrame, told: boolean): void {
    const known = this.owed.get(outcome.call);
    if (known) {
      if (told) known.next = Math.max(known.next, Date.now() + commitTime);
      return;
    }
    const entry: Owed = { outcome, next: told ? Date.now() + commitTime : 0, attempts: 0, sending: false };
    this.owed.set(outcome.call, entry);
    if (told) this.schedule();
    else this.push(entry);
  }

  has(call: string): boolean {
    return this.owed.has(call);
  }

  settle(call: string): void {
    if (!this.owed.delete(call)) return;
    this.events.settled(call);
    if (this.owed.size === 0) for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** The application is there again: everything at once. */
  resend(): void {
    for (const entry of this.owed.values()) if (!entry.sending) this.push(entry);
  }

  /** Resolves when nothing is owed. */
  async empty(): Promise<void> {
    if (this.owed.size > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private push(entry: Owed): void {
    if (this.stopped || entry.sending) return;
    entry.sending = true;
    if (this.fresh.push(entry) === 1) setImmediate(() => this.flush());
  }

  private flush(): void {
    let batch: Owed[] = [];
    let size = 0;
    for (const entry of this.fresh.splice(0)) {
      const more = frameSize(entry.outcome);
      const isLarge = (entry.outcome.payload?.length ?? 0) > chunkSize;
      if (batch.length > 0 && (isLarge || size + more > stanzaSize || batch.length >= mostFrames)) {
        void this.send(batch);
        [batch, size] = [[], 0];
      }
      batch.push(entry);
      size += more;
      if (isLarge) {
        void this.send(batch);
        [batch, size] = [[], 0];
      }
    }
    if (batch.length > 0) void this.send(batch);
  }

  private async send(batch: Owed[]): Promise<void> {
    try {
      for (const answer of await this.events.send(batch.map(({ outcome }) => outcome))) {
        if (answer.type === 'committed' || answer.type === 'rejected') this.settle(answer.call);
        else if (answer.type === 'credit') this.events.credit(answer);
      }
    } catch {
      // There is no application at the moment. Later.
    }
    for (const entry of batch) {
      entry.sending = false;
      const longest = Math.min(longestPause, 250 * 2 ** Math.min(entry.attempts++, 10));
      entry.next = Date.now() + longest / 2 + (Math.random() * longest) / 2;
    }
    this.schedule();
  }

  private schedule(): void {
    if (this.timer || this.owed.size === 0 || this.stopped) return;
    let earliest = Number.POSITIVE_INFINITY;
    for (const { next, sending } of this.owed.values()) if (!sending) earliest = Math.min(earliest, next);
    if (earliest === Number.POSITIVE_INFINITY) return;
    this.timer = setTimeout(() => this.look(), Math.max(earliest - Date.now(), 50)).unref();
  }

  private look(): void {
    this.timer = undefined;
    const now = Date.now();
    for (const entry of this.owed.values()) if (!entry.sending && entry.next <= now) this.push(entry);
    this.schedule();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }
}
