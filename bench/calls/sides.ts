/** The two sides of a call: the application with its gateway, and the other one in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Application, Gateway, newKeyRing, SqliteCalls, SqliteDirectory } from 'igor';
import type { GatewayPort } from '../../packages/igor/src/gateway/ports.js';
import type { Xmpp } from '../../tests/igor/support/stage.js';

export async function other(kind: string, job: object): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('agent.mjs', import.meta.url)), [kind, JSON.stringify(job)]);
  const [said] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (said !== 'ready') throw new Error(`the other side of ${kind} ended`);
  return child;
}

export async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** An application with its gateway, in this process. */
export async function application(xmpp: Xmpp, folder: string, durability: 'synced' | 'written') {
  const holder: { gateway?: Gateway } = {};
  const port = new Proxy({} as GatewayPort, {
    get: (_target, name: keyof GatewayPort) => (argument: never) => (holder.gateway as Gateway)[name](argument),
  });
  const igor = new Application({
    jid: xmpp.component,
    directory: new SqliteDirectory(`${folder}/directory.db`),
    calls: new SqliteCalls(`${folder}/calls-${durability}.db`, durability),
    keys: newKeyRing(),
    gateway: port,
    origin: 'here',
  });
  const component = { host: '127.0.0.1', port: xmpp.componentPort, jid: xmpp.component, secret: xmpp.secret };
  const gateway = new Gateway({
    component,
    instances: [{ id: 'here', port: igor.port() }],
    log: { debug() {}, info() {}, warn: console.warn, error: console.error },
  });
  holder.gateway = gateway;
  await gateway.start();
  const stop = async () => {
    await gateway.stop();
    await igor.close();
  };
  return { igor, stop };
}
