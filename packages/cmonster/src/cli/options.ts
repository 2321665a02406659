/** Options that several commands share. */
import type { Argv } from 'yargs';
import type { ParseOptions } from '../ast/options.js';

export const SCOPES = ['main', 'user', 'all'] as const;

export interface ParseArguments {
  scope: (typeof SCOPES)[number];
  timeLimit?: number | undefined;
  memoryLimit?: number | undefined;
  '--'?: unknown;
}

export function parseCommandOptions<T>(yargs: Argv<T>): Argv<T & ParseArguments> {
  return yargs
    .option('scope', {
      choices: SCOPES,
      default: 'main' as const,
      describe: "Whose declarations to bring: the main file's, all but system headers', or everything",
    })
    .option('time-limit', { type: 'number', describe: 'Seconds that a parse may take (120)' })
    .option('memory-limit', { type: 'number', describe: 'MiB that the frontend may use (8192)' }) as Argv<
    T & ParseArguments
  >;
}

/** What is written behind `--`. */
export function clangArguments(argv: { '--'?: unknown }): string[] {
  const rest = argv['--'];
  return Array.isArray(rest) ? rest.map(String) : [];
}

export function parseOptionsOf(argv: ParseArguments): ParseOptions {
  return {
    arguments: clangArguments(argv),
    scope: argv.scope,
    ...(argv.timeLimit !== undefined && { timeLimit: argv.timeLimit * 1000 }),
    ...(argv.memoryLimit !== undefined && { memoryLimit: argv.memoryLimit }),
  };
}
