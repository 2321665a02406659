/**
 * Keeps the build directory small: what was not used for long goes, and of the rest what was used longest ago, until it fits. Several
 * processes may build, use and prune at once: what one of them uses is never taken away.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Limits {
  /** Milliseconds since the last use. */
  age: number;
  /** Of all that is kept, in bytes. */
  bytes: number;
  /** What was used within so many milliseconds stays in any case: somebody may be about to. */
  recent: number;
}

const DAY = 24 * 60 * 60 * 1000;
const LIMITS: Limits = { age: 30 * DAY, bytes: 256 << 20, recent: DAY };
/** Of a process that was killed while it pruned. */
const LOCK_AGE = 60 * 1000;
const FOLDER = /^[0-9a-f]{24}$/;
const RECORD = /^([0-9a-f]{32})\.json$/;
/** Names of what is being made or taken away. The directory may be anybody's, with dot files of its own: no other name is touched. */
const UNFINISHED = /^\.(new-[0-9A-Za-z]{6}|old-[0-9a-f]{16}(\.json)?|[0-9a-f]{32}\.\d+\.json)$/;
const MARK = /^\d+-[0-9a-f]{24}$/;
/** Whatever was built has it. */
const MANIFEST = 'manifest.json';
const LOCK = '.prune';
/** In it a file for each folder that a process runs with: `pid-folder`. */
const USED = 'used';

/** Says that this process, and those that it starts, run with what is in a folder, until it ends: what is there afterwards stays. */
export function holdFolder(dir: string, folder: string): void {
  const mark = join(dir, USED, `${process.pid}-${folder}`);
  try {
    mkdirSync(join(dir, USED), { recursive: true, mode: 0o700 });
    writeFileSync(mark, '', { mode: 0o600 });
  } catch {
    // Nothing is taken away from a directory that can't be written to, either.
    return;
  }
  if (marks.size === 0)
    process.once('exit', () => {
      for (const path of marks) rmSync(path, { force: true });
    });
  marks.add(mark);
  // Whoever is taking things away at this moment may have looked before. It takes milliseconds; one that takes longer was killed.
  for (let waited = 0; waited < 500 && Date.now() - changed(join(dir, LOCK)) < LOCK_AGE; waited++) pause(10);
}

/** Of this process. */
const marks = new Set<string>();

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Those of processes that are alive; what others left is removed. */
function heldFolders(dir: string): Set<string> {
  const held = new Set<string>();
  for (const name of namesIn(join(dir, USED)).filter((name) => MARK.test(name))) {
    const [pid = '', folder = ''] = name.split('-');
    if (isAlive(Number(pid))) held.add(folder);
    else rmSync(join(dir, USED, name), { force: true });
  }
  return held;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What there is no time for, or no right to do, stays. */
export function pruneBuildDir(dir: string, limits: Limits = LIMITS): void {
  if (!lock(dir)) return;
  try {
    prune(dir, limits);
  } catch {
    // A cache that can't be tidied is no reason not to run.
  } finally {
    rmSync(join(dir, LOCK), { recursive: true, force: true });
  }
}

/** One at a time is enough. */
function lock(dir: string): boolean {
  const path = join(dir, LOCK);
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch {
    if (Date.now() - changed(path) > LOCK_AGE) rmSync(path, { recursive: true, force: true });
    return false;
  }
}

interface Kept {
  key: string;
  folder: string;
  bytes: number;
  used: number;
}

function prune(dir: string, limits: Limits): void {
  const now = Date.now();
  const held = heldFolders(dir);
  const names = namesIn(dir);
  const kept = names.flatMap((name) => recordOf(dir, name)).sort((a, b) => a.used - b.used);
  let bytes = kept.reduce((sum, entry) => sum + entry.bytes, 0);
  for (const entry of kept) {
    const unused = now - entry.used;
    if (unused <= limits.age && bytes <= limits.bytes) break;
    if (unused <= limits.recent || held.has(entry.folder)) continue;
    if (takeAway(dir, entry)) bytes -= entry.bytes;
  }
  // What no record names: made from what has changed since, or left by somebody who was killed.
  const named = new Set(kept.map(({ folder }) => folder));
  for (const name of names) {
    const orphan = FOLDER.test(name) && !named.has(name) && !held.has(name) && existsSync(join(dir, name, MANIFEST));
    if (!orphan && !UNFINISHED.test(name)) continue;
    const last = changed(join(dir, name));
    if (last > 0 && now - last > limits.recent) rmSync(join(dir, name), { recursive: true, force: true });
  }
}

function recordOf(dir: string, name: string): Kept[] {
  const key = RECORD.exec(name)?.[1];
  if (key === undefined) return [];
  const path = join(dir, name);
  try {
    const used = changed(path);
    const { folder, bytes = 0 } = JSON.parse(readFileSync(path, 'utf8')) as { folder: string; bytes?: number };
    return FOLDER.test(folder) ? [{ key, folder, bytes, used }] : [];
  } catch {
    return [];
  }
}

/** The record first, so that nobody finds the folder any more; whoever has found it meanwhile gets it back. */
function takeAway(dir: string, { key, folder, used }: Kept): boolean {
  const [record, path] = [join(dir, `${key}.json`), join(dir, folder)];
  const aside = join(dir, `.old-${randomBytes(8).toString('hex')}`);
  const asideRecord = `${aside}.json`;
  const restoreRecord = () => (existsSync(record) ? rmSync(asideRecord) : renameSync(asideRecord, record));
  renameSync(record, asideRecord);
  if (changed(asideRecord) !== used || heldFolders(dir).has(folder)) {
    restoreRecord();
    return false;
  }
  if (existsSync(path)) renameSync(path, aside);
  // Found, or made again, at this very moment.
  if (existsSync(record) || heldFolders(dir).has(folder)) {
    if (!existsSync(path) && existsSync(aside)) renameSync(aside, path);
    restoreRecord();
  }
  rmSync(asideRecord, { force: true });
  rmSync(aside, { recursive: true, force: true });
  return !existsSync(path);
}

/** Milliseconds since 1970; of what is not there long ago. */
function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
