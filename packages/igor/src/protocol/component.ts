/** Logs in as a component: XEP-0114, https://xmpp.org/extensions/xep-0114.html */
import { createHash } from 'node:crypto';
import { IgorError } from '../error.js';
import { StreamError, XmppStream } from './stream.js';

export interface ComponentOptions {
  host: string;
  port: number;
  /** The component's JID, such as `igor.localhost`. */
  jid: string;
  secret: string;
}

export async function connectComponent(options: ComponentOptions): Promise<XmppStream> {
  const { host, port, jid, secret } = options;
  const stream = await XmppStream.connect({ host, port, to: jid, ns: 'jabber:component:accept' });
  try {
    const root = await stream.open();
    const id = root.attribute('id') ?? '';
    stream.write(`<handshake>${createHash('sha1').update(id).update(secret).digest('hex')}</handshake>`);
    const answer = await stream.next();
    if (answer.name !== 'handshake') throw new IgorError('xmpp', `the XMPP server answered with <${answer.name}/>`);
    stream.loggedIn();
    return stream;
  } catch (thrown) {
    stream.end(IgorError.from(thrown, 'xmpp'));
    if (thrown instanceof StreamError && thrown.condition === 'conflict') {
      throw new IgorError(
        'second_gateway',
        `${jid} has a gateway already, and an application has one. End that one first.`,
        {
          cause: thrown,
        },
      );
    }
    if (thrown instanceof StreamError && thrown.condition === 'not-authorized') {
      throw new IgorError('xmpp', `the XMPP server ${host}:${port} refused the component ${jid}: the secret is wrong`, {
        cause: thrown,
      });
    }
    if (thrown instanceof StreamError && thrown.condition === 'host-unknown') {
      throw new IgorError('xmpp', `the XMPP server ${host}:${port} knows no component ${jid}: add it to its settings`, {
        cause: thrown,
      });
    }
    throw thrown;
  }
}
