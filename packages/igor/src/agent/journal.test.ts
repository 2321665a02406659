import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silentLog } from '../log.js';
import { field, service, unary } from '../protocol/build.js';
import { Journal } from './journal.js';
import { Runner } from './runner.js';
import { defineService } from './service.js';

const folder = mkdtempSync(join(tmpdir(), 'monsterlab-journal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const Blob = service('blob.v1.Blob', { make: unary({ size: field.int32 }, { bytes: field.bytes }) });
let runs = 0;
const blob = defineService(Blob, {
  make: ({ size }) => {
    runs++;
    return { bytes: new Uint8Array(size) };
  },
});

function runnerOf(journal: Journal): Runner {
  const nobody = { sendItems: async () => 'refused' as const, sendProgress: () => {} };
  return new Runner({ services: [blob], journal, caller: 'app', limit: 3, log: silentLog, ...nobody });
}

const invoke = (call: string, size: number) => ({
  type: 'invoke' as const,
  ...{ call, method: 'blob.v1.Blob/Make', context: 'c'.repeat(1000), timeout: 1000 },
  payload: Uint8Array.from([8, ...(size < 128 ? [size] : [(size & 127) | 128, ((size >> 7) & 127) | 128, size >> 14])]),
});

test('a full disk: an outcome is told all the same, and a call that can not be noted is not run', async () => {
  const journal = new Journal(join(folder, 'full'));
  const { db } = (journal as unknown as { file: { db: { exec(sql: string): void } } }).file;
  db.exec('PRAGMA max_page_count = 12');
  const runner = runnerOf(journal);
  expect(await (await runner.invoke(invoke('large', 100_000)))?.outcome).toMatchObject({ status: 'ok' });
  let refused = 0;
  for (let n = 0; n < 60; n++) {
    const before = runs;
    const outcome = await (await runner.invoke(invoke(`call${n}`, 1)))?.outcome;
    if (outcome?.status === 'ok') continue;
    // Neither run, nor counted as running for ever.
    expect(outcome).toMatchObject({ status: 'unavailable', message: expect.stringContaining('not run') });
    expect(runs).toBe(before);
    refused++;
  }
  expect(refused).toBeGreaterThan(5);
  await journal.close();
});

test('a call that is canceled before it comes is not run, however often it comes', async () => {
  const journal = new Journal(join(folder, 'canceled'));
  const runner = runnerOf(journal);
  const before = runs;
  runner.cancel('early');
  for (let times = 0; times < 2; times++) {
    expect(await (await runner.invoke(invoke('early', 1)))?.outcome).toMatchObject({ status: 'canceled' });
  }
  // In the same turn: accepted, and not begun.
  const started = await runner.invoke(invoke('at once', 1));
  runner.cancel('at once');
  expect(await started?.outcome).toMatchObject({ status: 'canceled' });
  expect(runs).toBe(before);
  await journal.close();
});

test('a journal is one agent’s at a time, and its lock goes with it', async () => {
  const path = join(folder, 'mine');
  const first = new Journal(path);
  expect(() => new Journal(path)).toThrow(/is in use by another process of igor/);
  await first.close();
  const second = new Journal(path);
  expect(second.epoch).toBeGreaterThan(first.epoch);
  await second.close();
});

test('a file that is no journal, or is damaged, is said', async () => {
  const path = join(folder, 'damaged');
  writeFileSync(path, 'this is not a database, but it is long enough to be read as one'.repeat(100));
  expect(() => new Journal(path)).toThrow(/damaged: .*not a database/);
});
