/** What a command's exit status says; the same for every command, and shown by --help. */
import { CmonsterError } from '../error.js';

export const Exit = {
  /** Done. */
  OK: 0,
  /** Done, but the input has errors, or the script failed. */
  FAILED: 1,
  /** The command line makes no sense. */
  USAGE: 2,
  /** Clang's frontend could not do its work: unreadable input, crash, limit, missing program. */
  FRONTEND: 3,
} as const;

export type Exit = (typeof Exit)[keyof typeof Exit];

export const exitCodesHelp = `Exit status:
  0  done
  1  done, but the input has errors, or the script failed
  2  the command line makes no sense
  3  Clang's frontend could not do its work: unreadable input, crash, time or memory limit`;

export function exitCodeOf(error: unknown): Exit {
  if (!(error instanceof CmonsterError)) return Exit.FAILED;
  return error.code === 'USAGE' || error.code === 'BAD_ARGUMENTS' ? Exit.USAGE : Exit.FRONTEND;
}
