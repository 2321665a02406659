/** From staged splices to text. */
import { CmonsterError } from '../error.js';
import type { FileRange } from '../source/location.js';
import type { SourceFile } from '../source/source-file.js';
import type { Edit } from './edit.js';
import { skipTrivia, tokenEnd } from './lex.js';
import type { Copy, Level, Splice } from './splice.js';

/** The splices of each file. */
export type Levels = (file: SourceFile) => Level;

/** What a file's splices come down to. */
export function commit(file: SourceFile, level: Level, levels: Levels): Edit[] {
  const committed = new Committed(file);
  const renderer = new Renderer(levels);
  for (const splice of level.splices) renderer.commit(splice, level, committed);
  return committed.edits;
}

/** What a range reads with the splices in it. */
export function renderRange(range: FileRange, levels: Levels): string {
  return new Renderer(levels).copy(range, levels(range.file));
}

/** Collects edits in the file's order; what meets at one place becomes one edit. */
class Committed {
  readonly edits: Edit[] = [];
  private readonly file: SourceFile;

  constructor(file: SourceFile) {
    this.file = file;
  }

  add(begin: number, end: number, text: string, { origins }: Splice): void {
    if (begin === end && text === '') return;
    const last = this.edits[this.edits.length - 1];
    if (last && (begin === last.offset || (begin === end && begin === last.offset + last.length))) {
      last.text += text;
      last.length = end - last.offset;
      last.origins = [...last.origins, ...origins];
    } else {
      this.edits.push({ file: this.file.path, offset: begin, length: end - begin, text, origins: [...origins] });
    }
  }
}

/** Copies of copies end somewhere; a circle of them does not. */
const DEEPEST = 200;

class Renderer {
  private readonly levels: Levels;
  private depth = 0;

  constructor(levels: Levels) {
    this.levels = levels;
  }

  /**
   * The edits of a splice: what it copies in place stays, so that they are small and say what really changes.
   * @param isBare whether parentheses are somebody else's to decide
   */
  commit(splice: Splice, level: Level, committed: Committed, isBare = false): void {
    const { file } = splice;
    const isWrapped = !isBare && needsParentheses(splice.operand, this.bindingOf(splice, level));
    let at = splice.begin;
    let text = isWrapped ? '(' : '';
    // At its own ends a splice meets bytes of the file; elsewhere its pieces meet each other.
    const parts = (next: string): boolean => {
      const isFirst = text === '' && at === splice.begin;
      if (isFirst && !splice.operand) return false;
      return sticks(text === '' ? file.slice(Math.max(0, at - 1), at) : text, next, isFirst);
    };
    const join = (next: string): void => {
      text += parts(next) ? ` ${next}` : next;
    };
    for (const piece of splice.pieces) {
      if (typeof piece === 'string') {
        join(piece);
        continue;
      }
      const from = this.source(piece, splice, level);
      if (piece.file !== file || piece.begin < at || piece.end > splice.end || piece.reindent) {
        join(this.copy(piece, from));
        continue;
      }
      const inParentheses = needsParentheses(piece.operand, this.bindingIn(piece, from));
      if (inParentheses) join('(');
      else if (parts(file.slice(piece.begin, piece.begin + 1))) text += ' ';
      committed.add(at, piece.begin, text, splice);
      const { level: below, splices } = from.within(piece.begin, piece.end);
      const whole = piece.operand && wholeOf(piece, splices);
      for (const inner of splices) {
        if (inner.begin < piece.begin || inner.end > piece.end) throw tornCopy(file);
        this.commit(inner, below, committed, inner === whole);
      }
      at = piece.end;
      text = inParentheses ? ')' : '';
    }
    if (isWrapped) text += ')';
    const left = text === '' ? file.slice(Math.max(0, at - 1), at) : text;
    if (splice.operand && sticks(left, file.slice(splice.end, splice.end + 1), true)) text += ' ';
    committed.add(at, splice.end, text, splice);
  }

  private source(copy: Copy, splice: Splice, level: Level): Level {
    const isIn = copy.file === splice.file && splice.begin <= copy.begin && copy.end <= splice.end;
    return isIn ? level.below(splice) : this.levels(copy.file);
  }

  private pieces(splice: Splice, level: Level): string {
    let text = '';
    for (const piece of splice.pieces) {
      const next = typeof piece === 'string' ? piece : this.copy(piece, this.source(piece, splice, level));
      text += sticks(text, next, false) ? ` ${next}` : next;
    }
    return text;
  }

