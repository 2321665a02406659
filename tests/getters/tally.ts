/** Counts what was compared. */
import type { Getter } from './applicable.js';

export class Tally {
  values = 0;
  /** By getter: which values occurred. */
  private readonly seen = new Map<string, Set<string>>();
  private readonly bools = new Set<string>();
  readonly pairs = new Set<string>();
  readonly differences: string[] = [];
  readonly routes = new Map<string, Set<string>>();

  count(route: string, getter: Getter, kind: string, value: unknown): void {
    const name = `${getter.owner}.${getter.method}`;
    this.values++;
    this.pairs.add(`${kind}.${getter.method}`);
    if (getter.returns === 'bool') this.bools.add(name);
    let seen = this.seen.get(name);
    if (!seen) {
      seen = new Set();
      this.seen.set(name, seen);
    }
    if (seen.size < 2) seen.add(typeof value === 'boolean' ? String(value) : value == null ? 'none' : 'some');
    const routed = this.routes.get(route) ?? new Set();
    this.routes.set(route, routed.add(name));
  }

  differ(getter: Getter, where: string, how: string): void {
    this.differences.push(`${getter.owner}.${getter.method} of ${where}: ${how}`);
  }

  /** Predicates that were both true and false, and others that gave a value. */
  get covered(): string[] {
    return [...this.seen]
      .filter(([name, seen]) => (this.bools.has(name) ? seen.size === 2 : seen.has('some')))
      .map(first);
  }
  /** Those that never changed. */
  get constant(): string[] {
    const covered = new Set(this.covered);
    return [...this.seen.keys()].filter((name) => !covered.has(name));
  }
}

function first([name]: readonly [string, unknown]): string {
  return name;
}
