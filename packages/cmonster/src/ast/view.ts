/**
 * One way of looking at the tree: which rows it shows, in which order, under which parents.
 *
 * A view is a preorder of its own: `order` holds the rows shown, `close` where each one's descendants end in it. It is made in one pass over
 * the snapshot, when somebody first looks, and grows with it. Where a row has its place and what is above it follows from these, and is
 * worked out only for those who ask.
 */
import { LINK_KIND, type Snapshot } from '../frontend/snapshot.js';
import { ASK, HIDE, SHOW, SPECIAL, THROUGH, ViewRules } from './view-rules.js';

/** Rows that the frontend appended as the children of a row: [row, first, end). */
export type Expansion = readonly [row: number, first: number, end: number];

const EMPTY = new Uint32Array(0);
/** Words of a frame of the stack. */
const FRAME = 3;

export class View {
  private readonly snapshot: Snapshot;
  private readonly expansions: readonly Expansion[];
  private readonly rules: ViewRules;
  private known = 1;
  private expansionsKnown = 0;
  /** By row: where its descendants that were appended are. */
  private readonly expansionOf = new Map<number, readonly [number, number]>();

  /** Position 0 is nothing. */
  private size = 1;
  private order: Uint32Array = EMPTY;
  private close: Uint32Array = EMPTY;
  /** By row: 1 when it has its place. */
  private shown: Uint8Array = new Uint8Array(0);

  // What follows from these, as far as it was worked out.
  private positionOf: Uint32Array = EMPTY;
  private positionsKnown = 1;
  private parentAt: Uint32Array = EMPTY;
  private parentsKnown = 1;
  /** Rows with descendants that were appended, whose parents are not worked out yet. */
  private unattributed: number[] = [];

  // The pass's stack. A frame is sibling rows still to come, and the position to close, or 0.
  private stack = new Uint32Array(FRAME * 256);
  private depth = 0;

  constructor(snapshot: Snapshot, mask: number, expansions: readonly Expansion[]) {
    this.snapshot = snapshot;
    this.expansions = expansions;
    this.rules = new ViewRules(snapshot, mask);
  }

  /** Takes in what the snapshot gained. */
  private sync(): void {
    const { snapshot } = this;
    if (this.known >= snapshot.rows && this.expansionsKnown === this.expansions.length) return;
    this.order = withRoom(this.order, snapshot.rows + 1);
    this.close = withRoom(this.close, snapshot.rows + 1);
    this.shown = withRoom(this.shown, snapshot.rows);
    const pending = this.expansions.slice(this.expansionsKnown);
    this.expansionsKnown = this.expansions.length;
    let row = this.known;
    for (const [owner, first, end] of pending) {
      this.addRoots(row, first);
      const from = this.size;
      this.push(first, end, 0);
      this.drain();
      this.expansionOf.set(owner, [from, this.size]);
      this.unattributed.push(owner);
      row = Math.max(row, end);
    }
    this.addRoots(row, snapshot.rows);
    this.known = snapshot.rows;
  }

  private addRoots(from: number, to: number): void {
    for (let row = from; row < to; row = this.snapshot.endOf(row)) {
      // Not expanded: it has no place of its own, until what it belongs to is expanded and links to it.
      if (!this.snapshot.isExpanded(row)) continue;
      this.push(row, this.snapshot.endOf(row), 0);
      this.drain();
    }
  }

  private push(from: number, to: number, position: number): void {
    let { stack } = this;
    const at = this.depth;
    if (at + FRAME > stack.length) {
      stack = new Uint32Array(stack.length * 2);
      stack.set(this.stack);
      this.stack = stack;
    }
    stack[at] = from;
    stack[at + 1] = to;
    stack[at + 2] = position;
    this.depth = at + FRAME;
  }

  /** Works until the stack is empty. The hottest loop of a first look at a tree: one round per row. */
  private drain(): void {
    const { rules, snapshot, order, close, shown } = this;
    const { kind, end, bits } = snapshot;
    const { action, hiddenBits } = rules;
    let { stack } = this;
    while (this.depth > 0) {
      const top = this.depth - FRAME;
      const row = stack[top] as number;
      if (row >= (stack[top + 1] as number)) {
        const at = stack[top + 2] as number;
        if (at !== 0) close[at] = this.size;
        this.depth = top;
        continue;
      }
      const rowEnd = end[row] as number;
      const next = rowEnd > row ? rowEnd : row + 1;
      stack[top] = next;
      const rowKind = kind[row] as number;
      let verdict = action[rowKind] as number;
      if (verdict === HIDE || ((bits[row] as number) & (hiddenBits[rowKind] as number)) !== 0) {
        if (rowKind === LINK_KIND) {
          this.adopt(snapshot.a[row] as number);
          stack = this.stack;
        }
        continue;
      }
      if (verdict === ASK) verdict = rules.verdict(row);
      if (verdict === SHOW) {
        // Met again by a link: it has its place, and so has what is below it.
        if (shown[row] === 1) continue;
        const at = this.size++;
        order[at] = row;
        shown[row] = 1;
        if (next === row + 1) {
          close[at] = this.size;
        } else {
          this.push(row + 1, next, at);
          stack = this.stack;
        }
      } else if (verdict === THROUGH) {
        if (next !== row + 1) this.push(row + 1, next, 0);
        stack = this.stack;
      } else if (verdict === SPECIAL) {
        this.special(row);
        stack = this.stack;
      }
    }
  }

