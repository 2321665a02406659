import { afterAll, beforeAll, expect, test } from 'vitest';
import { Installed } from './installed.js';

let installed: Installed;

beforeAll(() => {
  installed = new Installed('cmonster');
});
afterAll(() => installed?.remove());

test('builds its frontend on first use, once', { timeout: 1_800_000 }, () => {
  installed.write('app/x.c', 'int answer = 42;\n');
  const env = { XDG_CACHE_HOME: `${installed.folder}/cache`, CMONSTER_FRONTEND: '' };
  const expected = expect.stringContaining("VarDecl <x.c:1:1, col:14> answer 'int'");
  expect(installed.cmonster(['dump', 'x.c'], env)).toEqual(expected);
  const started = performance.now();
  expect(installed.cmonster(['dump', 'x.c'], env)).toEqual(expected);
  expect(performance.now() - started).toBeLessThan(30_000);
});
