/** Options that the commands of the preprocessor share. */
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import pc from 'picocolors';
import type { Argv } from 'yargs';
import { CmonsterError } from '../error.js';
import { Preprocessor, type PreprocessorOptions } from '../preprocessor/preprocessor.js';
import { loadScript } from '../project/script.js';
import { renderDiagnostics } from '../source/diagnostic.js';
import { Exit } from './exit-codes.js';
import { clangArguments } from './options.js';

export interface PreprocessorArguments {
  script?: string | undefined;
  inlineMacros: boolean;
  timeLimit?: number | undefined;
  memoryLimit?: number | undefined;
  '--'?: unknown;
}

/** Milliseconds that a script's function may take, for one call: a loop must not look like a hang. */
const CALL_LIMIT = 10_000;

export const FILE = 'A C, C++ or Objective-C file; - is standard input';

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
    .option('time-limit', { type: 'number', describe: 'Seconds that it may take (120)' })
    .option('memory-limit', { type: 'number', describe: 'MiB that the frontend may use (8192)' })
    .epilogue(
      'As Clang takes them: -I DIR, -D NAME=TEXT, -U NAME, -include, -isystem, -iquote FILE or DIR, -std=, -x LANGUAGE, and what -E ' +
        'heeds: -P, -C, -CC, -dM, -dD, -dI',
    ) as unknown as Argv<T & PreprocessorArguments>;
}

const COMMANDS = new Set(['preprocess', 'includes', 'macros']);
/** Flags of preprocessors, whose value is attached or the next word, or which have none. */
const WITH_VALUE = /^-([IDUx]|include|imacros|isystem|iquote|idirafter)$/;
const WHOLE = /^-([IDU].+|x[^-].*|std=.+|[PC]|CC|d[MDI])$/s;

/** What Clang calls standard input; yargs loses a `-`. */
const STDIN = '<stdin>';

/** Puts flags that every preprocessor knows to Clang's, behind `--`, in their order: `-UA -DA` isn't `-DA -UA`. */
export function withClangFlags(args: readonly string[]): string[] {
  if (!COMMANDS.has(args[0] ?? '')) return [...args];
  const end = args.indexOf('--');
  const own: string[] = [];
  const flags: string[] = [];
  const words = end < 0 ? args : args.slice(0, end);
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (WITH_VALUE.test(word)) {
      if (at + 1 === words.length) throw new CmonsterError('USAGE', `${word} lacks what belongs behind it`);
      flags.push(word, words[++at] as string);
    } else if (WHOLE.test(word)) flags.push(word);
    else own.push(word === '-' && !/^(-o|--output)$/.test(words[at - 1] ?? '') ? STDIN : word);
  }
  return [...own, '--', ...flags, ...(end < 0 ? [] : args.slice(end + 1))];
}

/** A file's preprocessor, with what the script does to it. Standard input is C unless `-x` says otherwise. */
export async function preprocessorOf(argv: PreprocessorArguments, file: string): Promise<Preprocessor> {
  const isInput = file === STDIN;
  const options: PreprocessorOptions = {
    arguments: [...(isInput ? ['-x', 'c'] : []), ...clangArguments(argv)],
    ...(isInput && { unsaved: { [file]: await buffer(process.stdin) } }),
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
