/** The bytes that are written for a range. */
import type { FileRange, Range } from '../source/location.js';
import type { SourceManager } from '../source/source-manager.js';

/**
 * As `range.fileRange`, but what is written in an argument of a macro is found there, also where it is all that the macro
 * stands for: in `ID(a + b)`, of `a + b`, these five bytes rather than the macro's use.
 */
export function writtenText(manager: SourceManager, range: Range): FileRange | undefined {
  let begin = range.begin.raw;
  let end = range.end.raw;
  while (
    manager.isMacroArg(begin) &&
    manager.isMacroArg(end) &&
    manager.immediateBegin(begin) === manager.immediateBegin(end)
  ) {
    begin = manager.immediateSpelling(begin);
    end = manager.immediateSpelling(end);
  }
  return manager.fileRange(begin, end);
}
