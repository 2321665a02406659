// The console as an application of igor's: `igor serve --app @monsterlab/console`.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Igor } from 'igor';
import { ConsoleError } from './error.js';
import { Console, type ConsoleOptions, largestBody } from './server/console.js';

/** What `igor serve` says of itself. */
export interface AppContext {
  /** A folder of this host. */
  state: string;
  /** In ms. */
  requestLimit: number;
  /** `open`: one person on loopback, who needs no account. `origins`: names by which browsers come, separated by commas. */
  options: Record<string, unknown>;
  log: {
    info(message: string, fields?: Record<string, unknown>): void;
    error(message: string, fields?: Record<string, unknown>): void;
  };
}

export default async function app(
  igor: Igor,
  { state, requestLimit, options, log }: AppContext,
): Promise<{ handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>; close(): Promise<void> }> {
  const console = new Console(igor, {
    ...readOptions(options),
    earlierAccounts: join(state, 'accounts.json'),
    onTakeOver: (what) => process.stderr.write(`${what}\n`),
    requestLimit,
    log: (line, entry) => log.info(line, { audit: { ...entry, code: undefined } }),
    onError: (error) => log.error('the console failed at something', { error }),
  });
  const first = await console.begin();
  if (first) {
    process.stderr.write(
      `\n  The console's first account: ${first.name}\n  Its password, shown this once: ${first.password}\n\n`,
    );
  }
  return {
    handler: (request, response) => answer(console, request, response),
    close: () => console.close(),
  };
}

/** @throws ConsoleError `configuration` for what it doesn't know */
export function readOptions(options: Record<string, unknown>): Pick<ConsoleOptions, 'open' | 'origins'> {
  const { open, origins, ...unknown } = options;
  const [first] = Object.keys(unknown);
  if (first) throw new ConsoleError('configuration', `the console has no option ${first}; it has open and origins`);
  const list = typeof origins === 'string' ? origins.split(',') : origins;
  if (list !== undefined && !(Array.isArray(list) && list.every((it) => typeof it === 'string'))) {
    throw new ConsoleError('configuration', 'origins must be names such as https://console.example');
  }
  return {
    open: open === true || open === 'true' || open === '',
    ...(list ? { origins: list.map((it) => String(it).trim()).filter(Boolean) } : {}),
  };
}

/** From Node's types to Fetch's and back. */
async function answer(console: Console, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) headers.append(name, each);
  }
  const { method = 'GET', url = '/' } = incoming;
  const body = method === 'GET' || method === 'HEAD' ? undefined : await upTo(largestBody + 1, incoming);
  let response: Response;
  try {
    const request = new Request(new URL(url, 'http://console'), { method, headers, ...(body && { body }) });
    response = await console.handle(request, { address: addressOf(incoming) });
  } catch {
    // Not even a request: an unknown method, an address that can't be read.
    response = new Response('bad request\n', { status: 400 });
  }
  const answer = Buffer.from(await response.arrayBuffer());
  outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), 'content-length': answer.length });
  outgoing.end(method === 'HEAD' ? undefined : answer);
}

/** A body, as far as anybody looks at it. */
async function upTo(most: number, incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  // What is not read is dropped with the request, and the answer can still be given.
  for await (const part of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size >= most) break;
  }
  return Buffer.concat(parts);
}

/** The gateway is on this machine and says for whom it asks; nobody else is believed. */
function addressOf({ socket, headers }: IncomingMessage): string | undefined {
  const direct = socket.remoteAddress;
  const told = headers['x-forwarded-for'];
  const loopback = direct !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(direct);
  return loopback && typeof told === 'string' ? (told.split(',').at(-1)?.trim() ?? direct) : direct;
}
