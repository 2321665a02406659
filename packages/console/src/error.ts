/** Stable names of what can go wrong in the console. */
export type ConsoleErrorCode =
  /** The request isn't of the form that is asked for. */
  | 'invalid-request'
  /** The code isn't TypeScript that can be run. */
  | 'invalid-code'
  /** Nobody is signed in, or the password is wrong. */
  | 'unauthenticated'
  /** This person's role, or where the request comes from, doesn't allow it. */
  | 'forbidden'
  | 'not-found'
  /** Somebody else has it already, or changed it meanwhile. */
  | 'conflict'
  /** Too many at a time, or too much. */
  | 'limit'
  /** The settings can't be used. */
  | 'configuration'
  /** A defect of this program. */
  | 'internal';

/** A place in the code that a person wrote; lines and columns count from 1. */
export interface Place {
  line: number;
  column: number;
}

export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
  /** Where in the person's code, for `invalid-code`. */
  readonly place: Place | undefined;

  constructor(
    readonly code: ConsoleErrorCode,
    message: string,
    options: { cause?: unknown; place?: Place | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.place = options.place;
  }
}
