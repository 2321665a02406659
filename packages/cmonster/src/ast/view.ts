/**
 * One way of looking at the tree: which rows it shows, in which order, under which parents.
 *
 * A view is a preorder of its own: `order` holds the rows shown, `close` where each one's descendants end in it, `parent`
 * the row above. It is made in one pass over the snapshot, when somebody first looks, and grows with it.
 */
import { LINK_KIND, type Snapshot } from '../frontend/snapshot.js';
import { ASK, HIDE, SHOW, SPECIAL, THROUGH, ViewRules } from './view-rules.js';

/** Rows that the frontend appended as the children of a row: [row, first, end). */
export type Expansion = readonly [row: number, first: number, end: number];

const EMPTY = new Uint32Array(0);
/** Words of a frame of the stack. */
const FRAME = 4;

export class View {
  private readonly snapshot: Snapshot;
  private readonly expansions: readonly Expansion[];
  private readonly rules: ViewRules;
  private known = 1;
  private expansionsKnown = 0;
  private readonly expansionOf = new Map<number, readonly [number, number]>();

  /** Position 0 is nothing. */
  private size = 1;
  private order: Uint32Array = EMPTY;
  private close: Uint32Array = EMPTY;
  private parent: Uint32Array = EMPTY;
  /** Row to position, 0 for a row that is not shown. */
  private position: Uint32Array = EMPTY;

  // The pass's stack. A frame is sibling rows still to come, the row that owns them, and the position to close, or 0.
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
    this.parent = withRoom(this.parent, snapshot.rows + 1);
    this.position = withRoom(this.position, snapshot.rows);
    const pending = this.expansions.slice(this.expansionsKnown);
    this.expansionsKnown = this.expansions.length;
    let row = this.known;
    for (const [owner, first, end] of pending) {
      this.addRoots(row, first);
      const from = this.size;
      this.push(first, end, owner, 0);
      this.drain();
      this.expansionOf.set(owner, [from, this.size]);
      row = Math.max(row, end);
    }
    this.addRoots(row, snapshot.rows);
    this.known = snapshot.rows;
  }

  private addRoots(from: number, to: number): void {
    for (let row = from; row < to; row = this.snapshot.endOf(row)) {
      // Not expanded: it has no place of its own, until what it belongs to is expanded and links to it.
      if (!this.snapshot.isExpanded(row)) continue;
      this.push(row, this.snapshot.endOf(row), 0, 0);
      this.drain();
    }
  }

  private push(from: number, to: number, owner: number, position: number): void {
    let { stack } = this;
    const at = this.depth;
    if (at + FRAME > stack.length) {
      stack = new Uint32Array(stack.length * 2);
      stack.set(this.stack);
      this.stack = stack;
    }
    stack[at] = from;
    stack[at + 1] = to;
    stack[at + 2] = owner;
    stack[at + 3] = position;
    this.depth = at + FRAME;
  }

  /** Works until the stack is empty. The hottest loop of a first look at a tree: one round per row. */
  private drain(): void {
    const { rules, snapshot, order, close, parent, position } = this;
    const { kind, end, bits } = snapshot;
    const { action, hiddenBits } = rules;
    let { stack } = this;
    while (this.depth > 0) {
      const top = this.depth - FRAME;
      const row = stack[top] as number;
      if (row >= (stack[top + 1] as number)) {
        const at = stack[top + 3] as number;
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
          this.adopt(snapshot.a[row] as number, stack[top + 2] as number);
          stack = this.stack;
        }
        continue;
      }
      if (verdict === ASK) verdict = rules.verdict(row);
      const owner = stack[top + 2] as number;
      if (verdict === SHOW) {
        // Met again by a link: it has its place, and so has what is below it.
        if (position[row] !== 0) continue;
        const at = this.size++;
        order[at] = row;
        parent[at] = owner;
        position[row] = at;
        if (next === row + 1) {
          close[at] = this.size;
        } else {
          this.push(row + 1, next, row, at);
          stack = this.stack;
        }
      } else if (verdict === THROUGH) {
        if (next !== row + 1) this.push(row + 1, next, owner, 0);
        stack = this.stack;
      } else if (verdict === SPECIAL) {
        this.special(row, owner);
        stack = this.stack;
      }
    }
  }

  /**
   * A link to what has a row elsewhere and is not shown there: here is its place. So is the initialiser of a member, which occurs first
   * in a constructor that does not write it; so is a declaration outside of the scope, when what it belongs to is expanded.
   */
  private adopt(row: number, owner: number): void {
    if (this.position[row] !== 0) return;
    if (this.snapshot.isExpanded(row)) {
      this.push(row, this.snapshot.endOf(row), owner, 0);
      return;
    }
    const { rules, snapshot } = this;
    const kind = snapshot.kind[row] as number;
    if (rules.action[kind] === HIDE || ((snapshot.bits[row] as number) & (rules.hiddenBits[kind] as number)) !== 0)
      return;
    const at = this.size++;
    this.order[at] = row;
    this.parent[at] = owner;
    this.position[row] = at;
    this.close[at] = this.size;
  }

  private special(row: number, owner: number): void {
    const { rules, snapshot } = this;
    const shown = rules.showsItself(row);
    let at = 0;
    if (shown) {
      if (this.position[row] !== 0) return;
      at = this.size++;
      this.order[at] = row;
      this.parent[at] = owner;
      this.position[row] = at;
    }
    this.push(0, 0, 0, at);
    const children = rules.specialChildren(row);
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i] as number;
      if (child !== 0) this.push(child, snapshot.endOf(child), shown ? row : owner, 0);
    }
  }

  /** Whether nothing is hidden. */
  get showsAll(): boolean {
    return this.rules.showsAll;
  }

  // --- Reading ------------------------------------------------------------------------------------------------------

  shows(row: number): boolean {
    this.sync();
    return this.position[row] !== 0;
  }

  /** Where the row and its descendants are in `rows`: [begin, end); undefined for a row that is not shown. */
  span(row: number): readonly [begin: number, end: number] | undefined {
    this.sync();
    const at = this.position[row] as number;
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
    if (!expansion && this.position[row] === 0) return this.detached(row);
    const at = this.position[row] as number;
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
    this.sync();
    const at = this.position[row] as number;
    const above = at === 0 ? 0 : (this.position[this.parent[at] as number] as number);
    const next = this.close[at] as number;
    return above !== 0 && next < (this.close[above] as number) ? (this.order[next] as number) : 0;
  }

  /** The row above; for a row that is not shown the closest one above it that is; 0 at the top. */
  parentRow(row: number): number {
    this.sync();
    const at = this.position[row] as number;
    if (at !== 0) return this.parent[at] as number;
    let above = this.snapshot.parentOf(row);
    while (above !== 0 && this.position[above] === 0) above = this.snapshot.parentOf(above);
    return above;
  }
}

function withRoom(column: Uint32Array, needed: number): Uint32Array {
  if (column.length >= needed) return column;
  const grown = new Uint32Array(column.length === 0 ? needed : Math.ceil(needed * 1.5));
  grown.set(column);
  return grown;
}
