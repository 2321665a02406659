/** What a parse can be told, and how that is said to the frontend. */
import { resolve } from 'node:path';
import type { UnitCache } from '../cache/unit-cache.js';
import type { ParseRequest } from '../frontend/messages.js';
import { PreprocessorHooks } from '../preprocessor/hooks.js';
import type { InlineLimits } from '../preprocessor/inline.js';
import { ScriptHost } from '../preprocessor/script-host.js';
import { pathMatcher } from '../source/path-matcher.js';

export interface ParseOptions {
  /**
   * What a compiler takes: `['-std=c++20', '-Iinclude', '-DNDEBUG']`. Of what is compiled for several machines at once
   * (`-fopenmp-targets=`, CUDA) the host's part is parsed; `--offload-device-only` asks for the other.
   */
  arguments?: readonly string[];
  /** What relative paths refer to; the current directory by default. */
  cwd?: string;
  /** `clang++` takes a `.c` file for C++, as that driver does. */
  driver?: 'clang' | 'clang++';
  /**
   * Whose declarations are brought: the main file's (default), all but system headers', or everything. What lies outside is
   * brought when it is looked at.
   */
  scope?: 'main' | 'user' | 'all';
  /**
   * What may be changed besides the main file: globs, folders or paths, relative to `cwd`, or a function of an absolute path. The
   * scope is then `user` by default, as what may be changed must be seen.
   */
  editable?: string | readonly string[] | ((path: string) => boolean);
  /** Contents by path, in place of what is on disk. */
  unsaved?: Readonly<Record<string, string | Uint8Array>>;
  /** Milliseconds for the parse; 120,000 by default. */
  timeLimit?: number;
  /** Milliseconds for a question or a batch of them; 30,000 by default. */
  questionTimeLimit?: number;
  /** MiB that the frontend may use; 8192 by default. */
  memoryLimit?: number;
  /** Whether documentation comments are nodes of the tree (default). */
  comments?: boolean;
  /** Whether types and names as written are nodes of the tree (default). */
  typeLocs?: boolean;
  /**
   * Leaves a process behind that `reparse` resumes from, so that an edit costs what the main file itself costs. Takes some
   * megabytes until the last translation unit made from it is disposed of.
   */
  keep?: boolean;
  /**
   * Keeps what was parsed, and what was asked, for the next time that the same is parsed; only what is parsed with promises, and
   * without `keep`.
   */
  cache?: UnitCache;
  /**
   * What a script decides of preprocessing (`Preprocessor`, or `PreprocessorHooks` for any file): its macros, includes and pragmas
   * are what the parser sees. Nothing of it is cached.
   */
  preprocessor?: PreprocessorHooks;
  /** Whether macros that the source itself defines in TypeScript, between `ts_def` and `ts_end`, are run; with limits. */
  inlineMacros?: boolean | Partial<InlineLimits>;
  /** The frontend's program, in place of the one that comes with this package. */
  frontend?: string;
}

/** Options with every default filled in. */
export interface ParseSettings {
  file: string;
  request: ParseRequest;
  cwd: string;
  timeLimit: number;
  questionTimeLimit: number;
  memoryLimit: number;
  frontend: string | undefined;
  keep: boolean;
  cache: UnitCache | undefined;
  script: ScriptHost | undefined;
  isEditable(path: string): boolean;
}

export interface ReparseOptions {
  /** The main file's new text; without it, what is on disk (or was given as its unsaved text). */
  text?: string | Uint8Array;
  /** Contents of other files by path, in place of what is on disk. Then everything is parsed from the beginning. */
  unsaved?: Readonly<Record<string, string | Uint8Array>>;
}

export function parseSettings(file: string, options: ParseOptions): ParseSettings {
  const unsaved: Record<string, Uint8Array> = {};
  for (const [path, content] of Object.entries(options.unsaved ?? {})) {
    unsaved[path] = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  }
  const script = scriptOf(options);
  return {
    file,
    cwd: resolve(options.cwd ?? '.'),
    timeLimit: options.timeLimit ?? 120_000,
    questionTimeLimit: options.questionTimeLimit ?? 30_000,
    memoryLimit: options.memoryLimit ?? 8192,
    frontend: options.frontend,
    keep: options.keep ?? false,
    // A script may decide otherwise the next time.
    cache: script ? undefined : options.cache,
    script,
    isEditable: editableBy(options.editable ?? [], resolve(options.cwd ?? '.')),
    request: {
      // A name that looks like an option is a file all the same.
      arguments: [...(options.arguments ?? []), file.startsWith('-') ? `./${file}` : file],
      ...(options.driver && { driver: options.driver }),
      scope: options.scope ?? (options.editable === undefined ? 'main' : 'user'),
      unsaved,
      callbacks: [],
      typeLocs: options.typeLocs ?? true,
      comments: options.comments ?? true,
      ...(script && { script: script.request }),
    },
  };
}

function scriptOf({ preprocessor, inlineMacros, cwd }: ParseOptions): ScriptHost | undefined {
  const hooks = preprocessor ?? new PreprocessorHooks();
  const options = { ...hooks.scriptOptions, ...(inlineMacros !== undefined && { inlineMacros }) };
  const script = new ScriptHost(hooks, options, resolve(cwd ?? '.'));
  return script.isNeeded ? script : undefined;
}

function editableBy(editable: NonNullable<ParseOptions['editable']>, cwd: string): (path: string) => boolean {
  if (typeof editable === 'function') return editable;
  const matchers = (typeof editable === 'string' ? [editable] : editable).map((pattern) => pathMatcher(pattern, cwd));
  return (path) => matchers.some((matches) => matches(path));
}
