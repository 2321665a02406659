/** A file that is there whole, or not at all. */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CmonsterError } from '../error.js';

export function writeAtomically(path: string, chunks: Iterable<Uint8Array | string>): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
  let fd: number | undefined;
  try {
    fd = openSync(temporary, 'w');
    for (const chunk of chunks) writeAll(fd, typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    closeSync(fd);
    fd = undefined;
    renameSync(temporary, path);
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    rmSync(temporary, { force: true });
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new CmonsterError('USAGE', `'${path}' cannot be written: ${error.message}`, { cause: error });
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
