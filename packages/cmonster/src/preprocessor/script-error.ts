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
  const frames = error.stack.split('\n').filter((line) => /^\s+at /.test(line) && /:\d+:\d+\)?$/.test(line));
  // Behind the script's function stands who had the file read.
  const called = frames.findIndex((line) => /script-host\.[jt]s/.test(line));
  const frame = frames.slice(0, called < 0 ? frames.length : called).find((line) => !own.test(line));
  if (!frame) return { error: message };
  const place = /\(?((?:file:\/\/)?[^\s()]+:\d+):\d+\)?$/.exec(frame)?.[1];
  return { error: place ? `${message} (${place.replace(/^file:\/\//, '').replace(/^.*[\\/]/, '')})` : message };
}

export function describe(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${typeof error === 'string' ? JSON.stringify(error) : String(error)}`;
  const message = error.message.split('\n')[0] ?? '';
  return error.name === 'Error' ? message || 'threw an Error' : `${error.name}: ${message}`;
}
