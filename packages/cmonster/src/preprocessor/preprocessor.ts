/** Preprocessing by itself: tokens, the text that `clang -E` prints, facts; with macros, includes and pragmas by a script. */
import { resolve } from 'node:path';
import { CmonsterError } from '../error.js';
import { Connection } from '../frontend/connection.js';
import { locateFrontend } from '../frontend/locate.js';
import { type Meta, readFiles, readMeta } from '../frontend/meta.js';
import { Operation } from '../frontend/operations.js';
import { wireResolver } from '../frontend/protocol.js';
import { type QuestionHost, Questions } from '../frontend/questions.js';
import { Snapshot } from '../frontend/snapshot.js';
import { type Diagnostic, diagnosticsOf } from '../source/diagnostic.js';
import { Location } from '../source/location.js';
import { SourceManager } from '../source/source-manager.js';
import type { FactsHost } from './fact.js';
import { PreprocessorFacts } from './facts.js';
import { type Formattable, format } from './format.js';
import { PreprocessorHooks, type ScriptOptions } from './hooks.js';
import { ScriptHost } from './script-host.js';
import { PreprocessorToken, type TokenSource } from './token.js';

export interface PreprocessorOptions extends ScriptOptions {
  /** What a compiler takes: `['-Iinclude', '-DNDEBUG']`; for `text()` also what `-E` heeds: `-P`, `-C`, `-CC`, `-dM`, `-dD`. */
  arguments?: readonly string[];
  /** What relative paths refer to; the current directory by default. */
  cwd?: string;
  /** `clang++` takes a `.c` file for C++, as that driver does. */
  driver?: 'clang' | 'clang++';
  /** Contents by path, in place of what is on disk. */
  unsaved?: Readonly<Record<string, string | Uint8Array>>;
  /** Milliseconds between two answers of the frontend; 120,000 by default. */
  timeLimit?: number;
  /** MiB that the frontend may use; 8192 by default. */
  memoryLimit?: number;
  /** The frontend's program, in place of the one that comes with this package. */
  frontend?: string;
}

export interface TokensOptions {
  /** Whether macros are expanded (default). Directives count either way. */
  expand?: boolean;
}

/** Tokens in one message: many enough to make the messages' cost small, few enough to come soon. */
const BATCH = 16_384;
const HEADER_WORDS = 2;

/**
 * One file, and what a script decides of its preprocessing. Each of `tokens()`, `text()` and `run()` reads the file from the
 * beginning; `facts` and `diagnostics` are those of the last reading.
 */
export class Preprocessor extends PreprocessorHooks {
  readonly file: string;
  readonly options: PreprocessorOptions;
  private reading: Reading | undefined;

  constructor(file: string, options: PreprocessorOptions = {}) {
    super(options);
    this.file = file;
    this.options = options;
  }

  private begin(extraArguments: readonly string[] = []): Reading {
    this.refuseInTheMiddle('what is asked of it now is known');
    this.reading?.close();
    this.reading = new Reading(this, extraArguments);
    return this.reading;
  }
  /** A function of the script that is at work in a reading cannot take it away. */
  private refuseInTheMiddle(what: string): void {
    if (!this.reading?.isAsking) return;
    throw new CmonsterError('USAGE', `${this.file} is being read: ${what} once it has been`);
  }
  private get last(): Reading {
    if (!this.reading?.isRead) this.run();
    const reading = this.reading as Reading;
    reading.finish();
    return reading;
  }

  /** The file's tokens, read as they are asked for: a loop that ends early costs no more. */
  tokens(options: TokensOptions = {}): IterableIterator<PreprocessorToken> {
    return new TokenReader(this.begin(), options.expand ?? true);
  }

  /** What `clang -E` prints; `extraArguments` may hold `-P`, `-C`, `-dM`, … */
  text(extraArguments: readonly string[] = []): string {
    return Buffer.concat([...this.chunks(extraArguments)]).toString('utf8');
  }
  /** The same as bytes, in pieces. */
  chunks(extraArguments: readonly string[] = []): Iterable<Uint8Array> {
    return this.begin(extraArguments).text();
  }

  /** Reads the file for its events and facts alone. */
  run(): this {
    this.begin().finish();
    return this;
  }

