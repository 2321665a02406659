/** Accounts at an XMPP server that is administered over XMPP: XEP-0133, section 4.1, https://xmpp.org/extensions/xep-0133.html#add-user */
import { IgorError } from '../error.js';
import { type ClientOptions, connectClient } from '../protocol/client.js';
import { IqChannel } from '../protocol/iq.js';
import { parseAccount } from '../protocol/jid.js';
import { XmppStream } from '../protocol/stream.js';
import { type Element, escapeXml, tag } from '../protocol/xml.js';

const nsCommands = 'http://jabber.org/protocol/commands';
const nsForm = 'jabber:x:data';
const addUser = 'http://jabber.org/protocol/admin#add-user';
const nsTls = 'urn:ietf:params:xml:ns:xmpp-tls';
const answerTime = 10_000;

export async function addAccount(admin: Omit<ClientOptions, 'resource'>, jid: string, password: string): Promise<void> {
  const { domain } = parseAccount(jid);
  const { stream } = await connectClient({ ...admin, resource: 'igor-enrol' });
  const iqs = new IqChannel(stream, undefined);
  stream.onStanza = (stanza) => {
    if (stanza.name === 'iq') iqs.take(stanza);
  };
  stream.onClose = () => iqs.end();
  try {
    const begun = await iqs.ask(
      domain,
      tag('command', { xmlns: nsCommands, node: addUser, action: 'execute' }),
      answerTime,
    );
    const session = begun.child('command', nsCommands)?.attribute('sessionid');
    const field = (name: string, value: string) => tag('field', { var: name }, tag('value', {}, escapeXml(value)));
    const fields = [
      tag('field', { var: 'FORM_TYPE', type: 'hidden' }, tag('value', {}, 'http://jabber.org/protocol/admin')),
      field('accountjid', jid),
      field('password', password),
      field('password-verify', password),
    ];
    const form = tag('x', { xmlns: nsForm, type: 'submit' }, fields.join(''));
    const command = tag('command', { xmlns: nsCommands, node: addUser, sessionid: session, action: 'complete' }, form);
    refuseErrors((await iqs.ask(domain, command, answerTime)).child('command', nsCommands), jid);
  } catch (thrown) {
    const error = IgorError.from(thrown, 'xmpp');
    throw new IgorError('xmpp', `${domain} did not add ${jid}: ${error.message}`, { cause: thrown });
  } finally {
    await stream.close();
  }
}

function refuseErrors(command: Element | undefined, jid: string): void {
  const note = command?.child('note');
  if (note?.attribute('type') === 'error') throw new IgorError('xmpp', note.text);
  if (command?.attribute('status') !== 'completed') throw new IgorError('xmpp', `${jid} was not added`);
}

/** SHA-256 of the certificate that a server shows now, hexadecimal. */
export async function certificateOf(host: string, port: number, domain: string): Promise<string> {
  const stream = await XmppStream.connect({ host, port, to: domain, ns: 'jabber:client' });
  let fingerprint: string | undefined;
  try {
    await stream.open();
    await stream.next();
    stream.write(`<starttls xmlns='${nsTls}'/>`);
    const answer = await stream.next();
    if (answer.name !== 'proceed') throw new IgorError('xmpp', `${host}:${port} offers no encryption`);
    const check = (socket: { getPeerCertificate(): { fingerprint256?: string } }) => {
      fingerprint = socket.getPeerCertificate().fingerprint256?.replaceAll(':', '').toLowerCase();
    };
    await stream.startTls({ servername: domain, check });
  } finally {
    stream.end(new IgorError('xmpp', 'done'));
  }
  if (!fingerprint) throw new IgorError('xmpp', `${host}:${port} shows no certificate`);
  return fingerprint;
}
