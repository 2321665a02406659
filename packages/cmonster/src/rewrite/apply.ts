/**
 * Writes many files as one change. A file is at every moment what it was or what it becomes, and so, as soon as the next command
 * runs, are all of them together:
 *
 * 1. The new contents go to files beside the old ones, named in a journal first.
 * 2. Every old file is compared with what the edits are about.
 * 3. The journal is marked as committed: this is the one moment at which the change happens.
 * 4. The new files are renamed over the old ones.
 *
 * Whoever is killed before 3 has changed nothing, and the next command removes the new files; behind 3 it finishes the renaming.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { CmonsterError } from '../error.js';
import { makeFolder } from '../make-folder.js';
import { isRunning, ownIdentity, removeIfStale, withFileLock } from './lock.js';

export interface FileChange {
  /** Absolute. Of a symbolic link, what it leads to is written. */
  path: string;
  /** SHA-256 of what the file must hold. */
  before: string;
  /** What it will hold. */
  content: Uint8Array;
}

interface JournalEntry {
  path: string;
  temporary: string;
  before: string;
  after: string;
}

interface Journal {
  version: 1;
  owner: string;
  state: 'prepared' | 'committed';
  files: JournalEntry[];
}

/** What a run that was killed had left, and what became of it. */
export interface Recovery {
  /** Files of a committed change that were still to be written. */
  completed: string[];
  /** Files that somebody changed since: left alone. */
  skipped: string[];
  /** Whether a change that had not been committed was taken back. */
  undone: boolean;
}

const JOURNAL = /^journal-.*\.json$/;

export function stateDirectory(): string {
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'cmonster');
}

export function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** All files or none. Synchronous: no signal comes in between. What a run that was killed had begun is ended first. */
export function applyChanges(wanted: readonly FileChange[], directory = stateDirectory()): void {
  if (wanted.length === 0) return;
  const changes = wanted.map((change) => ({ ...change, path: withoutLinks(change.path) }));
  makeDirectory(directory);
  recover(directory);
  const id = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const journalPath = join(directory, `journal-${id}.json`);
  const journal: Journal = {
    version: 1,
    owner: ownIdentity(),
    state: 'prepared',
    files: changes.map(({ path, before, content }) => ({
      path,
      // A name may not be longer than 255 bytes.
      temporary: join(
        dirname(path),
        `.${basename(path).slice(0, 60)}.cmonster-${id}-${randomBytes(4).toString('hex')}`,
      ),
      before,
      after: digest(content),
    })),
  };
  for (const { path } of changes) checkWritable(path);
  withFileLock(join(directory, 'lock'), () => {
    let committed = false;
    try {
      writeJournal(journalPath, journal);
      for (const [at, change] of changes.entries()) writeBeside(change, (journal.files[at] as JournalEntry).temporary);
      for (const { path, before } of changes) checkUnchanged(path, before);
      journal.state = 'committed';
      writeJournal(journalPath, journal);
      committed = true;
      for (const { temporary, path } of journal.files) renameSync(temporary, path);
      rmSync(journalPath, { force: true });
    } catch (error) {
      // What is committed is finished by the next command, or by trying again.
      if (!committed) takeBack(journalPath, journal);
      throw error;
    }
  });
}

function withoutLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw unwritable(path, cause as NodeJS.ErrnoException);
  }
}

function checkWritable(path: string): void {
  let mode: number;
  try {
    mode = statSync(path).mode;
    accessSync(path, constants.R_OK | constants.W_OK);
    accessSync(dirname(path), constants.W_OK);
  } catch (cause) {
    throw unwritable(path, cause as NodeJS.ErrnoException);
  }
  // The superuser may write everything; that the file is marked as read-only still means something.
  if ((mode & 0o222) === 0) throw unwritable(path, { code: 'EACCES' } as NodeJS.ErrnoException);
}

