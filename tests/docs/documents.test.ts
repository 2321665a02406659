// What the guides and the README tell a person to do is done here, in a folder of its own, in the order of the page:
// a block with a file's name (```ts calls.ts) is saved, an sh block is run, and a text block behind it is what that prints.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { blocksOf, linksOf, npmScriptsOf } from './markdown.js';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const guides = readdirSync(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`);
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/README.md', ...guides];
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder in which `npx cmonster`, `npx mrhooker` and `npx igor` are this repository's. */
function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'monsterlab-docs-'));
  folders.push(folder);
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(join(root, 'packages/cmonster'), join(folder, 'node_modules/cmonster'));
  symlinkSync(join(root, 'packages/cmonster/bin/cmonster.js'), join(folder, 'node_modules/.bin/cmonster'));
  symlinkSync(join(root, 'packages/mrhooker'), join(folder, 'node_modules/mrhooker'));
  symlinkSync(join(root, 'packages/mrhooker/bin/mrhooker.js'), join(folder, 'node_modules/.bin/mrhooker'));
  symlinkSync(join(root, 'packages/igor'), join(folder, 'node_modules/igor'));
  symlinkSync(join(root, 'packages/igor/bin/igor.js'), join(folder, 'node_modules/.bin/igor'));
  mkdirSync(join(folder, 'node_modules/@monsterlab'));
  for (const name of ['console', 'services']) {
    symlinkSync(join(root, `packages/${name}`), join(folder, `node_modules/@monsterlab/${name}`));
  }
  // The frameworks that a page shows, and types.
  for (const name of ['@types', 'fastify', 'hono', '@hono'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  symlinkSync(join(root, 'examples'), join(folder, 'examples'));
  symlinkSync(join(root, 'tour'), join(folder, 'tour'));
  symlinkSync(join(root, 'setup'), join(folder, 'setup'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  return folder;
}

/** What a command prints; what it says besides, only when it fails. */
function sh(command: string, cwd: string): string {
  const env = { ...process.env, NO_COLOR: '1' };
  const { stdout, stderr, status } = spawnSync('bash', ['-euo', 'pipefail', '-c', command], {
    cwd,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command.trim()}: exit status ${status}\n${stdout}${stderr}`);
  return stdout;
}

describe.each(['README.md', ...guides])('%s', (page) => {
  const blocks = blocksOf(readFileSync(join(root, page), 'utf8'));

  test('its commands print what it says', { timeout: 180_000 }, () => {
    const folder = workFolder();
    let printed: string | undefined;
    for (const { language, file, text, line } of blocks) {
      if (file) writeFileSync(join(folder, file), text);
      else if (language === 'sh') printed = sh(text, folder);
      else if (language === 'text') expect(printed, `line ${line}`).toBe(text);
      else expect.fail(`${page}:${line}: a block of ${language} that is neither saved nor run`);
    }
  });

  test('its scripts are well typed', { timeout: 180_000 }, () => {
    const scripts = blocks.filter(({ language }) => language === 'ts');
    if (scripts.length === 0) return;
    const folder = workFolder();
    for (const { file, text } of blocks) if (file) writeFileSync(join(folder, file), text);
    // Headers are modules only once they have been declared.
    const hooks = scripts.filter(({ text }) => text.includes("from 'c:")).map(({ file }) => file);
    if (hooks.length > 0) sh(`npx mrhooker types ${hooks.join(' ')}`, folder);
    const base = join(root, 'tsconfig.base.json');
    const compilerOptions = { noEmit: true, composite: false, incremental: false };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: base, compilerOptions, include: ['*.ts'] }));
    sh(`'${root}/node_modules/.bin/tsc' -p .`, folder);
  });
});

test.each(pages)('%s links to what exists, and names npm scripts that exist', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const missing = linksOf(text).filter((link) => !existsSync(join(root, dirname(page), link)));
  expect(missing).toEqual([]);
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
  expect(npmScriptsOf(text).filter((name) => !(name in scripts))).toEqual([]);
});
