// What strangers, and agents that lie, can not do.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { newKeyRing, rotate } from 'igor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pack, RemotePort, Signer } from '../../packages/igor/src/gateway/post.js';
import { connectClient } from '../../packages/igor/src/protocol/client.js';
import { describeServices, sha256 } from '../../packages/igor/src/protocol/descriptor.js';
import {
  type Frame,
  type Invoke,
  nsIgor,
  type OutcomeFrame,
  readFrames,
  writeAnnouncement,
  writeFrames,
} from '../../packages/igor/src/protocol/frames.js';
import { IqChannel, type IqError } from '../../packages/igor/src/protocol/iq.js';
import type { XmppStream } from '../../packages/igor/src/protocol/stream.js';
import { type Element, tag } from '../../packages/igor/src/protocol/xml.js';
import { Demo, demo } from './support/demo.js';
import { freePort, until } from './support/servers.js';
import { Stage } from './support/stage.js';

/** A client that says what a test wants it to say. */
class Client {
  readonly invoked: Invoke[] = [];
  iqs!: IqChannel;
  stream!: XmppStream;
  epoch = Date.now();

  constructor(private readonly stage: Stage) {}

  async login(name: string): Promise<this> {
    const { account, password } = await this.stage.account(name);
    const port = this.stage.xmpp.clientPort;
    const { stream } = await connectClient({
      host: '127.0.0.1',
      port,
      account,
      password,
      resource: String(this.epoch),
    });
    this.stream = stream;
    this.iqs = new IqChannel(stream, undefined);
    stream.onStanza = (stanza) => this.take(stanza);
    stream.onClose = () => this.iqs.end();
    return this;
  }

  private take(stanza: Element): void {
    const type = stanza.attribute('type');
    if (stanza.name !== 'iq') return;
    if (type === 'result' || type === 'error') {
      this.iqs.take(stanza);
      return;
    }
    const igor = stanza.child('igor', nsIgor);
    if (!igor) return;
    const answers: Frame[] = [];
    for (const frame of readFrames(igor)) {
      if (frame.type === 'invoke') {
        this.invoked.push(frame);
        answers.push({ type: 'accepted', call: frame.call });
      } else if (frame.type === 'describe') {
        const { bytes, hash } = describeServices([Demo]);
        answers.push({ type: 'descriptor', hash, offset: 0, total: bytes.length, payload: bytes });
      }
    }
    this.iqs.answer(stanza, writeFrames(answers));
  }

  announce(): void {
    const { hash } = describeServices([Demo]);
    const agent = {
      epoch: this.epoch,
      lease: 60_000,
      version: '',
      hash,
      draining: false,
      services: ['demo.v1.Demo'],
      facts: {},
    };
    this.stream.write(tag('presence', { to: this.stage.xmpp.component }, writeAnnouncement(agent)));
  }

  async say(...frames: Frame[]): Promise<Frame[]> {
    const result = await this.iqs.ask(this.stage.xmpp.component, writeFrames(frames), 10_000);
    const igor = result.child('igor', nsIgor);
    return igor ? readFrames(igor) : [];
  }
}

const answerTo = ({ call, method, context, payload }: Invoke, more: Partial<OutcomeFrame> = {}): OutcomeFrame => ({
  type: 'outcome',
  call,
  method,
  context,
  request: sha256(payload ?? new Uint8Array()),
  status: 'ok',
  payload: new Uint8Array(),
  ...more,
});

let stage: Stage;
let liar: Client;
let eve: Client;
let handled = 0;
const honest = demo();

beforeAll(async () => {
  stage = await Stage.open();
  stage.igor.onOutcome('*', () => {
    handled++;
  });
  await stage.agent('mill', [honest.service]);
  liar = await new Client(stage).login('liar');
  liar.announce();
  await until('the liar', async () => (await stage.igor.descriptor('liar@localhost')) !== undefined);
  eve = await new Client(stage).login('eve');
});
afterAll(async () => {
  await liar?.stream.close();
  await eve?.stream.close();
  await stage?.close();
});

