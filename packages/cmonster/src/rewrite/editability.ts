/** What may be edited, and why the rest may not. */
import type { TranslationUnit } from '../ast/translation-unit.js';
import type { FileRange, Range } from '../source/location.js';

/** Why a stretch of source cannot be edited. */
export type FrozenReason =
  /** It has no place in any source: the compiler added it. */
  | 'implicit'
  /** It is in a file that is not editable. */
  | 'outside'
  /** It came from the body of a macro. */
  | 'macro-body'
  /** It begins in one macro, or in none, and ends elsewhere. */
  | 'macro-part';

export interface Frozen {
  reason: FrozenReason;
  message: string;
}

/** The bytes of a range that may be edited. */
export function editableRange(tu: TranslationUnit, range: Range): FileRange | Frozen {
  if (!range.isValid) return { reason: 'implicit', message: 'the compiler added it: nothing is written for it' };
  const found = range.fileRange;
  if (!found) return { reason: 'macro-part', message: 'it is only a part of what a macro stands for' };
  if (!tu.isEditable(found.file)) {
    return { reason: 'outside', message: `it is in ${found.file.name}, and only the main file is editable` };
  }
  return found;
}
