// The application under chaos: starts and cancels calls for whoever asks, and posts what comes of each to one channel.
import { createHash } from 'node:crypto';

/**
 * Two chunks, and every fourth up to five: parsing them costs more than all else that is done here, and the store keeps them.
 * @param {number} n
 */
const bytesOf = (n) => Buffer.alloc(50_000 + ((n * 7919) % (n % 4 === 0 ? 150_000 : 40_000)), `chaos ${n} `);

/** How the calls differ: by method, request, and how they are called. @type {Record<string, (n: number) => [string, object, object]>} */
const kinds = {
  twice: () => ['Twice', {}, {}],
  keyed: (n) => ['Twice', {}, { idempotencyKey: `key ${n}` }],
  queued: () => ['Twice', {}, { queueFor: 6000 }],
  canceled: () => ['Slow', {}, {}],
  large: (n) => ['Large', { bytes: bytesOf(n).toString('base64') }, {}],
  /** Which may overtake its own chunks. */
  largeCanceled: (n) => ['Large', { bytes: bytesOf(n).toString('base64') }, {}],
  stream: (n) => ['Count', { items: n % 13 }, { credit: 1 + (n % 4) }],
};

/** @param {string} kind @param {number} n @param {import('igor').Outcome} outcome */
function isRight(kind, n, { json, items }) {
  if (kind === 'stream') return (items ?? 0) === n % 13;
  const answer = /** @type {{ twice?: number; hash?: string; bytes?: string }} */ (json ?? {});
  if (!kind.startsWith('large')) return (answer.twice ?? 0) === 2 * n;
  const bytes = bytesOf(n);
  if (answer.hash !== createHash('sha256').update(bytes).digest('hex')) return false;
  return Buffer.from(answer.bytes ?? '', 'base64').equals(bytes.map((byte) => byte ^ 255));
}

/** @param {import('igor').Igor} igor */
export default (igor) => {
  igor.onOutcome('*', (outcome) => {
    const { n, kind } = /** @type {{ n: number; kind: string }} */ (outcome.context);
    const { call, agent, status } = outcome;
    const right = status === 'ok' ? isRight(kind, n, outcome) : null;
    outcome.post('outcomes', 'outcome', { n, kind, call, agent, status, right });
  });
  igor.onItem('*', ({ call, seq, json, context, post }) => {
    const { n } = /** @type {{ n: number }} */ (context);
    const { value = 0 } = /** @type {{ value?: number }} */ (json);
    post('items', 'item', { call, seq, right: value === n + seq });
  });
  return async (
    /** @type {import('node:http').IncomingMessage} */ request,
    /** @type {import('node:http').ServerResponse} */ response,
  ) => {
    const url = new URL(request.url ?? '/', 'http://chaos');
    const get = (/** @type {string} */ name) => url.searchParams.get(name) ?? '';
    /** @type {import('igor').Call<unknown> | undefined} */
    let call;
    let own = '';
    try {
      if (url.pathname === '/cancel') {
        await igor.cancel(get('call'));
        response.end('{}');
        return;
      }
      const [n, agent, kind] = [Number(get('n')), get('agent'), get('kind')];
      const [method, more, options] = /** @type {NonNullable<typeof kinds[string]>} */ (kinds[kind])(n);
      call = igor.call(
        agent,
        `chaos.v1.Chaos/${method}`,
        { n, agent, ...more },
        { json: true, context: { n, kind }, deadline: 8000, ...options },
      );
      own = call.id;
      // Every other stream is taken by whoever called, slowly: credit then follows that one.
      if (kind === 'stream' && n % 2) void take(call);
      await call.sent;
      response.end(JSON.stringify({ call: call.id }));
    } catch (error) {
      // One that joined an earlier call with its key, which has failed: that one is noted.
      if (call && call.id !== own) return void response.end(JSON.stringify({ call: call.id }));
      const { code, message } = /** @type {import('igor').IgorError} */ (error);
      response.writeHead(code === 'unavailable' ? 503 : 500).end(JSON.stringify({ code, message }));
    }
  };
};

/** @param {AsyncIterable<unknown>} call */
async function take(call) {
  try {
    for await (const _ of call) await new Promise((resolve) => setTimeout(resolve, 5));
  } catch {
    // The books tell of it.
  }
}