/** Starts a call to the liar, and gives the stanza that it got. */
async function called(deadline = 20_000): Promise<Invoke> {
  const call = stage.igor.call(
    'liar@localhost',
    'demo.add',
    { a: handled, b: Math.floor(Math.random() * 1e6) },
    { deadline },
  );
  call.catch(() => {});
  await until('the call', () => liar.invoked.some((invoke) => invoke.call === call.id));
  return liar.invoked.find((invoke) => invoke.call === call.id) as Invoke;
}

test('an agent obeys nobody but its application', async () => {
  const before = honest.seen.runs;
  const invoke: Invoke = {
    type: 'invoke',
    call: 'evil',
    method: 'demo.v1.Demo/Who',
    context: 'x',
    timeout: 1000,
    payload: new Uint8Array(),
  };
  const [mill] = stage.agents;
  await expect(eve.iqs.ask(mill?.jid as string, writeFrames([invoke]), 5000)).rejects.toMatchObject({
    condition: 'forbidden',
  });
  expect(honest.seen.runs).toBe(before);
});

test("an outcome of somebody else's call is refused", async () => {
  const invoke = await called();
  expect(await eve.say(answerTo(invoke))).toEqual([{ type: 'rejected', call: invoke.call, reason: 'rebound' }]);
  expect((await stage.igor.callRecord(invoke.call))?.state).toBe('open');
  expect(stage.igor.counters.rebound).toBe(1);
  expect(await liar.say(answerTo(invoke))).toEqual([{ type: 'committed', call: invoke.call }]);
});

test('a context fits one call, method and request, and nothing else', async () => {
  const [one, two] = [await called(), await called()];
  const before = stage.igor.counters.rebound;
  const swapped = answerTo(one, { context: two.context });
  const otherMethod = answerTo(one, { method: 'demo.v1.Demo/Who' });
  const otherRequest = answerTo(one, { request: sha256(Buffer.from('another')) });
  for (const lie of [swapped, otherMethod, otherRequest]) {
    expect(await liar.say(lie)).toEqual([{ type: 'rejected', call: one.call, reason: 'rebound' }]);
  }
  expect(stage.igor.counters.rebound).toBe(before + 3);
});

test('a context that was made up or changed is forged', async () => {
  const invoke = await called();
  const parts = invoke.context.split('.');
  const changed = [...parts.slice(0, 3), `${parts[3]?.slice(0, -2)}AA`, parts[4]].join('.');
  const header = Buffer.from('{"alg":"none"}').toString('base64url');
  const ours = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid: 'mine' })).toString('base64url');
  const shortTag = [...parts.slice(0, 4), parts[4]?.slice(0, 6)].join('.');
  for (const context of [changed, `${header}....`, `${ours}..a.b.c`, 'nonsense', '', shortTag]) {
    expect(await liar.say(answerTo(invoke, { context })), context).toEqual([
      { type: 'rejected', call: invoke.call, reason: 'forged' },
    ]);
  }
});

test('an outcome is taken once, however often it is told', async () => {
  const invoke = await called();
  const outcome = answerTo(invoke);
  await liar.say(outcome);
  const [before, replayed] = [handled, stage.igor.counters.replayed];
  expect(await liar.say(answerTo(invoke, { status: 'not_found', payload: undefined }))).toEqual([
    { type: 'committed', call: invoke.call },
  ]);
  expect(await stage.igor.callRecord(invoke.call)).toMatchObject({ status: 'ok' });
  expect(stage.igor.counters.replayed).toBe(replayed + 1);
  // The handler may run again; what it posts is not kept.
  expect(handled).toBeLessThanOrEqual(before + 1);
});

test('an outcome that comes too late is refused, on our clock', async () => {
  const invoke = await called(200);
  await until('the end', async () => (await stage.igor.callRecord(invoke.call))?.state === 'ended', 20_000);
  expect(await stage.igor.callRecord(invoke.call)).toMatchObject({ status: 'unknown_outcome' });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(await liar.say(answerTo(invoke))).toEqual([{ type: 'rejected', call: invoke.call, reason: 'expired' }]);
});

