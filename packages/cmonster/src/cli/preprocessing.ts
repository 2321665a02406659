/** Options that the commands of the preprocessor share. */
import { resolve } from 'node:path';
import pc from 'picocolors';
import type { Argv } from 'yargs';
import { CmonsterError } from '../error.js';
import { Preprocessor, type PreprocessorOptions } from '../preprocessor/preprocessor.js';
import { loadScript } from '../project/script.js';
import { renderDiagnostics } from '../source/diagnostic.js';
import { Exit } from './exit-codes.js';
import { clangArguments } from './options.js';

export interface PreprocessorArguments {
  file: string;
  script?: string | undefined;
  inlineMacros: boolean;
  I?: string[] | undefined;
  D?: string[] | undefined;
  U?: string[] | undefined;
  timeLimit?: number | undefined;
  memoryLimit?: number | undefined;
  '--'?: unknown;
}

/** Milliseconds that a script's function may take, for one call: a loop must not look like a hang. */
const CALL_LIMIT = 10_000;

export function preprocessorCommandOptions<T>(yargs: Argv<T>): Argv<T & PreprocessorArguments> {
  return yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'A C, C++ or Objective-C file' })
    .option('script', {
      type: 'string',
      describe: 'A module whose default export is called with the Preprocessor, to define macros, includes, pragmas',
    })
    .option('inline-macros', {
      type: 'boolean',
      default: false,
      describe: 'Run macros that the source itself defines in TypeScript, between ts_def and ts_end',
    })
    .option('I', { type: 'string', array: true, nargs: 1, describe: 'A directory to look for includes in' })
    .option('D', { type: 'string', array: true, nargs: 1, describe: 'Define a macro: NAME or NAME=TEXT' })
    .option('U', { type: 'string', array: true, nargs: 1, describe: 'Undefine a macro' })
    .option('time-limit', { type: 'number', describe: 'Seconds that it may take (120)' })
    .option('memory-limit', { type: 'number', describe: 'MiB that the frontend may use (8192)' }) as unknown as Argv<
    T & PreprocessorArguments
  >;
}

/** `-Iinclude` as `-I include`, as compilers take it, up to `--`. */
export function splitAttached(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.flatMap((arg, i) => {
    const attached = (end < 0 || i < end) && /^(-[IDU])(?=[^=])(.+)$/s.exec(arg);
    return attached ? [attached[1] as string, attached[2] as string] : [arg];
  });
}

/** The file's preprocessor, with what the script does to it. */
export async function preprocessorOf(argv: PreprocessorArguments): Promise<Preprocessor> {
  const options: PreprocessorOptions = {
    arguments: [
      ...(argv.I ?? []).map((directory) => `-I${directory}`),
      ...(argv.D ?? []).map((macro) => `-D${macro}`),
      ...(argv.U ?? []).map((macro) => `-U${macro}`),
      ...clangArguments(argv),
    ],
    inlineMacros: argv.inlineMacros,
    callTimeLimit: CALL_LIMIT,
    ...(argv.timeLimit !== undefined && { timeLimit: argv.timeLimit * 1000 }),
    ...(argv.memoryLimit !== undefined && { memoryLimit: argv.memoryLimit }),
  };
  const preprocessor = new Preprocessor(argv.file, options);
  if (argv.script !== undefined) {
    const script = (await loadScript(resolve(argv.script))).default;
    if (typeof script !== 'function') {
      throw new CmonsterError(
        'USAGE',
        `the script '${argv.script}' has no function as its default export to call with the preprocessor`,
      );
    }
    await (script as (preprocessor: Preprocessor) => unknown)(preprocessor);
  }
  return preprocessor;
}

/** Says on standard error what Clang has to say, and by the exit status whether there were errors. */
export function reportDiagnostics(preprocessor: Preprocessor): void {
  const colour = pc.isColorSupported && process.stderr.isTTY === true;
  process.stderr.write(renderDiagnostics(preprocessor.diagnostics, preprocessor.sourceManager, { colour }));
  process.exitCode = preprocessor.hasErrors ? Exit.FAILED : Exit.OK;
}
