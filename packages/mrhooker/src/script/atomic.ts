import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { unwritable } from '../error.js';

/** A file that is to be there as a whole, or not at all. */
export interface Part {
  /** What to write into. */
  readonly path: string;
  /** Puts it in its place. */
  keep(): void;
  discard(): void;
}

/** Beside the file, or the one that a link leads to; a device or a pipe is written itself. */
export function partOf(path: string): Part {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there && !there.isFile()) return { path, keep: () => {}, discard: () => {} };
  const target = there ? realpathSync(path) : path;
  const part = `${target}.${process.pid}.part`;
  return { path: part, keep: () => renameSync(part, target), discard: () => rmSync(part, { force: true }) };
}

/**
 * All of it or nothing, also when the disk is full or somebody reads meanwhile.
 * @throws MrhookerError `config`
 */
export function writeFileAtomically(path: string, text: string): void {
  const part = partOf(path);
  try {
    writeFileSync(part.path, text);
    part.keep();
  } catch (cause) {
    part.discard();
    throw unwritable(path, cause);
  }
}