test('keys rotate: the last one still opens, one that is retired does not', async () => {
  const invoke = await called();
  const again = await called();
  const ring = newKeyRing();
  const third = await (async () => {
    stage.igor.useKeys(ring);
    return called();
  })();
  const once = rotate(ring);
  stage.igor.useKeys(once);
  expect(await liar.say(answerTo(third))).toEqual([{ type: 'committed', call: third.call }]);
  expect(await liar.say(answerTo(invoke))).toEqual([{ type: 'rejected', call: invoke.call, reason: 'forged' }]);
  const fresh = await called();
  stage.igor.useKeys(rotate(rotate(once)));
  expect(await liar.say(answerTo(fresh))).toEqual([{ type: 'rejected', call: fresh.call, reason: 'retired' }]);
  expect(again.call).not.toBe(fresh.call);
});

test('what is not as the format says is refused, and nothing else is hurt', async () => {
  const ask = (inner: string) =>
    eve.iqs.ask(stage.xmpp.component, `<igor xmlns='${nsIgor}'>${inner}</igor>`, 10_000).then(
      () => 'taken',
      (error: IqError) => error.condition,
    );
  expect(await ask("<outcome call='../../etc'/>")).toBe('bad-request');
  expect(await ask("<outcome call='a' method='m' context='c' request='r' status='great'/>")).toBe('bad-request');
  expect(await ask("<item call='a' method='m' context='c' request='r' seq='-1'><payload/></item>")).toBe('bad-request');
  expect(await ask("<item call='a' method='m' context='c' request='r' seq='1'><payload>%%%%</payload></item>")).toBe(
    'bad-request',
  );
  expect(await ask("<chunk call='a' of='outcome' seq='0' total='999999999999'>AAAA</chunk>")).toBe(
    'resource-constraint',
  );
  expect(await ask("<chunk call='a' of='outcome' seq='7' total='10'>AAAA</chunk>")).toBe('bad-request');
  expect(await ask("<accepted call='a'/>".repeat(300))).toBe('bad-request');
  expect(await ask(`<outcome call='a' method='m' context='${'c'.repeat(9000)}' request='r' status='ok'/>`)).toBe(
    'bad-request',
  );
  expect(await ask("<outcome call='a' method='m' context='c' request='r' status='ok' chunked='5'/>")).toBe(
    'item-not-found',
  );
  expect(await ask('<unheard-of/>')).toBe('taken');
  expect(await stage.igor.agent('mill@localhost').service(Demo).add({ a: 1, b: 1 })).toMatchObject({ sum: 2 });
});

test('a presence that lies about its epoch is no agent, nor one with a broken announcement', async () => {
  const before = stage.gateway.refused.malformed;
  const { hash } = describeServices([Demo]);
  const agent = { epoch: 99, lease: 1000, version: '', hash, draining: false, services: [], facts: {} };
  eve.stream.write(tag('presence', { to: stage.xmpp.component }, writeAnnouncement(agent)));
  eve.stream.write(tag('presence', { to: stage.xmpp.component }, `<agent xmlns='${nsIgor}' epoch='x'/>`));
  await until('both to be refused', () => stage.gateway.refused.malformed >= before + 2);
  expect(await stage.igor.agentInfo('eve@localhost')).toBeUndefined();
});

test('who is not on the list is no agent', async () => {
  const strict = await Stage.open({ application: { admits: (jid) => jid === 'mill@localhost' } });
  const stranger = await new Client(strict).login('stranger');
  stranger.announce();
  await until('it to be counted', () => strict.igor.counters.wrongSender > 0);
  expect(await strict.igor.agents()).toEqual([]);
  await stranger.stream.close();
  await strict.close();
});

