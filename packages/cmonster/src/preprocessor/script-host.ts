/** Answers what the frontend asks in the middle of its work: docs/formats/protocol.md, "Calls". */
import { Script } from 'node:vm';
import type { CallHandler, Connection } from '../frontend/connection.js';
import type { ScriptRequest } from '../frontend/messages.js';
import { Operation } from '../frontend/operations.js';
import { type Decoder, Encoder, Frame, type WireValue, wireResolver } from '../frontend/protocol.js';
import { isEventName, type PresumedPlace, placeOf, readEvent } from './events.js';
import type { IncludeAnswer, MacroCall, PreprocessorHooks, ScriptOptions } from './hooks.js';
import { InlineMacros, inlineLimits } from './inline.js';
import { failureOf } from './script-error.js';
import { PreprocessorToken, splitAtCommas, TokenList, type TokenSource } from './token.js';

/** Inline macros are numbered from here; below are the script's own definitions. */
const FIRST_INLINE = 1 << 20;

/** A function of the script, and what it is called with. */
type Work = () => unknown;

export class ScriptHost {
  private readonly hooks: PreprocessorHooks;
  private readonly options: ScriptOptions;
  private readonly inline: InlineMacros | undefined;
  /** Whom to ask while a call is worked on. */
  private connection: Connection | undefined;
  private kinds: readonly string[] | undefined;

  constructor(hooks: PreprocessorHooks, options: ScriptOptions, cwd: string) {
    this.hooks = hooks;
    this.options = options;
    const { inlineMacros } = options;
    if (inlineMacros) {
      const limits = typeof inlineMacros === 'object' ? inlineMacros : {};
      this.inline = new InlineMacros({ ...inlineLimits, ...limits }, cwd);
    }
  }

  /** Whether there is anything to be asked. */
  get isNeeded(): boolean {
    const { predefines, includes, pragmas, events } = this.request;
    return this.inline !== undefined || predefines !== '' || includes || pragmas.length > 0 || events.length > 0;
  }

  get request(): ScriptRequest {
    const { hooks } = this;
    return {
      predefines: hooks.predefines,
      inlineMacros: this.inline !== undefined,
      includes: hooks.includeHandlers.length > 0,
      pure: hooks.definitions.flatMap(({ isPure }, number) => (isPure ? [number] : [])),
      pragmas: [...hooks.pragmaHandlers.values()].map(({ space, name }) => [space, name] as const),
      events: hooks.wantedEvents,
    };
  }

  /** Ends the thread of inline macros; another use starts it again. */
  close(): void {
    this.inline?.close();
  }

  /** How many calls are being answered: an answer may ask what needs another. */
  private answering = 0;

  /** Whether the script is at work, in the middle of a reading. */
  get isAnswering(): boolean {
    return this.answering > 0;
  }

  private atWork<T>(work: () => T): T {
    this.answering++;
    this.hooks.working++;
    try {
      return work();
    } finally {
      this.answering--;
      this.hooks.working--;
    }
  }

  readonly onCall: CallHandler = (name, args, connection) => {
    this.connection = connection;
    return this.atWork(() => settled(() => this.answer(name, args)));
  };

  /** Where nobody can wait for a promise. */
  readonly onCallSync: CallHandler = (name, args, connection) => {
    const answer = this.onCall(name, args, connection);
    if (!(answer instanceof Promise)) return answer;
    answer.catch(() => {});
    return { error: 'it gave a promise, and only parse() can wait for one' };
  };

  readonly onEvent = (name: string, args: unknown[]): void => {
    if (isEventName(name)) this.atWork(() => this.hooks.emit(name, readEvent(name, args)));
  };

  private answer(name: string, args: unknown[]): WireValue | Promise<WireValue> {
    switch (name) {
      case 'macro':
        return this.macro(args);
      case 'pure':
        return this.pure(args);
      case 'inline': {
        const [id, signature, body, file, line] = args as [number, string, string, string, number];
        const failure = this.inline?.define(id, signature, body, file, line);
        return failure && { ...failure };
      }
      case 'include':
        return this.include(args);
      case 'pragma':
        return this.pragma(args);
      default:
        return undefined;
    }
  }

  // --- Macros -------------------------------------------------------------------------------------------------------

