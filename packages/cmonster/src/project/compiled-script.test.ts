import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compiledScript } from './compiled-script.js';

const folder = mkdtempSync(join(tmpdir(), 'compiled-script-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'script.ts');
const entry = 'file:///there/index.js';

function compiled(text: string, name = file): Promise<string | undefined> {
  writeFileSync(name, text);
  return compiledScript(name, entry, folder);
}

test('one that needs only this package and Node is compiled once, and again when it changes', async () => {
  const text = `import { type CallExpr, c } from 'cmonster';\nimport { join } from 'node:path';\nexport default (): string => join('a', c\`1\`.text);\n`;
  const path = (await compiled(text)) as string;
  const module = readFileSync(path, 'utf8');
  expect(module).toContain(`import { c } from "${entry}"`);
  expect(module).toContain('sourceMappingURL=data:');
  const { ino } = statSync(path);
  expect(await compiled(text)).toBe(path);
  expect(statSync(path).ino).toBe(ino);
  // What is damaged is compiled again.
  writeFileSync(path, module.replace('join', 'jo1n'));
  expect(await compiled(text)).toBe(path);
  expect(readFileSync(path, 'utf8')).toBe(module);
  expect(await compiled(`${text}// changed\n`)).not.toBe(path);
});

test.each([
  ['knows where it is', 'export default () => import.meta.url;'],
  ['has other modules', "import './other.js';\nexport default () => {};"],
  ['has a package', "import picocolors from 'picocolors';\nexport default () => picocolors;"],
  ['loads modules later', "export default () => import('node:fs');"],
  ['is CommonJS', 'module.exports = () => {};'],
  ['cannot be read', 'export default (;'],
])('one that %s is left as it is', async (_, text) => {
  expect(await compiled(text)).toBeUndefined();
});

test('nowhere to keep it: left as it is', async () => {
  writeFileSync(file, 'export default () => {};');
  expect(await compiledScript(file, entry, join(file, 'nowhere'))).toBeUndefined();
});

test('a cache that others can write to runs nothing', async () => {
  const text = 'export default () => {};';
  const path = (await compiled(text)) as string;
  for (const open of [folder, join(path, '../..'), join(path, '..'), path]) {
    const { mode } = statSync(open);
    chmodSync(open, mode | 0o022);
    expect(await compiled(text)).toBeUndefined();
    chmodSync(open, mode);
    expect(await compiled(text)).toBe(path);
  }
});
