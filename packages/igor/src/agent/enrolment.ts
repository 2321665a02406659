/** What `igor enrol` writes and `igor agent` reads: who the agent is, where it connects, and whom it obeys. */
import { readFileSync, statSync } from 'node:fs';
import { IgorError } from '../error.js';
import { parseAccount } from '../protocol/jid.js';

export interface Enrolment {
  account: string;
  password: string;
  /** The only JID that it obeys. */
  app: string;
  host: string;
  port: number;
  /** SHA-256 of the server's certificate, hexadecimal. */
  fingerprint?: string;
}

/** @throws IgorError `usage`, also when others may read the file */
export function readEnrolment(path: string): Enrolment {
  let text: string;
  try {
    if ((statSync(path).mode & 0o077) !== 0)
      throw new IgorError('usage', `${path} holds a password, and others may read it: chmod 600 ${path}`);
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof IgorError) throw thrown;
    throw new IgorError('usage', `${path} can not be read: ${(thrown as Error).message}`, { cause: thrown });
  }
  try {
    const { account, password, app, host, port, fingerprint } = JSON.parse(text) as Enrolment;
    parseAccount(account);
    for (const value of [password, app, host])
      if (typeof value !== 'string' || value === '') throw new Error('something is missing');
    if (!Number.isInteger(port)) throw new Error('the port is no number');
    return { account, password, app, host, port, ...(fingerprint === undefined ? {} : { fingerprint }) };
  } catch (cause) {
    throw new IgorError('usage', `${path} is not what igor enrol writes: ${(cause as Error).message}`, { cause });
  }
}
