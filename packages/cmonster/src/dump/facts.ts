/** What the columns do not hold, asked of the frontend in few messages: details of rows, printed types. */

import { CmonsterError } from '../error.js';
import { Operation } from '../frontend/operations.js';
import type { Questions } from '../frontend/questions.js';

/** One detail: rows, types and locations are numbers, ranges pairs of them. docs/formats/protocol.md, "Details". */
export type Detail = null | undefined | boolean | number | bigint | string | readonly Detail[];
export type Details = readonly Detail[];

export const NO_DETAILS: Details = [];

/** Types whose index is close occur close to each other, so they are asked for in blocks. */
const TYPE_BLOCK = 256;
/** Fragments kept; a file with more distinct types asks for some again. */
const MAX_TYPES = 300_000;

interface PrintedType {
  /** JSON of the type as it is named alone, and with what it stands for. */
  plain: string;
  full: string;
}

export class Facts {
  private readonly questions: Questions;
  private readonly printed = new Map<number, PrintedType>();
  private readonly typeCount: () => number;
  private readonly quote: (text: string) => string;

  constructor(questions: Questions, typeCount: () => number, quote: (text: string) => string) {
    this.questions = questions;
    this.typeCount = typeCount;
    this.quote = quote;
  }

  /** The details of these rows, by row; what has none is left out. */
  details(rows: readonly number[]): Map<number, Details> {
    const found = new Map<number, Details>();
    this.collect(rows, found);
    return found;
  }

  private collect(rows: readonly number[], found: Map<number, Details>): void {
    if (rows.length === 0) return;
    let answer: Details;
    try {
      const bytes = new Uint8Array(Uint32Array.from(rows).buffer);
      [answer] = this.questions.numbers([{ operation: Operation.DETAILS, handle: 0, argument: bytes }]) as [Details];
    } catch (error) {
      if (!(error instanceof CmonsterError) || error.code !== 'QUESTION') throw error;
      // One row of them has something that Clang cannot say: the others still have theirs.
      if (rows.length === 1) return;
      const middle = rows.length >>> 1;
      this.collect(rows.slice(0, middle), found);
      this.collect(rows.slice(middle), found);
      return;
    }
    for (let i = 0; i + 1 < answer.length; i += 2) found.set(answer[i] as number, answer[i + 1] as Details);
  }

  /** A type as Clang's dump shows it: `{"qualType": …}`, and unless `plain` what it stands for. */
  type(index: number, plain = false): string {
    const known = this.printed.get(index) ?? this.print(index);
    return plain ? known.plain : known.full;
  }

  private print(index: number): PrintedType {
    if (this.printed.size > MAX_TYPES) this.printed.clear();
    const wanted: number[] = [];
    const from = index - (index % TYPE_BLOCK);
    const to = Math.min(from + TYPE_BLOCK, Math.max(this.typeCount(), index + 1));
    for (let type = from; type < to; type++) if (!this.printed.has(type)) wanted.push(type);
    this.ask(wanted);
    return this.printed.get(index) ?? { plain: '{"qualType":""}', full: '{"qualType":""}' };
  }

  private ask(types: readonly number[]): void {
    let answers: readonly unknown[];
    try {
      answers = this.questions.numbers(types.map((handle) => ({ operation: Operation.TYPE_FACTS, handle })));
    } catch (error) {
      if (!(error instanceof CmonsterError) || error.code !== 'QUESTION') throw error;
      if (types.length === 1) return;
      const middle = types.length >>> 1;
      this.ask(types.slice(0, middle));
      this.ask(types.slice(middle));
      return;
    }
    types.forEach((type, i) => {
      const [text, desugared, alias] = answers[i] as readonly [string, string | null, number | null];
      const plain = `"qualType":${this.quote(text)}`;
      const before = desugared !== null && desugared !== text ? `"desugaredQualType":${this.quote(desugared)},` : '';
      const after = alias === null ? '' : `,"typeAliasDeclId":"0x${alias.toString(16)}"`;
      this.printed.set(type, { plain: `{${plain}}`, full: `{${before}${plain}${after}}` });
    });
  }
}
