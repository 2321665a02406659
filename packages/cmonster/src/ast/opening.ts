/** How a translation unit gets what it is read from: out of a frontend, the cache, or a copy of a kept one. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Answers } from '../cache/answers.js';
import type { CacheRequest } from '../cache/unit-cache.js';
import { CmonsterError } from '../error.js';
import { Connection, type ConnectionOptions, type Parsed } from '../frontend/connection.js';
import { freshDirectory, Keeper } from '../frontend/keeper.js';
import { locateFrontend } from '../frontend/locate.js';
import type { ParseSettings, ReparseOptions } from './options.js';
import { registry } from './registry.js';

/** What there is after a parse. */
export interface Opened {
  parsed: Parsed;
  /** The living frontend; none where the snapshot is an earlier run's. */
  connection: Connection | undefined;
  keeper?: Keeper;
  answers?: Answers;
}

export async function open(settings: ParseSettings): Promise<Opened> {
  const { cache, keep, request } = settings;
  if (cache && !keep) return openCached(settings, cache);
  const connection = await Connection.open(connectionOptions(settings));
  if (!keep) return { connection, parsed: await connection.parse(request) };
  const directory = freshDirectory();
  let parsed: Parsed | undefined;
  try {
    parsed = await connection.parse({ ...request, keep: directory });
  } finally {
    if (!parsed) Keeper.open(directory, 0)?.release();
  }
  return kept(connection, parsed, directory);
}

async function openCached(settings: ParseSettings, cache: NonNullable<ParseSettings['cache']>): Promise<Opened> {
  const wanted = cacheRequest(settings);
  const cached = cache.load(wanted);
  if (cached) return { connection: undefined, parsed: cached.parsed, answers: cached.answers };
  const started = Date.now();
  const connection = await Connection.open(connectionOptions(settings));
  const parsed = await connection.parse(settings.request);
  return { connection, parsed, answers: cache.store(wanted, started, parsed) };
}

/** Without the event loop, and without the cache. */
export function openSync(settings: ParseSettings): Opened {
  const { keep, request } = settings;
  const connection = Connection.openSync(connectionOptions(settings, true));
  if (!keep) return { connection, parsed: connection.parseSync(request) };
  const directory = freshDirectory();
  let parsed: Parsed | undefined;
  try {
    parsed = connection.parseSync({ ...request, keep: directory });
  } finally {
    if (!parsed) Keeper.open(directory, 0)?.release();
  }
  return kept(connection, parsed, directory);
}

function kept(connection: Connection, parsed: Parsed, directory: string): Opened {
  const keeper = Keeper.open(directory, Number(parsed.meta.keeper ?? 0));
  return { connection, parsed, ...(keeper && { keeper }) };
}

/** Another frontend for a file that was parsed before, in whose locations the main file had so much room. */
export function openAgain(settings: ParseSettings, capacity: number | undefined): { connection: Connection } & Opened {
  const connection = Connection.openSync(connectionOptions(settings, true));
  return {
    connection,
    parsed: connection.parseSync({ ...settings.request, ...(capacity !== undefined && { capacity }) }),
  };
}

/** A parse that begins behind the includes; undefined where it must begin at the beginning. */
export async function resume(settings: ParseSettings, keeper: Keeper): Promise<Opened | undefined> {
  const { cwd, file, request } = settings;
  const text = request.unsaved[file] ?? (await readInput(cwd, file));
  const connection = await Connection.resume(connectionOptions(settings), keeper);
  if (!connection) return undefined;
  try {
    return { connection, parsed: await connection.parse({ ...request, text }), keeper: keeper.retain() };
  } catch (error) {
    if (error instanceof CmonsterError && error.code === 'STALE') return undefined;
    throw error;
  }
}

/** The settings of the same file after an edit. */
export function edited(settings: ParseSettings, { text, unsaved: others = {} }: ReparseOptions): ParseSettings {
  const { file, request } = settings;
  // What is on disk is not kept: should a frontend have to be started again, it must find it there.
  const unsaved = { ...request.unsaved };
  if (text !== undefined) unsaved[file] = Buffer.from(text);
  for (const [path, content] of Object.entries(others)) unsaved[path] = Buffer.from(content);
  return { ...settings, keep: true, request: { ...request, unsaved } };
}

async function readInput(cwd: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(cwd, file));
  } catch (cause) {
    throw new CmonsterError('INPUT_UNREADABLE', `${file} cannot be read`, { file, cause });
  }
}

function cacheRequest({ frontend, cwd, request }: ParseSettings): CacheRequest {
  return { frontend: frontend ?? locateFrontend(), schemaHash: registry().schemaHash, cwd, request };
}

function connectionOptions(settings: ParseSettings, isSync = false): ConnectionOptions {
  const { script } = settings;
  return {
    frontend: settings.frontend ?? locateFrontend(),
    cwd: settings.cwd,
    memoryLimit: settings.memoryLimit,
    // What a script asks in the middle of a parse goes over the FIFOs.
    channel: script ? 'fifo' : 'stdio',
    ...(script && { onCall: isSync ? script.onCallSync : script.onCall, onEvent: script.onEvent }),
    file: settings.file,
    parseTimeLimit: settings.timeLimit,
    askTimeLimit: settings.questionTimeLimit,
    schemaHash: registry().schemaHash,
  };
}