function unwritable(path: string, cause: NodeJS.ErrnoException): CmonsterError {
  const why =
    cause.code === 'EACCES' || cause.code === 'EPERM'
      ? `it is read-only, or its folder is: chmod u+w '${path}' if it is meant to be changed`
      : cause.code === 'ENOENT'
        ? 'it is gone'
        : cause.code === 'ENOSPC' || cause.code === 'EDQUOT' || cause.code === 'EFBIG'
          ? 'there is no room for it: free some, then run the same again'
          : cause.code === 'EROFS'
            ? 'its file system is read-only'
            : cause.message;
  return new CmonsterError('FILE_UNWRITABLE', `${path} cannot be written: ${why}. Nothing was changed.`, { cause });
}

function checkUnchanged(path: string, before: string): void {
  if (digest(readFileSync(path)) === before) return;
  throw new CmonsterError(
    'FILE_CHANGED',
    `${path} was changed by somebody else since it was parsed: run the same again. Nothing was changed.`,
  );
}

function writeBeside({ path, content }: FileChange, temporary: string): void {
  try {
    const { mode, uid, gid } = statSync(path);
    const own = { uid: process.geteuid?.(), gid: process.getegid?.() };
    const fd = openSync(temporary, 'wx', 0o600);
    try {
      for (let at = 0; at < content.length; ) at += writeSync(fd, content, at);
      if (uid !== own.uid || gid !== own.gid) keepOwner(fd, uid, gid);
      // After the owner, whose change takes bits away.
      fchmodSync(fd, mode & 0o7777);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw unwritable(path, cause as NodeJS.ErrnoException);
  }
}

function keepOwner(fd: number, uid: number, gid: number): void {
  try {
    fchownSync(fd, uid, gid);
  } catch {
    // Somebody else's file in a folder of ours.
  }
}

function writeJournal(path: string, journal: Journal): void {
  const temporary = `${path}.new`;
  try {
    const fd = openSync(temporary, 'w', 0o600);
    try {
      writeFileSync(fd, JSON.stringify(journal));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new CmonsterError(
      'FILE_UNWRITABLE',
      `${dirname(path)}, where changes are noted before they are made, cannot be written: ${(cause as Error).message}. Nothing was changed.`,
      { cause },
    );
  }
}

function takeBack(journalPath: string, journal: Journal): void {
  for (const { temporary } of journal.files) rmSync(temporary, { force: true });
  rmSync(journalPath, { force: true });
}

/** Ends what commands that were killed had begun. Cheap when there is nothing. */
export function recover(directory = stateDirectory()): Recovery {
  const recovery: Recovery = { completed: [], skipped: [], undone: false };
  if (!existsSync(directory) || readdirSync(directory).length === 0) return recovery;
  withFileLock(join(directory, 'lock'), () => {
    for (const name of readdirSync(directory)) {
      if (JOURNAL.test(name)) recoverOne(join(directory, name), recovery);
      else if (name.endsWith('.json.new')) rmSync(join(directory, name), { force: true });
      else removeIfStale(join(directory, name));
    }
  });
  return recovery;
}

function recoverOne(path: string, recovery: Recovery): void {
  let journal: Journal;
  try {
    journal = JSON.parse(readFileSync(path, 'utf8')) as Journal;
  } catch {
    // Another command has just finished it.
    return;
  }
  if (isRunning(journal.owner)) return;
  if (journal.state === 'prepared') {
    recovery.undone = true;
    takeBack(path, journal);
    return;
  }
  for (const { path: file, temporary, before } of journal.files) {
    if (!existsSync(temporary)) continue;
    if (existsSync(file) && digest(readFileSync(file)) === before) {
      renameSync(temporary, file);
      recovery.completed.push(file);
    } else {
      rmSync(temporary, { force: true });
      recovery.skipped.push(file);
    }
  }
  rmSync(path, { force: true });
}

function makeDirectory(directory: string): void {
  try {
    makeFolder(directory);
  } catch (cause) {
    throw new CmonsterError(
      'FILE_UNWRITABLE',
      `${directory} cannot be made: ${(cause as Error).message}. Nothing was changed.`,
      {
        cause,
      },
    );
  }
}
