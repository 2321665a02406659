// Classes that browsers and Node have, and the sandbox's engine doesn't, as far as calls need them.

/** What a call that failed throws: Connect's code in snake case, or `unknown_outcome`. */
export class CallError extends Error {
  override readonly name = 'CallError';
  agent?: string;
  method?: string;

  constructor(
    readonly code: string,
    message: string,
    readonly details?: unknown,
  ) {
    super(message);
  }
}

type Listener = (event: { type: 'abort' }) => void;

export class AbortSignal {
  aborted = false;
  reason: unknown;
  readonly #listeners = new Set<Listener>();

  addEventListener(_type: 'abort', listener: Listener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: Listener): void {
    this.#listeners.delete(listener);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  /** For {@link AbortController} alone. */
  static abort(signal: AbortSignal, reason: unknown): void {
    if (signal.aborted) return;
    signal.aborted = true;
    signal.reason = reason;
    for (const listener of signal.#listeners) listener({ type: 'abort' });
    signal.#listeners.clear();
  }
}

export class AbortController {
  readonly signal = new AbortSignal();

  abort(reason: unknown = new CallError('canceled', 'the code canceled this call')): void {
    AbortSignal.abort(this.signal, reason);
  }
}
