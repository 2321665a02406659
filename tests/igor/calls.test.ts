// One suite for all stores of calls, each against the real server.
import { rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Calls, NewCall } from '../../packages/igor/src/store/calls.js';
import { openCalls } from '../../packages/igor/src/store/open.js';
import { type Running, startPostgres, startRedis, tempFolder } from './support/servers.js';

let counter = 0;
const call = (id: string, more: Partial<NewCall> = {}): NewCall => ({
  id,
  agent: 'a@x',
  method: 'm.v1.M/Do',
  user: 'ann',
  state: 'open',
  started: 1_000_000 + counter++,
  deadline: 2_000_000,
  timeout: 500,
  credit: 16,
  context: '{"channel":"c"}',
  request: Buffer.from([0, 1, 255, 10, 13]),
  requestHash: 'hash',
  queueUntil: undefined,
  key: undefined,
  epoch: 7,
  ...more,
});
const ok = { status: 'ok' as const, message: undefined, response: Buffer.from([0, 254, 39]), ended: 1_500_000 };
const post = (channel: string, data: string) => ({ channel, event: 'outcome', data });

const kinds: [string, () => Promise<Running | undefined>][] = [
  ['sqlite', async () => undefined],
  ['redis', () => startRedis()],
  ['postgres', startPostgres],
];

