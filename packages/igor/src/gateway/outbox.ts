/**
 * Frames on their way to agents. Those that are handed over in one turn of the event loop go in one IQ. An `invoke` is sent again until the agent
 * has answered it, as a server loses stanzas when it or we go down; the agent knows a call by its id and runs it once.
 */
import type { Frame, Invoke } from '../protocol/frames.js';
import { frameSize, mostFrames, nsIgor, readFrames, writeFrames } from '../protocol/frames.js';
import { IqError } from '../protocol/iq.js';
import type { Element } from '../protocol/xml.js';

/** Of one IQ, in bytes. */
const stanzaSize = 80_000;
/** How long an agent has for an IQ's result, in milliseconds. It is to answer within 50. */
const answerTime = 5000;
/** How long what is not urgent waits for company, in milliseconds. */
const idleWait = 15;

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
  /** How often it has been sent. */
  attempts: number;
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
    this.pending.set(frame.call, { frame, to, deadline, attempts: attempt - 1, inFlight: false });
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
      const more = frameSize(frame);
      if (batch.length > 0 && (size + more > stanzaSize || batch.length >= mostFrames)) {
        void this.send(to, batch);
        batch = [];
        size = 0;
      }
      batch.push(frame);
      size += more;
    }
    void this.send(to, batch);
  }

  private async send(to: string, frames: Frame[]): Promise<void> {
    const invoked: Pending[] = [];
    for (const frame of frames) {
      const entry = frame.type === 'invoke' ? this.pending.get(frame.call) : undefined;
      if (!entry) continue;
      entry.attempts++;
      entry.inFlight = true;
      invoked.push(entry);
    }
    try {
      const result = await this.events.ask(to, writeFrames(frames), answerTime);
      const igor = result.child('igor', nsIgor);
      const answers = igor ? readFrames(igor) : [];
      for (const answer of answers) {
        if (answer.type === 'accepted' || answer.type === 'outcome') this.pending.delete(answer.call);
      }
      this.events.answered(to, answers);
    } catch (error) {
      if (!(error instanceof IqError)) this.events.failed(to, error);
      const condition = error instanceof IqError ? error.condition : 'undefined-condition';
      if (condition !== 'no-answer' && condition !== 'no-connection') this.bounce(to, invoked, condition);
    } finally {
      let unanswered = false;
      for (const entry of invoked) {
        entry.inFlight = false;
        unanswered ||= this.pending.has(entry.frame.call);
      }
      if (unanswered) this.retrySoon();
    }
  }

  private bounce(to: string, invoked: readonly Pending[], condition: string): void {
    const [first, again]: [string[], string[]] = [[], []];
    for (const { frame, attempts } of invoked) {
      if (!this.pending.delete(frame.call)) continue;
      (attempts === 1 ? first : again).push(frame.call);
    }
    if (first.length > 0) this.events.bounced(to, first, condition, true);
    if (again.length > 0) this.events.bounced(to, again, condition, false);
  }

  private retrySoon(): void {
    this.retryTimer ??= setTimeout(() => {
      this.retryTimer = undefined;
      this.resend();
    }, 1000).unref();
  }

  /** Sends what has no answer again: when its time is up, or the connection is there again. */
  resend(): void {
    const now = Date.now();
    for (const [call, entry] of this.pending) {
      if (entry.inFlight) continue;
      if (entry.deadline <= now) this.pending.delete(call);
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
