// Agents come and go within a second, are found dead within ten, and are never confused with an earlier start.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentDescriptor } from 'igor';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { writeAnnouncement } from '../../packages/igor/src/protocol/frames.js';
import type { AgentRecord, Directory } from '../../packages/igor/src/store/directory.js';
import { demo } from './support/demo.js';
import { end, until } from './support/servers.js';
import { Stage } from './support/stage.js';

let stage: Stage;
const children: ChildProcess[] = [];

/** What the directory says instead of what it would. */
let said: Partial<Directory> = {};

beforeAll(async () => {
  stage = await Stage.open({
    wrapDirectory: (directory) =>
      new Proxy(directory, {
        get(target, name: keyof Directory) {
          const method = said[name] ?? target[name].bind(target);
          return method;
        },
      }),
  });
});
afterEach(() => {
  said = {};
});
afterAll(async () => {
  for (const child of children) await end(child, 'SIGKILL');
  await stage?.close();
});

async function startProcess(name: string): Promise<ChildProcess> {
  const { account, password } = await stage.account(name);
  const main = fileURLToPath(new URL('../../packages/igor/bin/igor.js', import.meta.url));
  const service = fileURLToPath(new URL('../flow/adder.ts', import.meta.url));
  const args = ['agent', '--app', stage.xmpp.component, '--account', account, '--service', service, '--log', 'error'];
  const more = ['--server', `127.0.0.1:${stage.xmpp.clientPort}`, '--journal', `${stage.folder}/${name}.journal`];
  const child = fork(main, [...args, ...more], {
    env: { ...process.env, IGOR_PASSWORD: password },
  });
  children.push(child);
  await until(name, () => isThere(name));
  return child;
}

const isThere = async (name: string) => (await stage.igor.agentInfo(`${name}@localhost`))?.available === true;
const isGone = async (name: string) => !(await isThere(name));

async function timed(what: string, done: () => Promise<boolean>): Promise<number> {
  const start = Date.now();
  await until(what, done);
  return Date.now() - start;
}

test('one that goes, or is killed, is gone within a second', { timeout: 120_000 }, async () => {
  const heard: string[] = [];
  stage.igor.onAgent(({ jid, available }) => heard.push(`${jid} ${available}`));
  // The least of three: a machine that is busy with something else says nothing of ours.
  const [stopped, killed]: [number[], number[]] = [[], []];
  for (let round = 0; round < 3 && !(Math.min(...stopped) < 1000); round++) {
    const agent = await stage.agent('brief', [demo().service]);
    void agent.stop();
    stopped.push(await timed('stopped', () => isGone('brief')));
  }
  for (let round = 0; round < 3 && !(Math.min(...killed) < 1000); round++) {
    const child = await startProcess('killed');
    process.kill(child.pid as number, 'SIGKILL');
    killed.push(await timed('killed', () => isGone('killed')));
  }
  expect(Math.min(...stopped)).toBeLessThan(1000);
  expect(Math.min(...killed)).toBeLessThan(1000);
  expect(heard).toContain('killed@localhost false');
});

test('one that froze is found dead within ten seconds, and is there again when it thaws', {
  timeout: 120_000,
}, async () => {
  const child = await startProcess('frozen');
  process.kill(child.pid as number, 'SIGSTOP');
  expect(await timed('frozen', () => isGone('frozen'))).toBeLessThan(10_000);
  expect((await stage.igor.agents()).find(({ jid }) => jid === 'frozen@localhost')?.available).toBe(false);
  process.kill(child.pid as number, 'SIGCONT');
  expect(await timed('thawed', () => isThere('frozen'))).toBeLessThan(10_000);
});

test('what an earlier start says, or is said of it, changes nothing', async () => {
  const agent = await stage.agent('twice', [demo().service]);
  const epoch = Number(agent.jid.split('/')[1]);
  const port = stage.igor.port();
  await port.presence([{ from: `twice@localhost/${epoch - 5}`, type: 'unavailable' }]);
  await port.presence([{ from: `twice@localhost/${epoch - 5}`, type: 'dead' }]);
  const old = {
    epoch: epoch - 5,
    lease: 9000,
    version: 'old',
    hash: 'ab'.repeat(32),
    draining: false,
    services: [],
    facts: {},
  };
  expect(writeAnnouncement(old)).toContain('old');
  await port.presence([{ from: `twice@localhost/${epoch - 5}`, type: 'available', agent: old }]);
  expect(await stage.igor.agentInfo('twice@localhost')).toMatchObject({ available: true, epoch, version: '' });
});

test('a gateway that starts anew knows who is there, without anybody asking the agents', async () => {
  const agent = await stage.agent('steady', [demo().service]);
  await stage.gateway.stop();
  await stage.startGateway();
  expect(await isThere('steady')).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await isThere('steady')).toBe(true);
  await agent.stop();
  await until('it is gone', () => isGone('steady'));
});

test('two machines with one account: the later start has it, the other one is told, and comes back when that goes', {
  timeout: 60_000,
}, async () => {
  const said: string[] = [];
  const note = (_level: string) => (message: string) => void said.push(message);
  const log = { debug() {}, info() {}, warn() {}, error: note('error') };
  const first = await stage.agent('shared', [demo('first').service], { log });
  const second = await stage.agent('shared', [demo('second').service], {
    journal: join(stage.folder, 'second.journal'),
  });
  const who = async () => (await stage.igor.call<{ name: string }>('shared@localhost', 'demo.who', {})).name;
  expect(await who()).toBe('second');
  await until('the first to be told', () => said.some((message) => message.includes('another agent came later')));
  expect(await who()).toBe('second');
  // Told once, and it does not knock on the door all the time.
  const announce = vi.spyOn((first as unknown as { connection: { announce(): void } }).connection, 'announce');
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(announce.mock.calls.length).toBeLessThan(8);
  expect(said).toHaveLength(1);
  await second.stop();
  await until(
    'the first to be there again',
    async () => (await isThere('shared')) && (await who()) === 'first',
    40_000,
  );
});

test('one whose lease ends between the look and the note gets its stanza all the same', {
  timeout: 60_000,
}, async () => {
  await startProcess('late');
  const jid = 'late@localhost';
  await until('its descriptor', async () => (await stage.igor.descriptor(jid)) !== undefined);
  const { bytes } = (await stage.igor.descriptor(jid)) as AgentDescriptor;
  const record = (await stage.igor.agentInfo(jid)) as AgentRecord;
  // What was found a moment ago is not looked up again.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  said = {
    get: async () => ({ version: '1', record: { ...record, hash: `${record.hash} slowly`, lease: Date.now() + 40 } }),
    descriptor: async () => {
      await new Promise((resolve) => setTimeout(resolve, 80));
      return bytes;
    },
  };
  expect(await stage.igor.call(jid, 'adder.add', { a: 20, b: 22 }, { json: true })).toEqual({ sum: 42 });
});