  /** What a copy reads, in parentheses when its place asks for them. */
  copy(copy: Copy, from: Level): string {
    if (++this.depth > DEEPEST) throw new CmonsterError('EDIT_CONFLICT', 'code holds itself', { file: copy.file.name });
    const { file, begin, end, reindent, operand } = copy;
    const { level, splices } = from.within(begin, end);
    const whole = wholeOf(copy, splices);
    let text = '';
    if (whole && operand) {
      text = this.pieces(whole, level);
    } else {
      let at = begin;
      for (const splice of splices) {
        if (splice.begin < at || splice.end > end) throw tornCopy(file);
        const own = this.pieces(splice, level);
        const inner = needsParentheses(splice.operand, this.bindingOf(splice, level)) ? `(${own})` : own;
        text += file.slice(at, splice.begin);
        text += sticks(text, inner, splice.operand !== undefined) ? ` ${inner}` : inner;
        at = splice.end;
      }
      const rest = file.slice(at, end);
      text += sticks(text, rest, false) ? ` ${rest}` : rest;
    }
    this.depth--;
    if (reindent) text = reindented(text, reindent.from, reindent.to);
    return needsParentheses(operand, this.bindingIn(copy, from)) ? `(${text})` : text;
  }

  /** How what a copy reads binds. */
  private bindingIn(copy: Copy, from: Level): number {
    const { level, splices } = from.within(copy.begin, copy.end);
    const whole = wholeOf(copy, splices);
    return whole?.operand ? this.bindingOf(whole, level) : (copy.operand?.binding ?? 0);
  }

  private bindingOf(splice: Splice, level: Level): number {
    const [only, ...others] = splice.pieces;
    if (only === undefined || typeof only === 'string' || others.length > 0) return splice.operand?.binding ?? 0;
    return only.operand ? this.bindingIn(only, this.source(only, splice, level)) : (splice.operand?.binding ?? 0);
  }
}

/** The splice that takes all of a copy's place. */
function wholeOf({ begin, end }: Copy, splices: readonly Splice[]): Splice | undefined {
  const [only] = splices;
  return splices.length === 1 && only?.begin === begin && only.end === end ? only : undefined;
}

function needsParentheses(operand: { required: number } | undefined, binding: number): boolean {
  return operand !== undefined && binding < operand.required;
}

function tornCopy(file: SourceFile): CmonsterError {
  return new CmonsterError('EDIT_CONFLICT', 'code that is used elsewhere is taken out in part', { file: file.name });
}

/** Pairs that would be read as one token, or begin a comment. */
const STICKING = new Set(['--', '++', '&&', '/*', '//', '<:', '->', '<<', '>>', '::', '|=', '==']);

/** Whether a blank must part two texts; words are only parted where the place is not in the code itself. */
function sticks(before: string, after: string, words: boolean): boolean {
  const left = before[before.length - 1];
  const right = after[0];
  if (left === undefined || right === undefined) return false;
  if (words && /[\w$]/.test(left) && /[\w$]/.test(right)) return true;
  return '-+&/<:'.includes(left) && STICKING.has(left + right);
}

/** Lines but the first whose indentation begins as `from` begin with `to` then; those that begin inside of a string stay. */
function reindented(text: string, from: string, to: string): string {
  if (from === to) return text;
  const fixed = linesInStrings(text);
  return text
    .split('\n')
    .map((line, at) => {
      if (at === 0 || fixed.has(at) || !line.startsWith(from) || line.trim() === '') return line;
      return to + line.slice(from.length);
    })
    .join('\n');
}

/** The lines, from 0, that begin inside of a raw string or a string whose line is spliced. */
function linesInStrings(text: string): ReadonlySet<number> {
  const lines = new Set<number>();
  if (!/R"|\\\r?\n/.test(text)) return lines;
  const bytes = Buffer.from(text, 'utf8');
  let line = 0;
  let at = 0;
  const goTo = (offset: number, isToken: boolean): void => {
    for (; at < offset; at++) if (bytes[at] === 10 && ++line > 0 && isToken) lines.add(line);
  };
  while (at < bytes.length) {
    goTo(skipTrivia(bytes, at), false);
    goTo(tokenEnd(bytes, at), true);
  }
  return lines;
}
