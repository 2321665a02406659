// What agents do under chaos: they write down that they did it, then answer, sometimes late.
import { appendFileSync } from 'node:fs';
import { defineService, field, service, unary } from 'igor';

const Chaos = service('chaos.v1.Chaos', {
  twice: unary({ n: field.int32, agent: field.string }, { twice: field.int32 }),
});

export default defineService(Chaos, {
  async twice({ n, agent }, call) {
    appendFileSync(/** @type {string} */ (process.env.CHAOS_LOG), `${call.id} ${agent} ${process.env.CHAOS_NAME}\n`);
    const pause = [0, 0, 0, 20, 120][n % 5];
    if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
    return { twice: 2 * n };
  },
});
