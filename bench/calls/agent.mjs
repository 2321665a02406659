// The other side of the measured calls, in a process of its own: `node agent.mjs KIND JOB`, JOB being JSON.
import { createServer } from 'node:http2';

const [kind, job = '{}'] = process.argv.slice(2);
const options = JSON.parse(job);

const kinds = {
  async igor() {
    const { Agent } = await import('igor');
    const { echo } = await import('./echo.mjs');
    const agent = new Agent({ ...options, services: [echo] });
    await agent.start();
    await agent.registered();
  },
  /** Many agents, to weigh them on the other side. */
  async crowd() {
    const { Agent } = await import('igor');
    const { echo } = await import('./echo.mjs');
    for (let first = 0; first < options.accounts.length; first += 20) {
      const some = options.accounts.slice(first, first + 20);
      await Promise.all(
        some.map(async (/** @type {string} */ account) => {
          const agent = new Agent({
            ...options.agent,
            account,
            journal: `${options.folder}/${account}.journal`,
            services: [echo],
          });
          await agent.start();
        }),
      );
    }
  },
  async nats() {
    const { connect } = await import('nats');
    const connection = await connect({ servers: options.url });
    connection.subscribe('echo', { callback: (_error, message) => void message.respond(message.data) });
    await connection.flush();
  },
  async connect() {
    const { connectNodeAdapter } = await import('@connectrpc/connect-node');
    const { Echo } = await import('./echo.mjs');
    const handler = connectNodeAdapter({
      routes: (router) => void router.service(Echo, { echo: ({ text }) => ({ text }) }),
    });
    createServer(handler).listen(options.port, '127.0.0.1');
  },
  async iq() {
    const { connectClient } = await import('../../packages/igor/dist/protocol/client.js');
    const { IqChannel } = await import('../../packages/igor/dist/protocol/iq.js');
    const { stream } = await connectClient({ ...options, resource: 'raw' });
    const iqs = new IqChannel(stream, undefined);
    stream.onStanza = (stanza) => {
      const echo = stanza.name === 'iq' && stanza.child('echo', 'urn:echo');
      if (echo) iqs.answer(stanza, `<echo xmlns='urn:echo'>${echo.text}</echo>`);
    };
  },
};

await kinds[/** @type {keyof typeof kinds} */ (kind)]();
process.send?.('ready');
process.once('disconnect', () => process.exit(0));
