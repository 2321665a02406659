// What an agent's owner allows. What isn't named is off.
import { readFileSync } from 'node:fs';
import { IgorError } from 'igor';
import { isHarmless } from './permit/commands.js';

export interface FolderSetting {
  /** Absolute. Everything below it may be read. */
  path: string;
  /** Whether Source.Apply may change it. Default: false. */
  writable?: boolean;
}

export interface Settings {
  /** Trees that Source looks at, and where Process may run commands. */
  folders?: readonly (string | FolderSetting)[];
  /**
   * Commands that Process may run: the program's absolute path, then a glob for each argument; `**` at the end stands for any
   * further ones. `['/usr/bin/ls', '-l', '**']`
   */
  commands?: readonly (readonly string[])[];
  /** Accounts of this machine, besides the agent's own, that Process may run commands as. The agent must be root. */
  users?: readonly string[];
  /** Names of environment variables that a caller may set. */
  environment?: readonly string[];
  /**
   * Whether callers may send scripts (Source.Run, Diff, Apply and Process.Hook). A script is code that runs as the agent's
   * user: it can do all that this user can, and the lists above do not hold it. Default: false.
   */
  scripts?: boolean;
  /** Clang's limits for one file, and a script's. */
  limits?: { seconds?: number; megabytes?: number };
}

const names = ['folders', 'commands', 'users', 'environment', 'scripts', 'limits'];

/** Settings from a JSON file. @throws IgorError `usage` */
export function readSettings(path: string): Settings {
  let settings: unknown;
  try {
    settings = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new IgorError('usage', `${path} can't be read: ${(cause as Error).message}`, { cause });
  }
  return checkSettings(settings, path);
}

/** @throws IgorError `usage`, saying which setting is wrong */
export function checkSettings(settings: unknown, where = 'settings'): Settings {
  const wrong = (what: string): never => {
    throw new IgorError('usage', `${where}: ${what}`);
  };
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return wrong('must be an object');
  const unknown = Object.keys(settings).find((name) => !names.includes(name));
  if (unknown) wrong(`there is no setting ${unknown}; there are ${names.join(', ')}`);
  const { folders = [], commands = [], users = [], environment = [], scripts = false } = settings as Settings;
  const texts = (list: unknown): boolean => Array.isArray(list) && list.every((it) => typeof it === 'string');
  const folder = (it: string | FolderSetting): string => (typeof it === 'string' ? it : it?.path);
  if (!Array.isArray(folders) || !folders.every((it) => typeof folder(it) === 'string' && folder(it).startsWith('/'))) {
    wrong('folders must be absolute paths');
  }
  if (!Array.isArray(commands) || !commands.every((it) => texts(it) && it[0]?.startsWith('/'))) {
    wrong('commands must be arrays that begin with a program’s absolute path');
  }
  if (!texts(users)) wrong('users must be names of accounts');
  if (!texts(environment)) wrong('environment must be names of variables');
  const harmful = environment.find((name) => !isHarmless(name));
  if (harmful !== undefined)
    wrong(`environment: whoever may set ${JSON.stringify(harmful)} decides what a program does, so no caller may`);
  if (typeof scripts !== 'boolean') wrong('scripts must be true or false');
  return settings as Settings;
}
