/** What went wrong, for programs; the message is for people. */
export type MrhookerErrorCode =
  /** The command cannot be found or executed. */
  | 'command'
  /** The target cannot be hooked: static, setuid, another libc. */
  | 'target'
  /** The script is missing, has no hooks, or does not compile. */
  | 'script'
  /** A header is unknown or does not compile. */
  | 'header'
  /** No function of that name. */
  | 'function'
  /** A configuration file or an option is wrong. */
  | 'config'
  /** The build directory cannot be used. */
  | 'build-dir'
  /** Clang refused a generated stub. */
  | 'stub'
  /** The native runtime is not built, or of another version. */
  | 'runtime';

/** The one error this package throws on purpose. */
export class MrhookerError extends Error {
  override readonly name = 'MrhookerError';
  readonly code: MrhookerErrorCode;

  /**
   * @param code stable, for programs
   * @param message what happened, where, and what to do
   */
  constructor(code: MrhookerErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Of a file that was to be written. */
export function unwritable(path: string, cause: unknown): MrhookerError {
  const { code } = cause as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'there is no such folder' : code === 'EISDIR' ? 'it is a folder' : code;
  return new MrhookerError('config', `${path} can't be written: ${why}`, { cause });
}
