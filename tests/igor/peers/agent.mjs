// An agent by somebody else's client: xmpp.js, and nothing but docs/formats/igor-rpc.md. It serves peer.v1.Peer from a descriptor given as a file.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { client, xml } from '@xmpp/client';

const [account, password, app, port, descriptorFile] = /** @type {[string, string, string, string, string]} */ (
  process.argv.slice(2)
);
const ns = 'urn:monsterlab:igor:1';
const descriptor = readFileSync(descriptorFile);
const hash = createHash('sha256').update(descriptor).digest('hex');
const epoch = String(Date.now());
const [username, domain] = /** @type {[string, string]} */ (account.split('@'));
const xmpp = client({ service: `xmpp://127.0.0.1:${port}`, domain, resource: epoch, username, password });
xmpp.on('error', (/** @type {Error} */ error) => console.error(error.message));

const announce = () =>
  xmpp.send(
    xml(
      'presence',
      { to: app },
      xml('agent', { xmlns: ns, epoch, lease: '9000', version: 'js', hash }, xml('service', { name: 'peer.v1.Peer' })),
    ),
  );

/** @param {import('@xmpp/xml').Element[]} frames */
const ask = async (...frames) => {
  const answer = await xmpp.iqCaller.request(
    xml('iq', { type: 'set', to: app }, xml('igor', { xmlns: ns }, ...frames)),
    10_000,
  );
  return answer.getChild('igor', ns);
};

/** Field 1, a string shorter than 128 bytes. @param {Buffer} bytes */
const read = (bytes) => bytes.subarray(2, 2 + (bytes[1] ?? 0)).toString();
/** @param {string} text */
const write = (text) =>
  Buffer.concat([Buffer.from([10, Buffer.byteLength(text)]), Buffer.from(text)]).toString('base64');
/** @param {string} text */
const payload = (text) => xml('payload', {}, write(text));

xmpp.iqCallee.set(
  ns,
  'igor',
  (
    /** @type {{ element: import('@xmpp/xml').Element, stanza: import('@xmpp/xml').Element }} */ { element, stanza },
  ) => {
    if (stanza.attrs.from !== app)
      return xml('error', { type: 'auth' }, xml('forbidden', 'urn:ietf:params:xml:ns:xmpp-stanzas'));
    return xml(
      'igor',
      { xmlns: ns },
      ...element
        .getChildElements()
        .map(answerTo)
        .filter((frame) => frame !== undefined),
    );
  },
);

/** @param {import('@xmpp/xml').Element} frame */
function answerTo(frame) {
  if (frame.name === 'describe') {
    const part = descriptor.subarray(Number(frame.attrs.offset), Number(frame.attrs.offset) + 49_152);
    return xml('descriptor', { hash, offset: frame.attrs.offset, total: descriptor.length }, part.toString('base64'));
  }
  if (frame.name !== 'invoke') return undefined;
  const { call, method, context } = frame.attrs;
  const bytes = Buffer.from(frame.getChildText('payload') ?? '', 'base64');
  const about = { call, method, context, request: createHash('sha256').update(bytes).digest('hex') };
  const text = read(bytes);
  if (method === 'peer.v1.Peer/Shout') return xml('outcome', { ...about, status: 'ok' }, payload(text.toUpperCase()));
  if (method === 'peer.v1.Peer/Later') {
    setTimeout(() => void ask(xml('outcome', { ...about, status: 'ok' }, payload(`later ${text}`))), 300);
    return xml('accepted', { call });
  }
  if (method === 'peer.v1.Peer/Letters') {
    void letters(about, text);
    return xml('accepted', { call });
  }
  return xml('outcome', { ...about, status: 'unimplemented' }, xml('message', {}, 'not here'));
}

/** @param {Record<string, string>} about @param {string} text */
async function letters(about, text) {
  let at = 0;
  while (at < text.length) {
    const answer = await ask(xml('item', { ...about, seq: String(at) }, payload(/** @type {string} */ (text[at]))));
    const credit = answer?.getChild('credit');
    if (!credit) return;
    at = Number(credit.attrs.received);
  }
  await ask(xml('outcome', { ...about, status: 'ok', items: String(at) }));
}

xmpp.on('online', () => void announce());
setInterval(async () => {
  try {
    await ask(xml('renew', { epoch }));
  } catch {
    await announce().catch(() => {});
  }
}, 1000);
await xmpp.start();
