/** Everything that an application needs, on this machine: XMPP server, gateway, and one instance in this process or several in their own. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Igor } from '../application/api.js';
import { writeFileAtomically } from '../application/files.js';
import { newKeyRing, saveKeyRing } from '../application/keys.js';
import type { IgorError } from '../error.js';
import { Gateway } from '../gateway/gateway.js';
import { Instances } from '../gateway/instances.js';
import { type GatewayPort, type InstancePort, instanceMethods } from '../gateway/ports.js';
import { RemotePort, remote, Signer } from '../gateway/post.js';
import { Prosody } from '../gateway/prosody.js';
import { forward, GatewayServer, type Handler } from '../gateway/server.js';
import type { Log, LogLevel } from '../log.js';
import type { ComponentOptions } from '../protocol/component.js';
import { isLoopback } from '../protocol/jid.js';
import { lock } from '../store/lock.js';
import { type App, type AppSettings, limited, loadApp } from './app.js';
import { certificateFor, fingerprintOf } from './certificate.js';
import { makeApplication, type SharedSettings, watchKeys } from './instance.js';
import { Workers } from './workers.js';

export interface ServeSettings extends Partial<Omit<SharedSettings, 'jid'>> {
  /** A folder for all that is kept: keys, secrets, stores, the embedded XMPP server. */
  state: string;
  /** Where browsers come. Default: `127.0.0.1`. */
  host?: string;
  /** Default: 8080. 0: any free one. */
  port?: number;
  /** Processes beside this one; 0: the one instance is in this process. Default: 0. */
  instances?: number;
  app?: string;
  appOptions?: Record<string, unknown>;
  /** Milliseconds. Default: 30,000. */
  requestLimit?: number;
  /** An XMPP server that is there already. Without it, Prosody is started. */
  xmpp?: ComponentOptions;
  /** Of the embedded XMPP server. */
  domain?: string;
  /** Where agents connect to the embedded XMPP server. Default: loopback. Elsewhere it has a certificate. */
  xmppListen?: { host: string; port: number };
  log: Log;
  logLevel?: LogLevel;
}

/** In `state/serve.json`, for `igor enrol`. */
export interface ServeFacts {
  app: string;
  domain: string;
  host: string;
  port: number;
  fingerprint?: string;
}

export interface Served {
  /** Where browsers go. */
  url: string;
  /** The instance in this process, if it is there. */
  igor: Igor | undefined;
  /** For agents of this machine; undefined with an XMPP server of somebody else. */
  prosody: Prosody | undefined;
  gateway: Gateway;
  workers: Workers | undefined;
  /** What ended it, should it end by itself. */
  failed: Promise<IgorError>;
  stop(): Promise<void>;
}

