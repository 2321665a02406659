// mrhooker as npm packs it, with the cmonster that it needs, in a folder without anything of the repository.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Installed, root } from './installed.js';

let installed: Installed;
const env = { CMONSTER_FRONTEND: `${root}/packages/cmonster/frontend/build/cmonster-frontend` };

const script = `import { getenv } from 'c:stdlib.h';
import { hook } from 'mrhooker';

hook(getenv, (name) => (name.text() === 'GIT_EDITOR' ? 'ed' : getenv(name)));
`;

beforeAll(() => {
  installed = new Installed('cmonster', 'mrhooker');
  installed.write('app/hooks.ts', script);
}, 300_000);
afterAll(() => installed?.remove());

function mrhooker(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', 'mrhooker', ...args], {
    cwd: installed.app,
    env: { ...process.env, ...env, NO_COLOR: '1', XDG_CACHE_HOME: `${installed.folder}/cache` },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('holds the built runtime, its licences, and no sources', () => {
  const { files } = installed;
  for (const needed of [
    'runtime/build/runtime.so',
    'runtime/build/mrhooker-compile',
    'runtime/build/mrhooker-start',
    'runtime/NOTICE',
    'dist/index.d.ts',
  ])
    expect(files).toContain(needed);
  expect(files.filter((path) => /\.test\.|tsbuildinfo|^src|^runtime\/src|\.o$/.test(path))).toEqual([]);
});

test('hooks, traces, and tells what is wrong with an import', { timeout: 180_000 }, () => {
  expect(mrhooker('hooks.ts', 'git', 'var', 'GIT_EDITOR')).toMatchObject({ status: 0, stdout: 'ed\n' });
  const traced = mrhooker('trace', 'open', 'cat', '/etc/hostname');
  expect(traced).toMatchObject({ status: 0 });
  expect(traced.stderr).toContain('open("/etc/hostname", O_RDONLY)');
  installed.write('app/wrong.ts', script.replace('{ getenv }', '{ getenw as getenv }'));
  const wrong = mrhooker('wrong.ts', 'true');
  expect(wrong).toMatchObject({ status: 125, stdout: '' });
  expect(wrong.stderr).toMatch(/wrong\.ts:1:\d+: .*getenw.*getenv/);
  installed.write('app/header.ts', script.replace('stdlib.h', 'stdlibb.h'));
  expect(mrhooker('header.ts', 'true').stderr).toContain("there is no header <stdlibb.h> ('c:stdlibb.h')");
});

test('its types resolve, those of a header included', { timeout: 120_000 }, () => {
  expect(mrhooker('types', 'hooks.ts')).toMatchObject({ status: 0 });
  const compilerOptions = {
    module: 'NodeNext',
    target: 'ES2023',
    lib: ['ES2023'],
    strict: true,
    noEmit: true,
    types: [],
  };
  const check = (text: string) => {
    installed.write('app/hooks.ts', text);
    installed.write('app/tsconfig.json', JSON.stringify({ compilerOptions, files: ['hooks.ts', 'c-headers.d.ts'] }));
    return spawnSync(`${root}/node_modules/.bin/tsc`, ['-p', '.'], { cwd: installed.app, encoding: 'utf8' }).stdout;
  };
  expect(check(script)).toBe('');
  expect(check(script.replace('name.text()', 'name.test()'))).toContain("Property 'test' does not exist");
});
