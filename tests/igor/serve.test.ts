// How `igor serve` begins and ends: in a folder that another one has, and when somebody is impatient.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve, silentLog } from 'igor';
import { expect, test } from 'vitest';
import { certificateOf } from '../../packages/igor/src/serve/accounts.js';
import { freePort, tempFolder, until } from './support/servers.js';

const igor = fileURLToPath(new URL('../../packages/igor/bin/igor.js', import.meta.url));

test('a second one in the same folder is refused, and hurts nobody', { timeout: 60_000 }, async () => {
  const state = tempFolder('serve');
  const first = await serve({ state, port: 0, log: silentLog });
  try {
    const pid = first.prosody?.pid;
    await expect(serve({ state, port: 0, log: silentLog })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('is in use by another process of igor'),
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(first.prosody?.pid).toBe(pid);
    process.kill(pid as number, 0);
  } finally {
    await first.stop();
  }
  const again = await serve({ state, port: 0, log: silentLog });
  await again.stop();
  rmSync(state, { recursive: true, force: true });
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s pressed twice leaves nothing behind',
  { timeout: 60_000 },
  async (signal) => {
    const { child, children, state } = await serving('--instances', '2');
    try {
      // Prosody, two instances.
      expect(children.length).toBeGreaterThanOrEqual(3);
      child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 50));
      child.kill(signal);
      await until('the end', () => child.exitCode !== null || child.signalCode !== null, 10_000);
      await until('the children to end', () => !children.some(isThere), 10_000);
    } finally {
      child.kill('SIGKILL');
      rmSync(state, { recursive: true, force: true });
    }
  },
);

test('SIGHUP ends it as SIGTERM does', { timeout: 60_000 }, async () => {
  const { child, children, state } = await serving('--instances', '1');
  try {
    child.kill('SIGHUP');
    await until('the end', () => child.exitCode !== null || child.signalCode !== null, 10_000);
    expect([child.exitCode, child.signalCode]).toEqual([0, null]);
    expect(children.filter(isThere)).toEqual([]);
  } finally {
    child.kill('SIGKILL');
    rmSync(state, { recursive: true, force: true });
  }
});

test('killed, it takes its XMPP server and instances along', { timeout: 60_000 }, async () => {
  const { child, children, state } = await serving('--instances', '1');
  try {
    child.kill('SIGKILL');
    await until('the children to end', () => !children.some(isThere), 10_000);
  } finally {
    for (const pid of children.filter(isThere)) process.kill(pid, 'SIGKILL');
    rmSync(state, { recursive: true, force: true });
  }
});

test('started by a program that keeps a channel to it, it ends when that is gone', { timeout: 60_000 }, async () => {
  const { child, children, state } = await serving();
  try {
    child.disconnect();
    await until('the end', () => child.exitCode !== null || child.signalCode !== null, 10_000);
    expect(child.exitCode).toBe(0);
    expect(children.filter(isThere)).toEqual([]);
  } finally {
    child.kill('SIGKILL');
    rmSync(state, { recursive: true, force: true });
  }
});

test('told to end while it starts, it leaves nothing behind', { timeout: 60_000 }, async () => {
  const state = tempFolder('serve');
  const child = spawn(process.execPath, [igor, 'serve', '--state', state, '--port', '0'], { stdio: 'ignore' });
  try {
    const pidFile = join(state, 'prosody', 'pid');
    await until('Prosody', () => existsSync(pidFile), 20_000);
    const prosody = Number(readFileSync(pidFile, 'utf8'));
    child.kill('SIGTERM');
    await until('the end', () => child.exitCode !== null || child.signalCode !== null, 20_000);
    expect(isThere(prosody)).toBe(false);
  } finally {
    child.kill('SIGKILL');
    rmSync(state, { recursive: true, force: true });
  }
});

test('with a relative folder it shows agents from elsewhere the certificate that they are told of', {
  timeout: 60_000,
}, async () => {
  const cwd = tempFolder('serve');
  const port = await freePort();
  const args = ['serve', '--state', 'state', '--port', '0', '--xmpp-listen', `0.0.0.0:${port}`];
  const child = spawn(process.execPath, [igor, ...args], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (bytes: Buffer) => bytes.includes('igor is at') && resolve());
      child.once('exit', (code) => reject(new Error(`igor serve ended with ${code}`)));
    });
    execFileSync(process.execPath, [igor, 'enrol', 'mill', '--state', 'state', '--out', 'mill.json'], { cwd });
    const { fingerprint } = JSON.parse(readFileSync(join(cwd, 'mill.json'), 'utf8')) as { fingerprint: string };
    expect(await certificateOf('127.0.0.1', port, 'localhost')).toBe(fingerprint);
  } finally {
    child.kill('SIGTERM');
    await until('the end', () => child.exitCode !== null || child.signalCode !== null, 10_000);
    rmSync(cwd, { recursive: true, force: true });
  }
});

/** `igor serve` in a folder of its own, and the processes that it started. */
async function serving(...flags: string[]) {
  const state = tempFolder('serve');
  const child = spawn(process.execPath, [igor, 'serve', '--state', state, '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (bytes: Buffer) => bytes.includes('igor is at') && resolve());
    child.once('exit', (code) => reject(new Error(`igor serve ended with ${code}`)));
  });
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number);
  return { child, children, state };
}

function isThere(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
