// A service with what tests need of one.
import { defineService, field, IgorError, repeated, service, streaming, unary } from 'igor';

export const Demo = service('demo.v1.Demo', {
  add: unary({ a: field.int32, b: field.int32 }, { sum: field.int32 }),
  echo: unary({ data: field.bytes }, { data: field.bytes }),
  slow: unary({ milliseconds: field.int32, deaf: field.bool }, { canceled: field.bool }),
  fail: unary({ code: field.string, message: field.string }, {}),
  count: streaming({ to: field.int32, pause: field.int32, size: field.int32 }, { n: field.int32, filler: field.bytes }),
  who: unary({}, { name: field.string, runs: field.int32 }),
  progress: unary({ steps: repeated(field.string) }, {}),
});

export interface Seen {
  /** How often `who` ran. */
  runs: number;
  /** How far `count` came. */
  produced: number;
  /** Reasons of signals that aborted. */
  aborted: string[];
}

export function demo(name = 'demo'): { service: ReturnType<typeof defineService>; seen: Seen } {
  const seen: Seen = { runs: 0, produced: 0, aborted: [] };
  const served = defineService(Demo, {
    async add({ a, b }) {
      return { sum: a + b };
    },
    async echo({ data }) {
      return { data };
    },
    async slow({ milliseconds, deaf }, call) {
      await new Promise<void>((resolve, reject) => {
        setTimeout(resolve, milliseconds);
        call.signal.addEventListener('abort', () => {
          seen.aborted.push((call.signal.reason as IgorError).code);
          if (!deaf) reject(call.signal.reason);
        });
      });
      return {};
    },
    async fail({ code, message }) {
      if (code === '') throw new Error(message);
      throw new IgorError(code as 'not_found', message);
    },
    async *count({ to, pause, size }, call) {
      for (let n = 0; n < to && !call.signal.aborted; n++) {
        seen.produced = n + 1;
        yield { n, filler: new Uint8Array(size) };
        if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
      }
    },
    async who() {
      return { name, runs: ++seen.runs };
    },
    async progress({ steps }, call) {
      for (const step of steps) call.progress({ step });
      await new Promise((resolve) => setTimeout(resolve, 200));
      return {};
    },
  });
  return { service: served, seen };
}
