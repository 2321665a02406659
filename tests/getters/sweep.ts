/** Calls every getter on every node and type of a translation unit, in batches, and keeps of the answers only a sum. */
import { CmonsterError, type TranslationUnit } from 'cmonster';
import { registry } from '../../packages/cmonster/src/ast/registry.js';
import { numberResolver } from '../../packages/cmonster/src/frontend/protocol.js';
import type { Question } from '../../packages/cmonster/src/frontend/questions.js';
import { type Getter, getters, gettersOf } from './applicable.js';

const BATCH = 4096;

export interface Sweep {
  /** Of all answers in order. */
  sum: string;
  questions: number;
  /** Questions that have no answer: a condition that does not hold, or an assertion of Clang's that failed. */
  undefinedAnswers: number;
  /** Getters asked, and those that gave something but undefined. */
  reached: Set<number>;
  answered: Set<number>;
  /** `kind getter`, of concrete kinds. */
  pairs: Set<number>;
  faults: Map<string, string>;
}

interface Failure {
  error: Error;
}

export function sweep(tu: TranslationUnit, rows: number, types: number): Sweep {
  const result: Sweep = {
    sum: '',
    questions: 0,
    undefinedAnswers: 0,
    reached: new Set(),
    answered: new Set(),
    pairs: new Set(),
    faults: new Map(),
  };
  const sum = new Sum();
  let batch: Question[] = [];
  let kinds: number[] = [];
  const flush = (): void => {
    ask(tu, batch, kinds, result, sum);
    batch = [];
    kinds = [];
  };
  const add = (kind: number, handle: number): void => {
    for (const { id } of gettersOf(kind)) {
      batch.push({ operation: id, handle });
      kinds.push(kind);
      if (batch.length === BATCH) flush();
    }
  };
  const { kind, typeKind } = tu.snapshot;
  const { nodeClasses, typeClasses } = registry();
  // A row of a type has no getters of its own: its type has.
  for (let row = 1; row < rows; row++) {
    const of = kind[row] as number;
    if (nodeClasses[of] && !typeClasses[of]) add(of, row);
  }
  for (let index = 1; index < types; index++) add(typeKind[index] as number, index);
  if (batch.length > 0) flush();
  result.sum = sum.text;
  return result;
}

function ask(tu: TranslationUnit, batch: readonly Question[], kinds: readonly number[], result: Sweep, sum: Sum): void {
  const answers = tolerant(tu, batch, result);
  result.questions += batch.length;
  for (let i = 0; i < batch.length; i++) {
    const { operation, handle } = batch[i] as Question;
    const answer = answers[i];
    result.reached.add(operation);
    result.pairs.add((kinds[i] as number) * 65_536 + operation);
    if (answer === undefined) result.undefinedAnswers++;
    else if (isFailure(answer)) fault(result, operation, kinds[i] as number, handle, answer.error.message);
    else result.answered.add(operation);
    sum.add(isFailure(answer) ? 'fault' : answer);
  }
}

/** When a question ends the frontend, finds which one. */
function tolerant(tu: TranslationUnit, batch: readonly Question[], result: Sweep): unknown[] {
  try {
    return tu.questions.many(batch, true, numberResolver);
  } catch (error) {
    if (!(error instanceof CmonsterError)) throw error;
    if (batch.length === 1) return [{ error }];
    const half = batch.length >> 1;
    return [...tolerant(tu, batch.slice(0, half), result), ...tolerant(tu, batch.slice(half), result)];
  }
}

function isFailure(answer: unknown): answer is Failure {
  return typeof answer === 'object' && answer !== null && 'error' in answer;
}

function fault(result: Sweep, operation: number, kind: number, handle: number, message: string): void {
  const getter = getters[operation] as Getter;
  const name = `${getter.owner}.${getter.method} of a ${registry().kindNames[kind]}`;
  if (!result.faults.has(name)) result.faults.set(name, `${handle}: ${message}`);
}

/** A sum over values that tells apart what differs in kind, value, place or number. */
class Sum {
  private a = 0x811c9dc5;
  private b = 0x1000193;

  private word(value: number): void {
    this.a = Math.imul(this.a ^ value, 0x01000193);
    this.b = (Math.imul(this.b, 31) + value) | 0;
  }

  add(value: unknown): void {
    if (value === undefined) this.word(-1);
    else if (value === null) this.word(-5);
    else if (typeof value === 'boolean') this.word(value ? -2 : -3);
    else if (typeof value === 'string') this.string(value);
    else if (typeof value === 'bigint') this.string(`b${value}`);
    else if (typeof value === 'number') this.number(value);
    else if (Array.isArray(value)) {
      this.word(-6);
      this.word(value.length);
      for (const item of value) this.add(item);
    } else this.string(JSON.stringify(value));
  }

  private number(value: number): void {
    if ((value | 0) !== value || Object.is(value, -0)) {
      this.string(`n${Object.is(value, -0) ? '-0' : value}`);
      return;
    }
    this.word(-4);
    this.word(value);
  }

  private string(text: string): void {
    this.word(-7);
    this.word(text.length);
    for (let i = 0; i < text.length; i++) this.word(text.charCodeAt(i));
  }

  get text(): string {
    return `${(this.a >>> 0).toString(16)}-${(this.b >>> 0).toString(16)}`;
  }
}