  private macro(args: unknown[]): WireValue | Promise<WireValue> {
    const id = Number(args[0]);
    const place = placeOf(args.slice(1));
    const lists = args[4] as unknown[][];
    if (id >= FIRST_INLINE) return this.inlineMacro(id, place, lists);
    return this.use(id, place, lists, (argument) => this.expandArgument(argument));
  }

  /** A use of a pure macro, and others that stand ahead; of those nobody can ask more than what came. */
  private pure(args: unknown[]): WireValue | Promise<WireValue> {
    const place = placeOf(args.slice(1));
    const answers = [settled(() => this.macro(args))];
    const ahead = args[5] as unknown[];
    for (let at = 0; at < ahead.length; at += 2) {
      let isEnough = true;
      const unknown = (): unknown[] => {
        isEnough = false;
        return [];
      };
      const answer = settled(() => this.use(Number(ahead[at]), place, ahead[at + 1] as unknown[][], unknown));
      if (answer instanceof Promise) answers.push(answer.then((value) => (isEnough ? value : null)));
      else answers.push(isEnough ? answer : null);
    }
    return answers.some((answer) => answer instanceof Promise) ? Promise.all(answers) : (answers as WireValue[]);
  }

  private use(
    id: number,
    place: PresumedPlace,
    lists: readonly unknown[][],
    expand: (argument: number) => unknown[],
  ): WireValue | Promise<WireValue> {
    const { signature, call } = this.hooks.definitions[id] as (typeof this.hooks.definitions)[number];
    const source = new CallTokens(this.tokenKinds);
    const given = lists.map((flat, argument) => new TokenList(source.read(flat), () => source.read(expand(argument))));
    const fixed = signature.variadic ? (signature.parameters?.length ?? 1) - 1 : given.length;
    const rest = given
      .slice(fixed)
      .flatMap((list) => splitAtCommas(list.tokens).map((tokens) => new TokenList(tokens)));
    const use: MacroCall = { ...place, name: signature.name };
    const result = this.limited(() => call.apply(use, [...given.slice(0, fixed), ...rest]));
    return result instanceof Promise ? result.then((value) => encode(value, source)) : encode(result, source);
  }

  private inlineMacro(id: number, use: object, lists: unknown[][]): WireValue {
    const { inline } = this;
    if (!inline) return { error: 'inline macros are off' };
    const kinds = this.tokenKinds;
    const fixed = inline.fixedOf(id);
    const args = lists.flatMap((flat, argument) =>
      argument === fixed
        ? splitFlat(flat, kinds).map((tokens) => ({ tokens, argument: -1 }))
        : [{ tokens: flat, argument }],
    );
    const answer = inline.call(id, use, args, kinds, (argument) => this.expandArgument(argument));
    return 'result' in answer ? answer.result : { ...answer };
  }

  /** Runs the script's function under its time limit, if it has one. */
  private limited(work: Work): unknown {
    const { callTimeLimit } = this.options;
    if (callTimeLimit === undefined) return work();
    const before = limitedWork;
    limitedWork = work;
    try {
      return runLimited.runInThisContext({ timeout: callTimeLimit });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new Error(`it took longer than ${callTimeLimit} ms`);
    } finally {
      limitedWork = before;
    }
  }

  // --- Includes and pragmas -----------------------------------------------------------------------------------------

  private include(args: unknown[]): WireValue {
    const [name, isAngled, directive, includer] = args as [string, boolean, string, string];
    const asked = { ...placeOf(args.slice(4)), name, isAngled, directive, includer };
    for (const handler of this.hooks.includeHandlers) {
      const answer = this.limited(() => handler(asked)) as IncludeAnswer | Promise<never>;
      if (answer === undefined || answer === null) continue;
      if (answer === false || typeof answer === 'string') return answer;
      if (typeof answer !== 'object' || answer instanceof Promise || !('path' in answer || 'text' in answer)) {
        throw new TypeError('answered neither a path, nor { path } or { text }, nor false, nor nothing');
      }
      const { isSystem } = answer;
      const system = isSystem === undefined ? {} : { system: isSystem };
      if ('path' in answer) return { path: String(answer.path), ...system };
      return { text: Buffer.from(answer.text), ...(answer.name !== undefined && { name: answer.name }), ...system };
    }
    return undefined;
  }