describe.each(kinds)('%s', (_name, start) => {
  let server: Running | undefined;
  let open: () => Promise<Calls>;
  let calls: Calls;
  const folder = tempFolder('calls');

  beforeAll(async () => {
    server = await start();
    open = () => openCalls(server?.url ?? `sqlite:${folder}/calls.db`);
    calls = await open();
  });
  afterAll(async () => {
    await calls?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a call is what was noted', async () => {
    const noted = call('one');
    expect(await calls.open(noted)).toBeUndefined();
    const found = await calls.get('one');
    const open = {
      items: 0,
      status: undefined,
      message: undefined,
      response: undefined,
      ended: undefined,
      channels: [],
    };
    expect({ ...found, request: Buffer.from(found?.request ?? []) }).toEqual({ ...noted, ...open });
    expect(await calls.get('nobody')).toBeUndefined();
  });

  test('of several that change a document, one does', async () => {
    expect(await calls.document('accounts')).toBeUndefined();
    const other = await open();
    try {
      const first = await Promise.all([calls, other].map((it) => it.putDocument('accounts', 0, '{"a":"ä"}')));
      expect(first.toSorted()).toEqual([false, true]);
      expect(await other.document('accounts')).toEqual({ version: 1, data: '{"a":"ä"}' });
      const again = await Promise.all(
        [calls, other, calls, other].map((it, index) => it.putDocument('accounts', 1, `${index}`)),
      );
      expect(again.filter(Boolean)).toHaveLength(1);
      expect(await calls.document('accounts')).toEqual({ version: 2, data: String(again.indexOf(true)) });
      expect(await calls.putDocument('accounts', 1, 'late')).toBe(false);
      expect(await calls.putDocument('others', 3, 'never there')).toBe(false);
      await calls.forget(Number.MAX_SAFE_INTEGER);
      expect(await calls.document('accounts')).toMatchObject({ version: 2 });
    } finally {
      await other.close();
    }
  });

  test('one that is sent is not ended as one that is queued', async () => {
    await calls.open(call('sent', { state: 'queued', queueUntil: 3_000_000 }));
    const away = {
      status: 'unavailable' as const,
      message: 'not run',
      response: undefined,
      ended: 1,
      onlyQueued: true,
    };
    expect(await calls.send('sent', 8, 4_000_000)).toBe(true);
    expect(await calls.end('sent', away, [post('c-sent', '1')])).toBeUndefined();
    expect(await calls.get('sent')).toMatchObject({ state: 'open', status: undefined });
    expect(await calls.events('c-sent', 0, 10)).toEqual([]);
    expect(await calls.requeue('sent')).toBe(true);
    expect(await calls.end('sent', away, [post('c-sent', '1')])).toHaveLength(1);
    expect(await calls.get('sent')).toMatchObject({ state: 'ended', status: 'unavailable' });
  });

  test('a call ends once, with its posts', async () => {
    await calls.open(call('end'));
    const other = await open();
    const ends = await Promise.all([
      calls.end('end', ok, [post('c1', '1'), post('c2', '2'), post('c1', '3')]),
      other.end('end', ok, [post('c1', '1'), post('c2', '2'), post('c1', '3')]),
    ]);
    await other.close();
    const [won] = ends.filter((events) => events !== undefined);
    expect(ends.filter((events) => events === undefined)).toHaveLength(1);
    expect(won?.map(({ channel, seq, data }) => `${channel} ${seq} ${data}`)).toEqual(['c1 1 1', 'c2 1 2', 'c1 2 3']);
    expect((await calls.events('c1', 0, 10)).map(({ seq, data }) => `${seq} ${data}`)).toEqual(['1 1', '2 3']);
    expect((await calls.events('c1', 1, 10)).map(({ seq }) => seq)).toEqual([2]);
    const ended = await calls.get('end');
    expect(ended).toMatchObject({ state: 'ended', status: 'ok', ended: 1_500_000 });
    expect(ended?.channels.sort()).toEqual(['c1', 'c2']);
    expect([...(ended?.response ?? [])]).toEqual([0, 254, 39]);
    expect(await calls.end('nobody', ok, [])).toBeUndefined();
  });

  test('an empty response is not the same as none', async () => {
    await calls.open(call('empty'));
    await calls.end('empty', { ...ok, response: Buffer.alloc(0) }, []);
    expect((await calls.get('empty'))?.response).toHaveLength(0);
    await calls.open(call('none'));
    await calls.end('none', { ...ok, status: 'not_found', message: 'Größe "x"', response: undefined }, []);
    expect(await calls.get('none')).toMatchObject({ status: 'not_found', message: 'Größe "x"' });
    expect((await calls.get('none'))?.response).toBeUndefined();
  });

  test('large payloads are what they were, wherever they stand', async () => {
    const [request, response] = [Buffer.alloc(300_000, 'request'), Buffer.alloc(400_000, 'response')];
    await calls.open(call('large', { request, agent: 'large@x' }));
    expect(Buffer.compare(Buffer.from((await calls.get('large'))?.request ?? []), request)).toBe(0);
    expect(await calls.end('large', { ...ok, response }, [])).toEqual([]);
    const [found] = await calls.history({ agent: 'large@x', limit: 1 });
    expect(Buffer.compare(Buffer.from(found?.request ?? []), request)).toBe(0);
    expect(Buffer.compare(Buffer.from(found?.response ?? []), response)).toBe(0);
  });

  test('the same key is the same call', async () => {
    expect(await calls.open(call('first', { key: 'k' }))).toBeUndefined();
    const again = await Promise.all([
      calls.open(call('second', { key: 'k' })),
      calls.open(call('third', { key: 'k' })),
    ]);
    expect(again.map((earlier) => earlier?.id)).toEqual(['first', 'first']);
    expect(await calls.get('second')).toBeUndefined();
  });

  test('items are kept in order, each once', async () => {
    await calls.open(call('stream'));
    expect(await calls.item('stream', 1, [post('s', 'early')])).toBeUndefined();
    expect(await calls.item('stream', 0, [post('s', 'a')])).toHaveLength(1);
    expect(await calls.item('stream', 0, [post('s', 'again')])).toBeUndefined();
    expect(await calls.item('stream', 1, [post('s', 'b')])).toHaveLength(1);
    expect((await calls.get('stream'))?.items).toBe(2);
    await calls.end('stream', ok, []);
    expect(await calls.item('stream', 2, [])).toBeUndefined();
    expect((await calls.events('s', 0, 10)).map(({ data }) => data)).toEqual(['a', 'b']);
    expect((await calls.get('stream'))?.channels).toEqual(['s']);
  });

  test('a queued call is sent once, and may go back', async () => {
    const queued = { agent: 'q@x', state: 'queued' as const, deadline: 9_000_000, queueUntil: 9_000_000 };
    await calls.open(call('q1', { ...queued, epoch: undefined }));
    await calls.open(call('q2', { ...queued, epoch: undefined }));
    expect((await calls.queued('q@x')).map(({ id }) => id)).toEqual(['q1', 'q2']);
    expect(await Promise.all([calls.send('q1', 8, 3_000_000), calls.send('q1', 8, 3_000_000)])).toContain(false);
    expect(await calls.get('q1')).toMatchObject({ state: 'open', deadline: 3_000_000, epoch: 8 });
    expect((await calls.queued('q@x')).map(({ id }) => id)).toEqual(['q2']);
    expect(await calls.redirect('q1', 9)).toBe(true);
    expect(await calls.get('q1')).toMatchObject({ state: 'open', deadline: 3_000_000, epoch: 9 });
    expect(await calls.redirect('q2', 9)).toBe(false);
    expect((await calls.get('q2'))?.epoch).toBeUndefined();
    expect(await calls.requeue('q1')).toBe(true);
    expect(await calls.get('q1')).toMatchObject({ state: 'queued', deadline: 9_000_000 });
    await calls.open(call('noqueue'));
    expect(await calls.requeue('noqueue')).toBe(false);
    await calls.end('q2', ok, []);
    expect((await calls.queued('q@x')).map(({ id }) => id)).toEqual(['q1']);
  });

  test('what has not ended is known to whoever starts', async () => {
    await calls.open(call('left', { deadline: 4_000_000 }));
    const other = await open();
    expect(await other.unfinished()).toContainEqual({ id: 'left', deadline: 4_000_000 });
    await other.end('left', ok, []);
    expect((await calls.unfinished()).map(({ id }) => id)).not.toContain('left');
    await other.close();
  });

  test('history, newest first', async () => {
    for (const [id, user, method] of [
      ['h1', 'ben', 'x.v1.X/A'],
      ['h2', 'ann', 'x.v1.X/A'],
      ['h3', 'ben', 'x.v1.X/B'],
    ] as const) {
      await calls.open(call(id, { agent: 'h@x', user, method }));
    }
    await calls.end('h3', ok, []);
    const ids = async (filter: object) =>
      (await calls.history({ limit: 10, agent: 'h@x', ...filter })).map(({ id }) => id);
    expect(await ids({})).toEqual(['h3', 'h2', 'h1']);
    expect(await ids({ user: 'ben' })).toEqual(['h3', 'h1']);
    expect(await ids({ method: 'x.v1.X/A', limit: 1 })).toEqual(['h2']);
    expect(await ids({ state: 'ended' })).toEqual(['h3']);
    expect(await ids({ before: (await calls.get('h2'))?.started })).toEqual(['h1']);
  });

  test('numbers of a channel have no gaps, however many post', async () => {
    const others = await Promise.all([open(), open(), open()]);
    const all = await Promise.all(
      others.flatMap((store) => Array.from({ length: 20 }, () => store.post([post('busy', 'x'), post('other', 'y')]))),
    );
    const seqs = all.map((events) => events[0]?.seq as number).sort((a, b) => a - b);
    expect(seqs).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    await Promise.all(others.map((store) => store.close()));
  });

  test('what is old is dropped, and nothing else', async () => {
    await calls.open(call('old', { key: 'old' }));
    await calls.end('old', { ...ok, ended: 10 }, []);
    await calls.open(call('running'));
    await calls.forget(1000);
    expect(await calls.get('old')).toBeUndefined();
    expect(await calls.get('running')).toBeDefined();
    expect(await calls.open(call('new', { key: 'old' }))).toBeUndefined();
    expect((await calls.events('busy', 0, 100)).length).toBe(60);
    await calls.forget(Date.now() + 1000);
    expect(await calls.events('busy', 0, 100)).toEqual([]);
  });
});

