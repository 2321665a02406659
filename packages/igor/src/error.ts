/**
 * How a call can end badly: Connect's codes, and one that no guess may stand in for.
 * https://connectrpc.com/docs/protocol#error-codes
 */
export const callCodes = [
  'canceled',
  'unknown',
  'invalid_argument',
  'deadline_exceeded',
  'not_found',
  'already_exists',
  'permission_denied',
  'resource_exhausted',
  'failed_precondition',
  'aborted',
  'out_of_range',
  'unimplemented',
  'internal',
  'unavailable',
  'data_loss',
  'unauthenticated',
  /** The call may have been run, wholly or in part, or not at all. `unavailable` says that it certainly was not. */
  'unknown_outcome',
] as const;

export type CallCode = (typeof callCodes)[number];

/** What else can go wrong, as a name that programs may rely on. */
export type IgorErrorCode =
  | CallCode
  /** A setting, an argument of a command, or a service file cannot be used. */
  | 'usage'
  /** The XMPP server can't be reached, refused the login, or said what XMPP does not allow. */
  | 'xmpp'
  /** The application has a gateway already. */
  | 'second_gateway'
  /** A store can't be reached, or is not set up so that it keeps what it is given. */
  | 'store';

/** Everything that igor throws on purpose, and what a service throws to choose a call's code. */
export class IgorError extends Error {
  override readonly name = 'IgorError';
  readonly code: IgorErrorCode;

  constructor(code: IgorErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }

  /** Anything that was thrown, as an error with a code. */
  static from(thrown: unknown, code: IgorErrorCode = 'unknown'): IgorError {
    if (thrown instanceof IgorError) return thrown;
    return new IgorError(code, thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
  }
}

export function isCallCode(code: string): code is CallCode {
  return (callCodes as readonly string[]).includes(code);
}
