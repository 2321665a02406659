// Who may sign in: names, passwords (scrypt), roles. In one file that all instances of a host read, or, read-only, in a
// setting: like igor's key ring.
import { type BinaryLike, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
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

interface File {
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

export class Accounts {
  #seen: { modified: number; file: File } | undefined;
  /** Against it a password is checked when nobody has that name, so that this takes as long. */
  #decoy: Promise<string> | undefined;

  /** @param path of the file; without it, accounts last as long as this process */
  constructor(
    private readonly path: string | undefined,
    private readonly cost: PasswordCost = usualCost,
  ) {
    if (!path) this.#seen = { modified: 0, file: newFile() };
  }

  /** Makes the file with one account, if there is none. Of several instances that start, one does. @returns that account's password */
  async begin(name: string): Promise<string | undefined> {
    if (this.#read().accounts.length > 0) return undefined;
    const password = newPassword();
    try {
      await this.#insert(name, 'administer', password, (accounts) => accounts.length > 0);
      return password;
    } catch (error) {
      if (error instanceof ConsoleError && error.code === 'conflict') return undefined;
      throw error;
    }
  }

  get secret(): Buffer {
    return Buffer.from(this.#read().secret, 'base64url');
  }

  list(): Account[] {
    return this.#read().accounts;
  }

  find(name: string): Account | undefined {
    return this.#read().accounts.find((account) => account.name === name);
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
    this.#change((accounts) => {
      if (taken(accounts)) throw new ConsoleError('conflict', `${name} is there already`);
      return [...accounts, { name, role, password: hash, validFrom: Date.now(), ended: {} }];
    });
  }

  async setPassword(name: string, password: string): Promise<void> {
    const hash = await hashPassword(password, this.cost);
    this.#update(name, (account) => ({ ...account, password: hash, validFrom: Date.now(), ended: {} }));
  }

  /** All of that person's sessions end: they may have been begun with more rights. */
  setRole(name: string, role: Role): void {
    this.#update(name, (account) => ({ ...account, role, validFrom: Date.now(), ended: {} }));
  }

  remove(name: string): void {
    this.#change((accounts) => {
      if (!accounts.some((account) => account.name === name))
        throw new ConsoleError('not-found', `there is no ${name}`);
      return accounts.filter((account) => account.name !== name);
    });
  }

  endSession(name: string, session: string, until: number): void {
    this.#update(name, (account) => {
      const now = Date.now();
      const current = Object.entries(account.ended).filter(([, end]) => end > now);
      return { ...account, ended: { ...Object.fromEntries(current), [session]: until } };
    });
  }

  /** The account, if this is its password. Takes as long when it isn't, or when nobody has that name. */
  async check(name: string, password: string): Promise<Account | undefined> {
    this.#decoy ??= hashPassword(newPassword(), this.cost);
    const account = this.find(name);
    const right = await verify(password, account?.password ?? (await this.#decoy));
    return right ? account : undefined;
  }

  #update(name: string, change: (account: Account) => Account): void {
    this.#change((accounts) => {
      if (!accounts.some((account) => account.name === name))
        throw new ConsoleError('not-found', `there is no ${name}`);
      return accounts.map((account) => (account.name === name ? change(account) : account));
    });
  }

  #change(change: (accounts: Account[]) => Account[]): void {
    const { path } = this;
    const changed = (file: File): File => {
      const accounts = change(file.accounts);
      if (accounts.some(({ role }) => role === 'administer')) return { ...file, accounts };
      throw new ConsoleError('conflict', 'at least one account must be able to administer');
    };
    if (!path) {
      this.#seen = { modified: 0, file: changed(this.#read()) };
      return;
    }
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    locked(`${path}.lock`, () => {
      const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
      const text = `${JSON.stringify(changed(this.#read()), null, 2)}\n`;
      try {
        writeFileSync(draft, text, { mode: 0o600, flush: true });
        renameSync(draft, path);
      } catch (cause) {
        rmSync(draft, { force: true });
        throw new ConsoleError('configuration', `${path} can't be written: ${(cause as Error).message}`, { cause });
      }
      this.#seen = undefined;
    });
  }

  #read(): File {
    if (!this.path) return this.#seen!.file;
    const modified = statSync(this.path, { throwIfNoEntry: false })?.mtimeMs;
    if (modified === undefined) {
      // Its secret stays the same until the file is there.
      this.#seen ??= { modified: 0, file: newFile() };
      return this.#seen.file;
    }
    if (this.#seen?.modified !== modified) this.#seen = { modified, file: parse(this.path) };
    return this.#seen.file;
  }
}

/** Lets one process at a time change the file. What is done inside takes milliseconds; an old lock is of one that died. */
function locked(path: string, work: () => void): void {
  for (let tries = 0; ; tries++) {
    try {
      closeSync(openSync(path, 'wx', 0o600));
      break;
    } catch (cause) {
      const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST' && age > 10_000) rmSync(path, { force: true });
      else if ((cause as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 200) {
        throw new ConsoleError('configuration', `${path} can't be made: ${(cause as Error).message}`, { cause });
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
  try {
    work();
  } finally {
    rmSync(path, { force: true });
  }
}

function newFile(): File {
  return { secret: randomBytes(32).toString('base64url'), accounts: [] };
}

function parse(path: string): File {
  try {
    const file = JSON.parse(readFileSync(path, 'utf8')) as File;
    if (
      typeof file.secret === 'string' &&
      Buffer.from(file.secret, 'base64url').length === 32 &&
      Array.isArray(file.accounts)
    ) {
      return file;
    }
  } catch (cause) {
    throw new ConsoleError('configuration', `${path} can't be read: ${(cause as Error).message}`, { cause });
  }
  throw new ConsoleError('configuration', `${path} is no file of accounts`);
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
