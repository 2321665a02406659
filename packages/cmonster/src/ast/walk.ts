/** Iteration over a subtree, one row at a time: a node object is made when it is its turn. */
import type { Node } from './node.js';
import type { TranslationUnit } from './translation-unit.js';
import type { View } from './view.js';

export class Walk implements Iterable<Node>, Iterator<Node, undefined> {
  private readonly tu: TranslationUnit;
  private readonly view: View;
  private rows: Uint32Array;
  private ends: Uint32Array;
  /** Positions of the view still to come. */
  private at = 0;
  private end = 0;
  /** What comes behind those: rows, or spans of positions, the next one last. */
  private readonly pending: (number | readonly [at: number, end: number])[];
  private current = 0;

  constructor(tu: TranslationUnit, root: number, view: View) {
    this.tu = tu;
    this.view = view;
    this.rows = view.rows;
    this.ends = tu.snapshot.end;
    this.pending = [root];
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Node, undefined> {
    const row = this.advance();
    // Made in one place only: where a loop has this inlined, V8 then makes no result at all.
    const value = row === 0 ? undefined : this.tu.knownNode(row);
    return { done: row === 0, value } as IteratorResult<Node, undefined>;
  }

  /** The next row; 0 at the end. */
  private advance(): number {
    if (this.at >= this.end) return this.nextPending();
    const row = this.rows[this.at++] as number;
    this.current = row;
    if (this.ends[row] === 0) this.enter(row);
    return row;
  }

  private nextPending(): number {
    const next = this.pending.pop();
    if (next === undefined) return 0;
    if (typeof next !== 'number') {
      [this.at, this.end] = next;
      return this.advance();
    }
    this.current = next;
    this.refresh();
    const span = this.view.span(next);
    if (this.ends[next] === 0) {
      this.enter(next);
    } else if (span) {
      [this.at, this.end] = [span[0] + 1, span[1]];
    } else {
      const children = this.view.childRows(next);
      for (let i = children.length - 1; i >= 0; i--) this.pending.push(children[i] as number);
    }
    return next;
  }

  /** Goes on with what belongs below a declaration outside of the parsed scope, which may have to be brought first. */
  private enter(row: number): void {
    if (this.at < this.end) this.pending.push([this.at, this.end]);
    this.tu.expand(row);
    this.refresh();
    [this.at, this.end] = this.view.expansionSpan(row) ?? [0, 0];
  }

  /** When a view or a snapshot grows, positions and rows stay valid, its arrays do not. */
  private refresh(): void {
    this.rows = this.view.rows;
    this.ends = this.tu.snapshot.end;
  }

  /** Leaves out what is below the node that came last. */
  skip(): void {
    const { view, current } = this;
    const span = this.ends[current] === 0 ? view.expansionSpan(current) : view.span(current);
    if (span) {
      if (span[0] <= this.at && this.at <= span[1]) this.at = Math.min(span[1], this.end);
      return;
    }
    // The children were put on the stack when the node was given out.
    for (const child of view.childRows(current)) {
      const place = this.pending.lastIndexOf(child);
      if (place >= 0) this.pending.splice(place, 1);
    }
  }
}
