/** The hot loops of searches: over rows in a view's order, by kind. Nothing is made for what is not found. */

/** How many of the rows at [begin, end) are of a wanted kind. */
export function countRows(
  order: Uint32Array,
  begin: number,
  end: number,
  kind: Uint16Array,
  wanted: Uint8Array,
): number {
  let count = 0;
  for (let at = begin; at < end; at++) count += wanted[kind[order[at] as number] as number] as number;
  return count;
}

/** Those rows, in order. */
export function collectRows(
  order: Uint32Array,
  begin: number,
  end: number,
  kind: Uint16Array,
  wanted: Uint8Array,
): number[] {
  const rows: number[] = [];
  for (let at = begin; at < end; at++) {
    const row = order[at] as number;
    if (wanted[kind[row] as number] === 1) rows.push(row);
  }
  return rows;
}
