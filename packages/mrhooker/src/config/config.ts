/**
 * The configuration, if there is one: `~/.mrhooker/mrhooker.config`, and `mrhooker/mrhooker.config` in the XDG folder. What the
 * command line says wins over the script's section, and that over `[default]`; of two files, the one in `~/.mrhooker` wins.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { MrhookerError } from '../error.js';
import { didYouMean } from '../headers/nearest.js';
import { type Ini, parseIni } from './ini.js';

export interface Config {
  buildDir?: string;
  verbose?: boolean;
  /** In the order in which they are searched. */
  includeDirs: string[];
}

const DEFAULT_SECTION = 'default';
const KEYS = ['build_dir', 'verbose', 'include_dirs'];
// biome-ignore format: a table
const BOOLEANS: Record<string, boolean> = {
  true: true, yes: true, on: true, 1: true, false: false, no: false, off: false, 0: false,
};

export function configFiles(env: NodeJS.ProcessEnv = process.env): string[] {
  const home = env.HOME || homedir();
  const xdg = env.XDG_CONFIG_HOME?.startsWith('/') ? env.XDG_CONFIG_HOME : join(home, '.config');
  return [join(home, '.mrhooker', 'mrhooker.config'), join(xdg, 'mrhooker', 'mrhooker.config')];
}

/**
 * @param script its path: a section may be called like it, its file's name, or that without its extension
 * @throws MrhookerError `config`: a file that cannot be read, a key or value that is not known
 */
export function readConfig(script: string | undefined, files: readonly string[] = configFiles()): Config {
  const config: Config = { includeDirs: [] };
  const read = files.map((file) => ({ file, ini: readFile(file) }));
  for (const name of [...sectionNames(script), DEFAULT_SECTION]) {
    for (const { file, ini } of read) merge(config, ini?.get(name), file);
  }
  return config;
}

function sectionNames(script: string | undefined): string[] {
  if (script === undefined) return [];
  const name = basename(script);
  return [...new Set([resolve(script), script, name, name.slice(0, name.length - extname(name).length)])];
}

function readFile(file: string): Ini | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new MrhookerError('config', `the configuration ${file} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  const ini = parseIni(text, file);
  // All of it is checked, also what is for other scripts: a mistake should not wait.
  for (const section of ini.values()) {
    for (const [key, { line, value }] of section) {
      const wrong = mistakeIn(key, value);
      if (wrong !== undefined) throw new MrhookerError('config', `${file}:${line}: ${wrong}`);
    }
  }
  return ini;
}

function mistakeIn(key: string, value: string): string | undefined {
  if (!KEYS.includes(key)) return `'${key}' is no setting.${didYouMean(key, KEYS)} There are ${KEYS.join(', ')}`;
  if (key === 'verbose')
    return value.toLowerCase() in BOOLEANS ? undefined : `verbose is true or false, not '${value}'`;
  return value === '' ? `${key} has no value: leave the line out, or name a folder` : undefined;
}

/** Adds what is not settled yet. */
function merge(config: Config, section: Ini extends Map<string, infer S> ? S | undefined : never, file: string): void {
  const buildDir = section?.get('build_dir');
  if (buildDir && config.buildDir === undefined) config.buildDir = pathOf(buildDir.value, file);
  const verbose = section?.get('verbose');
  if (verbose && config.verbose === undefined) config.verbose = BOOLEANS[verbose.value.toLowerCase()] ?? false;
  const include = section?.get('include_dirs');
  if (include) config.includeDirs.push(...include.value.split(/[:,]/).map((dir) => pathOf(dir.trim(), file)));
}

/** Relative paths start where the configuration lies. */
function pathOf(path: string, file: string): string {
  const home = process.env.HOME || homedir();
  const expanded = path === '~' ? home : path.startsWith('~/') ? join(home, path.slice(2)) : path;
  return resolve(dirname(file), expanded);
}
