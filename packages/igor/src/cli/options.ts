/** Options that several commands have. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { InferredOptionTypes } from 'yargs';
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

export const requestLimitOption = {
  type: 'number',
  default: 30,
  describe: 'Seconds within which every request ends',
} as const;

/** What an instance of an application needs, wherever it runs. */
export const applicationOptions = {
  app: {
    type: 'string',
    describe:
      "The application: a file, or a package; its default export is called with igor. For `serve`, igor's console, if it is installed",
  },
  'app-options': { type: 'string', describe: "The application's own settings, as JSON" },
  'request-limit': requestLimitOption,
  state: stateOption,
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

export type ApplicationArguments = InferredOptionTypes<typeof applicationOptions>;

/** What settings of an application have in common with those of a server for it. */
export function applicationSettings({ durability, agents, ...argv }: ApplicationArguments) {
  return {
    durability,
    keepDays: argv['keep-days'],
    requestLimit: argv['request-limit'] * 1000,
    appOptions: parsedOptions(argv['app-options']),
    ...defined('agents', agents),
  };
}

function parsedOptions(json: string | undefined): Record<string, unknown> {
  if (json === undefined) return {};
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch (cause) {
    throw new IgorError('usage', '--app-options is not JSON', { cause });
  }
}

export function defined<Name extends string, Value>(name: Name, value: Value | undefined | '') {
  return (value === undefined || value === '' ? {} : { [name]: value }) as { [K in Name]?: Value };
}

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

/**
 * Resolves when this process is told to end: by SIGINT or SIGTERM, of which a second one ends it at once; by SIGHUP, as its terminal is closed; or as
 * its parent is gone, should that be a program that keeps a channel to it.
 */
export function toldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    const take = (isImpatient: boolean) => {
      if (told && isImpatient) process.exit(130);
      told = true;
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => take(true));
    // A shell sends it, too, to what the terminal has told already.
    process.on('SIGHUP', () => take(false));
    process.once('disconnect', () => take(false));
    process.channel?.unref();
  });
}
