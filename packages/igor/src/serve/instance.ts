/** One instance of the application as a server of its own, behind a gateway somewhere else. */
import { watch } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { Igor } from '../application/api.js';
import { Application } from '../application/application.js';
import { type KeyRing, loadKeyRing } from '../application/keys.js';
import { type GatewayPort, gatewayMethods } from '../gateway/ports.js';
import { RemotePort, remote, Signer } from '../gateway/post.js';
import { type Handler, listen } from '../gateway/server.js';
import type { Log } from '../log.js';
import { openCalls, openDirectory } from '../store/open.js';
import type { Durability } from '../store/sqlite-file.js';
import { type AppSettings, limited, loadApp } from './app.js';

/** What every instance has in common: where the shared things are. All of it fits into a JSON text. */
export interface SharedSettings {
  /** The component's JID. */
  jid: string;
  /** `sqlite:FILE`, `redis://…`, `postgres://…`, `memcached://…` */
  directory: string;
  /** `sqlite:FILE`, `redis://…`, `postgres://…` */
  calls: string;
  durability?: Durability;
  /** The file of the key ring. */
  keys: string;
  /** Which accounts may be agents: `mill@example.org` or `*@example.org`. Default: all of the domain that the JID is below. */
  agents?: readonly string[];
  /** Days until ended calls are dropped. Default: 7. */
  keepDays?: number;
}

export interface ConnectSettings extends SharedSettings {
  /** The gateway: `http://127.0.0.1:8080`. */
  gateway: string;
  /** Shared by gateway and instances; signs what they say to each other. */
  secret: string;
  /** Where the gateway reaches this instance, as it is in the gateway's list: `http://127.0.0.1:9001`. */
  origin: string;
  log: Log;
}

/** An instance for any framework or serverless platform: mount its `handler`, or `nodeHandler`, at `/igor/`. */
export async function connectIgor(settings: ConnectSettings): Promise<Application> {
  const signer = new Signer(settings.secret);
  const port = new RemotePort(new URL('/igor/gateway/', settings.gateway).href, signer, 30_000);
  const gateway = remote<GatewayPort>(port, gatewayMethods);
  return makeApplication(settings, { gateway, origin: settings.origin, signer, log: settings.log });
}

export async function makeApplication(
  settings: SharedSettings,
  own: { gateway: GatewayPort; origin: string; signer?: Signer; log: Log },
): Promise<Application> {
  const keys: KeyRing = loadKeyRing(settings.keys);
  const directory = await openDirectory(settings.directory);
  const calls = await openCalls(settings.calls, settings.durability).catch(async (error) => {
    await directory.close();
    throw error;
  });
  const { jid, agents, keepDays } = settings;
  return new Application({
    jid,
    directory,
    calls,
    keys,
    ...own,
    ...(agents ? { admits: (agent: string) => agents.some((pattern) => fits(agent, pattern)) } : {}),
    ...(keepDays === undefined ? {} : { keep: keepDays * 24 * 3600 * 1000 }),
  });
}

function fits(jid: string, pattern: string): boolean {
  return pattern.startsWith('*@') ? jid.endsWith(pattern.slice(1)) : jid === pattern;
}

export interface InstanceSettings extends Omit<ConnectSettings, 'origin'> {
  host: string;
  port: number;
  /** How the gateway names it; default: from host and port. */
  origin?: string;
  app: AppSettings;
}

export interface RunningInstance {
  igor: Igor;
  url: string;
  stop(): Promise<void>;
}

export async function startInstance(settings: InstanceSettings): Promise<RunningInstance> {
  const { host, log } = settings;
  let answer: Handler = (_request, response) => response.writeHead(503).end();
  const server = createServer({ noDelay: true, keepAliveTimeout: 60_000 }, (request, response) =>
    answer(request, response),
  );
  const { port } = await listen(server, host, settings.port);
  const url = `http://${host}:${port}`;
  const igor = await connectIgor({ ...settings, origin: settings.origin ?? url }).catch((error) => {
    server.close();
    throw error;
  });
  const stopWatching = watchKeys(settings.keys, igor, log);
  const app = await loadApp(igor, settings.app, log);
  await igor.takeOver();
  const ordinary = limited(app.handler, settings.app.requestLimit, log);
  answer = (request, response) => {
    if (request.url?.startsWith('/igor/')) void igor.nodeHandler(request, response);
    else ordinary(request, response);
  };
  return {
    igor,
    url,
    async stop() {
      stopWatching();
      await app.close?.();
      await closeServer(server);
      await igor.close();
    },
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** A ring that was rotated is read again. */
export function watchKeys(path: string, igor: Application, log: Log): () => void {
  const watcher = watch(join(path, '..'), (_event, name) => {
    if (name !== path.slice(path.lastIndexOf('/') + 1)) return;
    try {
      igor.useKeys(loadKeyRing(path));
      log.info('the key ring was read again', { path });
    } catch (error) {
      log.error('the key ring can not be read; the old one is used', { error });
    }
  });
  return () => watcher.close();
}
