import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseSpecifier } from './specifier.js';

const folder = mkdtempSync(join(tmpdir(), 'mrhooker-specifier-'));
const script = join(folder, 'hooks.ts');
writeFileSync(join(folder, 'mine.h'), '');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a header of the system, and one beside the script', () => {
  expect(parseSpecifier('c:sys/socket.h', script)).toEqual({
    text: 'c:sys/socket.h',
    include: '<sys/socket.h>',
    language: 'c',
    arguments: [],
  });
  expect(parseSpecifier('c:./mine.h', script).include).toBe(`"${join(folder, 'mine.h')}"`);
});

test('the language is that of the extension, or what is said', () => {
  expect(parseSpecifier('c:vector', script).language).toBe('c++');
  expect(parseSpecifier('c:lib/shape.hpp', script).language).toBe('c++');
  expect(parseSpecifier('c:shape.h?lang=c++', script).language).toBe('c++');
});

test.each([
  ['c:', /names no header/],
  ['c:a"b.h', /no quotes or brackets/],
  ['c:./gone.h', /there is no header '.*gone\.h' \('c:\.\/gone\.h' in .*hooks\.ts\)/],
  ['c:a.h?package=x', /'package=x' is not known; there are pkg=NAME/],
  ['c:a.h?pkg=no-such-package-at-all', /no flags for the package 'no-such-package-at-all'/],
])('%s is refused', (text, message) => {
  expect(() => parseSpecifier(text, script)).toThrow(message);
});
