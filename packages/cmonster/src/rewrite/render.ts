/** From staged splices to text. */
import { CmonsterError } from '../error.js';
import type { FileRange } from '../source/location.js';
import type { SourceFile } from '../source/source-file.js';
import type { Edit } from './edit.js';
import type { Copy, Level, Splice } from './splice.js';

/** The splices of each file. */
export type Levels = (file: SourceFile) => Level;

/** What a file's splices come down to; what meets at one place becomes one edit. */
export function commit(file: SourceFile, level: Level, levels: Levels): Edit[] {
  const edits: Edit[] = [];
  let last: Edit | undefined;
  for (const splice of level.splices) {
    const text = new Renderer(levels).splice(splice, level);
    const meets =
      last &&
      (splice.begin === last.offset || (splice.begin === last.offset + last.length && splice.begin === splice.end));
    if (last && meets) {
      last.text += text;
      last.length = splice.end - last.offset;
      last.origins = [...last.origins, ...splice.origins];
    } else {
      last = {
        file: file.path,
        offset: splice.begin,
        length: splice.end - splice.begin,
        text,
        origins: [...splice.origins],
      };
      edits.push(last);
    }
  }
  return edits;
}

/** What a range reads with the splices in it. */
export function renderRange(range: FileRange, levels: Levels): string {
  return new Renderer(levels).copy(range, levels(range.file));
}

/** Copies of copies end somewhere; a circle of them does not. */
const DEEPEST = 200;

class Renderer {
  private readonly levels: Levels;
  private depth = 0;

  constructor(levels: Levels) {
    this.levels = levels;
  }

  splice(splice: Splice, level: Level): string {
    let text = '';
    for (const piece of splice.pieces) {
      if (typeof piece === 'string') text += piece;
      else text += this.copy(piece, isIn(piece, splice) ? level.below(splice) : this.levels(piece.file));
    }
    return text;
  }

  copy({ file, begin, end, reindent }: Copy, from: Level): string {
    if (++this.depth > DEEPEST) throw new CmonsterError('EDIT_CONFLICT', 'code holds itself', { file: file.name });
    const { level, splices } = from.within(begin, end);
    let text = '';
    let at = begin;
    for (const splice of splices) {
      if (splice.begin < at || splice.end > end) {
        throw new CmonsterError('EDIT_CONFLICT', 'code that is used elsewhere is taken out in part', {
          file: file.name,
        });
      }
      text += file.slice(at, splice.begin) + this.splice(splice, level);
      at = splice.end;
    }
    text += file.slice(at, end);
    this.depth--;
    return reindent ? reindented(text, reindent.from, reindent.to) : text;
  }
}

function isIn(copy: Copy, splice: Splice): boolean {
  return copy.file === splice.file && splice.begin <= copy.begin && copy.end <= splice.end;
}

/** Lines but the first whose indentation begins as `from` begin with `to` then. */
function reindented(text: string, from: string, to: string): string {
  if (from === to) return text;
  return text
    .split('\n')
    .map((line, at) => (at > 0 && line.startsWith(from) && line.trim() !== '' ? to + line.slice(from.length) : line))
    .join('\n');
}
