/**
 * Snapshots, answers and compiled scripts, kept between runs: docs/formats/cache.md.
 *
 * An entry belongs to a request (file, arguments, directory, environment, frontend) and to the bytes of every file that was read for
 * it. Everything is written beside its place and renamed into it, so that any number of processes may share a cache, and be
 * killed at any moment. What is damaged all the same counts as not there.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Parsed } from '../frontend/connection.js';
import type { ParseRequest } from '../frontend/messages.js';
import { Decoder, Encoder, SNAPSHOT_VERSION, type WireValue, wireResolver } from '../frontend/protocol.js';
import { makeFolder } from '../make-folder.js';
import { Answers } from './answers.js';
import { FileStates } from './file-states.js';
import { type IncludeProbes, probesHold, probesOf } from './include-probes.js';

const VERSION = 1;
const MAGIC = 0x43554d43;
const HEADER = 32;
/** One request's entries: as many states of its files as somebody goes back and forth between. */
const MOST_VARIANTS = 4;
/** An entry that is used is marked as such once a day: a run over an unchanged project only reads. */
const MARK_AFTER = 24 * 3600 * 1000;
const GIBI = 1 << 30;

/** What decides about a parse, besides the files. */
export interface CacheRequest {
  frontend: string;
  schemaHash: number;
  cwd: string;
  request: ParseRequest;
}

export interface CacheOptions {
  /** Bytes; 5 GiB by default. What was not used for longest goes first. */
  limit?: number;
  /** Whether a file that was looked at once counts as unchanged from then on: for the length of one run. */
  once?: boolean;
}

export interface CachedUnit {
  parsed: Parsed;
  answers: Answers;
}

interface Variant {
  entry: string;
  /** Path, size, SHA-256. */
  files: [path: string, size: number, hash: string][];
  probes: IncludeProbes;
}

/** What the driver and the preprocessor read from the environment. */
const ENVIRONMENT = [
  'CPATH',
  'C_INCLUDE_PATH',
  'CPLUS_INCLUDE_PATH',
  'OBJC_INCLUDE_PATH',
  'SOURCE_DATE_EPOCH',
  'CCC_OVERRIDE_OPTIONS',
];

export function cacheDirectory(): string {
  return (
    process.env.CMONSTER_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cmonster', 'units')
  );
}

export class UnitCache {
  readonly directory: string;
  private readonly limit: number;
  private readonly states: FileStates;
  private readonly frontends = new Map<string, string>();
  /** Whether anything was written, so that the size limit may be exceeded. */
  private grown = false;

  constructor(directory = cacheDirectory(), { limit = 5 * GIBI, once = false }: CacheOptions = {}) {
    this.directory = join(directory, `v${VERSION}`);
    this.limit = limit;
    this.states = new FileStates(once);
  }

  // --- Reading ------------------------------------------------------------------------------------------------------

  load(request: CacheRequest): CachedUnit | undefined {
    const variant = this.variantsOf(this.keyOf(request)).find((candidate) => this.holds(candidate));
    if (!variant) return undefined;
    const path = this.pathOf(variant.entry, 'unit');
    const parsed = readUnit(path);
    if (!parsed) return undefined;
    markUsed(path);
    return { parsed, answers: this.answersOf(variant.entry) };
  }

  /**
   * A module that was compiled before, or is now. Undefined where it can be neither found nor kept, and where somebody else could
   * have put it there: it is going to run.
   */
  async module(
    parts: readonly string[],
    compile: (path: string) => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const path = this.pathOf(sha256(JSON.stringify([VERSION, ...parts])), 'mjs');
    if (isWholeModule(path)) {
      markUsed(path);
    } else {
      const text = await compile(path);
      if (text === undefined) return undefined;
      try {
        this.write(path, Buffer.from(`${text}${sumLine(text)}`));
      } catch {
        return undefined;
      }
    }
    return [dirname(this.directory), this.directory, dirname(path), path].every(isOnlyOurs) ? path : undefined;
  }

  private variantsOf(key: string): Variant[] {
    try {
      return JSON.parse(readFileSync(this.pathOf(key, 'index'), 'utf8')) as Variant[];
    } catch {
      return [];
    }
  }

  private holds({ files, probes }: Variant): boolean {
    return files.every(([path, size, hash]) => this.states.is(path, size, hash)) && probesHold(probes, this.states);
  }

  private answersOf(entry: string): Answers {
    const path = this.pathOf(entry, 'answers');
    return new Answers(path, (bytes) => this.write(path, bytes));
  }

  // --- Writing ------------------------------------------------------------------------------------------------------

  /**
   * Keeps what a parse gave, unless one of its files was touched since `started` (milliseconds, as Date.now): then nobody knows
   * which bytes were read. Gives where the answers to its questions go.
   */
  store(request: CacheRequest, started: number, parsed: Parsed): Answers | undefined {
    const files: Variant['files'] = [];
    for (const { path, size, kind } of filesOf(parsed)) {
      if (kind === 'buffer' || path in request.request.unsaved) continue;
      const hash = this.states.hashOf(path, size, started);
      if (hash === undefined) return undefined;
      files.push([path, size, hash]);
    }
    const key = this.keyOf(request);
    const entry = sha256(JSON.stringify([key, files.map(([path, , hash]) => [path, hash])]));
    const variant = { entry, files, probes: probesOf(parsed, request.cwd, this.states) };
    try {
      this.write(this.pathOf(entry, 'unit'), ...encodeUnit(parsed));
      const others = this.variantsOf(key).filter((other) => other.entry !== entry);
      this.write(this.pathOf(key, 'index'), Buffer.from(JSON.stringify([variant, ...others].slice(0, MOST_VARIANTS))));
    } catch {
      // No room, no permission: a cache is never the reason why something fails.
      return undefined;
    }
    return this.answersOf(entry);
  }

