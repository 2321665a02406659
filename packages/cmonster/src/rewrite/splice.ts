/**
 * Staged changes of one file, before they are text. A splice takes a stretch of the file out and puts pieces in its place;
 * a piece may be a copy of source, which takes the changes inside of it along.
 *
 * Splices form a tree: those of a level lie apart, in order; a splice holds those that lie in what it takes out, which is
 * allowed only where one of its copies shows them. So nothing that was asked for can get lost.
 */
import type { SourceFile } from '../source/source-file.js';
import type { EditOrigin } from './edit.js';

/** An expression and its place: precedences. Where it binds looser than it must, parentheses are put around it. */
export interface Operand {
  binding: number;
  required: number;
}

/** Source that stands again somewhere, with the changes made in it. */
export interface Copy {
  readonly file: SourceFile;
  readonly begin: number;
  readonly end: number;
  /** What becomes of each line's indentation but the first's; undefined leaves it. */
  readonly reindent?: { readonly from: string; readonly to: string } | undefined;
  /** Of an expression: how it binds when nothing changes it, and what its new place asks. */
  readonly operand?: Operand | undefined;
}

export type Piece = string | Copy;

export interface Splice {
  readonly file: SourceFile;
  readonly begin: number;
  readonly end: number;
  readonly pieces: readonly Piece[];
  /** Of an insertion: whether it stays with what is behind it or with what is before it. */
  readonly side: 'before' | 'after';
  /** Of an insertion: the other end of what it stands beside; equal to `begin` for one that is at a mere place. */
  readonly anchor: number;
  /** Of an expression in an expression's place: how the new one binds, and what the place asks. */
  readonly operand?: Operand | undefined;
  /** Whether what it takes out stands elsewhere then. */
  readonly isMoved?: boolean | undefined;
  readonly origins: EditOrigin[];
}

export class Level {
  readonly splices: Splice[] = [];
  private readonly inner = new Map<Splice, Level>();

