import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ProcessEventSchema } from '../generated/monsterlab/v1/process_pb.js';

export type ProcessEvent = Extract<MessageInitShape<typeof ProcessEventSchema>, { is?: unknown }>['is'];

/** Puts together what comes from several sides, in the order of arrival, for one reader. A slow reader slows the sides. */
export class Merged<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  #wake: (() => void) | undefined;
  #room: (() => void) | undefined;
  #over = false;
  #error: unknown;

  constructor(private readonly most: number) {}

  /** Resolves when there is room for more. */
  async put(value: T): Promise<void> {
    if (this.#over) return;
    this.#waiting.push(value);
    this.#wake?.();
    while (this.#waiting.length > this.most && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#room = resolve;
      });
    }
  }

  end(error?: unknown): void {
    this.#over = true;
    this.#error = error;
    this.#wake?.();
    this.#room?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#room?.();
        yield next;
      } else if (this.#over) {
        if (this.#error !== undefined) throw this.#error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
