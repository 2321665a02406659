import { closeSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SqliteFile } from './sqlite-file.js';

const folder = mkdtempSync(join(tmpdir(), 'monsterlab-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const schema = 'CREATE TABLE IF NOT EXISTS t (n INTEGER, bytes BLOB)';

test('what finds the disk full fails alone, whatever is written with it', async () => {
  const file = new SqliteFile(join(folder, 'full.db'), schema, 'synced');
  file.db.exec('PRAGMA max_page_count = 20');
  const put = (n: number, size: number) =>
    file.write(() => void file.prepare('INSERT INTO t VALUES (?, ?)').run(n, new Uint8Array(size)), true);
  const ends = await Promise.allSettled([put(1, 10), put(2, 200_000), put(3, 10), put(4, 10)]);
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(ends[1]).toMatchObject({ reason: { message: expect.stringContaining('full') } });
  // Exactly what was promised is there.
  expect(file.prepare('SELECT n FROM t ORDER BY n').all()).toMatchObject([{ n: 1 }, { n: 3 }, { n: 4 }]);
  await file.close();
});

test('a disk that did not sync is not trusted again', async () => {
  const file = new SqliteFile(join(folder, 'broken.db'), schema, 'synced');
  const put = () => file.write(() => void file.prepare('INSERT INTO t VALUES (1, NULL)').run(), true);
  await put();
  closeSync((file as unknown as { logFile: number }).logFile);
  await expect(put()).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('did not take') });
  await expect(put()).rejects.toMatchObject({ code: 'store' });
  (file as unknown as { logFile: undefined }).logFile = undefined;
  await file.close();
});
