// Who may sign in: names, passwords (scrypt), roles. One document in the store that all instances share, wherever they run.
import { type BinaryLike, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { promisify } from 'node:util';
import type { JsonValue } from '@bufbuild/protobuf';
import type { Documents } from 'igor';
import { ConsoleError } from '../error.js';

/** Each may do what those before it may: look at agents and results; run code; manage accounts and read the audit log. */
export const roles = ['see', 'call', 'administer'] as const;
export type Role = (typeof roles)[number];

export function mayDo(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

export interface Account {
  name: string;
  role: Role;
  /** `scrypt$N$r$p$salt$hash`, in base64url. */
  password: string;
  /** Sessions that were begun before, in milliseconds since 1970, are over. */
  validFrom: number;
  /** Sessions that were ended, by id, and until when they would have lasted. */
  ended: Record<string, number>;
}

/** The document. */
interface Book {
  /** Signs sessions: 32 bytes, base64url. */
  secret: string;
  accounts: Account[];
}

/** What a guess costs: scrypt's parameters. */
export interface PasswordCost {
  N: number;
  r: number;
  p: number;
}

/** OWASP's recommendation: N=2^17, r=8, p=1 takes 128 MB; 2^15 with p=3 is as hard, and takes 32. */
const usualCost: PasswordCost = { N: 2 ** 15, r: 8, p: 3 };
const maxmem = 64 << 20;
const derive = promisify(scrypt) as (
  password: BinaryLike,
  salt: BinaryLike,
  length: number,
  options: ScryptOptions,
) => Promise<Buffer>;

export const shortestPassword = 12;

const documentName = 'console-accounts';

export class Accounts {
  #secret: Buffer | undefined;
  /** Against it a password is checked when nobody has that name, so that this takes as long. */
  #decoy: Promise<string> | undefined;

  constructor(
    private readonly documents: Documents,
    private readonly cost: PasswordCost = usualCost,
  ) {}

  /**
   * Accounts of a file, where they stood before they were in the store. If there are none yet, they come over, with their passwords and sessions, and
   * the file gets another name. @returns what became of it, for the log; undefined without such a file
   * @throws ConsoleError `configuration` when the file holds something else
   */
  async takeOver(path: string): Promise<string | undefined> {
    if (!existsSync(path)) return undefined;
    const { version, book } = await this.#read();
    const taken = book.accounts.length === 0 && (await this.#put(version, readBook(path)));
    if (!taken) return `${path} is not read: accounts are in the store, and it has some already. Remove the file`;
    renameSync(path, `${path}.taken`);
    return `the accounts of ${path} are in the store now; the file is ${path}.taken, and can be removed`;
  }

  /** Makes one account, if there is none. Of several instances that start, one does. @returns that account's password */
  async begin(name: string): Promise<string | undefined> {
    if ((await this.list()).length > 0) return undefined;
    const password = newPassword();
    try {
      await this.#insert(name, 'administer', password, (accounts) => accounts.length > 0);
      return password;
    } catch (error) {
      if (error instanceof ConsoleError && error.code === 'conflict') return undefined;
      throw error;
    }
  }

  /** Signs sessions. The same for all instances, as long as the store is there. */
  async secret(): Promise<Buffer> {
    this.#secret ??= Buffer.from((await this.#read()).book.secret, 'base64url');
    return this.#secret;
  }

  async list(): Promise<Account[]> {
    return (await this.#read()).book.accounts;
  }

  async find(name: string): Promise<Account | undefined> {
    return (await this.list()).find((account) => account.name === name);
  }

  /** @throws ConsoleError `conflict`, `invalid-request` */
  async add(name: string, role: Role, password: string): Promise<void> {
    if (!/^[a-z0-9][a-z0-9._@-]{0,63}$/.test(name)) {
      throw new ConsoleError('invalid-request', 'a name is up to 64 lower-case letters, digits and any of . _ @ -');
    }
    await this.#insert(name, role, password, (accounts) => accounts.some((account) => account.name === name));
  }

  async #insert(name: string, role: Role, password: string, taken: (accounts: Account[]) => boolean): Promise<void> {
    const hash = await hashPassword(password, this.cost);
    await this.#change((accounts) => {
      if (taken(accounts)) throw new ConsoleError('conflict', `${name} is there already`);
      return [...accounts, { name, role, password: hash, validFrom: Date.now(), ended: {} }];
    });
  }

  async setPassword(name: string, password: string): Promise<void> {
    const hash = await hashPassword(password, this.cost);
    await this.#update(name, (account) => ({ ...account, password: hash, validFrom: Date.now(), ended: {} }));
  }

  /** All of that person's sessions end: they may have been begun with more rights. */
  setRole(name: string, role: Role): Promise<void> {
    return this.#update(name, (account) => ({ ...account, role, validFrom: Date.now(), ended: {} }));
  }

  remove(name: string): Promise<void> {
    return this.#change((accounts) => {
      if (!accounts.some((account) => account.name === name))
        throw new ConsoleError('not-found', `there is no ${name}`);
      return accounts.filter((account) => account.name !== name);
    });
  }

  endSession(name: string, session: string, until: number): Promise<void> {
    return this.#update(name, (account) => {
      const now = Date.now();
      const current = Object.entries(account.ended).filter(([, end]) => end > now);
      return { ...account, ended: { ...Object.fromEntries(current), [session]: until } };
    });
  }

  /** The account, if this is its password. Takes as long when it isn't, or when nobody has that name. */
  async check(name: string, password: string): Promise<Account | undefined> {
    this.#decoy ??= hashPassword(newPassword(), this.cost);
    const account = await this.find(name);
    const right = await verify(password, account?.password ?? (await this.#decoy));
    return right ? account : undefined;
  }

  #update(name: string, change: (account: Account) => Account): Promise<void> {
    return this.#change((accounts) => {
      if (!accounts.some((account) => account.name === name))
        throw new ConsoleError('not-found', `there is no ${name}`);
      return accounts.map((account) => (account.name === name ? change(account) : account));
    });
  }

  /** @param change may be called again, when another instance was faster */
  async #change(change: (accounts: Account[]) => Account[]): Promise<void> {
    for (let tries = 0; tries < 50; tries++) {
      const { version, book } = await this.#read();
      const accounts = change(book.accounts);
      if (!accounts.some(({ role }) => role === 'administer'))
        throw new ConsoleError('conflict', 'at least one account must be able to administer');
      if (await this.#put(version, { ...book, accounts })) return;
    }
    throw new ConsoleError('conflict', 'somebody else changes the accounts all the time; try again');
  }

  #put(version: number, book: Book): Promise<boolean> {
    return this.documents.put(documentName, version, book as unknown as JsonValue);
  }

  /** From the store each time: what another instance changed counts from then on. */
  async #read(): Promise<{ version: number; book: Book }> {
    for (;;) {
      const found = await this.documents.get(documentName);
      if (found) return { version: found.version, book: found.data as unknown as Book };
      await this.#put(0, { secret: randomBytes(32).toString('base64url'), accounts: [] });
    }
  }
}

