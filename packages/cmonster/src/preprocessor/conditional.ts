/** A directive of conditional inclusion that was met: `#if`, `#elif`, `#else`, … Those inside of what is left out are not. */
import type { Location, Range } from '../source/location.js';
import { Fact } from './fact.js';

const FIELDS = 5;
const directives = ['if', 'ifdef', 'ifndef', 'elif', 'elifdef', 'elifndef', 'else', 'endif'] as const;
export type ConditionalDirective = (typeof directives)[number];

export class Conditional extends Fact {
  static readonly fields = FIELDS;

  protected at(field: number): number {
    return this.host.snapshot.conditionals[this.index * FIELDS + field] as number;
  }
  get directive(): ConditionalDirective {
    return directives[this.at(1) & 0xff] ?? 'if';
  }
  /** Whether it starts a group of branches, is another branch, or ends them. */
  get role(): 'begin' | 'branch' | 'end' {
    const kind = this.at(1) & 0xff;
    return kind <= 2 ? 'begin' : kind === 7 ? 'end' : 'branch';
  }
  /** Where the directive's word is, behind the `#`. */
  get location(): Location {
    return this.host.sourceManager.location(this.at(0));
  }
  /** What the condition came to; undefined where Clang did not look, and for `else` and `endif`. */
  get value(): boolean | undefined {
    const value = this.at(1) >>> 8;
    return value === 0 ? undefined : value === 2;
  }
  /** Of the condition, or of the macro's name; undefined for `else` and `endif`. */
  get conditionRange(): Range | undefined {
    return this.at(2) === 0 ? undefined : this.host.sourceManager.range(this.at(2), this.at(3));
  }
  get condition(): string {
    return this.conditionRange?.text.replace(/\\\r?\n/g, ' ').trim() ?? '';
  }
  /** As it is written: `#if defined(X)`. */
  toString(): string {
    const { condition } = this;
    return condition === '' ? `#${this.directive}` : `#${this.directive} ${condition}`;
  }
}
