/** A pattern that cannot be understood: where, and why. */
import { CmonsterError } from '../../error.js';

/** The lines of the pattern with what is wrong underlined, as compilers show code. */
function frame(text: string, begin: number, end: number): string {
  const lines = text.split('\n');
  let start = 0;
  let number = 0;
  for (; number < lines.length - 1 && begin > start + (lines[number] as string).length; number++) {
    start += (lines[number] as string).length + 1;
  }
  const line = lines[number] as string;
  const column = Math.min(begin - start, line.length);
  const width = Math.max(1, Math.min(end - start, line.length) - column);
  const indent = line.slice(0, column).replace(/[^\t]/g, ' ');
  const gutter = String(number + 1).padStart(4);
  return `${gutter} | ${line}\n${' '.repeat(gutter.length)} | ${indent}^${'~'.repeat(width - 1)}`;
}

export class PatternError extends CmonsterError {
  /** The pattern as it was given. */
  readonly pattern: string;
  /** Where in it, in UTF-16 code units. */
  readonly begin: number;
  readonly end: number;
  /** What is wrong, without the code. */
  readonly reason: string;

  constructor(reason: string, pattern: string, begin: number, end = begin + 1) {
    super('PATTERN', `the pattern cannot be understood: ${reason}\n${frame(pattern, begin, end)}`);
    this.pattern = pattern;
    this.begin = begin;
    this.end = Math.max(begin, end);
    this.reason = reason;
  }
}
