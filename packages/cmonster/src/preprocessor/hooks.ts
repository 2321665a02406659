/** What a script decides of preprocessing: definitions, includes, pragmas, events. */
import { CmonsterError } from '../error.js';
import { eventNames, type PreprocessorEvent, type PreprocessorEvents, type PresumedPlace } from './events.js';
import type { InlineLimits } from './inline.js';
import { headOf, parseSignature, type Signature, signatureOf } from './signature.js';
import type { PreprocessorToken, TokenList } from './token.js';

/**
 * What a macro may give: text, which becomes tokens; tokens, those of its arguments among them, which keep their places; lists of
 * these; nothing.
 */
export type MacroResult =
  | string
  | number
  | bigint
  | boolean
  | undefined
  | null
  | PreprocessorToken
  | TokenList
  | readonly MacroResult[];

/** What a macro knows of its use: `this` in a function (an arrow function has none). */
export interface MacroCall extends PresumedPlace {
  name: string;
}

/** Called for each use. A promise is possible where a file is parsed with promises. */
export type MacroFunction = (this: MacroCall, ...args: TokenList[]) => MacroResult | Promise<MacroResult>;

export interface IncludeDirective extends PresumedPlace {
  /** As written, without quotes. */
  name: string;
  isAngled: boolean;
  /** `include`, `include_next`, `import`, `__has_include`, `__has_include_next`, … */
  directive: string;
  /** The file that the directive is in; empty for the compiler's own definitions. */
  includer: string;
}

/**
 * A path; or text of its own, under a name that diagnostics show (`name`; beside the includer by default); `false`: there is no
 * such file; nothing: it is looked for as usual. `isSystem` makes it a system header.
 */
export type IncludeAnswer =
  | string
  | { path: string; isSystem?: boolean }
  | { text: string; name?: string; isSystem?: boolean }
  | false
  | undefined;
export type IncludeHandler = (directive: IncludeDirective) => IncludeAnswer;

export interface Pragma extends PresumedPlace {
  /** As the handler was registered for. */
  space: string;
  name: string;
}
/**
 * Gets the tokens behind the pragma's name. What it gives stands in the pragma's place: text or tokens, or a file's text, in which
 * directives count (`{ text }`). Nothing: the pragma is handled as usual.
 */
export type PragmaHandler = (tokens: TokenList, pragma: Pragma) => MacroResult | { text: string; name?: string };

export interface ScriptOptions {
  /** Whether macros in the source files, between `ts_def` and `ts_end`, are run. */
  inlineMacros?: boolean | Partial<InlineLimits> | undefined;
  /**
   * Milliseconds that a function of the script may take, for one call. None by default: a limit costs some 150 µs a call.
   */
  callTimeLimit?: number | undefined;
}

interface Definition {
  signature: Signature;
  call: MacroFunction;
  isPure: boolean;
}

export interface DefineOptions {
  /** A macro that is used without parentheses: `BUILD_ID`. */
  objectLike?: boolean;
  /**
   * The result depends on the arguments' tokens alone: neither on the place nor on anything else. Then a use with arguments that
   * were there before costs no call, and uses that stand further on in the file are answered together with the one before them: the
   * function may be called for some that never come to be used. (What depends on `expanded` is asked for each time.)
   */
  isPure?: boolean;
}

type Listener<E extends PreprocessorEvent> = (event: PreprocessorEvents[E]) => void;

/** The body of a macro that is answered here; itself a macro that expands to nothing. */
const MARKER = '__ts_';

export class PreprocessorHooks {
  readonly scriptOptions: ScriptOptions;
  private readonly directives: string[] = [];
  /** By the number that the frontend knows them by: their order. @internal */
  readonly definitions: Definition[] = [];
  /** @internal */
  includeHandlers: IncludeHandler[] = [];
  /** @internal */
  readonly pragmaHandlers = new Map<string, { space: string; name: string; handler: PragmaHandler }>();
  private readonly listeners = new Map<PreprocessorEvent, Listener<never>[]>();
  /** How many of its functions are at work: one may read another file, which asks others. @internal */
  working = 0;

  constructor(options: ScriptOptions = {}) {
    this.scriptOptions = options;
  }

  /**
   * Defines a macro before the file is read. With a text, what `#define NAME text` would define (`NAME(a, b)` for one with
   * arguments); with a function, one that is answered by it. Its parameters are the function's own, or those of `NAME(a, ...rest)`.
   */
  define(name: string, body: string | number | MacroFunction, options: DefineOptions = {}): this {
    this.refuseLate(`define('${name}')`);
    const given = parseSignature(name);
    if (typeof body !== 'function') {
      this.directives.push(`#define ${oneLine(name)} ${oneLine(String(body))}`);
      return this;
    }
    const signature = given.parameters || options.objectLike ? given : signatureOf(given.name, body);
    this.definitions.push({ signature, call: body, isPure: options.isPure ?? false });
    this.directives.push(`#define ${headOf(signature)} ${MARKER}`);
    return this;
  }

  /** As `#undef NAME` before the file is read: of the compiler's own macros too. */
  undefine(name: string): this {
    this.refuseLate(`undefine('${name}')`);
    this.directives.push(`#undef ${parseSignature(name).name}`);
    return this;
  }

  /** Asks `handler` for each include; of several the first that has an answer counts. */
  onInclude(handler: IncludeHandler): this {
    this.refuseLate('onInclude()');
    this.includeHandlers.push(handler);
    return this;
  }

  /**
   * Gives a pragma to `handler`: `onPragma('GCC', 'poison', …)`, `onPragma('', 'once', …)` for one without a name space,
   * `onPragma('GCC', '*', …)` for all of one, `onPragma('*', '*', …)` for every one.
   */
  onPragma(space: string, name: string, handler: PragmaHandler): this {
    this.refuseLate(`onPragma('${space}', '${name}')`);
    this.pragmaHandlers.set(`${space} ${name}`, { space, name, handler });
    return this;
  }

  on<E extends PreprocessorEvent>(event: E, listener: Listener<E>): this {
    if (!eventNames.includes(event)) {
      throw new CmonsterError('USAGE', `there is no event '${event}': there are ${eventNames.join(', ')}`);
    }
    this.refuseLate(`on('${event}')`);
    const known = this.listeners.get(event);
    if (known) known.push(listener);
    else this.listeners.set(event, [listener]);
    return this;
  }

  /** The frontend has been told already. */
  private refuseLate(what: string): void {
    if (this.working === 0) return;
    throw new CmonsterError(
      'USAGE',
      `${what} comes too late: a file is being read, and what is to count is said before (a directive can stand in the { text } of an include or a pragma)`,
    );
  }

  /** @internal */
  emit<E extends PreprocessorEvent>(name: E, event: PreprocessorEvents[E]): void {
    for (const listener of this.listeners.get(name) ?? []) (listener as Listener<E>)(event);
  }
  /** @internal */
  get wantedEvents(): readonly string[] {
    return [...this.listeners.keys()];
  }
  /** @internal The directives before the file. */
  get predefines(): string {
    return this.directives.map((line) => `${line}\n`).join('');
  }
}

function oneLine(text: string): string {
  return text.replace(/\s*\r?\n\s*/g, ' ');
}
