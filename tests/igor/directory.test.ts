// One suite for all directories, each against the real server.
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AgentRecord, type Directory, updateAgent } from '../../packages/igor/src/store/directory.js';
import { openDirectory } from '../../packages/igor/src/store/open.js';
import { type Running, startMemcached, startPostgres, startRedis, tempFolder } from './support/servers.js';

const record = (jid: string, epoch = 1): AgentRecord => ({
  jid,
  available: true,
  draining: false,
  epoch,
  lease: 1000,
  since: 5,
  version: '1',
  services: ['a.v1.A'],
  hash: 'ab'.repeat(32),
  facts: { os: 'Größe', counter: '0' },
});

const kinds: [string, () => Promise<Running | undefined>][] = [
  ['sqlite', async () => undefined],
  ['redis', () => startRedis([])],
  ['postgres', startPostgres],
  ['memcached', startMemcached],
];

describe.each(kinds)('%s', (name, start) => {
  let server: Running | undefined;
  let open: () => Promise<Directory>;
  let directory: Directory;
  const folder = tempFolder('directory');

  beforeAll(async () => {
    server = await start();
    const file = `sqlite:${folder}/directory.db`;
    open = () => openDirectory(server?.url ?? file);
    directory = await open();
  });
  afterAll(async () => {
    await directory?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a record is written only over the version that was read', async () => {
    expect(await directory.get('a@x')).toBeUndefined();
    expect(await directory.put(record('a@x'), undefined)).toBe(true);
    expect(await directory.put(record('a@x', 2), undefined)).toBe(false);
    const first = await directory.get('a@x');
    expect(first?.record).toEqual(record('a@x'));
    expect(await directory.put(record('a@x', 2), first?.version)).toBe(true);
    expect(await directory.put(record('a@x', 3), first?.version)).toBe(false);
    expect((await directory.get('a@x'))?.record.epoch).toBe(2);
    expect((await directory.list()).map(({ jid }) => jid)).toEqual(['a@x']);
  });

  test('four writers lose no update', async () => {
    const writers = await Promise.all([open(), open(), open(), open()]);
    await directory.put(record('count@x'), undefined);
    await Promise.all(
      writers.map(async (writer) => {
        for (let round = 0; round < 25; round++) {
          await updateAgent(writer, 'count@x', (known) => {
            const counter = String(Number(known?.facts.counter) + 1);
            return known && { ...known, facts: { ...known.facts, counter } };
          });
        }
      }),
    );
    expect((await directory.get('count@x'))?.record.facts.counter).toBe('100');
    await Promise.all(writers.map((writer) => writer.close()));
  });

  test('a lease is prolonged for the right epoch of an agent that is there, and never shortened', async () => {
    await directory.put(record('lease@x', 7), undefined);
    await directory.put({ ...record('gone@x', 7), available: false }, undefined);
    const renewals = [
      { jid: 'lease@x', epoch: 7, lease: 5000 },
      { jid: 'gone@x', epoch: 7, lease: 5000 },
      { jid: 'never@x', epoch: 7, lease: 5000 },
    ];
    expect((await directory.renew(renewals)).sort()).toEqual(['gone@x', 'never@x']);
    expect((await directory.get('lease@x'))?.record.lease).toBe(5000);
    expect(await directory.renew([{ jid: 'lease@x', epoch: 6, lease: 9000 }])).toEqual(['lease@x']);
    expect((await directory.get('lease@x'))?.record.lease).toBe(5000);
    expect(await directory.renew([])).toEqual([]);
  });

  test('renewing does not collide with a change', async () => {
    await directory.put(record('both@x', 1), undefined);
    const read = await directory.get('both@x');
    await directory.renew([{ jid: 'both@x', epoch: 1, lease: 7000 }]);
    expect(await directory.put({ ...record('both@x', 1), version: '2' }, read?.version)).toBe(true);
  });

  test('a descriptor is kept under its hash', async () => {
    const bytes = Buffer.alloc(2_000_000, 'descriptor');
    const hash = createHash('sha256').update(bytes).digest('hex');
    expect(await directory.descriptor(hash)).toBeUndefined();
    await directory.putDescriptor(hash, bytes);
    await directory.putDescriptor(hash, bytes);
    expect(Buffer.compare((await directory.descriptor(hash)) as Uint8Array, bytes)).toBe(0);
  });

  test('there is one gateway: the first, until its lease has ended, or it is known to be dead', async () => {
    const claim = (id: string, lease: number) => ({ id, where: `host:${id}`, lease });
    const soon = Date.now() + 60_000;
    expect((await directory.claimGateway(claim('a', soon))).id).toBe('a');
    expect(await directory.claimGateway(claim('b', soon))).toEqual(claim('a', soon));
    expect((await directory.claimGateway({ ...claim('b', soon), instead: 'a' })).id).toBe('b');
    expect((await directory.claimGateway(claim('b', 1))).id).toBe('b');
    expect((await directory.claimGateway(claim('c', soon))).id).toBe('c');
    await directory.releaseGateway('b');
    expect((await directory.claimGateway(claim('d', soon))).id).toBe('c');
    await directory.releaseGateway('c');
    const all = await Promise.all(['e', 'f', 'g', 'h'].map((id) => directory.claimGateway(claim(id, soon))));
    expect(new Set(all.map(({ id }) => id)).size, name).toBe(1);
  });
});
