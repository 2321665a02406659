import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { importTypeScript } from './app.js';

const folder = mkdtempSync(join(tmpdir(), 'monsterlab-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

/** In a folder of its own. */
function module(text: string, packageJson: string | undefined): Promise<object> {
  const own = mkdtempSync(join(folder, 'm-'));
  if (packageJson !== undefined) writeFileSync(join(own, 'package.json'), packageJson);
  const file = join(own, `module${count++}.ts`);
  writeFileSync(file, text);
  return importTypeScript(pathToFileURL(file).href);
}

test.each([
  ['none', undefined],
  ['one of npm init', '{ "type": "commonjs" }'],
  ['one of npm install', '{ "dependencies": {} }'],
  ['one of modules', '{ "type": "module" }'],
])('a module has its default export, with this package.json: %s', async (_, packageJson) => {
  const text =
    "import { sep } from 'node:path';\nexport const other: string = sep;\nexport default { answer: 42 as number };\n";
  expect(await module(text, packageJson)).toMatchObject({ default: { answer: 42 }, other: '/' });
});

test('what CommonJS can not hold is said, with the cure', async () => {
  const text = 'const answer: number = await Promise.resolve(42);\nexport default { answer };\n';
  await expect(module(text, undefined)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('"type": "module"'),
  });
  expect(await module(text, '{ "type": "module" }')).toMatchObject({ default: { answer: 42 } });
});
