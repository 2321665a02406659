/** Iteration over a subtree, one row at a time: a node object is made when it is its turn. */
import type { Node } from './node.js';
import type { TranslationUnit } from './translation-unit.js';
import type { View } from './view.js';

export class Walk implements Iterable<Node>, Iterator<Node, undefined> {
  private readonly tu: TranslationUnit;
  private readonly view: View;
  private readonly rows: Uint32Array;
  /** Positions of the view still to come. */
  private at = 0;
  private end = 0;
  /** Rows that come behind those, last first: below a node that the view itself does not show. */
  private readonly pending: number[];
  private current = 0;

  constructor(tu: TranslationUnit, root: number, view: View) {
    this.tu = tu;
    this.view = view;
    // Taking the rows makes the view whole; positions stay valid when it grows.
    this.rows = view.rows;
    this.pending = [root];
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Node, undefined> {
    if (this.at < this.end) {
      const row = this.rows[this.at++] as number;
      this.current = row;
      return { done: false, value: this.tu.knownNode(row) };
    }
    return this.nextPending();
  }

  private nextPending(): IteratorResult<Node, undefined> {
    const row = this.pending.pop();
    if (row === undefined) return { done: true, value: undefined };
    this.current = row;
    const { view } = this;
    if (view.shows(row)) {
      [this.at, this.end] = view.span(row) as readonly [number, number];
      // The span of an expanded declaration holds what was appended, not the declaration.
      if (this.rows[this.at] === row) this.at++;
    } else {
      const children = view.childRows(row);
      for (let i = children.length - 1; i >= 0; i--) this.pending.push(children[i] as number);
    }
    return { done: false, value: this.tu.knownNode(row) };
  }

  /** Leaves out what is below the node that came last. */
  skip(): void {
    const { view, current } = this;
    const span = view.span(current);
    if (span) {
      if (span[0] < this.end && span[1] > this.at) this.at = Math.min(span[1], this.end);
      return;
    }
    // The children were put on the stack when the node was given out.
    for (const child of view.childRows(current)) {
      const place = this.pending.lastIndexOf(child);
      if (place >= 0) this.pending.splice(place, 1);
    }
  }
}
