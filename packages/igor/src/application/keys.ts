/**
 * The key ring that seals contexts. Every instance has the same one, in a file or a setting; `igor keys rotate` moves it on: what is `next`
 * everywhere becomes `current`, so no instance ever meets a key that it does not have.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { IgorError } from '../error.js';
import { writeFileAtomically } from './files.js';

export interface Key {
  id: string;
  /** 32 bytes. */
  secret: Uint8Array;
}

/** `current` seals; all of them open. Ids in `retired` are remembered to tell a retired key from a forged one. */
export interface KeyRing {
  previous?: Key | undefined;
  current: Key;
  next?: Key | undefined;
  retired: string[];
}

const rememberedIds = 100;

export function newKey(): Key {
  return { id: randomBytes(6).toString('base64url'), secret: randomBytes(32) };
}

export function newKeyRing(): KeyRing {
  return { current: newKey(), next: newKey(), retired: [] };
}

export function rotate({ previous, current, next, retired }: KeyRing): KeyRing {
  return {
    previous: current,
    current: next ?? newKey(),
    next: newKey(),
    retired: (previous ? [...retired, previous.id] : retired).slice(-rememberedIds),
  };
}

/** As JSON, secrets in base64url: for the file, or for the setting `IGOR_KEYS`. */
export function writeKeyRing(ring: KeyRing): string {
  const key = (entry: Key | undefined) =>
    entry && { id: entry.id, secret: Buffer.from(entry.secret).toString('base64url') };
  const { previous, current, next, retired } = ring;
  return `${JSON.stringify({ previous: key(previous), current: key(current), next: key(next), retired }, null, 2)}\n`;
}

/** @throws IgorError `usage` */
export function readKeyRing(json: string, where: string): KeyRing {
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(json) as Record<string, unknown>;
  } catch (cause) {
    throw new IgorError('usage', `${where} is not JSON`, { cause });
  }
  const key = (name: string): Key | undefined => {
    const entry = parsed[name] as { id?: unknown; secret?: unknown } | undefined;
    if (entry === undefined || entry === null) return undefined;
    const secret = typeof entry.secret === 'string' ? Buffer.from(entry.secret, 'base64url') : Buffer.alloc(0);
    if (typeof entry.id !== 'string' || !/^[\w-]{1,64}$/.test(entry.id) || secret.length !== 32) {
      throw new IgorError('usage', `${where}: the ${name} key is not an id with a secret of 32 bytes in base64url`);
    }
    return { id: entry.id, secret };
  };
  const current = key('current');
  if (!current) throw new IgorError('usage', `${where} has no current key. \`igor keys new\` makes a key ring.`);
  const retired = Array.isArray(parsed.retired) ? parsed.retired.filter((id) => typeof id === 'string') : [];
  return { previous: key('previous'), current, next: key('next'), retired };
}

/** @throws IgorError `usage` */
export function loadKeyRing(path: string): KeyRing {
  let json: string;
  try {
    json = readFileSync(path, 'utf8');
  } catch (cause) {
    const what = `the key ring ${path} can not be read (${(cause as Error).message}); \`igor keys new --file ${path}\` makes one`;
    throw new IgorError('usage', what, { cause });
  }
  return readKeyRing(json, path);
}

export function saveKeyRing(path: string, ring: KeyRing): void {
  writeFileAtomically(path, writeKeyRing(ring), 0o600);
}
