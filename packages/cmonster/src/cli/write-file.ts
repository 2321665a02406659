/** A file that is there whole, or not at all. */
import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CmonsterError } from '../error.js';

export function writeAtomically(path: string, chunks: Iterable<Uint8Array | string>): void {
  let temporary: string | undefined;
  let fd: number | undefined;
  try {
    const known = statSync(path, { throwIfNoEntry: false });
    // A device or a pipe is written to: nothing takes its place.
    const isReplaced = !known || known.isFile() || known.isDirectory();
    const target = known && isReplaced ? realpathSync(path) : path;
    if (isReplaced) temporary = join(dirname(target), `.${basename(target)}.${process.pid}`);
    fd = openSync(temporary ?? target, 'w', known?.mode);
    for (const chunk of chunks) writeAll(fd, typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    closeSync(fd);
    fd = undefined;
    if (temporary !== undefined) renameSync(temporary, target);
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    if (temporary !== undefined) rmSync(temporary, { force: true });
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new CmonsterError('USAGE', `'${path}' cannot be written: ${error.message}`, { cause: error });
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
