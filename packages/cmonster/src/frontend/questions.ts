/**
 * What a translation unit asks its frontend: one question, or many in one message; answers kept; a frontend that has gone
 * replaced by another that parses the same again.
 */

import type { ConstantValue } from '../ast/node.js';
import type { Answers } from '../cache/answers.js';
import { CmonsterError } from '../error.js';
import type { Connection, RawAnswer } from './connection.js';
import { Operation } from './operations.js';
import { Encoder, Frame, numberResolver, type Resolver, WireRef, type WireValue } from './protocol.js';

export interface Question {
  operation: number;
  /** A row, a type index or a file index, as the operation says. */
  handle: number;
  argument?: WireValue;
}

/** What questions need of their translation unit. */
export interface QuestionHost extends Resolver {
  /** The input, for messages. */
  readonly file: string;
  /** Takes in the rows, types and strings that an answer brought. */
  grow(delta: Uint8Array): void;
  /** Starts another frontend on the same input; throws when that is not the same any more. */
  revive(): Connection;
}

/** A question that ended the frontend is not asked again: each time would cost a parse. */
class Failure {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}

/** Both ends hold a whole batch: this keeps it small. */
const BATCH = 4096;

type TypeFacts = readonly [text: string, desugared: string | null, typedef: unknown];

export class Questions {
  private readonly host: QuestionHost;
  private connection: Connection | undefined;
  private readonly encoder = new Encoder(4096);
  /** By getter, by row or type. */
  private readonly nodeAnswers: (Map<number, unknown> | undefined)[] = [];
  private readonly typeAnswers: (Map<number, unknown> | undefined)[] = [];
  private readonly facts = new Map<number, TypeFacts>();
  /** The messages whose answers made the snapshot grow: asked again, in order, of a frontend's successor. */
  private readonly replay: { frame: Uint8Array; deltaSize: number }[] = [];
  /** How many of those the present frontend has been asked. */
  private replayed = 0;
  /** What is known from earlier runs. */
  private readonly answers: Answers | undefined;
  /** While `prefetch` finds out what getters ask: the questions. */
  private collecting: Question[] | undefined;

  constructor(host: QuestionHost, connection: Connection | undefined, answers?: Answers) {
    this.host = host;
    this.connection = connection;
    this.answers = answers;
  }

  /** Lets the frontend go; the next question starts another. */
  release(): void {
    this.connection?.close();
    this.connection = undefined;
  }

  // --- Getters of the generated classes -----------------------------------------------------------------------------

  ofNode(getter: number, row: number): unknown {
    const known = this.nodeAnswers[getter];
    if (known) {
      const answer = known.get(row);
      if (answer !== undefined || known.has(row)) return unwrap(answer);
    }
    if (this.collecting) return this.collect(getter, row);
    return this.remember(this.nodeAnswers, getter, row);
  }

  ofType(getter: number, index: number): unknown {
    const known = this.typeAnswers[getter];
    if (known) {
      const answer = known.get(index);
      if (answer !== undefined || known.has(index)) return unwrap(answer);
    }
    return this.remember(this.typeAnswers, getter, index);
  }

  private remember(table: (Map<number, unknown> | undefined)[], getter: number, handle: number): unknown {
    let answers = table[getter];
    if (!answers) {
      answers = new Map();
      table[getter] = answers;
    }
    try {
      const answer = this.one(getter, handle);
      answers.set(handle, answer);
      return answer;
    } catch (error) {
      if (error instanceof CmonsterError && error.code !== 'DISPOSED') answers.set(handle, new Failure(error));
      throw error;
    }
  }

  private collect(getter: number, row: number): undefined {
    this.collecting?.push({ operation: getter, handle: row });
    return undefined;
  }