  /** Macros, their uses, includes, conditionals, skipped ranges. Reads the file if it has not been read to its end. */
  get facts(): PreprocessorFacts {
    return this.last.facts;
  }
  get diagnostics(): readonly Diagnostic[] {
    return this.last.diagnostics;
  }
  get hasErrors(): boolean {
    return this.last.meta.hasErrors;
  }
  get sourceManager(): SourceManager {
    return this.last.sourceManager;
  }
  /** Milliseconds of the frontend's CPU time, and the like. */
  get times(): Readonly<Record<string, number>> {
    return this.last.meta.times;
  }
  /** The arguments that the driver made of those given. */
  get command(): readonly string[] {
    return this.last.meta.command;
  }

  /** A text's tokens in this file's language, nothing of it expanded. */
  tokenize(text: string): PreprocessorToken[] {
    const reading = this.reading ?? this.begin();
    return reading.tokenize(text);
  }
  /** Tokens as text that has the same tokens again. */
  format(tokens: Iterable<Formattable>): string {
    return format(tokens);
  }

  /** Ends the frontend; `facts` of the last reading stay, as far as they were looked at. What is to end a reading throws. */
  dispose(): void {
    this.refuseInTheMiddle('it can be disposed of');
    this.reading?.close();
    this.reading = undefined;
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** An iterator by hand: a generator costs as much again as making the token. */
class TokenReader implements IterableIterator<PreprocessorToken> {
  private readonly reading: Reading;
  private readonly expand: boolean;
  private words: Uint32Array = new Uint32Array(HEADER_WORDS);
  private count = 0;
  private at = 0;
  private isLast = false;

  constructor(reading: Reading, expand: boolean) {
    this.reading = reading;
    this.expand = expand;
  }

  next(): IteratorResult<PreprocessorToken, undefined> {
    if (this.at === this.count && !this.refill()) return { value: undefined, done: true };
    const { words, count } = this;
    const at = HEADER_WORDS + this.at++;
    const bits = words[at + 2 * count] as number;
    return { value: new PreprocessorToken(this.reading, bits, words[at + count] as number, words[at]), done: false };
  }

  private refill(): boolean {
    while (this.at === this.count) {
      if (this.isLast) return false;
      this.words = this.reading.nextTokens(this.expand);
      this.count = this.words[0] as number;
      this.isLast = this.words[1] === 1;
      this.at = 0;
    }
    return true;
  }

  [Symbol.iterator](): this {
    return this;
  }
}

/** One reading of the file: a frontend process. */
class Reading implements QuestionHost, FactsHost, TokenSource {
  readonly file: string;
  snapshot: Snapshot;
  meta: Meta;
  sourceManager: SourceManager;
  facts: PreprocessorFacts;
  /** Whether the file has been read to its end. */
  isRead = false;
  /** Whether all that is to be known of it has been brought. */
  private isFinished = false;
  private readonly connection: Connection;
  private readonly questions: Questions;
  private readonly script: ScriptHost;
  private readonly output: Uint8Array[] = [];
  private readonly spellings: string[] = [];
  private kinds: readonly string[] | undefined;
  /** Whether the location table reaches as far as the tokens. */
  private isLocated = true;
  private diagnosticList: Diagnostic[] | undefined;

  constructor(preprocessor: Preprocessor, extraArguments: readonly string[]) {
    const { file, options } = preprocessor;
    this.file = file;
    const cwd = resolve(options.cwd ?? '.');
    const timeLimit = options.timeLimit ?? 120_000;
    this.script = new ScriptHost(preprocessor, preprocessor.scriptOptions, cwd);
    const { onCallSync, onEvent } = this.script;
    this.connection = Connection.openSync({
      frontend: options.frontend ?? locateFrontend(),
      cwd,
      memoryLimit: options.memoryLimit ?? 8192,
      channel: 'fifo',
      file,
      parseTimeLimit: timeLimit,
      askTimeLimit: timeLimit,
      onCall: onCallSync,
      onEvent: (name, args) => {
        if (name === 'output') this.output.push(args[0] as Uint8Array);
        else onEvent(name, args);
      },
    });
    const unsaved: Record<string, Uint8Array> = {};
    for (const [path, content] of Object.entries(options.unsaved ?? {})) {
      unsaved[path] = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    }
    const parsed = this.connection.parseSync({
      mode: 'preprocess',
      arguments: [...(options.arguments ?? []), ...extraArguments, file.startsWith('-') ? `./${file}` : file],
      ...(options.driver && { driver: options.driver }),
      scope: 'main',
      unsaved,
      callbacks: [],
      typeLocs: false,
      comments: false,
      ...(this.script.isNeeded && { script: this.script.request }),
    });
    this.snapshot = new Snapshot(parsed.snapshot);
    this.meta = readMeta(parsed.meta);
    this.questions = new Questions(this, this.connection);
    this.sourceManager = this.newSourceManager();
    this.facts = new PreprocessorFacts(this);
  }

  private newSourceManager(): SourceManager {
    const { files, mainFile, nextOffset } = this.meta;
    return new SourceManager(this.snapshot, files, mainFile, nextOffset, this.questions);
  }

  /** Whether a function of the script is at work. */
  get isAsking(): boolean {
    return this.script.isAnswering;
  }

  close(): void {
    this.connection.close();
    this.script.close();
  }

  // --- Reading ------------------------------------------------------------------------------------------------------

  /** The next tokens: a count, whether they are the last ones, then locations, spellings, kinds with flags. */
  nextTokens(expand: boolean): Uint32Array {
    const bytes = this.questions.one(Operation.NEXT_TOKENS, 0, { most: BATCH, expand }) as Uint8Array;
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
    this.isLocated = false;
    this.isRead = words[1] === 1;
    return words;
  }

  *text(): Generator<Uint8Array, void> {
    this.questions.one(Operation.PREPROCESS_TEXT, 0);
    yield* this.output;
    this.output.length = 0;
    this.isRead = true;
  }

  /** Reads what is left; then everything is known. */
  finish(): void {
    if (this.isFinished) return;
    const [meta, bytes] = this.questions.many(
      [{ operation: Operation.PREPROCESS_REST, handle: 0 }],
      false,
      wireResolver,
    )[0] as [Record<string, unknown>, Uint8Array];
    this.isRead = this.isFinished = true;
    this.isLocated = true;
    this.snapshot = new Snapshot(bytes.buffer as ArrayBuffer);
    this.meta = readMeta(meta);
    this.sourceManager = this.newSourceManager();
    this.facts = new PreprocessorFacts(this);
    this.diagnosticList = undefined;
    this.script.close();
  }

  get diagnostics(): readonly Diagnostic[] {
    this.diagnosticList ??= diagnosticsOf(this.meta.diagnostics, this.sourceManager);
    return this.diagnosticList;
  }

  tokenize(text: string): PreprocessorToken[] {
    const flat = this.questions.one(Operation.TOKENIZE, 0, text) as unknown[];
    const tokens: PreprocessorToken[] = [];
    for (let at = 0; at < flat.length; at += 3) {
      tokens.push(new PreprocessorToken(this, flat[at + 1] as number, flat[at + 2] as string));
    }
    return tokens;
  }

  // --- For tokens ---------------------------------------------------------------------------------------------------

  get tokenKinds(): readonly string[] {
    this.kinds ??= this.questions.tokenKinds();
    return this.kinds;
  }
  spelling(index: number): string {
    let text = this.spellings[index];
    if (text === undefined) {
      text = this.snapshot.string(index);
      this.spellings[index] = text;
    }
    return text;
  }
  location(raw: number): Location {
    this.locate();
    return new Location(this.sourceManager, raw);
  }
  macroOf(raw: number): string | undefined {
    this.locate();
    const { sourceManager } = this;
    const use = sourceManager.expansionLoc(raw);
    const position = sourceManager.position(use);
    return position?.file.slice(position.offset, position.offset + sourceManager.tokenLength(use));
  }

  /** Brings the entries of the location table that came with the last tokens. */
  private locate(): void {
    if (this.isLocated) return;
    this.isLocated = true;
    const answer = this.questions.one(Operation.SOURCES, 0) as unknown[];
    this.snapshot.appendSources(answer.slice(0, 5) as Uint8Array[], answer[5] as Uint8Array);
    this.sourceManager.grow(readFiles(answer[6]), Number(answer[7]));
  }

  // --- For facts and questions --------------------------------------------------------------------------------------

  macroTokens(macro: number): Uint32Array {
    return this.questions.macroTokens(macro);
  }
  grow(delta: Uint8Array): void {
    this.snapshot.append(delta);
  }
  revive(): Connection {
    throw new CmonsterError('DISPOSED', `the preprocessor of ${this.file} has ended: read the file again`);
  }
  node(): null {
    return null;
  }
  type(): null {
    return null;
  }
  range(begin: number, end: number): unknown {
    return this.sourceManager.range(begin, end);
  }
}
