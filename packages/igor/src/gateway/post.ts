/**
 * Signed HTTP posts between gateway and instances. The body is JSON with its bytes apart; the signature (HMAC-SHA256 with the shared
 * secret) covers path, time, a number used once, and body.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest, Agent as TlsAgent } from 'node:https';
import { IgorError, isCallCode } from '../error.js';

/** A clock may be wrong by so much, in milliseconds. */
const window = 60_000;
/** Of a body, in bytes: the largest payload, and room. */
export const largestPost = 80 * 1024 * 1024;

/** JSON with byte arrays: a header's length in 4 bytes, the header, the bytes. */
export function pack(value: unknown): Buffer {
  const blobs: Uint8Array[] = [];
  let offset = 0;
  const header = JSON.stringify(value === undefined ? null : value, function (this: unknown, key, plain: unknown) {
    // Buffers have a toJSON of their own, which has run already: look at what it was.
    const original = (this as Record<string, unknown>)[key];
    if (!(original instanceof Uint8Array)) return plain;
    blobs.push(original);
    const place = { $bytes: [offset, original.length] };
    offset += original.length;
    return place;
  });
  const text = Buffer.from(header);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text, ...blobs]);
}

export function unpack(body: Buffer): unknown {
  const end = 4 + body.readUInt32BE(0);
  return JSON.parse(body.toString('utf8', 4, end), (_key, value: unknown) => {
    const place = (value as { $bytes?: [number, number] } | null)?.$bytes;
    if (!Array.isArray(place)) return value;
    return body.subarray(end + place[0], end + place[0] + place[1]);
  });
}

export class Signer {
  /** Numbers seen, by the minute. */
  private seen = new Set<string>();
  private seenBefore = new Set<string>();
  private turned = 0;

  constructor(private readonly secret: string) {}

  sign(path: string, body: Buffer): string {
    const time = Date.now();
    const nonce = randomBytes(12).toString('base64url');
    return `t=${time},n=${nonce},s=${this.mac(path, time, nonce, body)}`;
  }

  verify(path: string, body: Buffer, signature: string | undefined): boolean {
    const match = /^t=(\d{1,15}),n=([\w-]{16}),s=([0-9a-f]{64})$/.exec(signature ?? '');
    if (!match) return false;
    const [, time, nonce, mac] = match as unknown as [string, string, string, string];
    const now = Date.now();
    if (Math.abs(now - Number(time)) > window) return false;
    if (!timingSafeEqual(Buffer.from(mac), Buffer.from(this.mac(path, Number(time), nonce, body)))) return false;
    if (now - this.turned > 2 * window) {
      this.seenBefore = this.seen;
      this.seen = new Set();
      this.turned = now;
    }
    if (this.seen.has(nonce) || this.seenBefore.has(nonce)) return false;
    this.seen.add(nonce);
    return true;
  }

  private mac(path: string, time: number, nonce: string, body: Buffer): string {
    const digest = createHash('sha256').update(body).digest('hex');
    return createHmac('sha256', this.secret).update(`${time}.${nonce}.${path}.${digest}`).digest('hex');
  }
}

export interface PostResponse {
  status: number;
  body: Buffer;
}

/** Takes a post for a port, whoever transported it. */
export async function answerPost(
  port: object,
  methods: readonly string[],
  signer: Signer,
  post: { path: string; signature: string | undefined; body: Buffer },
): Promise<PostResponse> {
  const method = post.path.slice(post.path.lastIndexOf('/') + 1);
  if (!methods.includes(method)) return { status: 404, body: pack({ code: 'unimplemented', message: 'no such post' }) };
  if (!signer.verify(post.path, post.body, post.signature)) {
    return { status: 401, body: pack({ code: 'unauthenticated', message: 'this post is not signed as it should be' }) };
  }
  try {
    const argument = unpack(post.body);
    const result = await (port as Record<string, (argument: unknown) => Promise<unknown>>)[method]?.(argument);
    return { status: 200, body: pack(result) };
  } catch (thrown) {
    const { code, message } = IgorError.from(thrown, 'internal');
    return { status: 500, body: pack({ code, message }) };
  }
}

/** The other side could not be reached, or did not answer: it may or may not have done what it was asked. */
export class PostError extends IgorError {
  constructor(
    message: string,
    /** The connection was refused, so it certainly did nothing. */
    readonly refused: boolean,
    options: { cause?: unknown } = {},
  ) {
    super('unavailable', message, options);
  }
}

/** A port at the other end of HTTP. */
export class RemotePort {
  private readonly agent: Agent;
  private readonly url: URL;

  /** @param url where its posts go, such as `http://127.0.0.1:8080/igor/instance/` */
  constructor(
    url: string,
    private readonly signer: Signer,
    private readonly timeout: number,
  ) {
    this.url = new URL(url);
    const options = { keepAlive: true, maxSockets: 64, noDelay: true };
    this.agent = this.url.protocol === 'https:' ? new TlsAgent(options) : new Agent(options);
  }

  async post(method: string, argument: unknown): Promise<unknown> {
    const url = new URL(method, this.url);
    const body = pack(argument);
    const answer = await this.exchange(url, body);
    const value = unpack(answer.body);
    if (answer.status === 200) return value ?? undefined;
    const { code = 'internal', message = `${url.href} answered ${answer.status}` } = (value ?? {}) as {
      code?: string;
      message?: string;
    };
    if (answer.status === 401)
      throw new IgorError('usage', `${url.href} refuses our signature: is the secret the same, and the clock right?`);
    throw new IgorError(isCallCode(code) || code === 'second_gateway' || code === 'store' ? code : 'internal', message);
  }

  private exchange(url: URL, body: Buffer): Promise<PostResponse> {
    return new Promise((resolve, reject) => {
      const fail = (cause: Error & { code?: string }) => {
        const refused = cause.code === 'ECONNREFUSED' || cause.code === 'ENOTFOUND' || cause.code === 'EHOSTUNREACH';
        reject(new PostError(`${url.origin}: ${cause.message || cause.code}`, refused, { cause }));
      };
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = send(url, {
        method: 'POST',
        agent: this.agent,
        timeout: this.timeout,
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': body.length,
          'igor-signature': this.signer.sign(url.pathname, body),
        },
      });
      request.on('timeout', () => request.destroy(new Error(`no answer within ${this.timeout} ms`)));
      request.on('error', fail);
      request.on('response', (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', fail);
        response.on('end', () => {
          const answer = Buffer.concat(parts);
          if (answer.length >= 4 && response.headers['content-type'] === 'application/octet-stream') {
            resolve({ status: response.statusCode ?? 0, body: answer });
          } else fail(new Error(`answered ${response.statusCode} with something that is not igor's`));
        });
      });
      request.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** An object whose methods are posts. */
export function remote<Port extends object>(port: RemotePort, methods: readonly (keyof Port & string)[]): Port {
  return Object.fromEntries(
    methods.map((method) => [method, (argument: unknown) => port.post(method, argument)]),
  ) as Port;
}
