import { execFile, execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const demo = ['--import', 'tsx', 'demo/demo.ts'];

const folders = (): string[] =>
  readdirSync(tmpdir()).filter((name) => /^monsterlab-(?:\w{6}|script-|hooks-)/.test(name));
/** Processes that mention a folder of the demo. */
const running = (): string =>
  execFileSync('ps', ['-eo', 'args'])
    .toString()
    .split('\n')
    .filter((line) => /\/monsterlab-\w{6}\//.test(line))
    .join('\n');

it('sends a query and a trace all the way, and ends', { timeout: 240_000 }, async () => {
  const before = folders();
  const { stdout } = await promisify(execFile)(process.execPath, [...demo, '--once'], { cwd: root });
  expect(stdout).toContain('{"file":"ship.c","line":12,"code":"strcpy(ship->name, name)","into":"ship->name"}');
  expect(stdout).toMatch(/"call":"getenv\(\\"\w+\\"\)","result":"NULL"/);
  expect(stdout.match(/done, \d+ ms/g)).toHaveLength(2);
  expect(folders().filter((name) => !before.includes(name))).toEqual([]);
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s ends all of it, and leaves nothing behind',
  { timeout: 240_000 },
  async (signal) => {
    const before = folders();
    const { child, address } = await start(...demo, '--port=0');
    expect((await fetch(address)).status).toBe(200);
    expect(running()).toContain('igor.js');
    child.kill(signal);
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
    expect(running()).toBe('');
    expect(folders().filter((name) => !before.includes(name))).toEqual([]);
    await expect(fetch(address)).rejects.toThrow();
  },
);

it('killed, it leaves no process behind', { timeout: 240_000 }, async () => {
  const before = folders();
  // As `npm start` runs it.
  const { child, address } = await start('setup/run.mjs', 'demo/demo.ts', '--port=0');
  expect(running()).toContain('prosody');
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(running()).toBe(''), { timeout: 15_000, interval: 100 });
  await expect(fetch(address)).rejects.toThrow();
  expect(folders().filter((name) => !before.includes(name))).toEqual([]);
});

/** A program that says its address. */
async function start(...args: string[]) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const address = await new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /(http:\S+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
  });
  return { child, address };
}
