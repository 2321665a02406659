import { execFile } from 'node:child_process';
import { closeSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { SqliteFile } from './sqlite-file.js';

const folder = mkdtempSync(join(tmpdir(), 'monsterlab-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const schema = 'CREATE TABLE IF NOT EXISTS t (n INTEGER, bytes BLOB)';

test('what finds the disk full fails alone, whatever is written with it', async () => {
  const file = new SqliteFile(join(folder, 'full.db'), schema, 'synced');
  file.db.exec('PRAGMA max_page_count = 20');
  const put = (n: number, size: number) =>
    file.write(() => void file.prepare('INSERT INTO t VALUES (?, ?)').run(n, new Uint8Array(size)), 'synced');
  const ends = await Promise.allSettled([put(1, 10), put(2, 200_000), put(3, 10), put(4, 10)]);
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(ends[1]).toMatchObject({ reason: { message: expect.stringContaining('full') } });
  // Exactly what was promised is there.
  expect(file.prepare('SELECT n FROM t ORDER BY n').all()).toMatchObject([{ n: 1 }, { n: 3 }, { n: 4 }]);
  await file.close();
});

test('a disk that did not sync is not trusted again', async () => {
  const file = new SqliteFile(join(folder, 'broken.db'), schema, 'synced');
  const put = () => file.write(() => void file.prepare('INSERT INTO t VALUES (1, NULL)').run(), 'synced');
  await put();
  closeSync((file as unknown as { logFile: number }).logFile);
  await expect(put()).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('did not take') });
  await expect(put()).rejects.toMatchObject({ code: 'store' });
  (file as unknown as { logFile: undefined }).logFile = undefined;
  await file.close();
});

test('who waits for no sync goes on before it, and it comes all the same', async () => {
  const file = new SqliteFile(join(folder, 'syncing.db'), schema, 'synced');
  const put = (n: number, wait: 'syncing' | 'synced') =>
    file.write(() => void file.prepare('INSERT INTO t VALUES (?, NULL)').run(n), wait);
  const order: string[] = [];
  await put(0, 'synced');
  await Promise.all([
    put(1, 'synced').then(() => order.push('synced')),
    put(2, 'syncing').then(() => order.push('syncing')),
  ]);
  expect(order).toEqual(['syncing', 'synced']);
  // Alone, too: a disk that refuses it is not trusted any more.
  closeSync((file as unknown as { logFile: number }).logFile);
  await put(3, 'syncing');
  await until(() => (file as unknown as { broken?: Error }).broken !== undefined);
  (file as unknown as { logFile: undefined }).logFile = undefined;
  await file.close();
});

test('what is idle goes with what is not, before it, and causes no sync of its own', async () => {
  const file = new SqliteFile(join(folder, 'idle.db'), schema, 'synced');
  const put = (n: number, wait: 'idle' | 'written' | 'synced') =>
    file.write(() => void file.prepare('INSERT INTO t VALUES (?, NULL)').run(n), wait);
  await put(0, 'synced');
  let syncs = 0;
  const inner = file as unknown as { sync(always?: boolean): void; unsynced: unknown[]; syncing: boolean };
  const sync = inner.sync;
  inner.sync = function (always) {
    if (!this.syncing && (always || this.unsynced.length > 0)) syncs++;
    sync.call(this, always);
  };
  const order: string[] = [];
  const idle = put(1, 'idle').then(() => order.push('idle'));
  // Nothing happens for its sake alone.
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(order).toEqual([]);
  await Promise.all([idle, put(2, 'written').then(() => order.push('written'))]);
  expect(order).toEqual(['idle', 'written']);
  expect(syncs).toBe(0);
  await put(3, 'synced');
  expect(syncs).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(syncs).toBe(1);
  expect(file.prepare('SELECT n FROM t ORDER BY rowid').all()).toMatchObject([{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }]);
  await file.close();
});

test('what is idle and has no company is written and synced all the same, and written when the file is closed', async () => {
  const path = join(folder, 'alone.db');
  const file = new SqliteFile(path, schema, 'synced');
  const put = (n: number, wait: 'idle' | 'synced') =>
    file.write(() => void file.prepare('INSERT INTO t VALUES (?, NULL)').run(n), wait);
  await put(0, 'synced');
  await put(1, 'idle');
  const inner = file as unknown as { idleBehind: boolean; logFile: number | undefined; broken?: Error };
  expect(inner.idleBehind).toBe(true);
  await until(() => !inner.idleBehind);
  const last = put(2, 'idle');
  await file.close();
  await last;
  const again = new SqliteFile(path, schema, 'synced');
  expect(again.prepare('SELECT n FROM t ORDER BY n').all()).toMatchObject([{ n: 0 }, { n: 1 }, { n: 2 }]);
  await again.close();
});

test('a file of an earlier version gets the columns that it lacks, once', async () => {
  const path = join(folder, 'earlier.db');
  const earlier = new SqliteFile(path, schema, 'written');
  await earlier.write(() => void earlier.prepare('INSERT INTO t VALUES (1, NULL)').run(), 'written');
  await earlier.close();
  for (let start = 0; start < 2; start++) {
    const file = new SqliteFile(path, schema, 'written');
    file.addColumn('t', 'epoch', 'INTEGER');
    expect(file.prepare('SELECT n, epoch FROM t').all()).toMatchObject([{ n: 1, epoch: null }]);
    await file.close();
  }
});

test('processes that open a new file in the same moment all have it', { timeout: 60_000 }, async () => {
  const program = `
    import { SqliteFile } from ${JSON.stringify(new URL('../../dist/store/sqlite-file.js', import.meta.url).href)};
    const [folder, start] = process.argv.slice(1);
    for (let n = 0; n < 60; n++) {
      while (Date.now() < Number(start) + n * 50);
      await new SqliteFile(folder + '/race' + n + '.db', '${schema}', 'synced').close();
    }`;
  const start = String(Date.now() + 3000);
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, folder, start]);
  const ends = await Promise.allSettled(Array.from({ length: 4 }, run));
  expect(ends.filter(({ status }) => status === 'rejected')).toEqual([]);
});

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
}
