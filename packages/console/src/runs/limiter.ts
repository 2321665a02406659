// So many a minute for each key, in bursts of up to a quarter of that. Kept in this process: with several instances,
// each allows as many.

interface Bucket {
  tokens: number;
  at: number;
}

export class Limiter {
  readonly #buckets = new Map<string, Bucket>();
  readonly #burst: number;

  constructor(
    private readonly perMinute: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#burst = Math.max(1, perMinute / 4);
  }

  /** Whether one more is allowed now; then it is counted. */
  take(key: string): boolean {
    const now = this.now();
    const bucket = this.#buckets.get(key) ?? { tokens: this.#burst, at: now };
    bucket.tokens = Math.min(this.#burst, bucket.tokens + ((now - bucket.at) * this.perMinute) / 60_000);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > 10_000) this.#forgetFull(now);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  #forgetFull(now: number): void {
    for (const [key, { tokens, at }] of this.#buckets) {
      if (tokens + ((now - at) * this.perMinute) / 60_000 >= this.#burst) this.#buckets.delete(key);
    }
  }
}