  /** Runs getters without asking, then asks all that they would have asked in few messages. */
  prefetch(getters: () => void): void {
    const questions: Question[] = [];
    this.collecting = questions;
    try {
      getters();
    } finally {
      this.collecting = undefined;
    }
    const answers = this.many(questions, true);
    questions.forEach((question, i) => {
      const answer = answers[i];
      // What failed is left to fail when it is asked for.
      if (answer instanceof Failure) return;
      let known = this.nodeAnswers[question.operation];
      if (!known) {
        known = new Map();
        this.nodeAnswers[question.operation] = known;
      }
      known.set(question.handle, answer);
    });
  }

  // --- Operations ---------------------------------------------------------------------------------------------------

  expand(row: number): readonly [first: number, end: number] | undefined {
    return this.one(Operation.EXPAND, row) as readonly [number, number] | undefined;
  }
  parentDecl(row: number): unknown {
    return this.one(Operation.PARENT, row);
  }
  print(row: number, options: { terse?: boolean; indentation?: number }): string | undefined {
    return this.one(Operation.PRINT, row, { ...options }) as string | undefined;
  }
  evaluate(row: number, as?: string): ConstantValue | undefined {
    return this.one(Operation.EVALUATE, row, as) as ConstantValue | undefined;
  }
  recordLayout(row: number): Record<string, unknown> | undefined {
    return this.one(Operation.LAYOUT, row) as Record<string, unknown> | undefined;
  }
  typeLayout(index: number): { size: number; alignment: number } | undefined {
    return this.one(Operation.LAYOUT, index, 'type') as { size: number; alignment: number } | undefined;
  }
  mangled(row: number): string | string[] | undefined {
    return this.one(Operation.MANGLED, row) as string | string[] | undefined;
  }
  usr(row: number): string | undefined {
    return this.one(Operation.USR, row) as string | undefined;
  }
  lookup(row: number, name: string): unknown[] {
    return (this.one(Operation.LOOKUP, row, name) as unknown[] | undefined) ?? [];
  }
  comment(row: number): unknown[] | undefined {
    return this.one(Operation.COMMENT, row) as unknown[] | undefined;
  }
  typeFacts(index: number): TypeFacts {
    let facts = this.facts.get(index);
    if (!facts) {
      facts = (this.one(Operation.TYPE_FACTS, index) as TypeFacts | undefined) ?? (['', null, null] as const);
      this.facts.set(index, facts);
    }
    return facts;
  }
  /** When one of them can't be printed: undefined, or for a `single` one an exception. */
  typeTexts(types: Uint32Array, single: boolean): Uint8Array | undefined {
    const bytes = new Uint8Array(types.buffer, types.byteOffset, types.byteLength);
    const [answer] = this.many([{ operation: Operation.TYPE_TEXTS, handle: 0, argument: bytes }], !single);
    return answer instanceof Uint8Array ? answer : undefined;
  }
  fileBytes(file: number): Uint8Array {
    return (this.one(Operation.FILE_BYTES, file) as Uint8Array | undefined) ?? new Uint8Array(0);
  }
  /** One of several files that can't be answered is undefined; a single one is an exception. */
  fileLines(files: readonly number[]): (Uint32Array | undefined)[] {
    const questions = files.map((handle) => ({ operation: Operation.FILE_LINES, handle }));
    return this.many(questions, files.length > 1).map((answer) =>
      answer instanceof Failure ? undefined : words(answer),
    );
  }
  fileTokens(file: number): Uint32Array {
    return words(this.one(Operation.FILE_TOKENS, file));
  }
  macroTokens(macro: number): Uint32Array {
    return words(this.one(Operation.MACRO_TOKENS, 0, macro));
  }
  tokenKinds(): readonly string[] {
    return (this.one(Operation.TOKEN_KINDS, 0) as string[] | undefined) ?? [];
  }
  tokenLengths(locations: readonly number[]): Uint32Array {
    return words(
      this.one(
        Operation.TOKEN_LENGTHS,
        0,
        locations.map((raw) => WireRef.location(raw)),
      ),
    );
  }

  // --- Asking -------------------------------------------------------------------------------------------------------

  one(operation: number, handle: number, argument?: WireValue): unknown {
    const { encoder } = this;
    encoder.reset();
    const frame = encoder.beginFrame(Frame.ASK);
    encoder.u32(1);
    this.encode(operation, handle, argument);
    encoder.endFrame(frame);
    return this.decode(this.exchange(encoder.take()));
  }

