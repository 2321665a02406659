/** Entries of a chunk. */
const BITS = 10;
const SIZE = 1 << BITS;

/**
 * Objects by number, of which few or all may be there. It is made of pieces, each when its first object is: one large array costs all
 * its pages at once, and V8 a note for each young object that is put into it, as it is old from the start (docs/decisions/0004-reading-the-ast.md).
 */
export class ObjectTable<T extends object> {
  private readonly chunks: ((T | undefined)[] | undefined)[];

  /** Numbers below `expected` are looked for without leaving the table, which V8 would have to compile anew for. */
  constructor(expected = 0) {
    this.chunks = new Array(Math.ceil(expected / SIZE));
  }

  get(index: number): T | undefined {
    return this.chunks[index >>> BITS]?.[index & (SIZE - 1)];
  }

  set(index: number, object: T): void {
    const at = index >>> BITS;
    let chunk = this.chunks[at];
    if (!chunk) {
      chunk = new Array(SIZE);
      this.chunks[at] = chunk;
    }
    chunk[index & (SIZE - 1)] = object;
  }

  clear(): void {
    this.chunks.length = 0;
  }
}
