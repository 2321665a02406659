// Agents that know igor only from its protocol page: in Python with slixmpp, in JavaScript with xmpp.js.
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { field, service, streaming, unary } from 'igor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeServices } from '../../../packages/igor/src/protocol/descriptor.js';
import { end, until } from '../support/servers.js';
import { Stage } from '../support/stage.js';

const text = { text: field.string };
const Peer = service('peer.v1.Peer', {
  shout: unary(text, text),
  later: unary(text, text),
  letters: streaming(text, text),
  never: unary(text, text),
});
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());

test.each([
  ['slixmpp', '/usr/bin/python3', 'agent.py'],
  ['xmpp.js', process.execPath, 'agent.mjs'],
])('%s', { timeout: 120_000 }, async (name, command, program) => {
  const { account, password } = await stage.account(name.replace('.', ''));
  const { bytes } = describeServices([Peer]);
  const descriptor = join(stage.folder, 'peer.descriptor');
  writeFileSync(descriptor, bytes);
  const path = fileURLToPath(new URL(program, import.meta.url));
  const args = [path, account, password, stage.xmpp.component, String(stage.xmpp.clientPort), descriptor];
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  try {
    await until(name, async () => (await stage.igor.descriptor(account)) !== undefined);
    const peer = stage.igor.agent(account).service(Peer);
    expect((await peer.shout({ text: 'hello' })).text).toBe('HELLO');
    expect((await peer.later({ text: 'hello' })).text).toBe('later hello');
    const letters: string[] = [];
    for await (const letter of peer.letters({ text: 'monster' })) letters.push(letter.text);
    expect(letters.join('')).toBe('monster');
    await expect(peer.never({ text: '' })).rejects.toMatchObject({ code: 'unimplemented', message: 'not here' });
    expect((await stage.igor.agentInfo(account))?.available).toBe(true);
    expect(Object.values(stage.igor.counters).every((count) => count === 0)).toBe(true);
  } finally {
    await end(child, 'SIGKILL');
  }
  await until('it is gone', async () => (await stage.igor.agentInfo(account))?.available === false);
});
