// Posts what a run says to its page's channel, in order. While one post is under way, what comes meanwhile is put
// together into the next: a flood costs few posts, and the first word none of its speed.
import type { JsonValue } from '@bufbuild/protobuf';
import type { Channels } from 'igor';
import { type PageEvent, runEvent } from './events.js';

/** In one post, in events, and in characters of JSON. */
const most = 500;
const mostText = 1 << 20;
/** How long a word may wait for others that go with it, in ms. */
const patience = 25;

export class Reporter {
  readonly #waiting: PageEvent[] = [];
  #posting: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly channels: Pick<Channels, 'post'>,
    private readonly channel: string,
    private readonly onError: (error: unknown) => void,
  ) {}

  post(event: PageEvent): void {
    this.#waiting.push(event);
    clearTimeout(this.#timer);
    this.#posting ??= this.#send();
  }

  /** The same for what nobody waits for: it goes with the next word, or soon. */
  mention(event: PageEvent): void {
    this.#waiting.push(event);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#posting ??= this.#send();
    }, patience);
  }

  /** The last word: it waits for no post that is under way, but behind what a person reads in order. Resolves when everything has been handed over. */
  async end(event: PageEvent): Promise<void> {
    const inOrder = this.#waiting.some(({ type }) => type !== 'call');
    this.#waiting.push(event);
    clearTimeout(this.#timer);
    if (inOrder) this.#posting ??= this.#send();
    await Promise.all([this.#posting, inOrder ? undefined : this.#send()]);
  }

  /** How many of those that wait go into one post: one at least. */
  #fitting(): number {
    const count = Math.min(this.#waiting.length, most);
    let size = 0;
    for (let index = 0; count > 1 && index < count; index++) {
      size += JSON.stringify(this.#waiting[index]).length;
      if (size > mostText) return Math.max(1, index);
    }
    return count;
  }

  async #send(): Promise<void> {
    // What is said in the same breath goes together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const events = this.#waiting.splice(0, this.#fitting());
      const data = (events.length === 1 ? events[0] : events) as unknown as JsonValue;
      await this.channels.post(this.channel, runEvent, data, { early: true }).catch(this.onError);
    }
    this.#posting = undefined;
  }
}
