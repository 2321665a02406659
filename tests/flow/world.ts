// An application with several instances, each in a process of its own, and agents in theirs.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Gateway, newKeyRing, Prosody, saveKeyRing, silentLog } from 'igor';
import { type InstancePort, instanceMethods } from '../../packages/igor/src/gateway/ports.js';
import { PostError, RemotePort, remote, Signer } from '../../packages/igor/src/gateway/post.js';
import { GatewayServer } from '../../packages/igor/src/gateway/server.js';
import { end, freePort, tempFolder } from '../igor/support/servers.js';

const secret = 'the secret of this test';
const program = (path: string) => fileURLToPath(new URL(`../../packages/igor/${path}`, import.meta.url));

export interface Handled {
  method: string;
  instance: number;
}

export class World {
  readonly folder = tempFolder('flow');
  readonly prosody = new Prosody({ folder: join(this.folder, 'prosody'), log: silentLog });
  readonly handled: Handled[] = [];
  /** Instances that the gateway can't reach. */
  readonly unreachable = new Set<number>();
  readonly instances: { url: string; child: ChildProcess }[] = [];
  gateway!: Gateway;
  url = '';
  private server: GatewayServer | undefined;
  private readonly agents: ChildProcess[] = [];

  async start(count: number): Promise<void> {
    await this.prosody.start();
    const { folder, prosody } = this;
    saveKeyRing(join(folder, 'keys.json'), newKeyRing());
    const signer = new Signer(secret);
    this.server = new GatewayServer(() => this.gateway, {
      host: '127.0.0.1',
      port: 0,
      signer,
      handler: (_request, response) => response.writeHead(404).end(),
      log: silentLog,
    });
    const { port } = await this.server.listen();
    this.url = `http://127.0.0.1:${port}`;
    await Promise.all(Array.from({ length: count }, (_, index) => this.startInstance(index)));
    this.gateway = new Gateway({
      component: { host: '127.0.0.1', port: prosody.componentPort, jid: prosody.component, secret: prosody.secret },
      instances: this.instances.map(({ url }, index) => ({ id: url, port: this.traced(url, index, signer) })),
      log: silentLog,
    });
    await this.gateway.start();
  }

  private async startInstance(index: number): Promise<void> {
    const port = await freePort();
    const child = fork(program('dist/serve/instance-main.js'), {
      env: {
        ...process.env,
        IGOR_INSTANCE: JSON.stringify({
          jid: this.prosody.component,
          gateway: this.url,
          secret,
          directory: `sqlite:${join(this.folder, 'directory.db')}`,
          calls: `sqlite:${join(this.folder, 'calls.db')}`,
          keys: join(this.folder, 'keys.json'),
          host: '127.0.0.1',
          port,
          app: {
            module: fileURLToPath(new URL('page.ts', import.meta.url)),
            state: this.folder,
            requestLimit: 30_000,
            options: {},
          },
          level: 'error',
        }),
      },
    });
    this.instances[index] = { url: `http://127.0.0.1:${port}`, child };
    await once(child, 'message');
  }

  /** The instance as the gateway sees it, noting what it handled. */
  private traced(url: string, index: number, signer: Signer): InstancePort {
    const port = remote<InstancePort>(new RemotePort(`${url}/igor/instance/`, signer, 15_000), instanceMethods);
    return new Proxy(port, {
      get: (target, method: keyof InstancePort) => async (argument: never) => {
        if (this.unreachable.has(index)) throw new PostError('unreachable, says the test', true);
        const result = await (target[method] as (argument: never) => Promise<unknown>)(argument);
        this.handled.push({ method, instance: index });
        return result;
      },
    });
  }

  /** Which instance handled this, the last time. */
  handler(method: keyof InstancePort): number {
    const found = this.handled.findLast((each) => each.method === method);
    if (!found) throw new Error(`nobody handled ${method}`);
    return found.instance;
  }

  async startAgent(name: string, service: string): Promise<ChildProcess> {
    const password = `password of ${name}`;
    this.prosody.setAccount(`${name}@localhost`, password);
    mkdirSync(join(this.folder, 'journals'), { recursive: true });
    const args = ['--app', this.prosody.component, '--account', `${name}@localhost`, '--service', service];
    const more = ['--server', `127.0.0.1:${this.prosody.clientPort}`, '--journal', join(this.folder, 'journals', name)];
    const child = fork(program('bin/igor.js'), ['agent', ...args, ...more, '--log', 'error'], {
      env: { ...process.env, IGOR_PASSWORD: password },
    });
    this.agents.push(child);
    return child;
  }

  async stop(): Promise<void> {
    await Promise.all(this.agents.map((child) => end(child)));
    await this.gateway?.stop();
    await Promise.all(this.instances.map(({ child }) => end(child, 'SIGKILL')));
    await this.server?.close();
    await this.prosody.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a browser's EventSource does. */
export async function* events(
  url: string,
  after?: string,
): AsyncGenerator<{ id?: string; event: string; data: unknown }> {
  const headers: Record<string, string> = after === undefined ? {} : { 'last-event-id': after };
  const controller = new AbortController();
  const response = await fetch(url, { headers, signal: controller.signal });
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
  let text = '';
  try {
    for await (const part of response.body) {
      text += Buffer.from(part).toString();
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const lines = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
        const [id, event, data] = [field('id'), field('event'), field('data')];
        if (event && data) yield { event, data: JSON.parse(data), ...(id === undefined ? {} : { id }) };
      }
    }
  } finally {
    controller.abort();
  }
}
