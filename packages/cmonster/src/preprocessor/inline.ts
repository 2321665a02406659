/**
 * Macros that are written in TypeScript in the source file. They run in a thread of their own, with limits: it is code out of a
 * file that somebody wanted preprocessed.
 */
import { existsSync } from 'node:fs';
import { createRequire, SourceMap } from 'node:module';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { TransformFailure, transformSync } from 'esbuild';
import { inlineWorkerSource } from './inline-worker.js';
import type { ScriptFailure } from './script-error.js';
import { parseSignature } from './signature.js';

export interface InlineLimits {
  /** Milliseconds for one use; 2,000 by default. */
  timeLimit: number;
  /** MiB of its thread's heap; 256 by default. */
  memoryLimit: number;
}

export const inlineLimits: InlineLimits = { timeLimit: 2000, memoryLimit: 256 };

/** An argument: its tokens, three items each, and its number for asking what it expands to (-1: it can't be). */
export interface InlineArgument {
  tokens: readonly unknown[];
  argument: number;
}

type Answer = {
  result?: string | (string | number)[];
  expand?: number;
  error?: string;
  line?: number;
  column?: number;
};

interface Macro {
  define: { id: number; code: string; file: string };
  map: SourceMap;
  /** Of the body's first line in its file, from 1. */
  line: number;
  /** Parameters before `...rest`; undefined when there is none. */
  fixed: number | undefined;
}

/** Loaded by the first inline macro: most programs have none. */
const require = createRequire(import.meta.url);

/** How long the main thread sleeps before it looks whether the other one still lives, in milliseconds. */
const LOOK = 50;
/** Bytes of JSON that go over at once. */
const ROOM = 1 << 22;
/** Until the thread has started; it takes some 30 ms. */
const START_LIMIT = 20_000;

export class InlineMacros {
  private readonly limits: InlineLimits;
  private readonly cwd: string;
  private readonly macros = new Map<number, Macro>();
  private worker: Worker | undefined;
  private words = new Int32Array(new SharedArrayBuffer(12));
  private text: Buffer<SharedArrayBuffer> = Buffer.from(new SharedArrayBuffer(0));
  /** Those that the thread has been told. */
  private told = new Set<number>();

  constructor(limits: InlineLimits, cwd: string) {
    this.limits = limits;
    this.cwd = cwd;
  }

  /** Takes in a definition; the failure of one that is no TypeScript. `line` is that of the body's first line. */
  define(id: number, signature: string, body: string, file: string, line: number): ScriptFailure | undefined {
    const { parameters = [], variadic } = parseSignature(signature);
    const list = parameters.map((name, i) => (variadic && i === parameters.length - 1 ? `...${name}` : name));
    const fixed = variadic ? parameters.length - 1 : undefined;
    const { imports, rest } = hoistImports(body);
    // The head takes the first line: the body's lines follow it.
    const source = `${imports} export default (function (${list.join(', ')}) {\n${rest}\n});`;
    const esbuild = require('esbuild') as { transformSync: typeof transformSync };
    try {
      const { code, map } = esbuild.transformSync(source, {
        loader: 'ts',
        format: 'cjs',
        target: 'node20',
        sourcemap: true,
      });
      const path = resolve(this.cwd, file);
      this.macros.set(id, { define: { id, code, file: path }, map: new SourceMap(JSON.parse(map)), line, fixed });
      return undefined;
    } catch (error) {
      const [first] = (error as TransformFailure).errors ?? [];
      if (!first) throw error;
      return {
        error: `not TypeScript: ${first.text}`,
        ...(first.location && { line: first.location.line - 2 + line }),
      };
    }
  }

  /** How many parameters stand before `...rest`; undefined without one. */
  fixedOf(id: number): number | undefined {
    return this.macros.get(id)?.fixed;
  }