  private write(path: string, ...parts: Uint8Array[]): void {
    makeFolder(dirname(path));
    const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.new`;
    try {
      const fd = openSync(temporary, 'wx', 0o600);
      try {
        for (const part of parts) for (let at = 0; at < part.length; ) at += writeSync(fd, part, at);
      } finally {
        closeSync(fd);
      }
      renameSync(temporary, path);
      this.grown = true;
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  /** Brings the cache below its limit. Only looks when this object wrote something, unless told to. */
  prune(always = false): void {
    if (!this.grown && !always) return;
    const files: { path: string; size: number; used: number }[] = [];
    const now = Date.now();
    for (const shard of list(this.directory)) {
      for (const name of list(join(this.directory, shard))) {
        const path = join(this.directory, shard, name);
        const stat = statSync(path, { throwIfNoEntry: false });
        if (!stat) continue;
        // What a killed process left.
        if (name.endsWith('.new') && now - stat.mtimeMs > 3600_000) rmSync(path, { force: true });
        else files.push({ path, size: stat.size, used: stat.mtimeMs });
      }
    }
    let total = files.reduce((sum, { size }) => sum + size, 0);
    if (total <= this.limit) return;
    files.sort((a, b) => a.used - b.used);
    for (const { path, size } of files) {
      if (total <= this.limit * 0.9) break;
      rmSync(path, { force: true });
      total -= size;
    }
  }

  // --- Names --------------------------------------------------------------------------------------------------------

  private pathOf(key: string, kind: 'index' | 'unit' | 'answers' | 'mjs'): string {
    return join(this.directory, key.slice(0, 2), `${key}.${kind}`);
  }

  private keyOf({ frontend, schemaHash, cwd, request }: CacheRequest): string {
    const { arguments: args, driver, scope, typeLocs, comments, unsaved, capacity } = request;
    const environment = ENVIRONMENT.map((name) => process.env[name] ?? null);
    const texts = Object.entries(unsaved).map(([path, bytes]) => [path, sha256(bytes)]);
    const frontendIdentity = this.identityOf(frontend);
    return sha256(
      JSON.stringify([
        VERSION,
        SNAPSHOT_VERSION,
        schemaHash,
        frontendIdentity,
        cwd,
        args,
        driver ?? null,
        scope,
        typeLocs,
        comments,
        capacity ?? null,
        texts,
        environment,
      ]),
    );
  }

  /** A frontend that was built again is another one. */
  private identityOf(frontend: string): string {
    let identity = this.frontends.get(frontend);
    if (identity === undefined) {
      const { size, mtimeMs } = statSync(frontend);
      identity = `${size}:${mtimeMs}`;
      this.frontends.set(frontend, identity);
    }
    return identity;
  }
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The last line of a compiled script: what is damaged must not run. */
function sumLine(text: string): string {
  return `// ${sha256(text)}\n`;
}

function isWholeModule(path: string): boolean {
  try {
    const text = readFileSync(path, 'utf8');
    const end = text.lastIndexOf('\n', text.length - 2) + 1;
    return text.slice(end) === sumLine(text.slice(0, end));
  } catch {
    return false;
  }
}

/** Whether only this process's user can write to it. */
function isOnlyOurs(path: string): boolean {
  const { uid, mode } = statSync(path);
  return uid === process.getuid?.() && (mode & 0o022) === 0;
}

function filesOf(parsed: Parsed): { path: string; size: number; kind: string }[] {
  return parsed.meta.files as { path: string; size: number; kind: string }[];
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function markUsed(path: string): void {
  try {
    if (Date.now() - statSync(path).mtimeMs > MARK_AFTER) utimesSync(path, new Date(), new Date());
  } catch {
    // Somebody else's cache.
  }
}

/** `u32 magic · u32 version · u32 metaBytes · u32 crc · u64 snapshotBytes · 8 reserved`, the meta as a value, the snapshot. */
function encodeUnit({ snapshot, meta }: Parsed): Uint8Array[] {
  const encoder = new Encoder(1 << 14);
  encoder.value(meta as WireValue);
  const encoded = encoder.take();
  const bytes = new Uint8Array(snapshot);
  const header = Buffer.alloc(HEADER);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(VERSION, 4);
  header.writeUInt32LE(encoded.length, 8);
  header.writeUInt32LE(crc32(bytes, crc32(encoded)), 12);
  header.writeBigUInt64LE(BigInt(bytes.length), 16);
  return [header, encoded, bytes];
}

function readUnit(path: string): Parsed | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const header = Buffer.alloc(HEADER);
    if (readSync(fd, header) !== HEADER || header.readUInt32LE(0) !== MAGIC) return undefined;
    const metaBytes = header.readUInt32LE(8);
    const size = Number(header.readBigUInt64LE(16));
    if (HEADER + metaBytes + size !== fstatSync(fd).size) return undefined;
    const meta = Buffer.allocUnsafe(metaBytes);
    // "Slow" gives it an ArrayBuffer of its own.
    const snapshot = Buffer.allocUnsafeSlow(size);
    readWhole(fd, meta);
    readWhole(fd, snapshot);
    if (crc32(snapshot, crc32(meta)) !== header.readUInt32LE(12)) return undefined;
    return {
      snapshot: snapshot.buffer as ArrayBuffer,
      meta: new Decoder(meta).value(wireResolver) as Record<string, unknown>,
    };
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

function readWhole(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const got = readSync(fd, bytes, at, bytes.length - at, null);
    if (got === 0) throw new Error('cut short');
    at += got;
  }
}
