/** What threads and forked children have in common. Every other variable of a script is a thread's own. */
import ids from '#mrhooker/shared';
import type { Integer } from './pointer.js';

export interface SharedOptions {
  /** Whether it is printed when the run ends; yes, unless it says false. */
  print?: boolean;
}
export interface CapacityOptions extends SharedOptions {
  /** How many different keys there is room for; 4096 unless told otherwise. Others are counted in `overflow`. */
  capacity?: number;
}

/** Added to by each thread on its own; summed up when read: a bigint beyond 2⁵³. */
export class Counter {
  private readonly id: number;
  /** Adds 1, or as much as is said. */
  readonly add: (amount?: Integer) => void;
  constructor(id: number) {
    this.id = id;
    this.add = __mr.counterAdder(id);
  }
  get value(): number {
    return __mr.counterRead(this.id);
  }
}

/** How often values of which size came: a bucket for each power of two. */
export class Histogram {
  private readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
  add(value: number | bigint): void {
    __mr.histogramAdd(this.id, Number(value));
  }
  /** `[from, count]`: values of at least `from`, and less than twice that. Empty ones are left out. */
  get buckets(): [from: number, count: number][] {
    return __mr
      .histogramRead(this.id)
      .map((count, bucket): [number, number] => [bucket === 0 ? 0 : 2 ** (bucket - 1), count])
      .filter(([, count]) => count > 0);
  }
}

export type Key = string | ArrayBuffer;

/** A table from byte strings to integers of 64 bits that is only added to: keys stay. Values beyond 2⁵³ are bigints. */
export class SharedMap {
  private readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
  /** Adds to a key's value, from 0. Says what it is then; NaN when the table is full. */
  add(key: Key, amount: Integer = 1): number {
    return __mr.mapAdd(this.id, key, amount);
  }
  get(key: Key): number | undefined {
    return __mr.mapGet(this.id, key);
  }
  /** Sets the value if it is what was expected (undefined: not there); says whether it did. */
  compareExchange(key: Key, expected: Integer | undefined, value: Integer): boolean {
    return __mr.mapSwap(this.id, key, expected, value);
  }
  entries(): [string, number][] {
    return __mr.mapEntries(this.id);
  }
  /** Keys that there was no room for. */
  get overflow(): number {
    return __mr.mapOverflow(this.id);
  }
}

/** Byte strings; those that came once stay. */
export class SharedSet {
  private readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
  /** Says whether it is new. */
  add(key: Key): boolean {
    return __mr.mapAdd(this.id, key, 1) === 1;
  }
  has(key: Key): boolean {
    return __mr.mapGet(this.id, key) !== undefined;
  }
  get size(): number {
    return __mr.mapEntries(this.id).length;
  }
  values(): string[] {
    return __mr.mapEntries(this.id).map(([key]) => key);
  }
  /** Those that there was no room for. */
  get overflow(): number {
    return __mr.mapOverflow(this.id);
  }
}

/** The same name is the same thing in every thread and every child; it is written as a literal. */
export const shared = {
  counter: (name: string, _options?: SharedOptions): Counter => new Counter(idOf('counter', name)),
  histogram: (name: string, _options?: SharedOptions): Histogram => new Histogram(idOf('histogram', name)),
  map: (name: string, _options?: CapacityOptions): SharedMap => new SharedMap(idOf('map', name)),
  set: (name: string, _options?: CapacityOptions): SharedSet => new SharedSet(idOf('set', name)),
};

function idOf(kind: string, name: string): number {
  const id = ids[`${kind} ${name}`];
  if (id === undefined) throw new TypeError(`shared.${kind}() takes a name written as a literal`);
  return id;
}
