// The application of the flow test: a page with a channel, and a button that runs a person's code.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppFactory, Igor } from 'igor';

const factory: AppFactory = (igor) => {
  igor.onOutcome('*', (outcome) => {
    const { channel } = outcome.context as { channel: string };
    outcome.post(channel, 'outcome', {
      status: outcome.status,
      text: `the sum is ${(outcome.json as { sum: number }).sum}`,
      by: process.pid,
    });
  });
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://page');
    if (url.pathname === '/') return page(igor, response);
    if (url.pathname === '/go' && request.method === 'POST') return go(igor, request, response);
    response.writeHead(404).end();
  };
};
export default factory;

async function page(igor: Igor, response: ServerResponse): Promise<void> {
  const agents = await igor.agents();
  const channel = igor.channels.create();
  response.writeHead(200, { 'content-type': 'text/html' });
  const options = agents.filter(({ available }) => available).map(({ jid }) => `<option>${jid}</option>`);
  response.end(
    `<select>${options.join('')}</select><main data-channel="${channel}" data-path="${igor.channels.path(channel)}" data-by="${process.pid}">`,
  );
}

/** Ends right after invoking: nobody here waits for the outcome. */
async function go(igor: Igor, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  const { agent: jid, channel, code } = JSON.parse(Buffer.concat(parts).toString()) as Record<string, string>;
  const agent = igor.agent(jid as string);
  const run = new Function('agent', 'options', `return ${code}`) as (...args: unknown[]) => ReturnType<Igor['call']>;
  const call = run(agent, { context: { channel } });
  await call.sent;
  response.end(JSON.stringify({ call: call.id, by: process.pid }));
}