test('a stanza beyond the limit ends its sender, and nobody else', async () => {
  const glutton = await new Client(stage).login('glutton');
  const closed = new Promise<void>((resolve) => {
    glutton.stream.onClose = () => resolve();
  });
  glutton.stream.write(`<message to='${stage.xmpp.component}'><body>${'x'.repeat(3_000_000)}</body></message>`);
  await closed;
  expect(await stage.igor.agent('mill@localhost').service(Demo).add({ a: 1, b: 1 })).toMatchObject({ sum: 2 });
});

test('a server that sends an XML bomb is left', async () => {
  const bomb = `<?xml version='1.0'?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1'>&b;`;
  const port = await freePort();
  const { createServer: createTcp } = await import('node:net');
  const server = createTcp((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(bomb));
  }).listen(port, '127.0.0.1');
  const login = connectClient({ host: '127.0.0.1', port, account: 'a@localhost', password: 'b', resource: 'c' });
  await expect(login).rejects.toThrow(/document type|forbids/);
  await new Promise((resolve) => server.close(resolve));
});

test('posts must be signed, lately, and once', async () => {
  const signer = new Signer('right');
  const taken: string[] = [];
  const server = createServer(async (request, response) => {
    const { answerPost } = await import('../../packages/igor/src/gateway/post.js');
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const port = { frames: async () => taken.push('frames') };
    const signature = request.headers['igor-signature'] as string | undefined;
    const answer = await answerPost(port, ['frames'], signer, {
      path: request.url ?? '',
      signature,
      body: Buffer.concat(parts),
    });
    response.writeHead(answer.status, { 'content-type': 'application/octet-stream' }).end(answer.body);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/igor/instance/`;
  const post = async (method: string, headers: Record<string, string>, body = pack({ x: 1 })) =>
    (await fetch(url + method, { method: 'POST', headers, body: new Uint8Array(body) })).status;
  const body = pack({ x: 1 });
  const good = new Signer('right').sign('/igor/instance/frames', body);
  expect(await post('frames', {})).toBe(401);
  expect(await post('frames', { 'igor-signature': 't=1,n=aaaaaaaaaaaaaaaa,s=00' })).toBe(401);
  expect(await post('frames', { 'igor-signature': new Signer('wrong').sign('/igor/instance/frames', body) })).toBe(401);
  expect(await post('frames', { 'igor-signature': good }, pack({ x: 2 }))).toBe(401);
  expect(await post('frames', { 'igor-signature': new Signer('right').sign('/igor/instance/other', body) })).toBe(401);
  expect(taken).toEqual([]);
  expect(await post('frames', { 'igor-signature': good })).toBe(200);
  expect(await post('frames', { 'igor-signature': good })).toBe(401);
  expect(
    await post('constructor', { 'igor-signature': new Signer('right').sign('/igor/instance/constructor', body) }),
  ).toBe(404);
  expect(taken).toEqual(['frames']);
  const stranger = new RemotePort(url, new Signer('wrong'), 5000);
  await expect(stranger.post('frames', {})).rejects.toThrow(/refuses our signature/);
  stranger.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('no login without encryption leaves this machine', async () => {
  const { XmppStream: Stream } = await import('../../packages/igor/src/protocol/stream.js');
  const original = Stream.connect;
  // The same server, as if it were elsewhere.
  Stream.connect = (options) => original.call(Stream, { ...options, host: '127.0.0.1' });
  try {
    const port = stage.xmpp.clientPort;
    const login = connectClient({
      host: 'xmpp.example.org',
      port,
      account: 'a@localhost',
      password: 'b',
      resource: 'c',
    });
    await expect(login).rejects.toThrow(/offers no encryption/);
  } finally {
    Stream.connect = original;
  }
});

test('somebody who only connects and says nothing changes nothing', async () => {
  const socket = connect(stage.xmpp.componentPort, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  socket.write(
    '<stream:stream xmlns="jabber:component:accept" xmlns:stream="http://etherx.jabber.org/streams" to="igor.localhost"><handshake>00</handshake>',
  );
  await new Promise((resolve) => socket.once('close', resolve));
  expect(await stage.igor.agent('mill@localhost').service(Demo).add({ a: 2, b: 1 })).toMatchObject({ sum: 3 });
});
