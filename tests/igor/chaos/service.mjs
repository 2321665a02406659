// What agents do under chaos: they write down what they begin and what they have done, then answer, sometimes late.
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { defineService, field, service, streaming, unary } from 'igor';

const about = { n: field.int32, agent: field.string };

const Chaos = service('chaos.v1.Chaos', {
  twice: unary(about, { twice: field.int32 }),
  /** Takes a while, and stops when it is to. */
  slow: unary(about, { twice: field.int32 }),
  /** `bytes` there, and as many back. */
  large: unary({ ...about, bytes: field.bytes }, { hash: field.string, bytes: field.bytes }),
  count: streaming({ ...about, items: field.int32 }, { value: field.int32 }),
});

/**
 * @param {'begun' | 'done'} what
 * @param {{ n: number; agent: string }} request
 * @param {import('igor').ServiceCall} call
 */
function note(what, { n, agent }, call) {
  const { CHAOS_LOG, CHAOS_NAME } = /** @type {Record<string, string>} */ (process.env);
  appendFileSync(/** @type {string} */ (CHAOS_LOG), `${what} ${call.id} ${n} ${agent} ${CHAOS_NAME}\n`);
}

export default defineService(Chaos, {
  async twice(request, call) {
    note('begun', request, call);
    const time = [0, 0, 0, 20, 120][request.n % 5];
    if (time) await pause(time);
    note('done', request, call);
    return { twice: 2 * request.n };
  },
  async slow(request, call) {
    note('begun', request, call);
    await pause(50 + ((request.n * 37) % 300), undefined, { signal: call.signal });
    note('done', request, call);
    return { twice: 2 * request.n };
  },
  async large(request, call) {
    note('begun', request, call);
    const hash = createHash('sha256').update(request.bytes).digest('hex');
    note('done', request, call);
    return { hash, bytes: request.bytes.map((byte) => byte ^ 255) };
  },
  async *count(request, call) {
    note('begun', request, call);
    for (let item = 0; item < request.items; item++) {
      if (item % 3 === 2) await pause(15, undefined, { signal: call.signal });
      yield { value: request.n + item };
    }
    note('done', request, call);
  },
});
