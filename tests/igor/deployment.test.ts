// The settings of docs/guides/deployment.md, run: an ejabberd of one's own, a gateway, two instances, Redis and Postgres, an agent that an
// administrator enrolled. And the embedded server as agents elsewhere see it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, Prosody, silentLog } from 'igor';
import { expect, test } from 'vitest';
import { certificateOf } from '../../packages/igor/src/serve/accounts.js';
import { certificateFor, fingerprintOf } from '../../packages/igor/src/serve/certificate.js';
import { blocksOf } from '../docs/markdown.js';
import { demo } from './support/demo.js';
import { startEjabberd } from './support/ejabberd.js';
import { accepts, end, freePort, startPostgres, startRedis, tempFolder, until } from './support/servers.js';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const blocks = blocksOf(readFileSync(join(root, 'docs/guides/deployment.md'), 'utf8'));

function block(file: string): string {
  const found = blocks.find((each) => each.file === file);
  if (!found) throw new Error(`the page has no ${file}`);
  return found.text;
}

const app = `export default (igor) => async (request, response) => {
  const url = new URL(request.url, 'http://x');
  if (url.pathname === '/agents') response.end(JSON.stringify(await igor.agents()));
  else response.end(JSON.stringify(await igor.call('mill@localhost', 'adder.add', { a: 20, b: 22 }, { json: true })));
};`;

test('the page works: ejabberd, gateway, instances, Redis, Postgres, enrolment', { timeout: 240_000 }, async () => {
  const folder = tempFolder('deployment');
  const [xmpp, redis, postgres] = await Promise.all([
    startEjabberd(folder, block('ejabberd-listen.yml')),
    startRedis(),
    startPostgres(),
  ]);
  const children: ChildProcess[] = [];
  try {
    mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
    symlinkSync(join(root, 'packages/igor'), join(folder, 'node_modules/igor'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'app.ts'), app);
    const igor = `node ${join(root, 'packages/igor/bin/igor.js')}`;
    spawnSync('sh', ['-c', `${igor} keys new --file keys.json`], { cwd: folder });
    const [one, two, front] = [await freePort(), await freePort(), await freePort()];
    /** A script of the page, with this machine's addresses in place of the page's. */
    const script = (file: string, port: number, name = 'one') =>
      block(file)
        .replaceAll('npx igor', igor)
        .replaceAll('igor.example.org', xmpp.component)
        .replace('xmpp.internal:5347', `127.0.0.1:${xmpp.componentPort}`)
        .replace('--host 0.0.0.0', '--host 127.0.0.1')
        .replace(/--port \d+/, `--port ${port}`)
        .replace('http://gateway.internal:8080', `http://127.0.0.1:${front}`)
        .replace('--origin http://one', `--origin http://${name}`)
        .replaceAll('http://one.internal:9000', `http://127.0.0.1:${one}`)
        .replaceAll('http://two.internal:9000', `http://127.0.0.1:${two}`)
        .replace('redis://redis.internal:6379', redis.url)
        .replace('postgres://igor@postgres.internal:5432/igor', postgres.url)
        .replace('*@example.org', '*@localhost')
        .replace('mill@example.org', 'mill@localhost')
        .replace('admin@example.org', 'admin@localhost')
        .replace('xmpp.example.org:5222', `127.0.0.1:${xmpp.clientPort}`)
        .replace("the administrator's password", 'admin');
    const run = (text: string) => {
      const child = spawn('sh', ['-c', text], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
      children.push(child);
    };
    // First of all: it waits for its instances.
    run(`${script('gateway.sh', front)} --log error`.replace('\n --log', ' --log'));
    await until('the gateway', () => accepts(front));
    run(`${script('instance.sh', one)} --log error`.replace('\n --log', ' --log'));
    run(`${script('instance.sh', two, 'two')} --log error`.replace('\n --log', ' --log'));
    await until('the instances', async () => (await accepts(one)) && accepts(two));
    const enrolled = spawnSync('sh', ['-c', script('enrol.sh', 0)], { cwd: folder, encoding: 'utf8' });
    expect(enrolled.stderr).toBe('');
    expect(enrolled.stdout).toContain('mill@localhost will obey igor.localhost');
    const service = join(root, 'tests/flow/adder.ts');
    run(`exec ${igor} agent --enrolment mill.igor.json --service ${service} --journal mill.journal --log error`);
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${front}${path}`)).json() as Promise<unknown>;
    await until('the agent', async () => {
      const agents = (await ask('/agents').catch(() => [])) as { available?: boolean }[];
      return agents.some(({ available }) => available);
    });
    for (let round = 0; round < 6; round++) expect(await ask('/add')).toEqual({ sum: 42 });
  } finally {
    await Promise.all(children.reverse().map((child) => end(child)));
    await Promise.all([xmpp.stop(), redis.stop(), postgres.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
});

test('an agent elsewhere is encrypted, and accepts one certificate', { timeout: 120_000 }, async () => {
  const folder = tempFolder('tls');
  const certificate = certificateFor('localhost', folder);
  const prosody = new Prosody({ folder: join(folder, 'prosody'), log: silentLog, certificate });
  await prosody.start();
  try {
    prosody.setAccount('mill@localhost', 'password');
    const fingerprint = fingerprintOf(certificate.certificate);
    expect(await certificateOf('127.0.0.1', prosody.clientPort, 'localhost')).toBe(fingerprint);
    const agent = (name: string, pinned: string | undefined) =>
      new Agent({
        account: 'mill@localhost',
        password: 'password',
        app: prosody.component,
        services: [demo().service],
        journal: join(folder, name),
        host: '127.0.0.1',
        port: prosody.clientPort,
        ...(pinned === undefined ? {} : { fingerprint: pinned }),
      });
    const good = agent('good', fingerprint.toUpperCase());
    await good.start();
    await good.stop();
    const wrong = agent('wrong', 'ab'.repeat(32));
    await expect(wrong.start()).rejects.toThrow(/not the pinned one/);
    await wrong.stop();
    const unpinned = agent('unpinned', undefined);
    await expect(unpinned.start()).rejects.toThrow(/no encrypted connection/);
    await unpinned.stop();
  } finally {
    await prosody.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the unit for systemd is the one that the package has', () => {
  expect(readFileSync(join(root, 'packages/igor/systemd/igor-agent@.service'), 'utf8')).toBe(
    block('igor-agent@.service'),
  );
});