  private pragma(args: unknown[]): WireValue {
    const [space, name] = args as [string, string];
    const registered = this.hooks.pragmaHandlers.get(`${space} ${name}`);
    if (!registered) return undefined;
    const source = new CallTokens(this.tokenKinds);
    const tokens = new TokenList(source.read(args[5] as unknown[]));
    const result = this.limited(() => registered.handler(tokens, { ...placeOf(args.slice(2)), space, name }));
    if (typeof result === 'object' && result !== null && 'text' in result && !(result instanceof PreprocessorToken)) {
      const { text, name } = result as { text: string; name?: string };
      return { text: Buffer.from(text), ...(name !== undefined && { name }) };
    }
    return result === undefined ? undefined : encode(result, source);
  }

  // --- Questions in the middle of a call ----------------------------------------------------------------------------

  private get tokenKinds(): readonly string[] {
    this.kinds ??= this.ask(Operation.TOKEN_KINDS, 0) as string[];
    return this.kinds;
  }
  private expandArgument(argument: number): unknown[] {
    return (this.ask(Operation.EXPAND_ARGUMENT, argument) as unknown[] | undefined) ?? [];
  }

  private ask(operation: number, handle: number): unknown {
    const encoder = new Encoder(64);
    const frame = encoder.beginFrame(Frame.ASK);
    for (const word of [1, operation, handle, 0]) encoder.u32(word);
    encoder.endFrame(frame);
    const answer = this.connection?.ask(encoder.take());
    return answer && (answer.values as Decoder).value(wireResolver);
  }
}

/** An answer that is none is the failure. */
function settled(work: () => WireValue | Promise<WireValue>): WireValue | Promise<WireValue> {
  try {
    const result = work();
    return result instanceof Promise ? result.catch((error: unknown) => ({ ...failureOf(error) })) : result;
  } catch (error) {
    return { ...failureOf(error) };
  }
}

/** What the script below runs: only a script of its own can be given a time. */
let limitedWork: Work | undefined;
const runLimited = new Script('globalThis[Symbol.for("cmonster.limited")]()');
Object.defineProperty(globalThis, Symbol.for('cmonster.limited'), {
  value: () => limitedWork?.(),
  enumerable: false,
  configurable: true,
});

/** The tokens of one call. */
class CallTokens implements TokenSource {
  readonly tokenKinds: readonly string[];

  constructor(tokenKinds: readonly string[]) {
    this.tokenKinds = tokenKinds;
  }
  read(flat: readonly unknown[]): PreprocessorToken[] {
    const tokens: PreprocessorToken[] = [];
    for (let at = 0; at < flat.length; at += 3) {
      tokens.push(new PreprocessorToken(this, flat[at + 1] as number, flat[at + 2] as string, 0, flat[at] as number));
    }
    return tokens;
  }
  spelling(): string {
    return '';
  }
  location(): undefined {
    return undefined;
  }
  macroOf(): undefined {
    return undefined;
  }
}

function splitFlat(flat: readonly unknown[], kinds: readonly string[]): unknown[][] {
  const lists = splitAtCommas(new CallTokens(kinds).read(flat));
  let at = 0;
  return lists.map(({ length }) => {
    const list = flat.slice(at, at + length * 3);
    at += length * 3 + 3;
    return list;
  });
}

/** A macro's result as RETURN carries it. */
function encode(value: unknown, source: CallTokens): WireValue {
  if (typeof value === 'string') return value;
  const items: (string | number)[] = [];
  flatten(value, source, items);
  return items;
}

function flatten(value: unknown, source: CallTokens, items: (string | number)[]): void {
  if (value === undefined || value === null) return;
  if (typeof value === 'string') items.push(value);
  else if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    items.push(String(value));
  else if (value instanceof PreprocessorToken) items.push(wire(value, value.hasLeadingSpace, source));
  else if (value instanceof TokenList) {
    // As in C: a space before an argument is no part of it.
    for (const [i, token] of value.tokens.entries()) items.push(wire(token, i > 0 && token.hasLeadingSpace, source));
  } else if (Array.isArray(value)) for (const item of value) flatten(item, source, items);
  else {
    const what =
      typeof value === 'object' ? (value instanceof Promise ? 'a promise' : 'an object') : `a ${typeof value}`;
    throw new TypeError(`returned ${what}, which is neither text nor tokens`);
  }
}

/** A token of the call's own by its number; any other as its text. */
function wire(token: PreprocessorToken, isSpaced: boolean, source: CallTokens): string | number {
  const own = token.owner === source && token.reference >= 0;
  return own ? token.reference * 2 + Number(isSpaced) : `${isSpaced ? ' ' : ''}${token.text}`;
}
