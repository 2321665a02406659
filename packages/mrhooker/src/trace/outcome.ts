/** Whether a call failed, and whether it then wrote what it was given room for. */
import { constants } from 'node:os';
import type { Captured } from './decode.js';
import type { TracedFunction } from './plan.js';

export const ALL_ONES = '0xffffffffffffffff';
/** Of these a null pointer means an error; of most others only that there is nothing. */
const NULL_IS_ERROR = /^(f?d?open|fopen|freopen|opendir|malloc|calloc|realloc|popen|tmpfile|getcwd|realpath|readlink)/;
/** Their result is the error's number. */
const RESULT_IS_ERROR = /^(pthread_|posix_|getaddrinfo$|get\w+_r$)/;
/** What they are given was the caller's before, and is so after an error. */
const WRITTEN_BEFORE = /^p?poll$/;

type Returning = Pick<TracedFunction, 'name' | 'returnsNothing'>;

/** Whether a result is one of those that mean an error; which one, errno says. */
export function isFailure({ name }: Returning, result: Captured): boolean {
  return isMinusOne(result) || (result === null && NULL_IS_ERROR.test(name));
}

/** Whether memory that a call was to fill was filled: after most errors it holds what it held, whatever that is. */
export function fills({ name, returnsNothing }: Returning, result: Captured, errno: number): boolean {
  if (returnsNothing || WRITTEN_BEFORE.test(name)) return true;
  // What is left of the time is told to who was woken.
  if (name === 'nanosleep') return result === -1 && errno === constants.errno.EINTR;
  if (name === 'clock_nanosleep') return result === constants.errno.EINTR;
  // No child has changed.
  if (/^wait(pid|3|4)$/.test(name) && result === 0) return false;
  if (typeof result === 'number' && RESULT_IS_ERROR.test(name)) return result === 0;
  return !isMinusOne(result) && result !== null;
}

function isMinusOne(result: Captured): boolean {
  if (typeof result === 'object' && result !== null && 'p' in result) return result.p === ALL_ONES;
  return result === -1;
}
