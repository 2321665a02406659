// Who a request comes from. A session is a signed cookie, so that any instance can read it; what must be remembered
// (that it was ended, that a password changed) is with the account.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Account, Accounts, Role } from './accounts.js';

export interface Session {
  user: string;
  role: Role;
  id: string;
  /** When it ends, in milliseconds since 1970. */
  until: number;
  /** To be sent back with every request that changes something. */
  csrf: string;
}

const lasts = 12 * 3600 * 1000;

export class Sessions {
  constructor(
    private readonly accounts: Accounts,
    /** On loopback, for one person, who needs no account. */
    private readonly open: boolean,
  ) {}

  /** @param secure whether the browser speaks TLS to us */
  cookieName(secure: boolean): string {
    return secure ? '__Host-console' : 'console';
  }

  /** @returns what the cookie holds */
  async begin(account: Account, now = Date.now()): Promise<string> {
    const id = randomBytes(16).toString('base64url');
    const until = now + lasts;
    const body = [Buffer.from(account.name).toString('base64url'), id, now.toString(36), until.toString(36)].join('.');
    return `${body}.${await this.#mac('session', body)}`;
  }

  /** The session that a request belongs to. */
  async of(cookie: string | null | undefined, secure: boolean): Promise<Session | undefined> {
    if (this.open) {
      return {
        user: 'you',
        role: 'administer',
        id: 'open',
        until: Number.POSITIVE_INFINITY,
        csrf: await this.#mac('csrf', 'open'),
      };
    }
    const name = this.cookieName(secure);
    const token = cookie
      ?.split(';')
      .map((part) => part.trim())
      .find((part) => part.startsWith(`${name}=`))
      ?.slice(name.length + 1);
    return token ? this.#read(token) : undefined;
  }

  cookie(token: string, secure: boolean): string {
    const flags = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
    return `${this.cookieName(secure)}=${token}; ${flags}; Max-Age=${token ? lasts / 1000 : 0}`;
  }

  async end(session: Session): Promise<void> {
    if (!this.open) await this.accounts.endSession(session.user, session.id, session.until);
  }

  rightCsrf(session: Session, given: string | null): boolean {
    return given !== null && equal(given, session.csrf);
  }

  /** A page's channel: only its owner may listen. Within the 64 characters that igor gives a channel's name. */
  async channel(user: string): Promise<string> {
    const id = randomBytes(12).toString('base64url');
    return `page-${id}-${await this.#owner(id, user)}`;
  }

  async ownsChannel(user: string, channel: string): Promise<boolean> {
    const [, id, mac] = /^page-([\w-]{16})-([\w-]{22})$/.exec(channel) ?? [];
    return id !== undefined && mac !== undefined && equal(mac, await this.#owner(id, user));
  }

  async #owner(id: string, user: string): Promise<string> {
    return (await this.#mac('channel', `${id}:${user}`)).slice(0, 22);
  }

  async #read(token: string, now = Date.now()): Promise<Session | undefined> {
    const at = token.lastIndexOf('.');
    const body = token.slice(0, at);
    if (!equal(token.slice(at + 1), await this.#mac('session', body))) return undefined;
    const [name = '', id = '', begun = '', until = ''] = body.split('.');
    const account = await this.accounts.find(Buffer.from(name, 'base64url').toString());
    const end = Number.parseInt(until, 36);
    if (!account || end < now || Number.parseInt(begun, 36) < account.validFrom || id in account.ended)
      return undefined;
    return this.#session(account, id, end);
  }

  async #session({ name, role }: Account, id: string, until: number): Promise<Session> {
    return { user: name, role, id, until, csrf: await this.#mac('csrf', id) };
  }

  async #mac(purpose: string, text: string): Promise<string> {
    return createHmac('sha256', await this.accounts.secret())
      .update(`${purpose}\0${text}`)
      .digest('base64url');
  }
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
