/**
 * A list in the source, that changes element by element: arguments, parameters, enumerators, bases, initialisers. Indexes
 * count what the list holds after the changes so far.
 */
import { CmonsterError } from '../error.js';
import type { SourceFile } from '../source/source-file.js';
import type { CodeLike } from './code.js';
import { layOut } from './layout.js';
import { indentationAt, isBlank, lineEnding, restIsTrivia, skipTrivia } from './lex.js';
import { Precedence } from './precedence.js';
import type { Request, Rewriter } from './rewriter.js';
import type { Piece, Splice } from './splice.js';

interface Stretch {
  begin: number;
  end: number;
}

/** Where a list is written. */
export interface ListPlace {
  file: SourceFile;
  /** Its elements, each without what parts it from the next. */
  elements: readonly Stretch[];
  /** What becomes of an empty list's place when it gets elements: they come between the texts. */
  whenFilled: Stretch & { before: string; after: string };
  /** What becomes of the whole when no element is left; undefined for a list that must not be empty. */
  whenEmptied: (Stretch & { text: string }) | undefined;
  /** Whether its elements are expressions. */
  areExpressions: boolean;
}

/** An element as it was, by number, or a new one. */
type Slot = number | { pieces: Piece[] };

/** What a list of nodes does when it is changed: see NodeList. */
export interface EditableList {
  push(...codes: CodeLike[]): void;
  insert(index: number, ...codes: CodeLike[]): void;
  removeAt(index: number): void;
  move(from: number, to: number): void;
}

const LABEL = '\\/\\*(?:[^*]|\\*(?!\\/))*\\*\\/';
const LABELS_BEFORE = new RegExp(`(?:${LABEL}[ \\t]*)+$`);
const LABELS_BEHIND = new RegExp(`^(?:[ \\t]*${LABEL})+(?=\\s*[,)}>;{]|\\s*$)`);
/** Bytes in which they are looked for. */
const NEAR = 400;

/** An element with the comments that stand beside it on its line: `f(/*width=*\/ 3, 4 /* high *\/)`. They go where it goes. */
function withLabels(file: SourceFile, { begin, end }: Stretch): Stretch {
  const [before = ''] = LABELS_BEFORE.exec(file.slice(Math.max(0, begin - NEAR), begin)) ?? [];
  const [behind = ''] = LABELS_BEHIND.exec(file.slice(end, end + NEAR)) ?? [];
  return { begin: begin - file.encode(before).length, end: end + file.encode(behind).length };
}

/** A list that is parted by commas. */
export class CommaList implements EditableList {
  private readonly rewriter: Rewriter;
  private readonly place: ListPlace;
  /** What it is a list of: `arguments of CallExpr a.c:3:5`. */
  private readonly name: string;
  private slots: Slot[];
  private staged: readonly Splice[] = [];

  constructor(rewriter: Rewriter, place: ListPlace, name: string) {
    this.rewriter = rewriter;
    this.place = { ...place, elements: place.elements.map((element) => withLabels(place.file, element)) };
    this.name = name;
    this.slots = place.elements.map((_, at) => at);
  }

  push(...codes: CodeLike[]): void {
    this.change('push', [...this.slots, ...codes.map((code) => this.element(code))]);
  }

  insert(index: number, ...codes: CodeLike[]): void {
    this.ensureIndex('insert', index, this.slots.length + 1);
    this.change('insert', this.slots.toSpliced(index, 0, ...codes.map((code) => this.element(code))));
  }

  removeAt(index: number): void {
    this.ensureIndex('removeAt', index, this.slots.length);
    this.change('removeAt', this.slots.toSpliced(index, 1));
  }

  /** Takes out an element by its number when the file was parsed. */
  removeOriginal(number: number): void {
    const index = this.slots.indexOf(number);
    if (index >= 0) this.change('remove', this.slots.toSpliced(index, 1));
  }

  /** @param to the index that it has then */
  move(from: number, to: number): void {
    this.ensureIndex('move', from, this.slots.length);
    this.ensureIndex('move', to, this.slots.length);
    const slots = this.slots.toSpliced(from, 1);
    this.change('move', slots.toSpliced(to, 0, this.slots[from] as Slot));
  }

  private ensureIndex(operation: string, index: number, limit: number): void {
    if (Number.isInteger(index) && index >= 0 && index < limit) return;
    throw new CmonsterError(
      'EDIT_TARGET',
      `${operation}: there is no place ${index} in the ${this.name}, which ${this.slots.length === 1 ? 'is one' : `are ${this.slots.length}`}`,
    );
  }

