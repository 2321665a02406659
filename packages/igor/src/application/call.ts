/** A call that this instance has started, as its caller sees it. */
import { IgorError } from '../error.js';
import type { Call } from './api.js';

/** The caller's side and the instance's side of one call. */
export class PendingCall<Response> implements Call<Response> {
  readonly sent: Promise<void>;
  readonly ended: Promise<Response>;
  private resolveSent!: () => void;
  private rejectSent!: (error: IgorError) => void;
  private resolveEnd!: (response: Response) => void;
  private rejectEnd!: (error: IgorError) => void;
  /** Items that came and were not taken. */
  private items: Response[] = [];
  private wake: (() => void) | undefined;
  private finished = false;
  private failure: IgorError | undefined;
  private iterating = false;
  private received = 0;
  /** How many the caller has taken; the agent may send as many more as the call's credit. */
  taken = 0;
  /** Told when the caller has taken an item. */
  onTaken: () => void = () => {};
  readonly [Symbol.toStringTag] = 'Call';

  constructor(
    readonly id: string,
    private readonly doCancel: () => void,
  ) {
    this.sent = new Promise((resolve, reject) => {
      this.resolveSent = resolve;
      this.rejectSent = reject;
    });
    this.ended = new Promise((resolve, reject) => {
      this.resolveEnd = resolve;
      this.rejectEnd = reject;
    });
    // Nobody has to wait for a call: an outcome that nobody awaits is no unhandled rejection.
    this.sent.catch(() => {});
    this.ended.catch(() => {});
  }

  cancel(): void {
    if (!this.finished) this.doCancel();
  }

  // biome-ignore lint/suspicious/noThenProperty: a call is a promise, with more to it
  then<A = Response, B = never>(
    fulfilled?: ((value: Response) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.ended.then(fulfilled, rejected);
  }

  catch<B = never>(rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Response | B> {
    return this.ended.catch(rejected);
  }

  finally(done?: (() => void) | null): Promise<Response> {
    return this.ended.finally(done);
  }

  /** Messages of a stream, from the one that comes next on: start before the first one does. Leaving the loop cancels the call. */
  async *[Symbol.asyncIterator](): AsyncIterator<Response> {
    this.iterating = true;
    try {
      for (;;) {
        while (this.items.length > 0) {
          const item = this.items.shift() as Response;
          this.taken++;
          this.onTaken();
          yield item;
        }
        if (this.finished) break;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
      if (this.failure) throw this.failure;
    } finally {
      this.iterating = false;
      this.cancel();
    }
  }

  // --- the instance's side

  isSent(): void {
    this.resolveSent();
  }

  /** How far the agent may go on: as far as the caller keeps up, if there is one. */
  get consumed(): number {
    return this.iterating ? this.taken : this.received;
  }

  push(seq: number, item: Response): void {
    this.received = seq + 1;
    if (!this.iterating) {
      this.taken = this.received;
      return;
    }
    this.items.push(item);
    this.wake?.();
  }

  /** @param items how many a stream had */
  succeed(response: Response, items: number | undefined): void {
    if (this.finished) return;
    if (this.iterating && items !== undefined && items > this.received) {
      this.failure = new IgorError(
        'data_loss',
        `this instance saw ${this.received} of ${items} messages; others went to another one`,
      );
    }
    this.finish();
    this.resolveEnd(response);
  }

  fail(error: IgorError): void {
    if (this.finished) return;
    this.failure = error;
    // Does nothing when it was sent.
    this.rejectSent(error);
    this.finish();
    this.rejectEnd(error);
  }

  private finish(): void {
    this.finished = true;
    this.resolveSent();
    this.wake?.();
  }
}