  /**
   * A link to what has a row elsewhere and is not shown there: here is its place. So is the initialiser of a member, which occurs first
   * in a constructor that does not write it; so is a declaration outside of the scope, when what it belongs to is expanded.
   */
  private adopt(row: number): void {
    if (this.shown[row] === 1) return;
    if (this.snapshot.isExpanded(row)) {
      this.push(row, this.snapshot.endOf(row), 0);
      return;
    }
    const { rules, snapshot } = this;
    const kind = snapshot.kind[row] as number;
    if (rules.action[kind] === HIDE || ((snapshot.bits[row] as number) & (rules.hiddenBits[kind] as number)) !== 0)
      return;
    const at = this.size++;
    this.order[at] = row;
    this.shown[row] = 1;
    this.close[at] = this.size;
  }

  private special(row: number): void {
    const { rules, snapshot } = this;
    let at = 0;
    if (rules.showsItself(row)) {
      if (this.shown[row] === 1) return;
      at = this.size++;
      this.order[at] = row;
      this.shown[row] = 1;
    }
    this.push(0, 0, at);
    const children = rules.specialChildren(row);
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i] as number;
      if (child !== 0) this.push(child, snapshot.endOf(child), 0);
    }
  }

  /** Where a row has its place, 0 for one that is not shown. */
  private position(row: number): number {
    this.sync();
    if (this.shown[row] !== 1) return 0;
    // Who walks over all of it asks for no other.
    if (this.order[1] === row) return 1;
    if (this.positionsKnown < this.size) {
      this.positionOf = withRoom(this.positionOf, this.snapshot.rows);
      const { order, positionOf, size } = this;
      for (let at = this.positionsKnown; at < size; at++) positionOf[order[at] as number] = at;
      this.positionsKnown = size;
    }
    return this.positionOf[row] as number;
  }

  /** The row above what has the position. */
  private above(position: number): number {
    if (this.parentsKnown < this.size) {
      this.parentAt = withRoom(this.parentAt, this.snapshot.rows + 1);
      const { order, close, parentAt, parentsKnown, size } = this;
      const open: number[] = [];
      for (let at = parentsKnown; at < size; at++) {
        while (open.length > 0 && (close[open.at(-1) as number] as number) <= at) open.pop();
        parentAt[at] = open.length > 0 ? (order[open.at(-1) as number] as number) : 0;
        if ((close[at] as number) > at + 1) open.push(at);
      }
      // Those appended for a row stand by themselves.
      for (const row of this.unattributed) {
        const [from, to] = this.expansionOf.get(row) as readonly [number, number];
        for (let at = from; at < to; at = close[at] as number) parentAt[at] = row;
      }
      this.unattributed = [];
      this.parentsKnown = size;
    }
    return this.parentAt[position] as number;
  }

  /** Whether nothing is hidden. */
  get showsAll(): boolean {
    return this.rules.showsAll;
  }

  // --- Reading ------------------------------------------------------------------------------------------------------

  shows(row: number): boolean {
    this.sync();
    return this.shown[row] === 1;
  }

  /** Where the row and its descendants are in `rows`: [begin, end); undefined for a row that is not shown. */
  span(row: number): readonly [begin: number, end: number] | undefined {
    const at = this.position(row);
    return at === 0 ? undefined : [at, this.close[at] as number];
  }

  /** Where the descendants of a row are that were appended for it. */
  expansionSpan(row: number): readonly [begin: number, end: number] | undefined {
    this.sync();
    return this.expansionOf.get(row);
  }

  /** The rows in the view's order. Positions are stable; the array may be replaced when the snapshot grows. */
  get rows(): Uint32Array {
    this.sync();
    return this.order;
  }

  /** The rows directly below. For a row that is not shown: what would be, if it were. */
  childRows(row: number): number[] {
    const expansion = this.expansionSpan(row);
    const at = this.position(row);
    if (!expansion && at === 0) return this.detached(row);
    const [from, to] = expansion ?? [at + 1, this.close[at] as number];
    const children: number[] = [];
    for (let child = from; child < to; child = this.close[child] as number) children.push(this.order[child] as number);
    return children;
  }

  /** The first rows shown below a row that is hidden or looked through. */
  private detached(row: number): number[] {
    const { snapshot, rules } = this;
    const found: number[] = [];
    const pending = rules.children(row).reverse();
    for (let child = pending.pop(); child !== undefined; child = pending.pop()) {
      const kind = snapshot.kind[child] as number;
      let verdict = rules.action[kind] as number;
      if (((snapshot.bits[child] as number) & (rules.hiddenBits[kind] as number)) !== 0) continue;
      if (verdict === ASK) verdict = rules.verdict(child);
      if (verdict === HIDE) continue;
      if (verdict === SHOW || (verdict === SPECIAL && rules.showsItself(child))) {
        found.push(child);
        continue;
      }
      const below = verdict === THROUGH ? rules.children(child) : rules.specialChildren(child);
      for (let i = below.length - 1; i >= 0; i--) if (below[i] !== 0) pending.push(below[i] as number);
    }
    return found;
  }

  /** The row behind this one under the same parent, 0 for the last. */
  nextRow(row: number): number {
    const at = this.position(row);
    const above = at === 0 ? 0 : this.position(this.above(at));
    const next = this.close[at] as number;
    return above !== 0 && next < (this.close[above] as number) ? (this.order[next] as number) : 0;
  }

  /** The row above; for a row that is not shown the closest one above it that is; 0 at the top. */
  parentRow(row: number): number {
    const at = this.position(row);
    if (at !== 0) return this.above(at);
    let above = this.snapshot.parentOf(row);
    while (above !== 0 && this.shown[above] !== 1) above = this.snapshot.parentOf(above);
    return above;
  }
}

function withRoom<T extends Uint32Array | Uint8Array>(column: T, needed: number): T {
  if (column.length >= needed) return column;
  const make = column.constructor as new (length: number) => T;
  const grown = new make(column.length === 0 ? needed : Math.ceil(needed * 1.5));
  grown.set(column);
  return grown;
}
