/**
 * Where the last of ascending `starts` lies that is not behind `offset`; 0 when all are. It is looked for in steps that double, from
 * where the last one was: who walks a tree asks for places that are close to each other, before as often as behind.
 */
export function lastStart(starts: Uint32Array, offset: number, from: number): number {
  let low = from;
  let high = from + 1;
  if ((starts[from] as number) <= offset) {
    for (let step = 1; high < starts.length && (starts[high] as number) <= offset; step *= 2) {
      low = high;
      high += step;
    }
    if (high > starts.length) high = starts.length;
  } else {
    for (let step = 1; low > 0 && (starts[low] as number) > offset; step *= 2) {
      high = low;
      low -= step;
    }
    if (low < 0) low = 0;
  }
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle;
  }
  return low;
}
