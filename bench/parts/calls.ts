/**
 * Calls to an agent: through a sealed context to a committed outcome, beside others' request and reply. The agent is a process of its own; the
 * application, with its gateway, is this one; the XMPP server is the third.
 */
import { execFileSync, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createClient } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { connect as connectNats } from 'nats';
import { connectComponent } from '../../packages/igor/src/protocol/component.js';
import { IqChannel } from '../../packages/igor/src/protocol/iq.js';
import { startEjabberd } from '../../tests/igor/support/ejabberd.js';
import { freePort, tempFolder, until } from '../../tests/igor/support/servers.js';
import { startProsody, type Xmpp } from '../../tests/igor/support/stage.js';
import { Echo, text } from '../calls/echo.mjs';
import { application, other, stopped } from '../calls/sides.js';
import type { Report } from '../report.js';

export interface CallSpeed {
  /** Milliseconds, one call at a time. */
  p50: number;
  p99: number;
  /** Calls a second, many at a time. */
  rate: number;
}

type Once = () => Promise<unknown>;

/** How many calls are on their way at a time when the rate is measured. */
const together = 128;

async function speed(call: Once, rounds: number, singles: number, many: number): Promise<CallSpeed> {
  for (let warm = 0; warm < 300; warm++) await call();
  const best: CallSpeed = { p50: Number.POSITIVE_INFINITY, p99: Number.POSITIVE_INFINITY, rate: 0 };
  for (let round = 0; round < rounds; round++) {
    const times: number[] = [];
    for (let single = 0; single < singles; single++) {
      const start = performance.now();
      await call();
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    best.p50 = Math.min(best.p50, times[Math.floor(singles * 0.5)] as number);
    best.p99 = Math.min(best.p99, times[Math.floor(singles * 0.99)] as number);
    let left = many;
    const start = performance.now();
    await Promise.all(
      Array.from({ length: together }, async () => {
        while (left-- > 0) await call();
      }),
    );
    best.rate = Math.max(best.rate, (many / (performance.now() - start)) * 1000);
  }
  return best;
}

async function throughIgor(xmpp: Xmpp, durability: 'synced' | 'written', amount: Amount): Promise<CallSpeed> {
  const folder = tempFolder('bench');
  const { igor, stop } = await application(xmpp, folder, durability);
  const account = `echo-${durability}@${xmpp.domain}`;
  await xmpp.setAccount(account, 'password');
  const where = { host: '127.0.0.1', port: xmpp.clientPort, app: xmpp.component };
  const agent = await other('igor', {
    ...where,
    account,
    password: 'password',
    journal: `${folder}/journal`,
    durability,
  });
  try {
    await until('the agent', async () => (await igor.descriptor(account)) !== undefined);
    const client = igor.agent(account).service(Echo);
    return await speed(() => client.echo({ text }), amount.rounds, amount.singles, amount.many);
  } finally {
    await stopped(agent);
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rawIq(xmpp: Xmpp, amount: Amount): Promise<CallSpeed> {
  const account = `raw@${xmpp.domain}`;
  await xmpp.setAccount(account, 'password');
  const agent = await other('iq', { host: '127.0.0.1', port: xmpp.clientPort, account, password: 'password' });
  const stream = await connectComponent({
    host: '127.0.0.1',
    port: xmpp.componentPort,
    jid: xmpp.component,
    secret: xmpp.secret,
  });
  const iqs = new IqChannel(stream, xmpp.component);
  stream.onStanza = (stanza) => iqs.take(stanza);
  try {
    const call = () => iqs.ask(`${account}/raw`, `<echo xmlns='urn:echo'>${text}</echo>`, 10_000);
    return await speed(call, amount.rounds, amount.singles, amount.many);
  } finally {
    await stopped(agent);
    await stream.close();
  }
}

async function nats(amount: Amount): Promise<CallSpeed> {
  const port = await freePort();
  const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  await until('nats-server', () => acceptsAt(port));
  const url = `nats://127.0.0.1:${port}`;
  const agent = await other('nats', { url });
  const connection = await connectNats({ servers: url });
  const bytes = Buffer.from(text);
  try {
    return await speed(() => connection.request('echo', bytes), amount.rounds, amount.singles, amount.many);
  } finally {
    await connection.close();
    await stopped(agent);
    await stopped(server);
  }
}

async function acceptsAt(port: number): Promise<boolean> {
  const { accepts } = await import('../../tests/igor/support/servers.js');
  return accepts(port);
}

async function connect(amount: Amount): Promise<CallSpeed> {
  const port = await freePort();
  const agent = await other('connect', { port });
  await until('the Connect server', () => acceptsAt(port));
  const transport = createConnectTransport({ baseUrl: `http://127.0.0.1:${port}`, httpVersion: '2' });
  const client = createClient(Echo, transport);
  try {
    return await speed(() => client.echo({ text }), amount.rounds, amount.singles, amount.many);
  } finally {
    await stopped(agent);
  }
}

interface Amount {
  rounds: number;
  singles: number;
  many: number;
}

export async function measureCalls(report: Report, quick: boolean): Promise<void> {
  const amount: Amount = quick ? { rounds: 1, singles: 500, many: 4000 } : { rounds: 4, singles: 2000, many: 20_000 };
  const group = 'Calls to an agent: sealed context, committed outcome';
  const line = (
    subject: string,
    how: string,
    { p50, p99, rate }: CallSpeed,
    asked?: { rate: number; better: number },
  ) => {
    const limits = (atMost: number, ambition: number) => (asked ? { asked: { atMost, ambition } } : {});
    report.add({ group, what: 'one at a time, p50', subject, measured: p50, unit: 'ms', ...limits(2, 1), note: how });
    report.add({ group, what: 'one at a time, p99', subject, measured: p99, unit: 'ms', ...limits(10, 5), note: how });
    const most = asked ? { asked: { atLeast: asked.rate, ambition: asked.better } } : {};
    report.add({ group, what: `${together} at a time`, subject, measured: rate, unit: '/s', ...most, note: how });
  };
  const servers: [string, (folder: string) => Promise<Xmpp>, { rate: number; better: number }][] = [
    ['Prosody', startProsody, { rate: 1500, better: 3500 }],
    ['ejabberd', startEjabberd, { rate: 4000, better: 8000 }],
  ];
  for (const [name, start, asked] of servers) {
    const folder = tempFolder('bench');
    const xmpp = await start(folder);
    try {
      line(name, 'journal and calls in SQLite, synced, group commit', await throughIgor(xmpp, 'synced', amount), asked);
      line(name, 'the same, written and not synced', await throughIgor(xmpp, 'written', amount));
      line(name, 'raw IQ: no store, no context, no journal', await rawIq(xmpp, amount));
      if (name === 'Prosody') {
        const count = quick ? 100 : 1000;
        const crowd = fileURLToPath(new URL('../calls/crowd.ts', import.meta.url));
        const bytes = Number(execFileSync(process.execPath, ['--expose-gc', '--import', 'tsx', crowd, String(count)]));
        const what = 'memory of the application for an idle agent';
        report.add({
          group,
          what,
          subject: name,
          measured: bytes / 1000,
          unit: 'kB',
          asked: { atMost: 60 },
          note: `${count} agents; heap and buffers`,
        });
      }
    } finally {
      await xmpp.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  line('NATS', 'request and reply: no store', await nats(amount));
  line('Connect', 'unary over HTTP/2, dialled directly', await connect(amount));
}
