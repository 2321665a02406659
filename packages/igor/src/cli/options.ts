/** Options that several commands have. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { IgorError } from '../error.js';
import type { LogLevel } from '../log.js';

export const stateOption = {
  type: 'string',
  describe: 'Folder for all that is kept',
  default: process.env.IGOR_STATE ?? join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local/state'), 'igor'),
  defaultDescription: '~/.local/state/igor, or IGOR_STATE',
} as const;

export const logOption = {
  type: 'string',
  choices: ['debug', 'info', 'warn', 'error'] as const satisfies LogLevel[],
  describe: 'What is logged, as lines of JSON, to standard error',
  default: 'info' as LogLevel,
} as const;

export const storeOptions = {
  directory: {
    type: 'string',
    describe: 'Where agents are noted: sqlite:FILE, redis://…, postgres://… or memcached://…',
  },
  calls: { type: 'string', describe: 'Where calls are kept: sqlite:FILE, redis://… or postgres://…' },
  keys: { type: 'string', describe: 'File of the key ring (igor keys new)' },
  durability: {
    type: 'string',
    choices: ['synced', 'written'] as const,
    describe: 'Whether outcomes in SQLite survive a power failure, or only the end of a process',
    default: 'synced' as const,
  },
  agents: { type: 'string', array: true, describe: 'Which accounts may be agents: mill@example.org, *@example.org' },
  'keep-days': { type: 'number', describe: 'How long ended calls are kept', default: 7 },
} as const;

/** `host:port`; also `[::1]:5222`. */
export function hostAndPort(text: string, what: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535)
    throw new IgorError('usage', `${what} is not a host and a port, such as xmpp.example.org:5347: ${text}`);
  return { host: (match[1] ?? match[2]) as string, port };
}

/** A secret comes from the environment or a file: on the command line everybody on the machine could read it. */
export function secretFrom(name: string, advice: string): string {
  const value = process.env[name];
  if (!value) throw new IgorError('usage', `${name} is not set: ${advice}`);
  return value;
}

/** Resolves at SIGINT or SIGTERM. A second one ends the process at once. */
export function endSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const once = (signal: NodeJS.Signals) => {
      process.once(signal, () => process.exit(130));
      resolve(signal);
    };
    process.once('SIGINT', once);
    process.once('SIGTERM', once);
  });
}
