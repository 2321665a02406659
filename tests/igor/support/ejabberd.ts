// ejabberd from Debian, with a configuration and a node of its own.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { XmppStream } from '../../../packages/igor/src/protocol/stream.js';
import { addAccount } from '../../../packages/igor/src/serve/accounts.js';
import { accepts, end, freePort, until, writeTemp } from './servers.js';
import type { Xmpp } from './stage.js';

/** Its own control script changes to a user of its own; this starts Erlang as that script does. */
/** @param component a listener of ejabberd's `listen:`, as a page shows it; its port and host are replaced */
export async function startEjabberd(folder: string, component?: string): Promise<Xmpp> {
  const base = join(folder, 'ejabberd');
  for (const name of ['spool', 'log', 'home']) mkdirSync(join(base, name), { recursive: true });
  const [clientPort, componentPort] = [await freePort(), await freePort()];
  const secret = component === undefined ? 'component secret' : "the component's secret";
  const ownListener = `  - { port: ${componentPort}, ip: "127.0.0.1", module: ejabberd_service, access: all, max_stanza_size: 1048576, hosts: { igor.localhost: { password: "${secret}" } } }`;
  const listener =
    component
      ?.replace(/port: \d+/, `port: ${componentPort}\n    ip: "127.0.0.1"`)
      .replace('igor.example.org', 'igor.localhost') ?? ownListener;
  const config = writeTemp(
    base,
    'ejabberd.yml',
    `hosts: [localhost]
loglevel: warning
listen:
  - { port: ${clientPort}, ip: "127.0.0.1", module: ejabberd_c2s, max_stanza_size: 1048576, access: all }
${listener}
auth_method: internal
auth_password_format: scram
acl: { admin: { user: ["admin@localhost"] } }
access_rules: { configure: { allow: admin } }
modules: { mod_roster: {}, mod_disco: {}, mod_ping: {}, mod_adhoc: {}, mod_configure: {}, mod_register: { ip_access: all, access: all } }
`,
  );
  // Not a node of a cluster, so it needs no port mapper.
  const args = ['-noinput', '-pa', programFolder(), '-mnesia', 'dir', `"${join(base, 'spool')}"`, '-s', 'ejabberd'];
  const child = spawn('erl', args, {
    cwd: base,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      HOME: join(base, 'home'),
      EJABBERD_CONFIG_PATH: config,
      EJABBERD_LOG_PATH: join(base, 'log/ejabberd.log'),
      SPOOL_DIR: join(base, 'spool'),
    },
  });
  let said = '';
  for (const output of [child.stdout, child.stderr]) {
    output?.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString()).slice(-4000);
    });
  }
  await until('ejabberd', async () => {
    if (child.exitCode !== null) throw new Error(`ejabberd ended: ${said}`);
    return (await accepts(clientPort)) && accepts(componentPort);
  });
  const admin = { host: '127.0.0.1', port: clientPort, account: 'admin@localhost', password: 'admin' };
  await register(clientPort, 'admin', 'admin');
  return {
    domain: 'localhost',
    component: 'igor.localhost',
    secret,
    clientPort,
    componentPort,
    setAccount: (jid, password) => addAccount(admin, jid, password),
    stop: () => end(child),
  };
}

function programFolder(): string {
  const found = spawnSync('dpkg', ['-L', 'ejabberd'], { encoding: 'utf8' }).stdout.split('\n');
  const beam = found.find((path) => path.endsWith('/ebin/ejabberd.beam'));
  if (!beam) throw new Error('ejabberd is not installed');
  return beam.slice(0, beam.lastIndexOf('/'));
}

/** The first account comes by in-band registration (XEP-0077); it may add the others. */
async function register(port: number, username: string, password: string): Promise<void> {
  const stream = await XmppStream.connect({ host: '127.0.0.1', port, to: 'localhost', ns: 'jabber:client' });
  await stream.open();
  await stream.next();
  const query = `<query xmlns='jabber:iq:register'><username>${username}</username><password>${password}</password></query>`;
  stream.write(`<iq type='set' id='r' to='localhost'>${query}</iq>`);
  const answer = await stream.next();
  if (answer.attribute('type') !== 'result') throw new Error('no account could be registered');
  await stream.close();
}
