// Commands that can't be run, or not read: said in a sentence before anything runs.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Place, printed, root } from './place.js';

const place = new Place();
afterAll(() => place.remove());

const SCRIPT = `import { hook } from 'mrhooker';
import { write } from 'c:unistd.h';
hook(write, { enter: (fd) => console.log('write', fd) });
`;
const script = (name: string, text: string): string => {
  chmodSync(place.write(name, text), 0o755);
  return `./${name}`;
};

/** With `bytes` at an offset. */
function damaged(name: string, offset: number, bytes: readonly number[], size?: number): string {
  const file = Buffer.from(readFileSync('/bin/true'));
  file.set(bytes, offset);
  writeFileSync(place.path(name), size === undefined ? file : file.subarray(0, size), { mode: 0o755 });
  return `./${name}`;
}

const FAR = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];

describe('a damaged program', { timeout: 120_000 }, () => {
  // Where the program headers are; how many; a file that ends early.
  const programs = () => [damaged('far', 32, FAR), damaged('many', 56, [0xff, 0xff]), damaged('cut', 0, [], 400)];

  test('is refused by all that read it', async () => {
    for (const program of programs()) {
      for (const ran of [
        await place.script(SCRIPT, [program]),
        await place.run(['trace', 'write', '--', program]),
        await place.run(['doctor', 'write', '--', program]),
      ]) {
        expect(`${ran.stdout}${ran.stderr}`).toMatch(/\/(far|many|cut): a damaged ELF file/);
        expect(ran.stderr).not.toMatch(/\n\s+at /);
        expect(ran.status).not.toBe(0);
      }
    }
  });
});

describe('a script', { timeout: 120_000 }, () => {
  test.each([
    ['none', '#!/no/such/thing\n', 127, /\/none: its interpreter: \/no\/such\/thing: there is no such program/],
    ['folder', '#!/usr/bin\n', 126, /\/folder: its interpreter: \/usr\/bin can't be run: it is a folder/],
    ['bare', '#!python3\n', 127, /\/bare: its interpreter: \.\/python3: there is no such program/],
    ['endless', '#!./endless\n', 126, /\/endless: too many interpreters/],
  ])('whose interpreter is %s is refused', async (name, text, status, expected) => {
    const ran = await place.script(SCRIPT, [script(name, text)]);
    expect(ran.stderr).toMatch(expected);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
    expect(ran.status).toBe(status);
  });

  test.each([
    ['plain', 'echo ran\n'],
    ['blank', '#! \necho ran\n'],
  ])('that names no interpreter (%s) is the shell’s', async (name, text) => {
    const ran = await place.script(SCRIPT, [script(name, text)]);
    expect(ran).toMatchObject({ status: 0, stdout: 'ran\n' });
    expect(printed(ran)).toEqual(['write 1']);
    const glob = await place.script(
      "import { hook } from 'mrhooker';\nhook('writ?', { enter: () => console.log('w') });\n",
      [`./${name}`],
    );
    expect(printed(glob)).toEqual(['w']);
    expect((await place.run(['doctor', 'write', '--', `./${name}`])).stdout).toMatch(/write/);
  });
});

/** As a user who owns nothing; undefined where one can't be, or can't read what mrhooker is. */
function asNobody(command: readonly string[], ...options: readonly string[]) {
  const mrhooker = [process.execPath, `${root}/packages/mrhooker/bin/mrhooker.js`];
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  const env = { ...process.env, HOME: place.path('home'), XDG_CACHE_HOME: place.path('home'), NO_COLOR: '1' };
  return spawnSync('setpriv', [...nobody, ...mrhooker, ...options, ...command], { encoding: 'utf8', env });
}
const canBeNobody = asNobody([], '--version').status === 0;

test.skipIf(!canBeNobody)('a program that may be executed and not read is run', { timeout: 120_000 }, () => {
  chmodSync(place.folder, 0o755);
  mkdirSync(place.path('home'), { recursive: true });
  chownSync(place.path('home'), 65534, 65534);
  copyFileSync('/bin/echo', place.path('secret'));
  chmodSync(place.path('secret'), 0o711);
  const ran = asNobody([place.path('secret'), 'ran'], place.write('hooks.ts', SCRIPT));
  expect(ran).toMatchObject({ status: 0, stdout: 'ran\n' });
  expect(ran.stderr).toContain('hooked');
  const glob = "import { hook } from 'mrhooker';\nhook('writ?', (call) => call.original());\n";
  expect(asNobody([place.path('secret'), 'ran'], place.write('glob.ts', glob))).toMatchObject({
    status: 0,
    stdout: 'ran\n',
  });
  expect(asNobody(['write', '--', place.path('secret')], 'doctor')).toMatchObject({
    status: 1,
    stdout: `✗ ${place.path('secret')}: it may not be read; what it calls can't be told\n`,
  });
});
