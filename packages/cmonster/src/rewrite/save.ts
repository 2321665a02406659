/** Writes files: all of a file's new bytes or none, and only over what was read. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CmonsterError } from '../error.js';

export interface Change {
  /** Absolute. Of a symbolic link, what it leads to is written. */
  path: string;
  /** What must be on disk. */
  before: Uint8Array;
  after: Uint8Array;
}

/**
 * Writes every file, or none when one is no longer what it was, or cannot be written. Each is put in its place by one
 * rename, with its mode and, where that is allowed, its owner: whoever reads it meets the old bytes or the new ones.
 */
export function saveAll(changes: readonly Change[]): void {
  const ready: { temporary: string; target: string }[] = [];
  try {
    for (const change of changes) ready.push(prepare(change));
    // Once more, as preparing many files takes its time.
    changes.forEach((change, at) => {
      ensureUnchanged(change, (ready[at] as { target: string }).target);
    });
    for (const { temporary, target } of ready) renameSync(temporary, target);
  } catch (cause) {
    for (const { temporary } of ready) rmSync(temporary, { force: true });
    throw cause instanceof CmonsterError ? cause : unwritable(changes[0]?.path ?? '', cause);
  }
}

function prepare(change: Change): { temporary: string; target: string } {
  const { path, after } = change;
  let temporary: string | undefined;
  try {
    const target = realpathSync(path);
    ensureUnchanged(change, target);
    const { mode, uid, gid } = statSync(target);
    // A file that may not be written shall not be replaced either.
    closeSync(openSync(target, 'r+'));
    temporary = join(
      dirname(target),
      `.${basename(target).slice(0, 200)}.${process.pid}.${randomBytes(4).toString('hex')}`,
    );
    const file = openSync(temporary, 'wx', 0o600);
    try {
      for (let at = 0; at < after.length; ) at += writeSync(file, after, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    try {
      chownSync(temporary, uid, gid);
    } catch {
      // Somebody else's file in a directory of ours.
    }
    chmodSync(temporary, mode & 0o7777);
    return { temporary, target };
  } catch (cause) {
    if (temporary) rmSync(temporary, { force: true });
    throw cause instanceof CmonsterError ? cause : unwritable(path, cause);
  }
}

function ensureUnchanged({ path, before }: Change, target: string): void {
  if (Buffer.compare(readFileSync(target), before) === 0) return;
  throw new CmonsterError('FILE_CHANGED', 'it was changed since it was parsed; nothing was written: run again', {
    file: path,
  });
}

function unwritable(path: string, cause: unknown): CmonsterError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CmonsterError('FILE_UNWRITABLE', `it cannot be written and is as it was: ${reason}`, {
    file: path,
    cause,
  });
}
