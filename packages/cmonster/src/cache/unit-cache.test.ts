// Pins docs/formats/cache.md: names, header, what a request's index says.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ParseRequest } from '../frontend/messages.js';
import { type CacheRequest, UnitCache } from './unit-cache.js';

const request: ParseRequest = {
  arguments: ['a.c'],
  scope: 'main',
  unsaved: {},
  callbacks: [],
  typeLocs: true,
  comments: true,
};

/** A container without sections. */
function emptySnapshot(): ArrayBuffer {
  const bytes = Buffer.alloc(16);
  bytes.write('CMSN', 0, 'latin1');
  bytes.writeUInt32LE(1, 4);
  return new Uint8Array(bytes).buffer;
}

let directory = '';
let asked: CacheRequest;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'unit-cache-test-'));
  asked = { frontend: process.execPath, schemaHash: 7, cwd: directory, request };
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('UnitCache', () => {
  it('writes what its format says', () => {
    const parsed = { snapshot: emptySnapshot(), meta: { files: [], command: [], language: 'C' } };
    expect(new UnitCache(directory).store(asked, Date.now(), parsed)).toBeDefined();
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.'));
    expect(files.map((name) => name.replace(/[0-9a-f]{64}/, 'KEY').replace(/\/[0-9a-f]{2}\//, '/XX/')).sort()).toEqual([
      'v1/XX/KEY.index',
      'v1/XX/KEY.unit',
    ]);
    const unit = readFileSync(join(directory, files.find((name) => name.endsWith('.unit')) as string));
    expect(unit.toString('latin1', 0, 4)).toBe('CMUC');
    expect(unit.readUInt32LE(4)).toBe(1);
    const metaBytes = unit.readUInt32LE(8);
    expect(unit.length).toBe(32 + metaBytes + 16);
    expect(unit.readUInt32LE(12)).toBe(crc32(unit.subarray(32)));
    expect(unit.readBigUInt64LE(16)).toBe(16n);
    const index = JSON.parse(
      readFileSync(join(directory, files.find((name) => name.endsWith('.index')) as string), 'utf8'),
    );
    expect(index).toEqual([
      { entry: expect.stringMatching(/^[0-9a-f]{64}$/), files: [], probes: { directories: [], names: [], absent: [] } },
    ]);
    const loaded = new UnitCache(directory).load(asked);
    expect(loaded?.parsed.meta).toMatchObject({ language: 'C' });
    expect(new Uint8Array(loaded?.parsed.snapshot as ArrayBuffer)).toEqual(new Uint8Array(emptySnapshot()));
  });

  it('tells requests apart', () => {
    const parsed = { snapshot: emptySnapshot(), meta: { files: [], command: [] } };
    const cache = new UnitCache(directory);
    cache.store(asked, Date.now(), parsed);
    const others: CacheRequest[] = [
      { ...asked, schemaHash: 8 },
      { ...asked, cwd: '/' },
      { ...asked, request: { ...request, scope: 'all' } },
      { ...asked, request: { ...request, arguments: ['-DX', 'a.c'] } },
      { ...asked, request: { ...request, unsaved: { 'a.c': new Uint8Array(1) } } },
    ];
    for (const other of others) expect(cache.load(other)).toBeUndefined();
    expect(cache.load(asked)).toBeDefined();
  });
});