  private element(code: CodeLike): Slot {
    const { file, elements, whenFilled, areExpressions } = this.place;
    const at = elements[0]?.begin ?? whenFilled.begin;
    const { pieces, binding } = layOut(code, file, indentationAt(file.bytes, at));
    const inParentheses = areExpressions && binding < Precedence.assignment;
    return { pieces: inParentheses ? ['(', ...pieces, ')'] : pieces };
  }

  private change(operation: string, slots: Slot[]): void {
    const request = this.request(slots);
    const before = this.staged;
    this.rewriter.unstage(before);
    try {
      this.staged = request ? this.rewriter.stage(operation, this.name, [request]) : [];
      this.slots = slots;
    } catch (error) {
      // What was staged before is still wanted.
      this.rewriter.restage(before);
      throw error;
    }
  }

  private request(slots: readonly Slot[]): Request | undefined {
    const { file, elements, whenFilled, whenEmptied } = this.place;
    if (elements.length === 0) {
      if (slots.length === 0) return undefined;
      const { begin, end, before, after } = whenFilled;
      return { file, begin, end, pieces: [before, ...this.fresh(slots, ', '), after].filter((piece) => piece !== '') };
    }
    if (slots.length === 0) {
      if (!whenEmptied) throw new CmonsterError('EDIT_TARGET', `the ${this.name} must not all go`);
      const { begin, end, text } = whenEmptied;
      return { file, begin, end, pieces: text === '' ? [] : [text] };
    }
    return this.rearranged(slots);
  }

  private fresh(slots: readonly Slot[], separator: string): Piece[] {
    return slots.flatMap((slot, at) => [...(at > 0 ? [separator] : []), ...this.slotPieces(slot)]);
  }

  private slotPieces(slot: Slot): Piece[] {
    if (typeof slot !== 'number') return slot.pieces;
    return [{ file: this.place.file, ...(this.place.elements[slot] as Stretch) }];
  }

  /** Neighbours that stay neighbours keep what stands between them; what is new is parted as the list's elements are. */
  private rearranged(slots: readonly Slot[]): Request {
    const { file, elements } = this.place;
    const first = elements[0] as Stretch;
    const last = elements[elements.length - 1] as Stretch;
    const isSpread = elements.length > 1 && file.lineOf(first.end) !== file.lineOf((elements[1] as Stretch).begin);
    const tail = isSpread ? this.tail(last.end) : last.end;
    const newline = lineEnding(file.bytes) + indentationAt(file.bytes, last.begin);
    const separator = isSpread ? `,${newline}` : ', ';
    const pieces: Piece[] = [];
    const copy = (begin: number, end: number): void => {
      const previous = pieces[pieces.length - 1];
      if (previous !== undefined && typeof previous !== 'string' && previous.end === begin) {
        pieces[pieces.length - 1] = { file, begin: previous.begin, end };
      } else if (end > begin) pieces.push({ file, begin, end });
    };
    let end = last.end;
    slots.forEach((slot, at) => {
      for (const piece of this.slotPieces(slot)) {
        if (typeof piece === 'string' || piece.file !== file || piece.operand || piece.reindent) pieces.push(piece);
        else copy(piece.begin, piece.end);
      }
      if (at === slots.length - 1) return;
      const behind = typeof slot === 'number' ? elements[slot + 1] : undefined;
      if (behind) {
        copy((elements[slot as number] as Stretch).end, behind.begin);
      } else if (typeof slot === 'number' && tail > last.end) {
        // Behind the last one: its comma, if it has one, and its comment stay with it.
        const text = file.slice(last.end, tail);
        if (!text.startsWith(',')) pieces.push(',');
        copy(last.end, tail);
        pieces.push(newline);
        end = tail;
      } else pieces.push(separator);
    });
    if (end === tail && tail > last.end && file.slice(last.end, tail).startsWith(',')) pieces.push(',');
    return { file, begin: first.begin, end, pieces };
  }

  /** Where the last element's comma and the comment on its line end. */
  private tail(offset: number): number {
    const { bytes } = this.place.file;
    const next = skipTrivia(bytes, offset);
    const from = bytes[next] === 44 ? next + 1 : offset;
    let end = restIsTrivia(bytes, from) ?? from;
    while (end > from && isBlank(bytes[end - 1])) end--;
    return end;
  }
}
