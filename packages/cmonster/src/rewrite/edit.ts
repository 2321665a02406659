/**
 * A change of a file, as plain data: what a rewrite comes down to, and what goes from one process to another. It survives
 * `JSON.stringify`. The edits of one file never overlap, and are sorted by offset.
 */
import { isUtf8 } from 'node:buffer';
import { CmonsterError } from '../error.js';

/** Why an edit is there. */
export interface EditOrigin {
  /** The main file of the translation unit that asked for it, as it was given to `parse`. */
  unit: string;
  /** What was called: `replaceWith`. */
  operation: string;
  /** On what: `CallExpr file.c:3:5`. */
  place: string;
}

/** `length` bytes at `offset` become `text`. */
export interface Edit {
  /** Absolute path. */
  file: string;
  /** In bytes from the file's start; a byte order mark counts. */
  offset: number;
  /** In bytes; 0 for an insertion. */
  length: number;
  /** In the file's own line endings. A file that is not UTF-8 is Latin-1: a character for each byte. */
  text: string;
  /** What asked for it: several, when the same was asked for more than once, or when edits met at one place. */
  origins: EditOrigin[];
}

/** The file's bytes after the edits, all of which must be of that file, sorted and apart. */
export function applyEdits(bytes: Uint8Array, edits: readonly Edit[], utf8 = isUtf8(bytes)): Uint8Array {
  const encode = utf8 ? ({ text }: Edit) => Buffer.from(text, 'utf8') : latin1;
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const edit of edits) {
    const end = edit.offset + edit.length;
    if (edit.offset < at || end > bytes.length) {
      throw new CmonsterError(
        'EDIT_CONFLICT',
        `the edit at byte ${edit.offset} overlaps another, or ends behind the file`,
        {
          file: edit.file,
        },
      );
    }
    if (edit.offset > at) parts.push(bytes.subarray(at, edit.offset));
    if (edit.text !== '') parts.push(encode(edit));
    at = end;
  }
  if (at < bytes.length) parts.push(bytes.subarray(at));
  return Buffer.concat(parts);
}

function latin1({ text, file, offset }: Edit): Uint8Array {
  const foreign = [...text].find((character) => character > '\u00ff');
  if (foreign !== undefined) {
    throw new CmonsterError(
      'EDIT_ENCODING',
      `'${foreign}' cannot be written at byte ${offset}: the file is not UTF-8, and its encoding has no such character`,
      { file },
    );
  }
  return Buffer.from(text, 'latin1');
}

/** The edits by file, each file's sorted by offset. */
export function byFile(edits: Iterable<Edit>): Map<string, Edit[]> {
  const files = new Map<string, Edit[]>();
  for (const edit of edits) {
    const known = files.get(edit.file);
    if (known) known.push(edit);
    else files.set(edit.file, [edit]);
  }
  for (const list of files.values()) list.sort((a, b) => a.offset - b.offset || a.length - b.length);
  return files;
}
