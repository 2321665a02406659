/** What a command's exit status says; the same for every command, and shown by --help. */
import { CmonsterError, type CmonsterErrorCode } from '../error.js';

export const Exit = {
  /** Done. */
  OK: 0,
  /** Done, but some input has errors, or the script failed on it. */
  FAILED: 1,
  /** The command line, the project or the pattern makes no sense. */
  USAGE: 2,
  /** Clang's frontend could not do its work: unreadable input, crash, limit, missing program. */
  FRONTEND: 3,
  /** With --check: there are findings, or changes to make. */
  FOUND: 4,
  /** The changes cannot be made: they disagree, or a file cannot be written. Nothing was written. */
  REFUSED: 5,
  /** Ctrl-C: 128 and the signal's number, as shells have it. */
  INTERRUPTED: 130,
  TERMINATED: 143,
} as const;

export type Exit = (typeof Exit)[keyof typeof Exit];

export const exitCodesHelp = `Exit status:
  0  done
  1  done, but some input has errors, or the script failed on it
  2  the command line, the project or the pattern makes no sense
  3  Clang's frontend could not do its work: unreadable input, crash, time or memory limit
  4  with --check: there are findings, or changes to make
  5  the changes disagree, or a file cannot be written: nothing was written
  130, 143  interrupted, terminated: nothing was written`;

const USAGE: readonly CmonsterErrorCode[] = ['USAGE', 'BAD_ARGUMENTS', 'PROJECT', 'PATTERN'];
const REFUSED: readonly CmonsterErrorCode[] = ['FILE_CHANGED', 'FILE_UNWRITABLE', 'EDIT_CONFLICT'];

export function exitCodeOf(error: unknown): Exit {
  if (!(error instanceof CmonsterError)) return Exit.FAILED;
  if (USAGE.includes(error.code)) return Exit.USAGE;
  return REFUSED.includes(error.code) ? Exit.REFUSED : Exit.FRONTEND;
}
