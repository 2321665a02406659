import type { FrozenPlace } from './rewrite/editability.js';

/** What can go wrong, as a name that programs may rely on. */
export type CmonsterErrorCode =
  /** The program that holds Clang was not found and could not be built. */
  | 'FRONTEND_MISSING'
  /** The frontend was found but could not be started. */
  | 'FRONTEND_START'
  /** The frontend ended by a signal or an internal error. */
  | 'FRONTEND_CRASHED'
  /** The frontend took longer than `timeLimit` and was killed. */
  | 'TIMEOUT'
  /** The frontend needed more than `memoryLimit`. */
  | 'OUT_OF_MEMORY'
  /** The input file is missing, a directory, or may not be read. */
  | 'INPUT_UNREADABLE'
  /** Clang's driver rejects the arguments, or they name no input, or several. */
  | 'BAD_ARGUMENTS'
  /** The other side said something that the protocol does not allow, or speaks another version. */
  | 'PROTOCOL'
  /** A snapshot's bytes are not what docs/formats/snapshot.md describes. */
  | 'SNAPSHOT'
  /** A question to the frontend failed: it crashed Clang's code, or threw. */
  | 'QUESTION'
  /** The frontend had to be started again, and what it parsed is no longer what the nodes came from. */
  | 'SOURCE_CHANGED'
  /** A parse can't be resumed: what it had read is not what it was. `reparse` then parses from the beginning. */
  | 'STALE'
  /** The translation unit was disposed of. */
  | 'DISPOSED'
  /** A change is asked for where nothing can be changed: what came from a macro's body, what is outside of the editable files. */
  | 'EDIT_FROZEN'
  /** Two changes that cannot be made together. */
  | 'EDIT_CONFLICT'
  /** A change that has no meaning for this node: an argument taken out of what is no call. */
  | 'EDIT_TARGET'
  /** New text that the file's encoding has no bytes for. */
  | 'EDIT_ENCODING'
  /** The result of the edits has new errors, or names in it mean something else: nothing was written. */
  | 'VERIFY'
  /** A file is no longer what was parsed: nothing was written. */
  | 'FILE_CHANGED'
  /** A file cannot be written: it is as it was. */
  | 'FILE_UNWRITABLE'
  /** A pattern that is no C or C++. */
  | 'PATTERN'
  /** A script, or an argument of a command, cannot be used. */
  | 'USAGE'
  /** A project cannot be loaded: its compile_commands.json is missing, or not what it should be. */
  | 'PROJECT'
  /** A script took too long, never came to its end, or took its process down. */
  | 'SCRIPT'
  /** A bug in cmonster. */
  | 'INTERNAL';

export interface CmonsterErrorDetails {
  /** The input file that was being worked on. */
  file?: string;
  /** Of EDIT_FROZEN: every place that cannot be changed. */
  frozen?: readonly FrozenPlace[];
  cause?: unknown;
}

/** Everything that cmonster throws on purpose. Errors in the parsed source are not exceptions: see `tu.diagnostics`. */
export class CmonsterError extends Error {
  override readonly name = 'CmonsterError';
  readonly code: CmonsterErrorCode;
  readonly file: string | undefined;
  /** Of EDIT_FROZEN: every place that would have had to change and cannot. Empty otherwise. */
  declare readonly frozen: readonly FrozenPlace[];

  constructor(code: CmonsterErrorCode, message: string, details: CmonsterErrorDetails = {}) {
    super(
      details.file !== undefined && !message.includes(details.file) ? `${details.file}: ${message}` : message,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.file = details.file;
    // Node shows an uncaught error with all that it holds, and all that hangs on that: here, the whole translation unit.
    Object.defineProperty(this, 'frozen', { value: details.frozen ?? [], configurable: true });
  }
}
