/** What a script threw, as the frontend makes a Clang error of it. */

/** Line of the macro's own source file, where that is known. */
export interface ScriptFailure {
  error: string;
  line?: number;
}

/** Frames of this package are not the script's. */
const own =
  /node:internal|[\\/]packages[\\/]cmonster[\\/](src|dist)[\\/](?!.*\.test\.)|[\\/]node_modules[\\/]cmonster[\\/]/;

/** The message, with the place in the script that it comes from. */
export function failureOf(error: unknown): ScriptFailure {
  const message = describe(error);
  if (!(error instanceof Error) || !error.stack) return { error: message };
  const frame = error.stack.split('\n').find((line) => /^\s+at /.test(line) && /:\d+:\d+\)?$/.test(line));
  if (!frame || own.test(frame)) return { error: message };
  const place = /\(?((?:file:\/\/)?[^\s()]+:\d+):\d+\)?$/.exec(frame)?.[1];
  return { error: place ? `${message} (${place.replace(/^file:\/\//, '').replace(/^.*[\\/]/, '')})` : message };
}

export function describe(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${typeof error === 'string' ? JSON.stringify(error) : String(error)}`;
  const message = error.message.split('\n')[0] ?? '';
  return error.name === 'Error' ? message || 'threw an Error' : `${error.name}: ${message}`;
}
