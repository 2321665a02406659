/**
 * Which of my machines runs out of space? Three agents (here in this process; on a fleet one on each machine), asked all at once, answers gathered as
 * they come, one of them away.
 *
 *     npx tsx examples/igor/fleet.ts
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, defineService, field, type Prosody, serve, service, silentLog, unary } from 'igor';

const Space = service('space.v1.Space', {
  free: unary({ path: field.string }, { percent: field.double }),
});

const space = defineService(Space, {
  async free({ path }) {
    const { bfree, blocks } = await statfs(path);
    return { percent: Math.round((100 * bfree) / blocks) };
  },
});

const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
const { igor, prosody, stop } = await serve({ state: folder, port: 0, log: silentLog });
if (!igor || !prosody) throw new Error('one process, with an XMPP server of its own, was asked for');

async function startAgent(
  name: string,
  { component, clientPort, ...server }: Pick<Prosody, 'component' | 'clientPort' | 'domain'>,
) {
  const account = `${name}@${server.domain}`;
  prosody?.setAccount(account, name);
  const journal = join(folder, `${name}.journal`);
  const agent = new Agent({
    account,
    password: name,
    app: component,
    host: '127.0.0.1',
    port: clientPort,
    services: [space],
    journal,
  });
  await agent.start();
  await agent.registered();
  return agent;
}

const agents = await Promise.all(['anvil', 'bellows', 'crucible'].map((name) => startAgent(name, prosody)));
await agents[1]?.stop();

const jids = ['anvil@localhost', 'bellows@localhost', 'crucible@localhost'];
for (const { jid, response, error } of await igor.select(jids).call<{ percent: number }>('space.free', { path: '/' })) {
  console.log(response ? `${jid}: ${response.percent} % free` : `${jid}: ${error?.code}`);
}

await Promise.all(agents.map((agent) => agent.stop()));
await stop();
rmSync(folder, { recursive: true });
