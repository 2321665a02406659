/** Jobs through a real Redis, with workers of their own, one of which is killed in the middle. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workspace } from './workspace.js';

const FILES = 12;
const names = Array.from({ length: FILES }, (_, at) => `f${at}.c`);
let space: Workspace;
let redis: ChildProcess | undefined;
let url = '';
const children: ChildProcess[] = [];

beforeAll(async () => {
  space = new Workspace({
    'mark.ts': `import { FunctionDecl, type TranslationUnit } from 'cmonster';
export default async function (tu: TranslationUnit): Promise<void> {
  console.log(tu.file);
  // Long enough to be killed in the middle.
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const f of tu.find(FunctionDecl)) f.insertBefore('/* seen */\\n');
}
`,
  });
  names.forEach((name, at) => {
    space.write(name, `int f${at}(void) { return ${at}; }\n`);
  });
  space.database(names);
  const port = await freePort();
  const data = join(space.parent, 'redis');
  mkdirSync(data);
  url = `redis://127.0.0.1:${port}`;
  redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await said(redis, /Ready to accept connections/);
});
afterAll(async () => {
  for (const child of [...children, redis]) {
    if (!child || child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
  }
  space.dispose();
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function said(child: ChildProcess, what: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const listen = (data: Buffer): void => {
      text += data;
      if (what.test(text)) resolve(text);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', () => reject(new Error(`it ended, and said: ${text}`)));
  });
}

async function worker(): Promise<ChildProcess> {
  const child = space.start('worker', '--queue', url, '-j', '1');
  children.push(child);
  await said(child, /working for redis/);
  return child;
}

async function end(child: ChildProcess): Promise<{ status: number | null; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (data: Buffer) => {
    stdout += data;
  });
  child.stderr?.on('data', (data: Buffer) => {
    stderr += data;
  });
  const status = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { status, stdout, stderr };
}

describe('cmonster run --queue', { timeout: 300_000 }, () => {
  it('gets every file done once, though a worker is killed in the middle', async () => {
    const [first] = await Promise.all([worker(), worker()]);
    const run = space.start('run', 'mark.ts', '--write', '--queue', url);
    const outcome = end(run);
    await said(first, /done: /);
    // It has begun another one by now.
    first.kill('SIGKILL');
    expect(await outcome).toEqual({
      status: 0,
      // In the order of the files, each once.
      stdout: names.map((name) => `${name}\n`).join(''),
      stderr: `cmonster: ${FILES} changes in ${FILES} files written\n`,
    });
    names.forEach((name, at) => {
      expect(space.read(name)).toBe(`/* seen */\nint f${at}(void) { return ${at}; }\n`);
    });
  });

  it('works for find, and passes on what is wrong with a pattern', async () => {
    expect(space.run('find', 'return 3', '--queue', url)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('f3.c:2:16: note: found'),
    });
    expect(space.run('find', 'f(', '--queue', url)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('never closed'),
    });
  });

  it('says when nobody answers', () => {
    const { status, stderr } = space.run('run', 'mark.ts', '--queue', 'redis://127.0.0.1:1');
    expect(stderr).toMatch(/^cmonster: no Redis answers at redis:\/\/127\.0\.0\.1:1: .+\n$/);
    expect(status).toBe(2);
    expect(space.run('run', 'mark.ts', '--queue', 'localhost').stderr).toContain(
      "'localhost' is no address of a queue",
    );
  });
});
