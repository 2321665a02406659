/** The same call to several agents, gathered. */
import type { DescMethod } from '@bufbuild/protobuf';
import { IgorError } from '../error.js';
import type { AgentSelection, Call, CallOptions, Gathered, GatheredResult } from './api.js';

type StartOn = (jid: string, method: string | DescMethod, request: unknown, options?: CallOptions) => Call<unknown>;

export function selection(jids: readonly string[], start: StartOn): AgentSelection {
  return {
    jids,
    call<Response>(
      method: string | DescMethod,
      request: unknown,
      options: CallOptions & { concurrency?: number } = {},
    ) {
      const { concurrency = 100, ...rest } = options;
      return gather<Response>(jids, concurrency, (jid) => start(jid, method, request, rest) as Call<Response>);
    },
  };
}

function gather<Response>(
  jids: readonly string[],
  concurrency: number,
  start: (jid: string) => Call<Response>,
): Gathered<Response> {
  const results: (GatheredResult<Response> | undefined)[] = jids.map(() => undefined);
  const arrived: GatheredResult<Response>[] = [];
  const running = new Set<Call<Response>>();
  let canceled = false;
  let next = 0;
  let wake: () => void = () => {};
  const lane = async () => {
    while (next < jids.length) {
      const index = next++;
      const jid = jids[index] as string;
      const result = await one(jid);
      results[index] = result;
      arrived.push(result);
      wake();
    }
  };
  const one = async (jid: string): Promise<GatheredResult<Response>> => {
    if (canceled) return { jid, call: '', error: new IgorError('canceled', 'canceled before it was sent') };
    const call = start(jid);
    running.add(call);
    try {
      return { jid, call: call.id, response: await call };
    } catch (thrown) {
      return { jid, call: call.id, error: IgorError.from(thrown) };
    } finally {
      running.delete(call);
    }
  };
  const lanes = Array.from({ length: Math.max(1, Math.min(concurrency, jids.length)) }, lane);
  const all = Promise.all(lanes).then(() => results as GatheredResult<Response>[]);
  return {
    // biome-ignore lint/suspicious/noThenProperty: it is a promise of all, with more to it
    then: (fulfilled, rejected) => all.then(fulfilled, rejected),
    cancel() {
      canceled = true;
      for (const call of running) call.cancel();
    },
    async *[Symbol.asyncIterator]() {
      for (let given = 0; given < jids.length; ) {
        const result = arrived[given];
        if (result) {
          given++;
          yield result;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
}
