// An instance inside somebody else's server: Fetch's types, Node's own, and the frameworks of the deployment page as it has them.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, type Application, connectIgor, newKeyRing, Prosody, saveKeyRing, silentLog } from 'igor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Signer } from '../../packages/igor/src/gateway/post.js';
import { GatewayServer } from '../../packages/igor/src/gateway/server.js';
import { remoteGateway } from '../../packages/igor/src/serve/serve.js';
import { blocksOf } from '../docs/markdown.js';
import adder from '../flow/adder.js';
import { accepts, end, freePort, tempFolder, until, writeTemp } from './support/servers.js';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const folder = tempFolder('frameworks');
const prosody = new Prosody({ folder: join(folder, 'prosody'), log: silentLog });
const secret = 'shared by the gateway and all instances';
const stores = {
  directory: `sqlite:${join(folder, 'directory.db')}`,
  calls: `sqlite:${join(folder, 'calls.db')}`,
  keys: join(folder, 'keys.json'),
};
let agent: Agent;

beforeAll(async () => {
  await prosody.start();
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeTemp(folder, 'package.json', '{ "type": "module" }');
  saveKeyRing(stores.keys, newKeyRing());
  prosody.setAccount('mill@localhost', 'password');
  agent = new Agent({
    account: 'mill@localhost',
    password: 'password',
    app: prosody.component,
    services: [adder],
    journal: join(folder, 'journal'),
    host: '127.0.0.1',
    port: prosody.clientPort,
  });
});
afterAll(async () => {
  await agent?.stop();
  await prosody.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A gateway for the instance at this address. */
async function withGateway(url: string, port: number, use: () => Promise<void>): Promise<void> {
  const signer = new Signer(secret);
  const component = { host: '127.0.0.1', port: prosody.componentPort, jid: prosody.component, secret: prosody.secret };
  const { gateway, handler } = remoteGateway({
    urls: [url],
    component,
    signer,
    log: silentLog,
    requestLimit: 30_000,
  });
  const server = new GatewayServer(() => gateway, { host: '127.0.0.1', port, signer, handler, log: silentLog });
  await server.listen();
  try {
    await gateway.start();
    await use();
  } finally {
    await gateway.stop();
    await server.close();
  }
}

let started = false;
async function startAgent(): Promise<void> {
  if (!started) await agent.start();
  started = true;
}

const fetched = (igor: () => Application): RequestListener => {
  const headersOf = ({ headers }: IncomingMessage) => headers as Record<string, string>;
  return async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const init = { method: request.method as string, headers: headersOf(request), body: Buffer.concat(parts) };
    const answer = await igor().handler(new Request(`http://x${request.url}`, init));
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
  };
};

test.each<[string, (igor: () => Application) => RequestListener]>([
  ["Fetch's types", fetched],
  ["Node's own", (igor) => (request, response) => void igor().nodeHandler(request, response)],
])('a handler of %s takes the posts of the gateway', { timeout: 60_000 }, async (_name, listener) => {
  let igor!: Application;
  const server = createServer(listener(() => igor));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const front = await freePort();
  const gateway = `http://127.0.0.1:${front}`;
  igor = await connectIgor({ jid: prosody.component, gateway, secret, origin, ...stores, log: silentLog });
  try {
    await withGateway(origin, front, async () => {
      await startAgent();
      await until('the agent', async () => (await igor.descriptor('mill@localhost')) !== undefined);
      expect(await igor.call('mill@localhost', 'adder.add', { a: 20, b: 22 }, { json: true })).toEqual({ sum: 42 });
      const status = async (path: string, init?: RequestInit) => (await fetch(`${origin}${path}`, init)).status;
      expect(await status('/igor/instance/overdue', { method: 'POST', body: 'xxxx' })).toBe(401);
      expect(await status('/igor/elsewhere', { method: 'POST', body: '' })).toBe(404);
    });
  } finally {
    server.closeAllConnections();
    server.close();
    await igor.close();
  }
});

test.each(['express', 'fastify', 'hono'])('%s, as the page has it', { timeout: 120_000 }, async (name) => {
  const page = readFileSync(join(root, 'docs/guides/deployment.md'), 'utf8');
  const { text } = blocksOf(page).find(({ file }) => file === `${name}.ts`) ?? { text: '' };
  const [port, front] = [await freePort(), await freePort()];
  const main = writeTemp(
    folder,
    `${name}.ts`,
    text
      .replace('igor.example.org', prosody.component)
      .replace('http://gateway.internal:8080', `http://127.0.0.1:${front}`)
      .replace('http://one.internal:9000', `http://127.0.0.1:${port}`)
      .replace('redis://redis.internal:6379', stores.directory)
      .replace('postgres://igor@postgres.internal:5432/igor', stores.calls)
      .replace('9000', String(port)),
  );
  const child: ChildProcess = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, IGOR_SECRET: secret },
  });
  try {
    await until(name, () => accepts(port));
    await withGateway(`http://127.0.0.1:${port}`, front, async () => {
      await startAgent();
      const add = async () => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`http://127.0.0.1:${port}/add`, {
          method: 'POST',
          headers,
          body: '{"a":20,"b":22}',
        });
        return answer.status === 200 ? ((await answer.json()) as unknown) : undefined;
      };
      let sum: unknown;
      await until('a sum', async () => {
        sum = await add();
        return sum !== undefined;
      });
      expect(sum).toEqual({ sum: 42 });
    });
  } finally {
    await end(child);
  }
});
