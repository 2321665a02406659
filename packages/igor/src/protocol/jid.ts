/** Addresses of XMPP: `local@domain/resource`. https://www.rfc-editor.org/rfc/rfc7622 */
import { IgorError } from '../error.js';

export function bareJid(jid: string): string {
  const slash = jid.indexOf('/');
  return slash < 0 ? jid : jid.slice(0, slash);
}

export function resourceOf(jid: string): string | undefined {
  const slash = jid.indexOf('/');
  return slash < 0 ? undefined : jid.slice(slash + 1);
}

export interface AccountJid {
  local: string;
  domain: string;
}

/** A bare JID of an account; throws `usage` for anything else. */
export function parseAccount(jid: string): AccountJid {
  const match = /^([^@/\s"&'<>:]{1,1023})@([^@/\s"&'<>:]{1,1023})$/.exec(jid);
  if (!match) throw new IgorError('usage', `"${jid}" is not an account's JID, such as mill@example.org`);
  return { local: match[1] as string, domain: match[2] as string };
}

/** As servers compare them: local part and domain without regard to case. */
export function normalizeBare(jid: string): string {
  return bareJid(jid).toLowerCase();
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

/** Whether a connection to this host can't leave the machine. */
export function isLoopback(host: string): boolean {
  return loopback.test(host);
}
