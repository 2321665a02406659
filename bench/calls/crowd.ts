/**
 * `node --expose-gc --import tsx bench/calls/crowd.ts N`: prints the bytes of heap and buffers that an application, with its gateway, has for each of N idle
 * agents. In a process of its own: what another measurement has filled and left would hide it.
 */
import { rmSync } from 'node:fs';
import { tempFolder, until } from '../../tests/igor/support/servers.js';
import { startProsody, type Xmpp } from '../../tests/igor/support/stage.js';
import { application, other } from './sides.js';

/** Bytes of this process for each idle agent: between a first tenth of them, when all that is needed once is there, and all. */
async function crowd(xmpp: Xmpp, count: number): Promise<number> {
  const folder = tempFolder('bench');
  const { igor, stop } = await application(xmpp, folder, 'written');
  const accounts = Array.from({ length: count }, (_, index) => `idle${index}@${xmpp.domain}`);
  for (const account of accounts) await xmpp.setAccount(account, 'password');
  const agent = {
    host: '127.0.0.1',
    port: xmpp.clientPort,
    app: xmpp.component,
    password: 'password',
    durability: 'written',
  };
  const others: Awaited<ReturnType<typeof other>>[] = [];
  /** The bytes there are when the agents up to this one are there and all is quiet. */
  const weigh = async (from: number, to: number) => {
    others.push(await other('crowd', { accounts: accounts.slice(from, to), agent, folder: `${folder}/${from}` }));
    const there = async () => (await igor.agents()).filter(({ available }) => available).length;
    await until('all agents', async () => (await there()) === to, 300_000);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    for (let round = 0; round < 4; round++) global.gc?.();
    // Not what is resident: that shrinks when V8 gives back what the start has left.
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  try {
    const some = Math.ceil(count / 10);
    const before = await weigh(0, some);
    return ((await weigh(some, count)) - before) / (count - some);
  } finally {
    for (const child of others) child.kill('SIGKILL');
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const folder = tempFolder('bench');
const xmpp = await startProsody(folder);
try {
  console.log(await crowd(xmpp, Number(process.argv[2])));
} finally {
  await xmpp.stop();
  rmSync(folder, { recursive: true, force: true });
}
