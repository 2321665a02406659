// What calls promise, on both XMPP servers.
import { rmSync } from 'node:fs';
import { create } from '@bufbuild/protobuf';
import type { Application, CallRecord, Outcome } from 'igor';
import { IgorError } from 'igor';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { OutboxEvents } from '../../packages/igor/src/gateway/outbox.js';
import type { ChunkAssembler } from '../../packages/igor/src/protocol/chunks.js';
import { nsIgor } from '../../packages/igor/src/protocol/frames.js';
import { Demo, demo } from './support/demo.js';
import { startEjabberd } from './support/ejabberd.js';
import { until } from './support/servers.js';
import { Stage, startProsody } from './support/stage.js';

async function failure(promise: PromiseLike<unknown>): Promise<IgorError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof IgorError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe.each([
  ['prosody', startProsody],
  ['ejabberd', startEjabberd],
])('%s', (_name, xmpp) => {
  let stage: Stage;
  let igor: Application;
  const mill = 'mill@localhost';
  const main = demo();
  const outcomes: Outcome[] = [];
  const handled: number[] = [];

  beforeAll(async () => {
    stage = await Stage.open({ xmpp });
    igor = stage.igor;
    igor.onOutcome('*', (outcome) => {
      outcomes.push(outcome);
      const { channel } = (outcome.context ?? {}) as { channel?: string };
      if (channel) outcome.post(channel, 'outcome', { status: outcome.status, json: outcome.json ?? null });
    });
    igor.onItem('*', async (item) => {
      const { channel, uneven } = (item.context ?? {}) as { channel?: string; uneven?: boolean };
      if (uneven) await new Promise((resolve) => setTimeout(resolve, (item.seq * 7) % 10));
      if (uneven) handled.push(item.seq);
      if (channel) item.post(channel, 'item', item.json);
    });
    igor.onProgress('*', (progress) => {
      const { channel } = (progress.context ?? {}) as { channel?: string };
      if (channel) progress.post(channel, 'progress', progress.progress);
    });
    // All of it is one process here, and 65 MiB in one piece can keep that busy for seconds.
    await stage.agent('mill', [main.service], { version: '1.2', facts: { room: 'cellar' }, lease: 30_000 });
  });
  afterAll(() => stage?.close());

  test('an agent is listed with what it says of itself', async () => {
    const [agent] = await igor.agents();
    expect(agent).toMatchObject({ jid: mill, available: true, version: '1.2', services: ['demo.v1.Demo'] });
    expect(agent?.facts).toMatchObject({ room: 'cellar', arch: process.arch });
    expect((await igor.descriptor(mill))?.services[0]?.methods.map(({ localName }) => localName)).toContain('add');
  });

  test('calls by name, typed, by descriptor, in JSON', async () => {
    const agent = igor.agent(mill);
    expect(await agent.demo?.add?.({ a: 1, b: 2 })).toMatchObject({ sum: 3 });
    expect(await agent.add?.({ a: 1, b: 2 })).toMatchObject({ sum: 3 });
    const { sum } = await agent.service(Demo).add({ a: 20, b: 22 });
    expect(sum).toBe(42);
    expect(await igor.call(mill, 'demo.v1.Demo/Add', { a: 4 }, { json: true })).toEqual({ sum: 4 });
    expect(await igor.call(mill, Demo.method.add, create(Demo.method.add.input, { a: 7 }))).toMatchObject({ sum: 7 });
    expect(await igor.call(mill, 'demo.add', { a: 5 })).toMatchObject({ sum: 5 });
  });

  test('what can not be called says what can', async () => {
    const unknown = await failure(igor.agent(mill).demo?.nothing?.({}) as PromiseLike<unknown>);
    expect(unknown.code).toBe('unimplemented');
    expect(unknown.message).toContain('demo.add, demo.echo');
    expect(await failure(igor.call(mill, 'demo.v1.Demo/Nothing', {}))).toMatchObject({ code: 'unimplemented' });
    expect(await failure(igor.call('nobody@localhost', 'demo.add', {}))).toMatchObject({ code: 'unavailable' });
    expect(await failure(igor.call(mill, 'demo.add', { a: 'x' }, { json: true }))).toMatchObject({
      code: 'invalid_argument',
    });
    expect(await failure(igor.call(mill, 'demo.add', {}, { deadline: 0 }))).toMatchObject({
      code: 'deadline_exceeded',
    });
    expect(await failure(igor.call(mill, 'demo.add', {}, { context: 'x'.repeat(5000) }))).toMatchObject({
      code: 'invalid_argument',
    });
  });

  test("a method's error keeps its code; one without is unknown", async () => {
    const { service } = igor.agent(mill);
    const demoClient = service(Demo);
    const lost = await failure(demoClient.fail({ code: 'not_found', message: 'no <such> "thing" & more' }));
    expect(lost).toMatchObject({ code: 'not_found', message: 'no <such> "thing" & more' });
    expect(await failure(demoClient.fail({ message: 'boom' }))).toMatchObject({ code: 'unknown', message: 'boom' });
  });

  test('the context comes back, the outcome is kept, and the channel hears it once', async () => {
    const channel = igor.channels.create();
    const call = igor.call(mill, 'demo.add', { a: 1, b: 1 }, { context: { channel, more: ['ä', 1] }, user: 'ann' });
    await call;
    const outcome = outcomes.find((each) => each.call === call.id);
    expect(outcome).toMatchObject({
      agent: mill,
      method: 'demo.v1.Demo/Add',
      user: 'ann',
      status: 'ok',
      json: { sum: 2 },
    });
    expect(outcome?.context).toEqual({ channel, more: ['ä', 1] });
    expect(await igor.channels.events(channel)).toEqual([
      { id: '1', event: 'outcome', data: { status: 'ok', json: { sum: 2 } } },
    ]);
    const record = (await igor.callRecord(call.id)) as CallRecord;
    expect(record).toMatchObject({ state: 'ended', status: 'ok', user: 'ann', agent: mill });
    expect((await igor.history({ user: 'ann' })).map(({ id }) => id)).toContain(call.id);
  });

  test('a deadline reaches the method, and a deaf method does not delay it', async () => {
    main.seen.aborted.length = 0;
    const client = igor.agent(mill).service(Demo);
    const before = Date.now();
    expect(await failure(client.slow({ milliseconds: 20_000 }, { deadline: 300 }))).toMatchObject({
      code: 'deadline_exceeded',
    });
    expect(main.seen.aborted).toEqual(['deadline_exceeded']);
    const deaf = client.slow({ milliseconds: 4000, deaf: true }, { deadline: new Date(Date.now() + 300) });
    expect(await failure(deaf)).toMatchObject({ code: 'deadline_exceeded' });
    expect(Date.now() - before).toBeLessThan(15_000);
  });

  test('cancel reaches the method: by hand, and by a signal', async () => {
    main.seen.aborted.length = 0;
    const client = igor.agent(mill).service(Demo);
    const call = client.slow({ milliseconds: 20_000 });
    setTimeout(() => call.cancel(), 150);
    expect(await failure(call)).toMatchObject({ code: 'canceled' });
    const controller = new AbortController();
    const other = client.slow({ milliseconds: 20_000 }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 150);
    expect(await failure(other)).toMatchObject({ code: 'canceled' });
    expect(main.seen.aborted).toEqual(['canceled', 'canceled']);
  });

  test('the same idempotency key runs once', async () => {
    const client = igor.agent(mill).service(Demo);
    const before = main.seen.runs;
    const [a, b] = await Promise.all([
      client.who({}, { idempotencyKey: 'once' }),
      client.who({}, { idempotencyKey: 'once' }),
    ]);
    expect(a.runs).toBe(before + 1);
    expect(b.runs).toBe(before + 1);
    expect((await client.who({}, { idempotencyKey: 'once' })).runs).toBe(before + 1);
    await client.add({ a: 1 }, { idempotencyKey: 'sum' });
    expect(await failure(client.add({ a: 2 }, { idempotencyKey: 'sum' }))).toMatchObject({ code: 'invalid_argument' });
  });

  test('a stream comes whole and in order, and no faster than it is taken', async () => {
    const client = igor.agent(mill).service(Demo);
    const got: number[] = [];
    for await (const { n } of client.count({ to: 500, size: 100 })) got.push(n);
    expect(got).toEqual(Array.from({ length: 500 }, (_, n) => n));
    let taken = 0;
    main.seen.produced = 0;
    for await (const _ of client.count({ to: 1000 }, { credit: 8 })) {
      taken++;
      if (taken === 10) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        expect(main.seen.produced).toBeLessThanOrEqual(30);
      }
      if (taken === 20) break;
    }
    await until('the stream to be canceled', () => main.seen.produced < 1000);
    expect(main.seen.produced).toBeLessThan(200);
  });

  test('a stream goes on without its caller, to the channel', async () => {
    const channel = igor.channels.create();
    const call = igor.call(mill, 'demo.count', { to: 60 }, { context: { channel } });
    await call;
    const events = await igor.channels.events(channel);
    expect(events.filter(({ event }) => event === 'item').map(({ data }) => (data as { n?: number }).n ?? 0)).toEqual(
      Array.from({ length: 60 }, (_, n) => n),
    );
    expect(events.at(-1)).toMatchObject({ id: '61', event: 'outcome', data: { status: 'ok' } });
  });

  test('messages of a stream are handled in order, however long each takes', async () => {
    await igor.call(mill, 'demo.count', { to: 40 }, { context: { uneven: true } });
    expect(handled).toEqual(Array.from({ length: 40 }, (_, n) => n));
  });

  test('payloads of any size', async () => {
    const client = igor.agent(mill).service(Demo);
    for (const size of [0, 1, 49_140, 49_152, 60_000, 2_000_000]) {
      const data = Buffer.alloc(size, `${size} `);
      const echoed = await client.echo({ data });
      expect(Buffer.compare(echoed.data, data), String(size)).toBe(0);
    }
    const sizes: number[] = [];
    for await (const { filler } of client.count({ to: 3, size: 200_000 })) sizes.push(filler.length);
    expect(sizes).toEqual([200_000, 200_000, 200_000]);
    const tooLarge = { data: Buffer.alloc(65 * 1024 * 1024) };
    expect(await failure(client.echo(tooLarge))).toMatchObject({ code: 'resource_exhausted' });
  });

  test('a large request of which a part was lost is sent again; one that comes twice runs once', async () => {
    const client = igor.agent('shed@localhost').service(Demo);
    const shed = await stage.agent('shed', [demo('shed').service]);
    const { chunks } = shed as unknown as { chunks: ChunkAssembler };
    const add = vi.spyOn(chunks, 'add').mockImplementationOnce(() => {});
    const data = Buffer.alloc(200_000, 'part ');
    expect(Buffer.compare((await client.echo({ data })).data, data)).toBe(0);
    expect(add.mock.calls.filter(([, { of }]) => of === 'invoke')).toHaveLength(10);
    // From here on as the gateway says it after a moment without an answer: the call again, and nothing of its payload.
    const { outbox } = stage.gateway as unknown as { outbox: { events: OutboxEvents } };
    const asked = vi.spyOn(outbox.events, 'ask');
    const call = client.echo({ data });
    await call;
    const [to, xml] = asked.mock.calls.find(([, sent]) => sent.includes('<invoke')) as [string, string, number];
    const again = await outbox.events.ask(to, xml, 5000);
    expect(again.child('igor', nsIgor)?.children.map(({ name }) => name)).toEqual(['accepted']);
    asked.mockRestore();
  });

  test('progress is shown and not kept', async () => {
    const channel = igor.channels.create();
    const call = igor.call(mill, 'demo.progress', { steps: ['one', 'two'] }, { context: { channel } });
    await call;
    expect((await igor.channels.events(channel)).map(({ event }) => event)).toEqual(['outcome']);
  });

  test('a fan-out gathers answers and failures', async () => {
    await stage.agent('barn', [demo('barn').service]);
    await stage.agent('silo', [demo('silo').service]);
    const jids = ['barn@localhost', 'nobody@localhost', 'silo@localhost'];
    const all = await igor.select(jids).call<{ name: string }>('demo.who', {});
    expect(all.map(({ jid, response, error }) => [jid, response?.name ?? error?.code])).toEqual([
      ['barn@localhost', 'barn'],
      ['nobody@localhost', 'unavailable'],
      ['silo@localhost', 'silo'],
    ]);
    const came: string[] = [];
    for await (const { jid } of igor.select(jids).call('demo.who', {}, { concurrency: 1 })) came.push(jid);
    expect(came.sort()).toEqual(jids);
  });

  test('an agent that is away gets its queued calls when it comes; without a queue it is unavailable', async () => {
    const { service, seen } = demo('attic');
    const attic = await stage.agent('attic', [service]);
    await attic.stop();
    await until('the agent to be gone', async () => (await igor.agentInfo('attic@localhost'))?.available === false);
    expect(await failure(igor.call('attic@localhost', 'demo.who', {}))).toMatchObject({ code: 'unavailable' });
    const queued = igor.call('attic@localhost', 'demo.who', {}, { queueFor: 60_000 });
    await queued.sent;
    expect((await igor.callRecord(queued.id))?.state).toBe('queued');
    const short = igor.call('attic@localhost', 'demo.who', {}, { queueFor: 300 });
    expect(await failure(short)).toMatchObject({ code: 'unavailable' });
    expect(seen.runs).toBe(0);
    await stage.agent('attic', [service]);
    expect(await queued).toMatchObject({ name: 'attic', runs: 1 });
  });

  test('an agent that drains ends what it has, and takes nothing new', async () => {
    const loft = await stage.agent('loft', [demo('loft').service]);
    const running = igor.agent('loft@localhost').service(Demo).slow({ milliseconds: 1500 });
    await running.sent;
    await new Promise((resolve) => setTimeout(resolve, 200));
    const drained = loft.drain(20_000);
    await until('draining', async () => (await igor.agentInfo('loft@localhost'))?.draining === true);
    expect(await failure(igor.call('loft@localhost', 'demo.who', {}))).toMatchObject({ code: 'unavailable' });
    await running;
    await drained;
    await until('gone', async () => (await igor.agentInfo('loft@localhost'))?.available === false);
  });

  test('an agent that was interrupted says that it does not know', async () => {
    const cellar = await stage.agent('cellar', [demo('cellar').service]);
    const call = igor
      .agent('cellar@localhost')
      .service(Demo)
      .slow({ milliseconds: 60_000, deaf: true }, { deadline: 60_000 });
    await call.sent;
    await new Promise((resolve) => setTimeout(resolve, 300));
    await cellar.stop();
    await stage.agent('cellar', [demo('cellar').service]);
    expect(await failure(call)).toMatchObject({ code: 'unknown_outcome' });
  });

  test('the gateway is killed and another takes over: agents are there again, outcomes arrive', async () => {
    const client = igor.agent(mill).service(Demo);
    const running = client.slow({ milliseconds: 1500 }, { deadline: 20_000 });
    await running.sent;
    await stage.gateway.stop();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await stage.startGateway();
    await running;
    expect(await client.add({ a: 1, b: 1 })).toMatchObject({ sum: 2 });
  });

  test('a second gateway is refused', async () => {
    const second = new Stage();
    second.xmpp = stage.xmpp;
    second.igor = igor;
    expect(await failure(second.startGateway())).toMatchObject({ code: 'second_gateway' });
    rmSync(second.folder, { recursive: true, force: true });
    expect(await igor.agent(mill).service(Demo).add({ a: 1 })).toMatchObject({ sum: 1 });
  });
});
