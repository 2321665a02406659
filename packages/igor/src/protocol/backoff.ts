/**
 * Pauses that grow, with full jitter, so that many who lost the same server do not come back to it at the same time.
 * @returns milliseconds
 */
export function* backoff({
  first,
  most,
  times = Number.POSITIVE_INFINITY,
}: {
  first: number;
  most: number;
  times?: number;
}) {
  for (let attempt = 0; attempt < times; attempt++) {
    const longest = Math.min(most, first * 2 ** Math.min(attempt, 20));
    yield longest / 4 + Math.random() * longest * 0.75;
  }
}
