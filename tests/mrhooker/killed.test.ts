// Whoever kills mrhooker leaves the command alone, and nothing of mrhooker's stays behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Place, root } from './place.js';
import { Workshop } from './workshop.js';

const place = new Place();
afterAll(() => place.remove());

test('the command goes on without its launcher, and its last process clears up', { timeout: 120_000 }, async () => {
  const script = place.write(
    'hooks.ts',
    "import { hook } from 'mrhooker';\nimport { getenv } from 'c:stdlib.h';\nhook(getenv, (name) => { console.log('x'.repeat(100_000)); return getenv(name); });\n",
  );
  const code = `import os, sys, time
print(os.environ['MRHOOKER'], flush=True)
sys.stdin.read()
start = time.monotonic()
import ctypes
libc = ctypes.CDLL(None)
libc.getenv.restype = ctypes.c_char_p
for i in range(50): libc.getenv(b'HOME')
print(round(time.monotonic() - start, 1), flush=True)`;
  const mrhooker = spawn(
    process.execPath,
    [`${root}/packages/mrhooker/bin/mrhooker.js`, script, 'python3', '-c', code],
    {
      env: { ...process.env, XDG_CACHE_HOME: place.path('cache') },
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  mrhooker.stdout.setEncoding('utf8');
  const [first] = (await once(mrhooker.stdout, 'data')) as [string];
  const session = first.trim();
  expect(existsSync(session)).toBe(true);
  mrhooker.kill('SIGKILL');
  await once(mrhooker, 'exit');
  expect(existsSync(session)).toBe(true);
  const output = once(mrhooker.stdout, 'data');
  mrhooker.stdin.end();
  const [seconds] = (await output) as [string];
  expect(Number(seconds)).toBeLessThan(3);
  await once(mrhooker.stdout, 'close');
  await expect.poll(() => existsSync(session), { timeout: 10_000 }).toBe(false);
});

test('a log that cannot be written leaves nothing behind', async () => {
  using shop = new Workshop();
  const run = shop.run({ command: ['true'], output: shop.path('no/such/folder') });
  await expect(run).rejects.toThrow(/can't be written: there is no such folder/);
  const own = `mrhooker-${process.pid}-`;
  expect(readdirSync('/dev/shm').filter((name) => name.startsWith(own))).toEqual([]);
});
