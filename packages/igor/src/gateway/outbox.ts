/**
 * Frames on their way to agents. Those that are handed over in one turn of the event loop go in one IQ. An `invoke` is sent again until the agent
 * has answered it, with all chunks of its payload if it has some, as a server loses stanzas when it or we go down; the agent knows a call by its id
 * and runs it once.
 */
import { isLarge, sendChunks, split } from '../protocol/chunks.js';
import type { Frame, Invoke } from '../protocol/frames.js';
import { frameSize, mostFrames, nsIgor, readFrames, writeFrames } from '../protocol/frames.js';
import { IqError } from '../protocol/iq.js';
import type { Element } from '../protocol/xml.js';

/** Of one IQ, in bytes. */
const stanzaSize = 80_000;
/** How long an agent has for an IQ's result, in milliseconds. It is to answer within 50. */
const answerTime = 5000;
/** The same for a chunk, which may wait behind others. */
const chunkTime = 10_000;
/** How long what is not urgent waits for company, in milliseconds. */
const idleWait = 15;
/** How long what had no answer waits until it is sent again, in milliseconds; each time that an agent has lost parts it is twice as long. */
const retryPause = 1000;
const longestPause = 30_000;

export interface OutboxEvents {
  ask(to: string, xml: string, timeout: number): Promise<Element>;
  /** What the agent answered. */
  answered(to: string, frames: Frame[]): void;
  /** Something else went wrong with an IQ, such as an answer that makes no sense. */
  failed(to: string, error: unknown): void;
  /** An IQ came back, and with it these calls. `certain`: they were not run. */
  bounced(to: string, calls: string[], condition: string, certain: boolean): void;
}

interface Pending {
  frame: Invoke;
  to: string;
  deadline: number;
  /** How often it was sent without an answer: each of these may have arrived. */
  doubts: number;
  /** How often the agent had lost parts of it. */
  losses: number;
  /** When it may be sent again, in milliseconds since 1970. */
  next: number;
  inFlight: boolean;
}

interface Queue {
  frames: Frame[];
  timer: NodeJS.Timeout | undefined;
  immediate: boolean;
}

export class Outbox {
  private readonly queues = new Map<string, Queue>();
  /** Invocations without an answer, by call. */
  private readonly pending = new Map<string, Pending>();
  private retryTimer: NodeJS.Timeout | undefined;

  constructor(private readonly events: OutboxEvents) {}

  /** @param attempt 1 when nobody can have sent this invocation before */
  invoke(to: string, frame: Invoke, deadline: number, attempt: number): void {
    if (this.pending.has(frame.call)) return;
    this.pending.set(frame.call, { frame, to, deadline, doubts: attempt - 1, losses: 0, next: 0, inFlight: false });
    this.push(to, frame, true);
  }

  push(to: string, frame: Frame, urgent: boolean): void {
    let queue = this.queues.get(to);
    if (!queue) {
      queue = { frames: [], timer: undefined, immediate: false };
      this.queues.set(to, queue);
    }
    queue.frames.push(frame);
    if (urgent && !queue.immediate) {
      queue.immediate = true;
      setImmediate(() => this.flush(to));
    } else if (!urgent && !queue.timer && !queue.immediate) queue.timer = setTimeout(() => this.flush(to), idleWait);
  }

  private flush(to: string): void {
    const queue = this.queues.get(to);
    if (!queue) return;
    this.queues.delete(to);
    clearTimeout(queue.timer);
    let batch: Frame[] = [];
    let size = 0;
    for (const frame of queue.frames) {
      if (frame.type === 'invoke' && isLarge(frame)) {
        void this.sendLarge(to, frame);
        continue;
      }
      const more = frameSize(frame);
      if (batch.length > 0 && (size + more > stanzaSize || batch.length >= mostFrames)) {
        void this.send(to, batch);
        batch = [];
        size = 0;
      }
      batch.push(frame);
      size += more;
    }
    if (batch.length > 0) void this.send(to, batch);
  }

  private async send(to: string, frames: Frame[]): Promise<void> {
    const invoked = frames.map((frame) => this.begin(frame)).filter((entry) => entry !== undefined);
    await this.ask(to, frames, invoked);
    this.end(invoked);
  }

