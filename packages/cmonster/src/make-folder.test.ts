import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from './make-folder.js';

const directory = mkdtempSync(join(tmpdir(), 'make-folder-'));
afterAll(() => rmSync(directory, { recursive: true }));

test('makes what is missing, for the owner only, and what is there again', () => {
  const path = join(directory, 'a', 'b');
  makeFolder(path);
  makeFolder(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('says why where nothing can be made', () => {
  writeFileSync(join(directory, 'file'), '');
  expect(() => makeFolder(join(directory, 'file', 'a'))).toThrow(/EEXIST/);
  expect(() => makeFolder('/proc/monsterlab/units')).toThrow(/ENOENT/);
});
