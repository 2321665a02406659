/** The `cmonster` command. One file per sub-command: add yours to the list. */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { CmonsterError } from '../error.js';
import { version } from '../version.js';
import { withClangFlags } from './clang-flags.js';
import { dumpCommand } from './dump.js';
import { Exit, exitCodeOf, exitCodesHelp } from './exit-codes.js';
import { findCommand, replaceCommand } from './find.js';
import { includesCommand } from './includes.js';
import { initCommand } from './init.js';
import { macrosCommand } from './macros.js';
import { preprocessCommand } from './preprocess.js';
import { runCommand } from './run.js';
import { workerCommand } from './worker.js';

export async function main(args: readonly string[]): Promise<void> {
  const parser = yargs()
    .scriptName('cmonster')
    .usage('$0 <command>\n\nScript C and C++ from TypeScript: ask Clang anything about source code, and change it.')
    .command(dumpCommand)
    .command(runCommand)
    .command(preprocessCommand)
    .command(includesCommand)
    .command(macrosCommand)
    .command(findCommand)
    .command(replaceCommand)
    .command(initCommand)
    .command(workerCommand)
    .completion('completion', 'Print a completion script for bash or zsh')
    .parserConfiguration({ 'populate--': true })
    .demandCommand(1, 'Say which command.')
    .strict()
    .recommendCommands()
    .version(version)
    .help()
    .alias('help', 'h')
    .epilogue(
      `Clang's flags are taken as they are: -std=c++20 -Iinclude -DNDEBUG; behind '--' everything is Clang's.\n\n${exitCodesHelp}`,
    )
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      const hint = /^Unknown argument/.test(message) ? "; Clang's flags with two dashes come behind '--'" : '';
      throw error ?? new CmonsterError('USAGE', `${message} (see cmonster --help${hint})`);
    });
  withoutUnaskedHelp(parser);
  try {
    await parser.parseAsync(withClangFlags(args));
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    report(error);
  }
}

/**
 * Yargs lays a command's help out whenever the command runs, for a failure that may want it later. Ours name --help instead, and the
 * layout costs more than anything else here.
 */
function withoutUnaskedHelp(parser: object): void {
  const internal = (parser as { getInternalMethods?(): { getUsageInstance(): object } }).getInternalMethods?.();
  if (internal) Object.assign(internal.getUsageInstance(), { cacheHelpMessage: () => {} });
}

/** An error of ours is a sentence; anything else is a script's, and its stack says where. */
function report(error: unknown): void {
  if (error instanceof CmonsterError && process.env.CMONSTER_DEBUG === undefined) {
    process.stderr.write(`cmonster: ${error.message}\n`);
    return;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${withoutOwnFrames(stack)}\n`);
}

/** Leaves the frames that are the script's. */
function withoutOwnFrames(stack: string): string {
  const own = new URL('../', import.meta.url).href;
  const ownPath = new URL('../', import.meta.url).pathname;
  return stack
    .split('\n')
    .filter(
      (line) =>
        !/^\s+at /.test(line) || !(line.includes(own) || line.includes(ownPath) || line.includes('node:internal')),
    )
    .join('\n');
}

process.exitCode = Exit.OK;
await main(hideBin(process.argv));
