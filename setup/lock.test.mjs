import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { withLock } from './lock.mjs';

const name = `test-${process.pid}`;

test('work under the lock happens one at a time, and may take the lock again itself', async () => {
  let inside = 0;
  let most = 0;
  const work = () =>
    withLock(async () => {
      most = Math.max(most, ++inside);
      await withLock(() => new Promise((resolve) => setTimeout(resolve, 20)), name);
      inside--;
    }, name);
  await Promise.all([work(), work(), work()]);
  expect(most).toBe(1);
});

test('a holder that is killed leaves no lock behind', async () => {
  const script = `
    import { withLock } from ${JSON.stringify(new URL('lock.mjs', import.meta.url).href)};
    await withLock(() => { console.log('held'); return new Promise(() => setInterval(() => {}, 1000)); }, '${name}');`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(holder.stdout, 'data');
  let entered = false;
  const waiting = withLock(async () => {
    entered = true;
  }, name);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(entered).toBe(false);
  holder.kill('SIGKILL');
  await waiting;
  expect(entered).toBe(true);
});
