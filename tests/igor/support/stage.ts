// A small application in this process: XMPP server, gateway, one instance, and agents as a test wants them.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  Agent,
  type AgentOptions,
  Application,
  type ApplicationOptions,
  Gateway,
  jsonLog,
  newKeyRing,
  Prosody,
  type ServedService,
  SqliteCalls,
  SqliteDirectory,
  silentLog,
} from 'igor';
import type { GatewayPort } from '../../../packages/igor/src/gateway/ports.js';
import type { Calls } from '../../../packages/igor/src/store/calls.js';
import type { Directory } from '../../../packages/igor/src/store/directory.js';
import { tempFolder, until } from './servers.js';

/** An XMPP server with a component for igor. */
export interface Xmpp {
  domain: string;
  component: string;
  secret: string;
  clientPort: number;
  componentPort: number;
  setAccount(jid: string, password: string): void | Promise<void>;
  stop(): Promise<void>;
}

export interface StageOptions {
  xmpp?: (folder: string) => Promise<Xmpp>;
  wrapCalls?: (calls: Calls) => Calls;
  wrapDirectory?: (directory: Directory) => Directory;
  application?: Partial<ApplicationOptions>;
}

// IGOR_TEST_LOG=debug shows what happens.
const level = process.env.IGOR_TEST_LOG as 'debug' | undefined;
const log = level ? jsonLog(level) : silentLog;

export async function startProsody(folder: string): Promise<Xmpp> {
  const prosody = new Prosody({ folder: join(folder, 'prosody'), log });
  await prosody.start();
  return prosody;
}

export class Stage {
  readonly folder = tempFolder('stage');
  xmpp!: Xmpp;
  igor!: Application;
  gateway!: Gateway;
  readonly agents: Agent[] = [];
  private readonly accounts = new Set<string>();

  static async open(options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage();
    stage.xmpp = await (options.xmpp ?? startProsody)(stage.folder);
    const late = new Proxy({} as GatewayPort, {
      get: (_target, name: keyof GatewayPort) => (argument: never) => stage.gateway[name](argument),
    });
    const calls = new SqliteCalls(join(stage.folder, 'calls.db'));
    const directory = new SqliteDirectory(join(stage.folder, 'directory.db'));
    stage.igor = new Application({
      jid: stage.xmpp.component,
      directory: options.wrapDirectory?.(directory) ?? directory,
      calls: options.wrapCalls?.(calls) ?? calls,
      keys: newKeyRing(),
      gateway: late,
      origin: 'here',
      log,
      ...options.application,
    });
    await stage.startGateway();
    return stage;
  }

  async startGateway(): Promise<void> {
    const { componentPort: port, component: jid, secret } = this.xmpp;
    this.gateway = new Gateway({
      component: { host: '127.0.0.1', port, jid, secret },
      instances: [{ id: 'here', port: this.igor.port() }],
      log,
    });
    await this.gateway.start();
  }

  async account(name: string): Promise<{ account: string; password: string }> {
    const account = `${name}@${this.xmpp.domain}`;
    if (!this.accounts.has(name)) await this.xmpp.setAccount(account, `password of ${name}`);
    this.accounts.add(name);
    return { account, password: `password of ${name}` };
  }

  async agent(name: string, services: readonly ServedService[], more: Partial<AgentOptions> = {}): Promise<Agent> {
    const agent = new Agent({
      ...(await this.account(name)),
      app: this.xmpp.component,
      services,
      journal: join(this.folder, `${name}.journal`),
      host: '127.0.0.1',
      port: this.xmpp.clientPort,
      log,
      ...more,
    });
    this.agents.push(agent);
    await agent.start();
    await agent.registered();
    await until(name, async () => (await this.igor.descriptor(`${name}@${this.xmpp.domain}`)) !== undefined);
    return agent;
  }

  async close(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.stop()));
    await this.gateway.stop();
    await this.igor.close();
    await this.xmpp.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
