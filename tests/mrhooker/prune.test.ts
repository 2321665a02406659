// The build directory stays small, and what somebody runs with stays in it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BuildCache, sha256 } from '../../packages/mrhooker/src/script/cache.js';
import { pruneBuildDir } from '../../packages/mrhooker/src/script/prune.js';
import { Place, printed } from './place.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mrhooker-prune-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const DAY = 24 * 60 * 60 * 1000;
const keyOf = (name: string) => sha256(name).slice(0, 32);

/** Something built, of so many bytes, last used so many days ago. */
async function built(name: string, bytes: number, days: number): Promise<string> {
  const folder = await new BuildCache(dir).keep(keyOf(name), [], async (into) => {
    writeFileSync(join(into, 'stub.so'), Buffer.alloc(bytes));
  });
  // As if another process had made it.
  rmSync(join(dir, 'used'), { recursive: true, force: true });
  age(join(dir, `${keyOf(name)}.json`), days);
  age(folder, days);
  return folder;
}

function age(path: string, days: number): void {
  const then = new Date(Date.now() - days * DAY);
  utimesSync(path, then, then);
}

test('what was not used for a month is taken away when something is built; what was used stays', async () => {
  const [old, used] = [await built('old', 10, 31), await built('used', 10, 31)];
  expect(new BuildCache(dir).find(keyOf('used'))).toBe(used);
  const fresh = await built('fresh', 10, 0);
  expect([old, used, fresh].map((path) => existsSync(path))).toEqual([false, true, true]);
  expect(new BuildCache(dir).find(keyOf('old'))).toBeUndefined();
  expect(readdirSync(dir).filter((name) => /^\.|json$/.test(name))).toHaveLength(2);
});

test('of too much the longest unused goes first', async () => {
  const folders = [
    await built('a', 1000, 9),
    await built('b', 1000, 7),
    await built('c', 1000, 8),
    await built('d', 10, 5),
  ];
  pruneBuildDir(dir, { age: 30 * DAY, bytes: 1500, recent: DAY });
  expect(folders.map((path) => existsSync(path))).toEqual([false, true, false, true]);
  // What was used today stays, however much it is.
  await built('e', 9000, 0);
  pruneBuildDir(dir, { age: 30 * DAY, bytes: 1500, recent: DAY });
  expect(new BuildCache(dir).find(keyOf('e'))).toBeDefined();
  expect(new BuildCache(dir).find(keyOf('d'))).toBeUndefined();
});

test('what a process that is alive runs with stays; what one that is dead has left does not', async () => {
  const [alive, dead] = [await built('alive', 10, 0), await built('dead', 10, 0)];
  for (const name of ['alive', 'dead']) age(join(dir, `${keyOf(name)}.json`), 40);
  const child = spawn('sleep', ['60']);
  const gone = spawn('true');
  await once(gone, 'exit');
  mkdirSync(join(dir, 'used'));
  writeFileSync(join(dir, 'used', `${child.pid}-${alive.slice(-24)}`), '');
  writeFileSync(join(dir, 'used', `${gone.pid}-${dead.slice(-24)}`), '');
  pruneBuildDir(dir);
  expect([existsSync(alive), existsSync(dead)]).toEqual([true, false]);
  expect(readdirSync(join(dir, 'used'))).toHaveLength(1);
  child.kill();
  await once(child, 'exit');
  pruneBuildDir(dir);
  expect(existsSync(alive)).toBe(false);
});

test('what is left of what was changed, or never finished, goes after a day', async () => {
  const kept = await built('kept', 10, 2);
  for (const [name, days] of [
    ['.new-abcdef', 2],
    ['.new-defabc', 0],
    ['.old-0123456789abcdef', 2],
    ['f'.repeat(24), 2],
    ['e'.repeat(24), 0],
  ] as const) {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'manifest.json'), '');
    age(join(dir, name), days);
  }
  writeFileSync(join(dir, 'mine.txt'), 'not ours');
  age(join(dir, 'mine.txt'), 400);
  pruneBuildDir(dir);
  const names = readdirSync(dir).filter((name) => !/json$/.test(name));
  expect(names.sort()).toEqual(['.new-defabc', 'e'.repeat(24), kept.slice(-24), 'mine.txt'].sort());
});

test('what is not ours is never touched, in whatever directory', async () => {
  await built('old', 10, 40);
  const names = ['.git', '.ssh', '.bashrc', '.new-project', '.old', 'd'.repeat(24), `${'a'.repeat(32)}.json`, 'used'];
  for (const name of names) {
    mkdirSync(join(dir, name), { recursive: true });
    writeFileSync(join(dir, name, 'precious'), '');
    age(join(dir, name), 400);
  }
  // A record that names something else.
  const elsewhere = join(dir, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(dir, `${'b'.repeat(32)}.json`), JSON.stringify({ inputs: [], folder: '../elsewhere', bytes: 1 }));
  age(join(dir, `${'b'.repeat(32)}.json`), 400);
  pruneBuildDir(dir);
  for (const name of names) expect(existsSync(join(dir, name, 'precious')), name).toBe(true);
  expect(existsSync(elsewhere)).toBe(true);
});

test('one prunes at a time, and one that was killed is not waited for for ever', async () => {
  const old = await built('old', 10, 40);
  mkdirSync(join(dir, '.prune'));
  pruneBuildDir(dir);
  expect(existsSync(old)).toBe(true);
  age(join(dir, '.prune'), 1);
  pruneBuildDir(dir);
  pruneBuildDir(dir);
  expect(existsSync(old)).toBe(false);
});

test('many processes build, use and prune at once, and each finds what it runs with', {
  timeout: 240_000,
}, async () => {
  const place = new Place();
  try {
    const script = (n: number) =>
      place.write(
        `hooks${n}.ts`,
        `import { hook } from 'mrhooker';\nimport { write } from 'c:unistd.h';\nhook(write, { enter: (fd) => console.log('hook ${n}', fd) });\n`,
      );
    const scripts = [0, 1, 2].map(script);
    const run = (path: string) => place.run([path, 'sh', '-c', 'echo ran; sh -c "echo child"']);
    for (const path of scripts) await run(path);
    const cache = join(place.folder, 'cache/mrhooker');
    // All of it is old at any moment: every build takes away what it can.
    const aging = setInterval(() => {
      for (const name of readdirSync(cache))
        if (/^[0-9a-f]{32}\.json$/.test(name))
          try {
            age(join(cache, name), 40);
          } catch {}
    }, 5);
    try {
      for (let round = 0; round < 4; round++) {
        const other = place.write('other.ts', `${readFileSync(scripts[0] as string, 'utf8')}// ${round}\n`);
        const all = await Promise.all([...scripts, ...scripts, other].map(run));
        for (const [index, ran] of all.entries()) {
          const n = index === 6 ? 0 : index % 3;
          expect(ran).toMatchObject({ status: 0, stdout: 'ran\nchild\n' });
          expect(printed(ran), ran.stderr).toEqual([`hook ${n} 1`, `hook ${n} 1`]);
        }
      }
    } finally {
      clearInterval(aging);
    }
  } finally {
    place.remove();
  }
});
