/** Options that the commands of the preprocessor share. */
import { resolve } from 'node:path';
import pc from 'picocolors';
import type { Argv } from 'yargs';
import { CmonsterError } from '../error.js';
import { Preprocessor, type PreprocessorOptions } from '../preprocessor/preprocessor.js';
import { loadScript } from '../project/script.js';
import { renderDiagnostics } from '../source/diagnostic.js';
import { Exit } from './exit-codes.js';
import { inputOptions } from './input.js';

export interface PreprocessorArguments {
  script?: string | undefined;
  inlineMacros: boolean;
  timeLimit?: number | undefined;
  memoryLimit?: number | undefined;
  '--'?: unknown;
}

/** Milliseconds that a script's function may take, for one call: a loop must not look like a hang. */
const CALL_LIMIT = 10_000;

export function preprocessorCommandOptions<T>(yargs: Argv<T>): Argv<T & PreprocessorArguments> {
  return yargs
    .option('script', {
      type: 'string',
      describe: 'A module whose default export is called with the Preprocessor, to define macros, includes, pragmas',
    })
    .option('inline-macros', {
      type: 'boolean',
      default: false,
      describe: 'Run macros that the source itself defines in TypeScript, between ts_def and ts_end',
    })
    .option('time-limit', { type: 'number', describe: 'Seconds that Clang may take, those of a script left out (120)' })
    .option('memory-limit', { type: 'number', describe: 'MiB that the frontend may use (8192)' })
    .epilogue(
      "Clang's flags are taken as they are: -Iinclude -DNAME=TEXT -std=c17; also what -E heeds: -P, -C, -CC, -dM, -dD, -dI",
    ) as unknown as Argv<T & PreprocessorArguments>;
}

/** A file's preprocessor, with what the script does to it. */
export async function preprocessorOf(argv: PreprocessorArguments, file: string): Promise<Preprocessor> {
  const options: PreprocessorOptions = {
    ...(await inputOptions(file, argv)),
    inlineMacros: argv.inlineMacros,
    callTimeLimit: CALL_LIMIT,
    ...(argv.timeLimit !== undefined && { timeLimit: argv.timeLimit * 1000 }),
    ...(argv.memoryLimit !== undefined && { memoryLimit: argv.memoryLimit }),
  };
  const preprocessor = new Preprocessor(file, options);
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

/** Says on standard error what Clang has to say, and by the exit status that there were errors. */
export function reportDiagnostics(preprocessor: Preprocessor): void {
  const colour = pc.isColorSupported && process.stderr.isTTY === true;
  process.stderr.write(renderDiagnostics(preprocessor.diagnostics, preprocessor.sourceManager, { colour }));
  if (preprocessor.hasErrors) process.exitCode = Exit.FAILED;
}
