/**
 * The gateway's HTTP: posts of instances, browsers that listen to channels, and everything else, which goes on to an instance (or, in one
 * process, to the application).
 */
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { IgorError } from '../error.js';
import type { Log } from '../log.js';
import type { Gateway } from './gateway.js';
import { gatewayMethods } from './ports.js';
import { answerPost, largestPost, type Signer } from './post.js';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface HttpOptions {
  host: string;
  port: number;
  /** Checks the posts of instances; without it there are none. */
  signer?: Signer;
  /** What is neither a post nor a channel. */
  handler: Handler;
  log: Log;
}

export class GatewayServer {
  private readonly server: Server;

  constructor(
    private readonly gateway: () => Gateway | undefined,
    private readonly options: HttpOptions,
  ) {
    this.server = createServer({ noDelay: true, keepAliveTimeout: 60_000 }, (request, response) => {
      this.take(request, response).catch((error) => {
        options.log.error('a request failed', { url: request.url, error });
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    });
  }

  async listen(): Promise<{ host: string; port: number }> {
    const { host, port } = this.options;
    return listen(this.server, host, port);
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://gateway');
    const gateway = this.gateway();
    if (url.pathname.startsWith('/igor/channels/')) {
      if (!gateway) response.writeHead(503, { 'retry-after': '1' }).end();
      else if (request.method !== 'GET') response.writeHead(405, { allow: 'GET' }).end();
      else await listenToChannel(gateway, url, request, response);
    } else if (url.pathname.startsWith('/igor/gateway/') && request.method === 'POST' && this.options.signer) {
      if (!gateway) response.writeHead(503).end();
      else {
        const body = await readBody(request, response);
        if (!body) return;
        const signature = request.headers['igor-signature'] as string | undefined;
        const post = { path: url.pathname, signature, body };
        const answer = await answerPost(gateway, gatewayMethods, this.options.signer, post);
        response.writeHead(answer.status, { 'content-type': 'application/octet-stream' }).end(answer.body);
      }
    } else if (url.pathname.startsWith('/igor/')) response.writeHead(404).end();
    else this.options.handler(request, response);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** @throws IgorError `usage` when that is not to be had */
export async function listen(server: Server, host: string, port: number): Promise<{ host: string; port: number }> {
  if (!(Number.isInteger(port) && port >= 0 && port < 65_536))
    throw new IgorError('usage', `${port} is no port: they go from 1 to 65535, and 0 is any that is free`);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: Error & { code?: string }) => {
      const taken =
        cause.code === 'EADDRINUSE' ? `port ${port} of ${host} is taken: choose another, or 0 for any` : cause.message;
      reject(new IgorError('usage', taken, { cause }));
    });
    server.listen(port, host, resolve);
  });
  return { host, port: (server.address() as AddressInfo).port };
}

async function listenToChannel(
  gateway: Gateway,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const channel = url.pathname.slice('/igor/channels/'.length);
  const after = request.headers['last-event-id'] ?? url.searchParams.get('after') ?? '0';
  if (!/^[\w-]{1,64}$/.test(channel) || !/^\d{1,15}$/.test(String(after))) {
    response.writeHead(400).end();
    return;
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  await gateway.listen(channel, Number(after), headers, response);
}

/** @returns undefined when it is too large; then the answer is given */
export async function readBody(request: IncomingMessage, response: ServerResponse): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largestPost) {
      response.writeHead(413, { connection: 'close' }).end();
      return undefined;
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

export interface Upstream {
  id: string;
  /** `http://127.0.0.1:1234` */
  url: string;
}

/**
 * Forwards a request to an instance. One that can't be connected to is replaced by the next, as long as nothing was sent.
 * @param limit milliseconds until an answer must have begun
 */
export function forward(
  next: () => Upstream | undefined,
  failed: (id: string) => void,
  tries: number,
  limit: number,
): Handler {
  return (request, response) => {
    const attempt = (left: number) => {
      const upstream = next();
      if (!upstream || left === 0) {
        response
          .writeHead(502, { 'content-type': 'text/plain' })
          .end('No instance of the application can be reached.\n');
        return;
      }
      const headers = { ...request.headers, 'x-forwarded-for': request.socket.remoteAddress ?? '' };
      const onward = httpRequest(new URL(request.url ?? '/', upstream.url), {
        method: request.method,
        headers,
        timeout: limit,
      });
      let connected = false;
      onward.once('socket', (socket) => {
        if (socket.connecting) socket.once('connect', () => begin());
        else begin();
      });
      const begin = () => {
        connected = true;
        request.pipe(onward);
      };
      onward.once('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.once('timeout', () => onward.destroy(new Error('timeout')));
      onward.once('error', (error) => {
        failed(upstream.id);
        if (!connected) attempt(left - 1);
        else if (response.headersSent) response.destroy();
        else response.writeHead(error.message === 'timeout' ? 504 : 502).end();
      });
      response.once('close', () => onward.destroy());
    };
    attempt(tries);
  };
}
