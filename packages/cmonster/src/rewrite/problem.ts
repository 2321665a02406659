/** What goes wrong with edits, said so that one sees where and why. */
import { CmonsterError } from '../error.js';
import { codeFrame } from '../source/code-frame.js';
import { Position } from '../source/location.js';
import type { SourceFile } from '../source/source-file.js';
import { type FrozenPlace, frozenLine } from './editability.js';
import { isFirstOnLine } from './lex.js';
import type { Splice } from './splice.js';

/** `file:line:column` of a byte. */
export function placeName(file: SourceFile, offset: number): string {
  return String(new Position(file, offset));
}

/** Two edits that cannot be made together, each with the code that it is about. */
export function conflict(splice: Splice, other: Splice): CmonsterError {
  const { file } = splice;
  return new CmonsterError(
    'EDIT_CONFLICT',
    `two edits of ${file.name} cannot be made together\n${framed(splice)}${framed(other)}`.trimEnd(),
    { file: file.name },
  );
}

function framed({ file, begin, end, origins }: Splice): string {
  const [origin] = origins;
  const title = `${placeName(file, begin)}: ${origin?.operation} of ${origin?.place}\n`;
  const last = Math.max(begin, end - 1);
  const line = file.lineOf(begin);
  const spans = end > begin ? [{ begin, last, end, line }] : [];
  return title + codeFrame(new Position(file, begin), line, spans, [], false);
}

const MOST_LISTED = 20;

/** Places that would have to change and cannot: all of them, as nothing was staged. */
export function frozenError(operation: string, place: string, frozen: readonly FrozenPlace[]): CmonsterError {
  const [only] = frozen as [FrozenPlace];
  const lines = frozen.slice(0, MOST_LISTED).map((each) => `  ${frozenLine(each)}`);
  if (frozen.length > MOST_LISTED) lines.push(`  and ${frozen.length - MOST_LISTED} more`);
  const message =
    frozen.length === 1
      ? `${operation} of ${place} is not possible: ${place.includes(String(only.location)) ? only.message : frozenLine(only)}`
      : `${operation} of ${place} is not possible in ${frozen.length} places; nothing was changed\n${lines.join('\n')}`;
  return new CmonsterError('EDIT_FROZEN', message, { frozen });
}

const HASH = 35;

/** What is taken out must not hold one end of an `#if` alone: the branches that were not parsed would change their meaning. */
export function ensureBalanced({ file, begin, end, origins, pieces, isMoved }: Splice): void {
  if (isMoved) return;
  const { bytes } = file;
  const isKept = (at: number): boolean =>
    pieces.some((piece) => typeof piece !== 'string' && piece.file === file && piece.begin <= at && at < piece.end);
  let depth = 0;
  let lowest = 0;
  for (let at = bytes.indexOf(HASH, begin); at >= 0 && at < end; at = bytes.indexOf(HASH, at + 1)) {
    if (!isFirstOnLine(bytes, at) || isKept(at)) continue;
    const directive = /^#[ \t]*(\w*)/.exec(file.slice(at, Math.min(at + 40, bytes.length)))?.[1] ?? '';
    if (directive.startsWith('if')) depth++;
    else if (directive === 'endif') depth--;
    else if (/^(else|elif)/.test(directive) && depth <= 0) lowest = Math.min(lowest, depth - 1);
    lowest = Math.min(lowest, depth);
  }
  if (depth === 0 && lowest === 0) return;
  const [origin] = origins;
  const location = file.location(begin);
  const message = 'a conditional directive (#if, #else, #endif) begins or ends inside of it';
  throw frozenError(origin?.operation ?? 'edit', origin?.place ?? placeName(file, begin), [
    { reason: 'directive', message, location },
  ]);
}
