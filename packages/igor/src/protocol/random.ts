/** Random bytes from the operating system, fetched by the page: asking for a few at a time costs more than sealing a context. */
import { randomFillSync } from 'node:crypto';

const pool = Buffer.allocUnsafeSlow(8192);
let used = pool.length;

/** A view that nobody else gets; it is overwritten when the pool has been used up, so copy what is to stay. */
function take(count: number): Buffer {
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, used + count);
  used += count;
  return bytes;
}

/** `count` random bytes as base64url. */
export function randomId(count: number): string {
  return take(count).toString('base64url');
}

export function randomBytesFast(count: number): Buffer {
  return Buffer.from(take(count));
}