function readBook(path: string): Book {
  let book: Partial<Book> | null = null;
  try {
    book = JSON.parse(readFileSync(path, 'utf8')) as Partial<Book> | null;
  } catch {
    // Told below.
  }
  const { secret, accounts } = book ?? {};
  const isAccount = ({ name, role, password }: Account) =>
    typeof name === 'string' && roles.includes(role) && typeof password === 'string' && password.startsWith('scrypt$');
  const fits = typeof secret === 'string' && Array.isArray(accounts) && accounts.every(isAccount);
  if (!fits || !accounts.some(({ role }) => role === 'administer')) {
    throw new ConsoleError(
      'configuration',
      `${path} should hold accounts, and does not: remove it, and the first account is made anew`,
    );
  }
  return { secret, accounts };
}

/** 20 characters without those that look alike: 99 bits. */
export function newPassword(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  const letters = [...randomBytes(20)].map((byte) => alphabet[byte % alphabet.length]);
  return letters.join('').replace(/(.{5})(?=.)/g, '$1-');
}

async function hashPassword(password: string, cost: PasswordCost): Promise<string> {
  if (password.length < shortestPassword || password.length > 1000) {
    throw new ConsoleError('invalid-request', `a password has at least ${shortestPassword} characters`);
  }
  const salt = randomBytes(16);
  const hash = await derive(password.normalize('NFKC'), salt, 32, { ...cost, maxmem });
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

async function verify(password: string, stored: string): Promise<boolean> {
  const [kind, n, r, p, salt = '', hash = ''] = stored.split('$');
  if (kind !== 'scrypt' || password.length > 1000) return false;
  const expected = Buffer.from(hash, 'base64url');
  const options = { N: Number(n), r: Number(r), p: Number(p), maxmem };
  const found = await derive(password.normalize('NFKC'), Buffer.from(salt, 'base64url'), expected.length, options);
  return timingSafeEqual(found, expected);
}