  /** Its chunks, then the call itself, in an IQ of its own: if parts of it are lost, nothing else is refused with it. */
  private async sendLarge(to: string, large: Invoke & { payload: Uint8Array }): Promise<void> {
    const entry = this.begin(large);
    if (!entry) return;
    try {
      const { chunks, frame } = split(large);
      await sendChunks(chunks, async (chunk) => {
        // Its outcome may have come another way.
        if (this.isPending(entry)) await this.events.ask(to, writeFrames([chunk]), chunkTime);
      });
      const timeout = Math.min(large.timeout, entry.deadline - Date.now());
      if (this.isPending(entry) && timeout > 0) await this.ask(to, [{ ...frame, timeout } as Frame], [entry]);
    } catch (error) {
      // A chunk. The call itself has not gone out this time.
      const condition = this.conditionOf(to, error);
      if (!isSilence(condition)) this.bounce(to, [entry], condition);
    }
    this.end([entry]);
  }

  private async ask(to: string, frames: Frame[], invoked: readonly Pending[]): Promise<void> {
    try {
      const result = await this.events.ask(to, writeFrames(frames), answerTime);
      const igor = result.child('igor', nsIgor);
      const answers = igor ? readFrames(igor) : [];
      for (const answer of answers) {
        if (answer.type === 'accepted' || answer.type === 'outcome') this.pending.delete(answer.call);
      }
      this.events.answered(to, answers);
      for (const entry of invoked) if (this.isPending(entry)) entry.doubts++;
    } catch (error) {
      const condition = this.conditionOf(to, error);
      const [entry] = invoked;
      if (isSilence(condition)) for (const entry of invoked) entry.doubts++;
      else if (condition === 'item-not-found' && entry && isLarge(entry.frame)) {
        // Should this stanza be on its way once more, it finds the parts that are sent now.
        entry.doubts++;
        entry.next = Date.now() + Math.min(retryPause * 2 ** entry.losses++, longestPause);
      } else this.bounce(to, invoked, condition);
    }
  }

  private begin(frame: Frame): Pending | undefined {
    const entry = frame.type === 'invoke' ? this.pending.get(frame.call) : undefined;
    if (entry) entry.inFlight = true;
    return entry;
  }

  private end(invoked: readonly Pending[]): void {
    for (const entry of invoked) entry.inFlight = false;
    if (invoked.some((entry) => this.isPending(entry))) this.retrySoon();
  }

  private isPending(entry: Pending): boolean {
    return this.pending.get(entry.frame.call) === entry;
  }

  private conditionOf(to: string, error: unknown): string {
    if (error instanceof IqError) return error.condition;
    this.events.failed(to, error);
    return 'undefined-condition';
  }

  private bounce(to: string, invoked: readonly Pending[], condition: string): void {
    const [first, again]: [string[], string[]] = [[], []];
    for (const entry of invoked) {
      if (!this.isPending(entry)) continue;
      const { call } = entry.frame;
      this.pending.delete(call);
      (entry.doubts === 0 ? first : again).push(call);
    }
    if (first.length > 0) this.events.bounced(to, first, condition, true);
    if (again.length > 0) this.events.bounced(to, again, condition, false);
  }

  private retrySoon(): void {
    this.retryTimer ??= setTimeout(() => {
      this.retryTimer = undefined;
      this.resend();
    }, retryPause).unref();
  }

  /** Sends what has no answer again: when its time is up, or the connection is there again. */
  resend(): void {
    const now = Date.now();
    for (const [call, entry] of this.pending) {
      if (entry.inFlight) continue;
      if (entry.deadline <= now) this.pending.delete(call);
      else if (entry.next > now) this.retrySoon();
      else this.push(entry.to, { ...entry.frame, timeout: Math.min(entry.frame.timeout, entry.deadline - now) }, true);
    }
  }

  /** Its outcome came another way. */
  settle(call: string): void {
    this.pending.delete(call);
  }

  /** Writes what waits for company, before an orderly end. */
  flushAll(): void {
    for (const to of [...this.queues.keys()]) this.flush(to);
  }

  close(): void {
    clearTimeout(this.retryTimer);
    for (const { timer } of this.queues.values()) clearTimeout(timer);
    this.queues.clear();
    this.pending.clear();
  }
}

/** Nobody said anything: whatever was asked may have arrived or not. */
const isSilence = (condition: string) => condition === 'no-answer' || condition === 'no-connection';