  /** The answers in order. With `keepFailures` a question that fails gives a Failure instead of ending the batch. */
  many(questions: readonly Question[], keepFailures = false, resolver: Resolver = this.host): unknown[] {
    const answers: unknown[] = [];
    for (let begin = 0; begin < questions.length; begin += BATCH) {
      const batch = questions.slice(begin, begin + BATCH);
      const { encoder } = this;
      encoder.reset();
      const frame = encoder.beginFrame(Frame.ASK);
      encoder.u32(batch.length);
      for (const { operation, handle, argument } of batch) this.encode(operation, handle, argument);
      encoder.endFrame(frame);
      const answer = this.exchange(encoder.take());
      for (let i = 0; i < batch.length; i++) {
        try {
          answers.push(this.decode(answer, resolver));
        } catch (error) {
          if (!keepFailures || !(error instanceof CmonsterError) || error.code !== 'QUESTION') throw error;
          answers.push(new Failure(error));
        }
      }
    }
    return answers;
  }

  /** The answers with rows, types and locations left as numbers, ranges as pairs: nothing is made for them. */
  numbers(questions: readonly Question[]): unknown[] {
    return this.many(questions, false, numberResolver);
  }

  private decode(answer: RawAnswer, resolver: Resolver = this.host): unknown {
    try {
      return answer.values.value(resolver);
    } catch (error) {
      if (!(error instanceof CmonsterError) || error.file !== undefined) throw error;
      throw new CmonsterError(error.code, error.message, { file: this.host.file, cause: error.cause });
    }
  }

  private encode(operation: number, handle: number, argument: WireValue): void {
    const { encoder } = this;
    encoder.u32(operation);
    encoder.u32(handle);
    encoder.u32(0);
    if (argument === undefined) return;
    const begin = encoder.size;
    encoder.value(argument);
    encoder.patch(begin - 4, encoder.size - begin);
  }

  private exchange(frame: Uint8Array): RawAnswer {
    const { answers } = this;
    const known = answers?.recall(frame);
    const heard = known ?? this.askFrontend(frame);
    const answer = known || !answers ? heard : answers.remember(frame, heard);
    if (answer.delta) {
      if (!known) this.replayed++;
      this.replay.push({ frame: frame.slice(), deltaSize: answer.delta.length });
      answers?.advance(frame);
      this.host.grow(answer.delta);
    }
    return answer;
  }

  private askFrontend(frame: Uint8Array): RawAnswer {
    const { connection } = this;
    const answer = connection?.isOpen && this.catchUp(connection) ? connection.ask(frame) : undefined;
    if (answer) return answer;
    // The child was gone before it could hear the question: that is no fault of the question's.
    const successor = this.host.revive();
    this.connection = successor;
    this.replayed = 0;
    const again = this.catchUp(successor) ? successor.ask(frame) : undefined;
    if (again) return again;
    throw new CmonsterError('FRONTEND_CRASHED', "Clang's frontend keeps dying before it is asked anything", {
      file: this.host.file,
    });
  }

  /** Makes a frontend grow by what has grown here without it. False when it has gone. */
  private catchUp(connection: Connection): boolean {
    for (; this.replayed < this.replay.length; this.replayed++) {
      const { frame, deltaSize } = this.replay[this.replayed] as { frame: Uint8Array; deltaSize: number };
      const answer = connection.ask(frame);
      if (!answer) return false;
      if (answer.delta?.length === deltaSize) continue;
      connection.close();
      throw new CmonsterError('SOURCE_CHANGED', 'the frontend had to be started again and now answers differently', {
        file: this.host.file,
      });
    }
    return true;
  }
}

function unwrap(answer: unknown): unknown {
  if (answer instanceof Failure) throw answer.error;
  return answer;
}

function words(bytes: unknown): Uint32Array {
  if (!(bytes instanceof Uint8Array)) return new Uint32Array(0);
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
}