  /** Uses a macro. `expand` gives an argument's tokens with their macros expanded. */
  call(
    id: number,
    use: object,
    args: readonly InlineArgument[],
    kinds: readonly string[],
    expand: (argument: number) => readonly unknown[],
  ): { result: string | (string | number)[] } | ScriptFailure {
    const macro = this.macros.get(id);
    if (!macro) return { error: 'it was not defined' };
    this.worker ?? this.start(kinds);
    if (!this.told.has(id)) {
      const answer = this.exchange(
        { define: macro.define },
        this.told.size === 0 ? START_LIMIT : this.limits.timeLimit,
      );
      if (answer.error !== undefined) return this.failure(macro, answer);
      this.told.add(id);
    }
    let answer = this.exchange({ call: { id, use, args } }, this.limits.timeLimit);
    const { worker } = this;
    while (answer.expand !== undefined) {
      const tokens = expand(answer.expand);
      // Uses in the argument are answered by the same thread, and may be its end.
      if (this.worker !== worker) return { error: 'its thread was ended by a macro in its argument' };
      answer = this.exchange({ tokens }, this.limits.timeLimit);
    }
    return answer.error === undefined ? { result: answer.result ?? '' } : this.failure(macro, answer);
  }

  private failure({ map, line }: Macro, { error = '', line: at, column = 1 }: Answer): ScriptFailure {
    if (at === undefined) return { error };
    const entry = map.findEntry(at - 1, column - 1) as { originalLine?: number };
    return entry.originalLine === undefined
      ? { error }
      : { error, line: Math.max(line, entry.originalLine - 1 + line) };
  }

  private start(kinds: readonly string[]): void {
    this.words = new Int32Array(new SharedArrayBuffer(12));
    const text = new SharedArrayBuffer(ROOM);
    this.text = Buffer.from(text);
    this.told = new Set();
    this.worker = new Worker(inlineWorkerSource, {
      eval: true,
      workerData: { words: this.words, text, kinds },
      execArgv: [],
      stdin: false,
      resourceLimits: { maxOldGenerationSizeMb: this.limits.memoryLimit },
    });
    this.worker.unref();
    // That it ended is seen where it is waited for.
    this.worker.on('error', () => {});
  }

  private exchange(message: unknown, limit: number): Answer {
    const { words, text } = this;
    const json = JSON.stringify(message);
    const size = Buffer.byteLength(json);
    if (size > text.length) return { error: `its arguments are too long: ${size} bytes of ${text.length}` };
    text.write(json);
    words[1] = size;
    Atomics.store(words, 0, 1);
    Atomics.notify(words, 0);
    const until = Date.now() + limit;
    const before = process.memoryUsage.rss();
    while (Atomics.load(words, 0) === 1) {
      const left = until - Date.now();
      if (left <= 0) {
        this.close();
        return { error: `it took longer than ${limit} ms` };
      }
      if (Atomics.wait(words, 0, 1, Math.min(left, LOOK)) !== 'timed-out') continue;
      // Buffers are in no heap: what the process has grown by while this thread waits is the other one's.
      const isTooLarge = process.memoryUsage.rss() - before > this.limits.memoryLimit * 2 ** 20;
      if (!isTooLarge && !this.hasDied()) continue;
      this.close();
      const { memoryLimit } = this.limits;
      return { error: `its thread ended: it needed more than ${memoryLimit} MiB, or left the process` };
    }
    return JSON.parse(text.toString('utf8', 0, words[1] as number)) as Answer;
  }

  private hasDied(): boolean {
    const thread = this.words[2] as number;
    return thread !== 0 && existsSync('/proc/self/task') && !existsSync(`/proc/self/task/${thread}`);
  }

  /** Ends the thread; the next use starts another. */
  close(): void {
    void this.worker?.terminate();
    this.worker = undefined;
  }
}

/** Imports at the head of a body go before the function, on one line. */
function hoistImports(body: string): { imports: string; rest: string } {
  const head = /^(?:\s|\/\/[^\n]*\n)*import\b[^;'"]*?(?:from\s*)?(['"])[^'"\n]+\1[ \t]*;?/;
  let imports = '';
  let rest = body;
  let blank = '';
  for (let match = head.exec(rest); match; match = head.exec(rest)) {
    imports += `${match[0]
      .replace(/\/\/[^\n]*\n/g, '')
      .replace(/\s+/g, ' ')
      .replace(/;?$/, ';')}`;
    blank += match[0].replace(/[^\n]/g, '');
    rest = rest.slice(match[0].length);
  }
  return { imports, rest: blank + rest };
}