  /** Where a splice goes: behind its equals, as it was asked for later. */
  private placeOf(splice: Splice): number {
    let low = 0;
    let high = this.splices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(this.splices[middle] as Splice, splice) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Adds a splice.
   * @returns the way back, or the splices that it cannot be together with
   */
  add(splice: Splice): { undo: () => void } | { conflicts: Splice[] } {
    const { splices } = this;
    const at = this.placeOf(splice);
    let from = at;
    while (from > 0 && interact(splices[from - 1] as Splice, splice)) from--;
    let to = at;
    while (to < splices.length && interact(splices[to] as Splice, splice)) to++;
    const again = this.equalInsertion(at, splice);
    if (again) return joined(again, splice);
    if (to === from) return this.insert(at, 0, splice, []);
    const met = splices.slice(from, to);
    const [only] = met as [Splice];
    for (const known of this.wholes(only, splice)) if (samePieces(known, splice)) return joined(known, splice);
    if (met.every((other) => covers(splice, other))) return this.insert(from, met.length, splice, met);
    if (met.length === 1 && covers(only, splice)) return this.below(only).add(splice);
    return { conflicts: met };
  }

  /** The splices of the same range as the given one: each around the next. */
  private *wholes(outermost: Splice, like: Splice): Iterable<Splice> {
    if (!sameRange(outermost, like)) return;
    yield outermost;
    const [inner] = this.inner.get(outermost)?.splices ?? [];
    if (inner) yield* this.below(outermost).wholes(inner, like);
  }

  /** Insertions at one place lie beside each other. */
  private equalInsertion(at: number, splice: Splice): Splice | undefined {
    const { splices } = this;
    let from = at;
    while (from > 0 && samePlace(splices[from - 1] as Splice, splice)) from--;
    for (let i = from; i < splices.length && samePlace(splices[i] as Splice, splice); i++) {
      if (samePieces(splices[i] as Splice, splice)) return splices[i];
    }
    return undefined;
  }

  private insert(at: number, count: number, splice: Splice, below: Splice[]): { undo: () => void } {
    this.splices.splice(at, count, splice);
    if (below.length > 0) {
      const level = new Level();
      level.splices.push(...below);
      for (const other of below) this.pass(other, level);
      this.inner.set(splice, level);
    }
    return { undo: () => this.drop(splice) };
  }

  /** Takes a splice of this level or below it back; what was in it stays. @returns whether it was there */
  drop(splice: Splice): boolean {
    const at = this.splices.indexOf(splice);
    if (at < 0) {
      const isAround = ({ begin, end }: Splice): boolean => begin <= splice.begin && splice.end <= end;
      return this.splices.some((other) => isAround(other) && this.inner.get(other)?.drop(splice));
    }
    const level = this.inner.get(splice);
    this.inner.delete(splice);
    this.splices.splice(at, 1, ...(level?.splices ?? []));
    for (const other of level?.splices ?? []) level?.pass(other, this);
    return true;
  }

  private pass(splice: Splice, to: Level): void {
    const known = this.inner.get(splice);
    if (known) to.inner.set(splice, known);
    this.inner.delete(splice);
  }

  below(splice: Splice): Level {
    let level = this.inner.get(splice);
    if (!level) {
      level = new Level();
      this.inner.set(splice, level);
    }
    return level;
  }

  /** The first splice that does not end before an offset. */
  private firstReaching(offset: number): number {
    let low = 0;
    let high = this.splices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.splices[middle] as Splice).end < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The splice that takes out a range, wholly. */
  private around(begin: number, end: number): Splice | undefined {
    for (let at = this.firstReaching(end); at < this.splices.length; at++) {
      const splice = this.splices[at] as Splice;
      if (splice.begin > begin) return undefined;
      if (splice.begin < splice.end && splice.end >= end) return splice;
    }
    return undefined;
  }

  /** Whether a range lies in what is taken out, and in no copy of it. */
  isGone(begin: number, end: number): boolean {
    const around = this.around(begin, end);
    if (!around || (around.begin === begin && around.end === end) || around.isMoved) return false;
    const isShown = around.pieces.some(
      (piece) => typeof piece !== 'string' && piece.file === around.file && piece.begin <= begin && end <= piece.end,
    );
    return !isShown || this.below(around).isGone(begin, end);
  }

  /** The splices that show in a copy of a range, each with the level it is in. */
  within(begin: number, end: number): { level: Level; splices: Splice[] } {
    const { splices } = this;
    const found: Splice[] = [];
    for (let at = this.firstReaching(begin); at < splices.length; at++) {
      const splice = splices[at] as Splice;
      if (splice.begin > end) break;
      if (splice.begin < splice.end) {
        const inner = this.inner.get(splice);
        const isWhole = splice.begin === begin && splice.end === end;
        if (splice.begin <= begin && end <= splice.end && (!isWhole || splice.isMoved)) {
          return inner ? inner.within(begin, end) : { level: this, splices: [] };
        }
        if (splice.end > begin && splice.begin < end) found.push(splice);
      } else if (belongs(splice, begin, end)) found.push(splice);
    }
    return { level: this, splices: found };
  }
}

/** Whether an insertion goes along with a copy of a range. */
function belongs(splice: Splice, begin: number, end: number): boolean {
  const first = Math.min(splice.begin, splice.anchor);
  const last = Math.max(splice.begin, splice.anchor);
  if (first < begin || last > end) return false;
  if (splice.begin === begin && splice.side === 'after') return false;
  if (splice.begin === end && splice.side === 'before') return false;
  return first !== begin || last !== end;
}

/** Whether what one takes out holds the other, wholly or in part. */
function interact(a: Splice, b: Splice): boolean {
  if (a.begin === a.end) return b.begin < a.begin && a.begin < b.end;
  if (b.begin === b.end) return a.begin < b.begin && b.begin < a.end;
  return a.begin < b.end && b.begin < a.end;
}

/** Whether the outer splice shows what the inner one changes. */
function covers(outer: Splice, inner: Splice): boolean {
  return (
    outer.begin <= inner.begin &&
    inner.end <= outer.end &&
    (outer.isMoved === true ||
      outer.pieces.some(
        (piece) =>
          typeof piece !== 'string' &&
          piece.file === inner.file &&
          (inner.begin === inner.end
            ? belongs(inner, piece.begin, piece.end)
            : piece.begin <= inner.begin && inner.end <= piece.end),
      ))
  );
}

function joined(known: Splice, again: Splice): { undo: () => void } {
  const count = known.origins.length;
  known.origins.push(...again.origins);
  return { undo: () => void known.origins.splice(count) };
}

function sameRange(a: Splice, b: Splice): boolean {
  return a.begin === b.begin && a.end === b.end;
}

function samePlace(a: Splice, b: Splice): boolean {
  return sameRange(a, b) && a.begin === a.end && compare(a, b) === 0;
}

export function samePieces(a: Splice, b: Splice): boolean {
  return (
    a.pieces.length === b.pieces.length &&
    a.pieces.every((piece, at) => {
      const other = b.pieces[at] as Piece;
      if (typeof piece === 'string' || typeof other === 'string') return piece === other;
      return (
        piece.file === other.file &&
        piece.begin === other.begin &&
        piece.end === other.end &&
        piece.reindent?.from === other.reindent?.from &&
        piece.reindent?.to === other.reindent?.to
      );
    })
  );
}

/**
 * The order of what meets at one offset: what stays with the text before it, inner ones first; then what stays with the text
 * behind it, outer ones first; then what takes that text out.
 */
function compare(a: Splice, b: Splice): number {
  if (a.begin !== b.begin) return a.begin - b.begin;
  const byPhase = phase(a) - phase(b);
  return byPhase !== 0 || phase(a) === 2 ? byPhase : b.anchor - a.anchor;
}

function phase(splice: Splice): number {
  if (splice.begin < splice.end) return 2;
  return splice.side === 'after' ? 0 : 1;
}
