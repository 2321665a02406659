import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sourcesOf } from './sources.js';

const folder = mkdtempSync(join(tmpdir(), 'sources-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const name of ['.git', 'lib/deep']) mkdirSync(join(folder, name), { recursive: true });
for (const name of ['b.c', 'a.cpp', 'a.h', '.git/x.c', 'lib/deep/z.cc', 'lib/z.txt'])
  writeFileSync(join(folder, name), '');
symlinkSync('..', join(folder, 'lib/up'));
symlinkSync('b.c', join(folder, 'link.c'));
const below = (...names: string[]): string[] => names.map((name) => join(folder, name));

test('a folder, a glob, a file', () => {
  expect(sourcesOf(folder)).toEqual(below('a.cpp', 'b.c', 'lib/deep/z.cc', 'link.c'));
  expect(sourcesOf(join(folder, '*.{h,c}'))).toEqual(below('a.h', 'b.c', 'link.c'));
  expect(sourcesOf(join(folder, '**/*.cc'))).toEqual(below('lib/deep/z.cc'));
  expect(sourcesOf(join(folder, 'gone.c'))).toEqual(below('gone.c'));
  expect(sourcesOf('packages/cmonster/frontend/src').slice(0, 1)).toEqual(['packages/cmonster/frontend/src/calls.cpp']);
});

test('nothing is meant', () => {
  expect(() => sourcesOf(join(folder, '*.cxx'))).toThrow('matches no file');
  mkdirSync(join(folder, 'empty'));
  expect(() => sourcesOf(join(folder, 'empty'))).toThrow('holds no C, C++ or Objective-C source');
});
