// The flow from an agent's start to a result on a page, one step after the other, each at another instance; and the one that ran the
// code is killed as soon as it has sent.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SqliteCalls, SqliteDirectory } from 'igor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../igor/support/servers.js';
import { events, World } from './world.js';

const world = new World();
let directory: SqliteDirectory;
let calls: SqliteCalls;

beforeAll(async () => {
  await world.start(5);
  directory = new SqliteDirectory(join(world.folder, 'directory.db'));
  calls = new SqliteCalls(join(world.folder, 'calls.db'));
});
afterAll(async () => {
  await directory?.close();
  await calls?.close();
  await world.stop();
});

test('from an agent that starts to a result on the page', { timeout: 180_000 }, async () => {
  // 1. An agent starts, connects over XMPP, registers its presence with the application.
  expect(await directory.list()).toEqual([]);
  const started = Date.now();
  await world.startAgent('mill', fileURLToPath(new URL('adder.ts', import.meta.url)));
  await until('presence', () => world.handled.some(({ method }) => method === 'presence'));
  const presence = world.handler('presence');
  const found = await directory.get('mill@localhost');
  expect(found?.record).toMatchObject({ available: true, services: ['adder.v1.Adder'] });
  expect(found?.record.epoch).toBeGreaterThanOrEqual(started);
  const hash = found?.record.hash as string;

  // 2. The application notices that it is available and requests its service descriptor.
  // 3. The agent answers; the application stores the descriptor in the shared store, where any instance finds it.
  await until('descriptor', () => world.handled.some(({ method }) => method === 'descriptor'));
  const descriptor = world.handler('descriptor');
  expect(descriptor).not.toBe(presence);
  expect((await directory.descriptor(hash))?.length).toBeGreaterThan(50);

  // 4. A person opens the page; the application renders it with a new channel.
  const [page, go, response] = [0, 1, 2, 3, 4].filter((index) => index !== presence && index !== descriptor) as [
    number,
    number,
    number,
  ];
  const html = await (await fetch(`${world.instances[page]?.url}/`)).text();
  expect(html).toContain('<option>mill@localhost</option>');
  const channel = /data-channel="([\w-]+)"/.exec(html)?.[1] as string;
  expect(channel).toHaveLength(32);
  const listening = events(`${world.url}${/data-path="([^"]+)"/.exec(html)?.[1]}`);
  const first = listening.next();

  // 5. The person chooses an agent in the drop-down, writes code, presses Go!
  // 6. The application binds `agent` to the chosen agent's stub and runs the code; the invocation goes out as a stanza.
  const code = 'agent.adder.add({ a: 19, b: 23, delay: 1500 }, options)';
  const answer = await fetch(`${world.instances[go]?.url}/go`, {
    method: 'POST',
    body: JSON.stringify({ agent: 'mill@localhost', channel, code }),
  });
  const { call, by } = (await answer.json()) as { call: string; by: number };
  expect(by).toBe(world.instances[go]?.child.pid);
  process.kill(by, 'SIGKILL');
  for (const other of [presence, descriptor, page]) world.unreachable.add(other);
  expect(await calls.get(call)).toMatchObject({ state: 'open', method: 'adder.v1.Adder/Add', agent: 'mill@localhost' });
  expect(readFileSync(join(world.folder, 'journals/mill')).length).toBeGreaterThan(0);

  // 7. The agent decodes and executes, and sends its response with that context.
  // 8. Whichever instance receives it opens the context, formats the result and sends it to the channel.
  // 9. The page's channel callback renders it.
  const { value } = await first;
  expect(value).toEqual({
    id: '1',
    event: 'outcome',
    data: { status: 'ok', text: 'the sum is 42', by: world.instances[response]?.child.pid },
  });
  expect(world.handler('frames')).toBe(response);
  expect(await calls.get(call)).toMatchObject({ state: 'ended', status: 'ok', channels: [channel] });
  await listening.return(undefined);

  // A page that comes back gets what it missed, and what it has not again.
  const again = events(`${world.url}/igor/channels/${channel}`);
  expect((await again.next()).value).toMatchObject({ id: '1', data: { text: 'the sum is 42' } });
  await again.return(undefined);
});

test('agents go, and come back, and the page hears it', { timeout: 120_000 }, async () => {
  world.unreachable.clear();
  const listening = events(`${world.url}/igor/channels/agents`);
  const next = listening.next();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const service = fileURLToPath(new URL('adder.ts', import.meta.url));
  const agent = await world.startAgent('barn', service);
  expect((await next).value).toMatchObject({ event: 'agent', data: { jid: 'barn@localhost', available: true } });
  await until('barn', async () => (await directory.get('barn@localhost'))?.record.available === true);
  const killed = Date.now();
  process.kill(agent.pid as number, 'SIGKILL');
  for (;;) {
    const { value } = await listening.next();
    if ((value as { data: { available: boolean } }).data.available === false) break;
  }
  expect(Date.now() - killed).toBeLessThan(5000);
  await listening.return(undefined);
});
