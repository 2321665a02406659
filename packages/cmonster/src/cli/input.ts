/** Inputs that can be read only once: standard input, and pipes such as a shell's `<(…)`. */
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { ParseOptions } from '../ast/options.js';
import { STDIN } from './clang-flags.js';
import { clangArguments } from './options.js';

/** For a command's positional. */
export const FILE = 'A C, C++ or Objective-C file, or a pipe; - is standard input';

/** The arguments for Clang; of a stream its bytes too, for the frontend cannot read it again. It is C unless `-x` says otherwise. */
export async function inputOptions(
  file: string,
  argv: { '--'?: unknown },
): Promise<Pick<ParseOptions, 'arguments' | 'unsaved'>> {
  const given = clangArguments(argv);
  const bytes = file === STDIN ? await buffer(process.stdin) : await bytesOfPipe(file);
  if (!bytes) return { arguments: given };
  return { arguments: [...(extname(file) === '' ? ['-x', 'c'] : []), ...given], unsaved: { [file]: bytes } };
}

async function bytesOfPipe(file: string): Promise<Uint8Array | undefined> {
  // What is wrong with a file is said by who reads it.
  const found = await stat(file).catch(() => undefined);
  return found?.isFIFO() ? readFile(file) : undefined;
}
