/** The same for real code: each takes minutes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sqliteAmalgamation } from '../../setup/corpus.mjs';
import { expectHarmless } from './harmless.js';

const folder = mkdtempSync(join(tmpdir(), 'getters-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('sqlite3.c', async () => {
  const result = await expectHarmless({ file: await sqliteAmalgamation(), arguments: ['-w'] }, { dump: true });
  expect(result.questions).toBeGreaterThan(1_000_000);
}, 3_600_000);

test.each(['vector', 'regex'])(
  '<%s>',
  async (header) => {
    const file = join(folder, `${header}.cpp`);
    writeFileSync(file, `#include <${header}>\n`);
    const result = await expectHarmless({ file, arguments: ['-w', '-std=c++20'] }, { dump: true });
    expect(result.questions).toBeGreaterThan(1_000_000);
  },
  3_600_000,
);
