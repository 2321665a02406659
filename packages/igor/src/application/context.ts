/**
 * A call's context on its way through the agent: sealed, so that the agent can neither read nor change it, and bound to agent, call,
 * method and request, so that it fits nothing else. JWE in compact form (RFC 7516), direct encryption with AES-256-GCM.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Rejection } from '../protocol/frames.js';
import { randomBytesFast } from '../protocol/random.js';
import type { Key, KeyRing } from './keys.js';

export interface SealedContext {
  /** Bare JID. */
  agent: string;
  call: string;
  method: string;
  /** SHA-256 of the request, hexadecimal. */
  request: string;
  /** Milliseconds since 1970, on the application's clock. */
  expires: number;
  /** The caller's own, as JSON. */
  context: string | undefined;
  /** Its caller, for the handlers. */
  user: string | undefined;
}

/** What the agent claims that a context belongs to. */
export type Claim = Pick<SealedContext, 'agent' | 'call' | 'method' | 'request'>;

const algorithm = 'aes-256-gcm';

export class ContextSealer {
  private readonly headers = new Map<string, string>();

  constructor(public ring: KeyRing) {}

  seal(context: SealedContext): string {
    const { current } = this.ring;
    const header = this.headerOf(current);
    const iv = randomBytesFast(12);
    const cipher = createCipheriv(algorithm, current.secret, iv).setAAD(Buffer.from(header));
    const { agent, call, method, request, expires, context: own, user } = context;
    const claims = JSON.stringify({ a: agent, i: call, m: method, r: request, x: expires, c: own, u: user });
    const sealed = Buffer.concat([cipher.update(claims, 'utf8'), cipher.final()]);
    const text = (bytes: Buffer) => bytes.toString('base64url');
    return `${header}..${text(iv)}.${text(sealed)}.${text(cipher.getAuthTag())}`;
  }

  /** @returns the context, or why it is refused */
  open(sealed: string, claim: Claim, now: number): SealedContext | Rejection {
    const parts = sealed.split('.');
    if (parts.length !== 5 || parts[1] !== '') return 'forged';
    const [header, , iv, text, tag] = parts as [string, string, string, string, string];
    const key = this.keyOf(header);
    if (typeof key === 'string') return key;
    let claims: Record<string, unknown>;
    try {
      const decipher = createDecipheriv(algorithm, key.secret, Buffer.from(iv, 'base64url'), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(header)).setAuthTag(Buffer.from(tag, 'base64url'));
      const plain = Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]);
      claims = JSON.parse(plain.toString()) as Record<string, unknown>;
    } catch {
      return 'forged';
    }
    const {
      a: agent,
      i: call,
      m: method,
      r: request,
      x: expires,
      c: context,
      u: user,
    } = claims as Record<string, string>;
    if (agent !== claim.agent || call !== claim.call || method !== claim.method || request !== claim.request)
      return 'rebound';
    if (Number(expires) <= now) return 'expired';
    return { agent, call, method, request, expires: Number(expires), context, user };
  }

  private headerOf({ id }: Key): string {
    let header = this.headers.get(id);
    if (header === undefined) {
      header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid: id })).toString('base64url');
      this.headers.set(id, header);
    }
    return header;
  }

  /** Only our own headers will do: none of what JWE otherwise allows. */
  private keyOf(header: string): Key | Rejection {
    const { previous, current, next, retired } = this.ring;
    for (const key of [current, previous, next]) if (key && this.headerOf(key) === header) return key;
    return retired.some((id) => this.headerOf({ id, secret: new Uint8Array() }) === header) ? 'retired' : 'forged';
  }
}
