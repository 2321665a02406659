// Whoever waits for an agent that is killed hears soon that nobody knows how far it came.
import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Call, IgorError, type Outcome } from 'igor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demo } from './support/demo.js';
import { end, until } from './support/servers.js';
import { Stage } from './support/stage.js';

let stage: Stage;
const children: ChildProcess[] = [];
const kill = () => end(children.at(-1) as ChildProcess, 'SIGKILL');
const outcomes: Outcome[] = [];
const mill = 'mill@localhost';

beforeAll(async () => {
  stage = await Stage.open();
  stage.igor.onOutcome('*', (outcome) => void outcomes.push(outcome));
  await startMill();
});
afterAll(async () => {
  for (const child of children) await end(child, 'SIGKILL');
  await stage?.close();
});

async function startMill(): Promise<ChildProcess> {
  if (children.length > 0) await kill();
  const before = (await stage.igor.agentInfo(mill))?.epoch;
  const { account, password } = await stage.account('mill');
  const main = fileURLToPath(new URL('../../packages/igor/bin/igor.js', import.meta.url));
  const service = fileURLToPath(new URL('support/demo-service.ts', import.meta.url));
  const args = ['agent', '--app', stage.xmpp.component, '--account', account, '--service', service, '--log', 'error'];
  const more = ['--server', `127.0.0.1:${stage.xmpp.clientPort}`, '--journal', join(stage.folder, 'mill.journal')];
  const child = fork(main, [...args, ...more], { env: { ...process.env, IGOR_PASSWORD: password } });
  children.push(child);
  await until('the agent', async () => {
    const info = await stage.igor.agentInfo(mill);
    return info?.available === true && info.epoch !== before;
  });
  return child;
}

/** How it failed, and after how many milliseconds. */
async function failed(call: Call<unknown>): Promise<{ code: string; after: number }> {
  const start = Date.now();
  try {
    await call;
  } catch (error) {
    return { code: IgorError.from(error).code, after: Date.now() - start };
  }
  throw new Error('it did not fail');
}

test('calls of an agent that is found dead: one that streams, one that does not', { timeout: 60_000 }, async () => {
  const items: number[] = [];
  const stream = stage.igor.call<{ n: number }>(mill, 'demo.count', { to: 1000, pause: 50 }, { deadline: 60_000 });
  const taken = (async () => {
    for await (const { n } of stream) items.push(n);
  })().catch((error) => IgorError.from(error).code);
  const slow = stage.igor.call(mill, 'demo.slow', { milliseconds: 50_000 }, { deadline: 60_000 });
  await slow.sent;
  await until('some of the stream', () => items.length > 3);
  await kill();
  const [first, second] = await Promise.all([failed(stream), failed(slow)]);
  expect([first.code, second.code, await taken]).toEqual(['unknown_outcome', 'unknown_outcome', 'unknown_outcome']);
  expect(Math.max(first.after, second.after)).toBeLessThan(10_500);
  expect(outcomes.filter(({ call }) => call === slow.id)).toHaveLength(1);
  expect(await stage.igor.callRecord(stream.id)).toMatchObject({ state: 'ended', status: 'unknown_outcome' });
});

test('an agent that is back, and whose journal knows nothing of the call', { timeout: 60_000 }, async () => {
  await startMill();
  const slow = stage.igor.call(mill, 'demo.slow', { milliseconds: 50_000 }, { deadline: 60_000 });
  await slow.sent;
  await new Promise((resolve) => setTimeout(resolve, 300));
  await kill();
  for (const more of ['', '-wal', '-shm']) rmSync(join(stage.folder, `mill.journal${more}`), { force: true });
  await startMill();
  expect(await failed(slow)).toMatchObject({ code: 'unknown_outcome' });
});

test('a stanza that came back from an earlier start says nothing of the one that has the call', async () => {
  await startMill();
  const slow = stage.igor.call(mill, 'demo.slow', { milliseconds: 50_000 }, { deadline: 60_000 });
  const failure = failed(slow);
  await slow.sent;
  await new Promise((resolve) => setTimeout(resolve, 300));
  await kill();
  await until('its absence', async () => (await stage.igor.agentInfo(mill))?.available === false);
  // As when the instance that was told first has sent the call anew, and died before it said so.
  const bounce = { calls: [slow.id], condition: 'service-unavailable', certain: true };
  await stage.igor.port().bounced({ to: `${mill}/1`, ...bounce });
  expect(await failure).toMatchObject({ code: 'unknown_outcome' });
});

/** A call that is in the agent's hands when agent and gateway both go. */
async function leftAlone(): Promise<{ slow: Call<unknown> }> {
  await startMill();
  const slow = stage.igor.call(mill, 'demo.slow', { milliseconds: 50_000 }, { deadline: 60_000 });
  slow.catch(() => {});
  await slow.sent;
  await new Promise((resolve) => setTimeout(resolve, 300));
  await stage.gateway.stop();
  await kill();
  // A call is a promise: alone it would be waited for.
  return { slow };
}

test('an agent that dies together with the gateway', { timeout: 60_000 }, async () => {
  const { slow } = await leftAlone();
  await stage.startGateway();
  const { code, after } = await failed(slow);
  expect(code).toBe('unknown_outcome');
  expect(after).toBeLessThan(10_500);
});

test('the same, when its lease is over before there is a gateway again', { timeout: 60_000 }, async () => {
  const { slow } = await leftAlone();
  await until('its lease to end', async () => (await stage.igor.agentInfo(mill))?.available === false);
  await stage.startGateway();
  const { code, after } = await failed(slow);
  expect(code).toBe('unknown_outcome');
  expect(after).toBeLessThan(10_500);
});

test('an agent that lives has its calls, whatever becomes of the gateway', { timeout: 60_000 }, async () => {
  await startMill();
  const slow = stage.igor.call(mill, 'demo.slow', { milliseconds: 14_000 }, { deadline: 60_000 });
  await slow.sent;
  await new Promise((resolve) => setTimeout(resolve, 300));
  await stage.gateway.stop();
  await stage.startGateway();
  expect(await slow).toMatchObject({});
});

test('a connection that is lost for a moment loses no call', { timeout: 60_000 }, async () => {
  const barn = await stage.agent('barn', [demo('barn').service]);
  const slow = stage.igor.call('barn@localhost', 'demo.slow', { milliseconds: 4000 }, { deadline: 30_000 });
  await slow.sent;
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { connection } = barn as unknown as { connection: { stream: { end(error: Error): void } } };
  connection.stream.end(new IgorError('xmpp', 'cut'));
  await until('it to be gone', async () => (await stage.igor.agentInfo('barn@localhost'))?.available === false);
  expect(await slow).toMatchObject({});
});