export async function serve(settings: ServeSettings): Promise<Served> {
  const { state, log, instances = 0, requestLimit = 30_000 } = settings;
  mkdirSync(state, { recursive: true, mode: 0o700 });
  // First of all: a second one would take the first one's XMPP server for a leftover, and end it.
  const undo: (() => Promise<unknown> | unknown)[] = [lock(state)];
  const stop = async () => {
    for (const each of undo.splice(0).reverse()) await each();
  };
  try {
    const prosody = settings.xmpp ? undefined : await startProsody(settings);
    if (prosody) undo.push(() => prosody.stop());
    const component = settings.xmpp ?? componentOf(prosody as Prosody);
    const keys = settings.keys ?? join(state, 'keys.json');
    if (!existsSync(keys)) saveKeyRing(keys, newKeyRing());
    const shared: SharedSettings = {
      jid: component.jid,
      directory: settings.directory ?? `sqlite:${join(state, 'directory.db')}`,
      calls: settings.calls ?? `sqlite:${join(state, 'calls.db')}`,
      keys,
      ...(settings.durability ? { durability: settings.durability } : {}),
      ...(settings.agents ? { agents: settings.agents } : {}),
      ...(settings.keepDays === undefined ? {} : { keepDays: settings.keepDays }),
    };
    const app: AppSettings = {
      ...(settings.app === undefined ? {} : { module: settings.app }),
      state: join(state, 'app'),
      requestLimit,
      options: settings.appOptions ?? {},
    };
    const { host = '127.0.0.1', port = 8080 } = settings;
    const late: Late = { handler: (_request, response) => response.writeHead(503, { 'retry-after': '1' }).end() };
    const secret = keptText(join(state, 'secret'), () => randomBytes(32).toString('base64url'));
    const signer = new Signer(secret);
    const http = new GatewayServer(() => late.gateway, {
      host,
      port,
      signer,
      handler: (request, response) => late.handler(request, response),
      log,
    });
    const address = await http.listen();
    undo.push(() => http.close());
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
    const parts: Parts = { shared, app, component, late, log, undo, url, secret, signer, settings };
    const { igor, workers } = instances > 0 ? await severalProcesses(parts, instances) : await oneProcess(parts);
    const gateway = late.gateway as Gateway;
    const failed = new Promise<IgorError>((resolve) => {
      gateway.onFailure = resolve;
    });
    return { url, igor, prosody, gateway, workers, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Late {
  gateway?: Gateway;
  handler: Handler;
}

interface Parts {
  shared: SharedSettings;
  app: AppSettings;
  component: ComponentOptions;
  late: Late;
  log: Log;
  undo: (() => Promise<unknown> | unknown)[];
  url: string;
  secret: string;
  signer: Signer;
  settings: ServeSettings;
}

async function oneProcess({ shared, app, component, late, log, undo, url }: Parts) {
  // Gateway and application need each other; the gateway comes second.
  const port = new Proxy({} as GatewayPort, {
    get: (_target, name) => (argument: unknown) => {
      const gateway = late.gateway as unknown as Record<string | symbol, (argument: unknown) => unknown>;
      return gateway[name]?.call(gateway, argument);
    },
  });
  const igor = await makeApplication(shared, { gateway: port, origin: url, log });
  undo.push(() => igor.close());
  const stopWatching = watchKeys(shared.keys, igor, log);
  undo.push(stopWatching);
  late.gateway = new Gateway({ component, instances: [{ id: url, port: igor.port() }], log });
  const loaded: App = await loadApp(igor, app, log);
  undo.push(() => loaded.close?.());
  await late.gateway.start();
  undo.push(() => late.gateway?.stop());
  late.handler = limited(loaded.handler, app.requestLimit, log);
  return { igor, workers: undefined };
}

async function severalProcesses(parts: Parts, count: number) {
  const { shared, app, component, late, log, undo, url, secret, signer, settings } = parts;
  const level = settings.logLevel ?? 'info';
  const workers = new Workers({ ...shared, gateway: url, secret, host: '127.0.0.1', app, level }, log);
  const urls = await workers.choose(count);
  await workers.start();
  undo.push(() => workers.stop());
  const { gateway, handler } = remoteGateway({ urls, component, signer, log, requestLimit: app.requestLimit });
  await gateway.start();
  undo.push(() => gateway.stop());
  late.gateway = gateway;
  late.handler = handler;
  return { igor: undefined, workers };
}

/** A gateway whose instances are elsewhere, and what forwards browsers to them. */
export function remoteGateway(options: {
  urls: readonly string[];
  component: ComponentOptions;
  signer: Signer;
  log: Log;
  requestLimit: number;
}): { gateway: Gateway; handler: Handler } {
  const { urls, component, signer, log, requestLimit } = options;
  const instances = urls.map((id) => ({
    id,
    port: remote<InstancePort>(new RemotePort(new URL('/igor/instance/', id).href, signer, 15_000), instanceMethods),
  }));
  const front = new Instances(instances, log);
  const next = () => {
    const instance = front.next();
    return instance && { id: instance.id, url: instance.id };
  };
  const handler = forward(next, (id) => front.failed(id), urls.length, requestLimit + 1000);
  return { gateway: new Gateway({ component, instances, log }), handler };
}

async function startProsody(settings: ServeSettings): Promise<Prosody> {
  const { state, domain = 'localhost', xmppListen, log } = settings;
  const folder = join(state, 'prosody');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const isPublic = xmppListen !== undefined && !isLoopback(xmppListen.host);
  const certificate = isPublic ? certificateFor(domain, folder) : undefined;
  const known = readFacts(state);
  const listen = xmppListen ?? { host: '127.0.0.1', port: known?.port ?? 0 };
  const make = (port: number) =>
    new Prosody({ folder, domain, log, listen: { host: listen.host, port }, ...(certificate ? { certificate } : {}) });
  let prosody = make(listen.port);
  try {
    await prosody.start();
  } catch (error) {
    // The port of last time is taken by now; agents of this machine read the new one.
    if (xmppListen || !known?.port) throw error;
    await prosody.stop();
    prosody = make(0);
    await prosody.start();
  }
  const facts: ServeFacts = {
    app: prosody.component,
    domain,
    host: isPublic ? domain : '127.0.0.1',
    port: prosody.clientPort,
    ...(certificate ? { fingerprint: fingerprintOf(certificate.certificate) } : {}),
  };
  writeFileAtomically(join(state, 'serve.json'), `${JSON.stringify(facts, null, 2)}\n`, 0o600);
  return prosody;
}

/** What the last `serve` in this folder said of itself. */
export function readFacts(state: string): ServeFacts | undefined {
  const path = join(state, 'serve.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ServeFacts) : undefined;
}

function componentOf({ componentPort, component, secret }: Prosody): ComponentOptions {
  return { host: '127.0.0.1', port: componentPort, jid: component, secret };
}

export function keptText(path: string, make: () => string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  const text = make();
  writeFileAtomically(path, text, 0o600);
  return text;
}