test('a Redis that forgets is refused', async () => {
  const forgetful = await startRedis(['--appendonly', 'no']);
  await expect(openCalls(forgetful.url)).rejects.toThrow(/appendonly yes/);
  await forgetful.stop();
  const evicting = await startRedis(['--appendonly', 'yes', '--maxmemory-policy', 'allkeys-lru']);
  await expect(openCalls(evicting.url)).rejects.toThrow(/noeviction/);
  await evicting.stop();
  // As at those who run Redis for others.
  const locked = await startRedis(['--appendonly', 'yes', '--rename-command', 'CONFIG', '']);
  await (await openCalls(locked.url)).close();
  await locked.stop();
});

test('Redis: what was done, and could not be said, is not taken for somebody else’s doing', async () => {
  const redis = await startRedis();
  // Between a client and Redis: loses an answer, the next or the one after that, and the connection with it.
  let losing = 0;
  const proxy = createServer((client) => {
    const server = connect({ host: '127.0.0.1', port: redis.port });
    client.pipe(server);
    server.on('data', (bytes) => {
      if (losing > 0 && --losing === 0) client.destroy();
      else client.write(bytes);
    });
    for (const socket of [client, server]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        server.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const calls = await openCalls(`redis://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  try {
    const keyed = call('keyed', { key: 'k', queueUntil: 2_000_000 });
    losing = 1;
    expect(await calls.open(keyed)).toBeUndefined();
    expect((await calls.history({ limit: 10 })).map(({ id }) => id)).toEqual(['keyed']);
    expect((await calls.open({ ...keyed, id: 'another' }))?.id).toBe('keyed');
    // Before they move a call they read it, and are told.
    losing = 2;
    expect(await calls.requeue('keyed')).toBe(true);
    losing = 2;
    expect(await calls.send('keyed', 8, 3_000_000)).toBe(true);
    expect(losing).toBe(0);
    expect(await calls.send('keyed', 9, 3_000_000)).toBe(false);
    expect(await calls.get('keyed')).toMatchObject({ state: 'open', epoch: 8 });
  } finally {
    await calls.close();
    proxy.close();
    await redis.stop();
  }
});

test('stores that can not be reached, or do not fit, are said clearly', async () => {
  await expect(openCalls('redis://127.0.0.1:1')).rejects.toThrow(/can not be reached/);
  await expect(openCalls('postgres://igor@127.0.0.1:1/x')).rejects.toThrow(/Postgres at/);
  await expect(openCalls('memcached://127.0.0.1:1')).rejects.toThrow(/memcached forgets/);
  await expect(openCalls('file.db')).rejects.toThrow(/not at file.db/);
});
