/** Iteration over a subtree, one row at a time: a node object is made when it is its turn. */
import { LINK_KIND, NULL_KIND } from '../frontend/snapshot.js';
import { type Node, TypeRow } from './node.js';
import { nodeMakers } from './registry.js';
import type { TranslationUnit } from './translation-unit.js';
import type { View } from './view.js';
import type { ViewOptions } from './view-rules.js';

export interface WalkOptions extends ViewOptions {
  /**
   * Lends each node for its turn: one object of each class goes from node to node, where otherwise one for every node is made and
   * kept. What it says, and what is done with it, holds for the node whose turn it is; `node.keep()` is that node to be kept. For
   * looking at millions of nodes of which few are wanted.
   */
  lend?: boolean;
}

const NONE = new Uint32Array(0);

export class Walk implements Iterable<Node>, Iterator<Node, undefined> {
  protected readonly tu: TranslationUnit;
  protected readonly view: View;
  private rows: Uint32Array;
  private ends: Uint32Array;
  /** Positions of the view still to come. */
  protected at = 0;
  protected end = 0;
  /** What comes behind those: rows, or spans of positions, the next one last. */
  protected readonly pending: (number | readonly [at: number, end: number])[];
  protected current = 0;
  /** By kind: what is lent, when it is. */
  private readonly lent: (Node | undefined)[] | undefined;

  constructor(tu: TranslationUnit, root: number, view: View, lend = false) {
    this.tu = tu;
    this.view = view;
    this.lent = lend ? new Array(nodeMakers.length) : undefined;
    this.rows = NONE;
    this.ends = tu.snapshot.end;
    this.pending = [root];
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Node, undefined> {
    const row = this.advance();
    // Made in one place only: where a loop has this inlined, V8 then makes no result at all.
    const value = row === 0 ? undefined : this.lent ? this.borrow(row, this.lent) : this.tu.knownNode(row);
    return { done: row === 0, value } as IteratorResult<Node, undefined>;
  }

  private borrow(row: number, lent: (Node | undefined)[]): Node {
    const kind = this.tu.snapshot.kind[row] as number;
    const known = lent[kind];
    if (known) {
      (known as { index: number }).index = row;
      return known;
    }
    const node = new (nodeMakers[kind] ?? TypeRow)(this.tu, row);
    lent[kind] = node;
    return node;
  }

  /** The next row; 0 at the end. */
  protected advance(): number {
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

/**
 * The same where the view shows everything: that is how the rows stand in the snapshot, but for links, so nothing has to be made to
 * walk over them. A declaration outside of the parsed scope has its place where the first link to it stands.
 */
class StraightWalk extends Walk {
  private readonly met = new Set<number>();

  protected override advance(): number {
    const { kind, end: ends, a: targets } = this.tu.snapshot;
    while (this.at < this.end) {
      const row = this.at++;
      const rowKind = kind[row] as number;
      if (rowKind > LINK_KIND) {
        this.current = row;
        return row;
      }
      if (rowKind === NULL_KIND) continue;
      const target = targets[row] as number;
      if (ends[target] === 0 && (kind[target] as number) > LINK_KIND && !this.met.has(target))
        return this.enterRow(target);
    }
    const next = this.pending.pop();
    if (next === undefined) return 0;
    if (typeof next === 'number') return this.enterRow(next);
    [this.at, this.end] = next;
    return this.advance();
  }

  /** Goes on below a row, which is given. */
  private enterRow(row: number): number {
    const { snapshot } = this.tu;
    this.met.add(row);
    this.current = row;
    if (this.at < this.end) this.pending.push([this.at, this.end]);
    [this.at, this.end] = snapshot.isExpanded(row) ? [row + 1, snapshot.endOf(row)] : this.tu.expand(row);
    return row;
  }

  override skip(): void {
    const { snapshot } = this.tu;
    this.at = snapshot.isExpanded(this.current) ? Math.max(this.at, snapshot.endOf(this.current)) : this.end;
  }
}

export function walkFrom(tu: TranslationUnit, root: number, view: View, lend?: boolean): Walk {
  return view.showsAll ? new StraightWalk(tu, root, view, lend) : new Walk(tu, root, view, lend);
}
