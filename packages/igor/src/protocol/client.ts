/** Logs in as a client: STARTTLS, SASL, resource binding. RFC 6120, sections 5 to 7. */
import type { TLSSocket } from 'node:tls';
import { IgorError } from '../error.js';
import { isLoopback, parseAccount } from './jid.js';
import { Scram, type ScramMechanism, scramMechanisms } from './scram.js';
import { XmppStream } from './stream.js';
import { type Element, escapeXml } from './xml.js';

const nsTls = 'urn:ietf:params:xml:ns:xmpp-tls';
const nsSasl = 'urn:ietf:params:xml:ns:xmpp-sasl';
const nsBind = 'urn:ietf:params:xml:ns:xmpp-bind';

export interface ClientOptions {
  host: string;
  port: number;
  /** Bare JID. */
  account: string;
  password: string;
  resource: string;
  /** SHA-256 of the server's certificate, hexadecimal; colons and case do not matter. Without it the usual authorities decide. */
  fingerprint?: string;
}

export interface LoggedIn {
  stream: XmppStream;
  /** The full JID that the server bound. */
  jid: string;
}

export async function connectClient(options: ClientOptions): Promise<LoggedIn> {
  const { host, port, account } = options;
  const { local, domain } = parseAccount(account);
  const stream = await XmppStream.connect({ host, port, to: domain, ns: 'jabber:client' });
  const overdue = setTimeout(() => stream.end(new IgorError('xmpp', 'the login took more than 20 seconds')), 20_000);
  try {
    let features = await openStream(stream);
    const mayEncrypt = features.child('starttls', nsTls) !== undefined;
    if (mayEncrypt) {
      stream.write(`<starttls xmlns='${nsTls}'/>`);
      const answer = await stream.next();
      if (answer.name !== 'proceed') throw new IgorError('xmpp', `the XMPP server ${host}:${port} refuses STARTTLS`);
      await stream.startTls({ servername: domain, ...pinning(options.fingerprint) });
      features = await openStream(stream);
    } else if (!isLoopback(host) || options.fingerprint !== undefined) {
      throw new IgorError(
        'xmpp',
        `the XMPP server ${host}:${port} offers no encryption, and it is ${isLoopback(host) ? 'pinned to a certificate' : 'not on this machine'}. Give the server a certificate.`,
      );
    }
    await authenticate(stream, features, { user: local, password: options.password, encrypted: mayEncrypt });
    await openStream(stream);
    const jid = await bind(stream, options.resource);
    stream.loggedIn();
    return { stream, jid };
  } catch (thrown) {
    const error = IgorError.from(thrown, 'xmpp');
    stream.end(error);
    throw error;
  } finally {
    clearTimeout(overdue);
  }
}

async function openStream(stream: XmppStream): Promise<Element> {
  await stream.open();
  return stream.next();
}

function pinning(fingerprint: string | undefined): { check?: (socket: TLSSocket) => void } {
  if (fingerprint === undefined) return {};
  const wanted = fingerprint.replaceAll(':', '').toLowerCase();
  return {
    check(socket) {
      const found = socket.getPeerCertificate().fingerprint256?.replaceAll(':', '').toLowerCase();
      if (found !== wanted) {
        throw new IgorError('xmpp', `the XMPP server's certificate is not the pinned one: it has SHA-256 ${found}`);
      }
    },
  };
}

async function authenticate(
  stream: XmppStream,
  features: Element,
  account: { user: string; password: string; encrypted: boolean },
): Promise<void> {
  const offered = features.child('mechanisms', nsSasl)?.children.map(({ text }) => text) ?? [];
  const mechanism = scramMechanisms.find((name) => offered.includes(name));
  if (mechanism) await scram(stream, mechanism, account);
  else if (offered.includes('PLAIN') && account.encrypted) await plain(stream, account);
  else throw new IgorError('xmpp', `the XMPP server offers no login that is safe here, only: ${offered.join(' ')}`);
}

async function scram(
  stream: XmppStream,
  mechanism: ScramMechanism,
  account: { user: string; password: string },
): Promise<void> {
  const exchange = new Scram(mechanism, account.user, account.password);
  stream.write(`<auth xmlns='${nsSasl}' mechanism='${mechanism}'>${encode(exchange.first())}</auth>`);
  const challenge = await expect(stream, 'challenge');
  stream.write(`<response xmlns='${nsSasl}'>${encode(await exchange.answer(decode(challenge.text)))}</response>`);
  const success = await expect(stream, 'success');
  exchange.verify(decode(success.text));
}

async function plain(stream: XmppStream, { user, password }: { user: string; password: string }): Promise<void> {
  stream.write(`<auth xmlns='${nsSasl}' mechanism='PLAIN'>${encode(`\0${user}\0${password}`)}</auth>`);
  await expect(stream, 'success');
}

async function expect(stream: XmppStream, name: string): Promise<Element> {
  const answer = await stream.next();
  if (answer.name === name && answer.ns === nsSasl) return answer;
  const reason = answer.children.find((child) => child.name !== 'text')?.name ?? answer.name;
  throw new IgorError('xmpp', `the XMPP server refused the login: ${reason}`);
}

async function bind(stream: XmppStream, resource: string): Promise<string> {
  stream.write(
    `<iq type='set' id='bind'><bind xmlns='${nsBind}'><resource>${escapeXml(resource)}</resource></bind></iq>`,
  );
  const answer = await stream.next();
  const jid = answer.child('bind', nsBind)?.child('jid')?.text;
  if (answer.attribute('type') !== 'result' || !jid)
    throw new IgorError('xmpp', 'the XMPP server refused the resource');
  return jid;
}

const encode = (text: string): string => Buffer.from(text).toString('base64');
const decode = (text: string): string => Buffer.from(text, 'base64').toString();
