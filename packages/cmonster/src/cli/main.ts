/** The `cmonster` command. One file per sub-command: add yours to the list. */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { CmonsterError } from '../error.js';
import { version } from '../version.js';
import { dumpCommand } from './dump.js';
import { Exit, exitCodeOf, exitCodesHelp } from './exit-codes.js';
import { findCommand, replaceCommand } from './find.js';
import { includesCommand } from './includes.js';
import { initCommand } from './init.js';
import { macrosCommand } from './macros.js';
import { preprocessCommand } from './preprocess.js';
import { withClangFlags } from './preprocessing.js';
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
    .epilogue(`Arguments for Clang come behind '--': -- -std=c++20 -Iinclude -DNDEBUG\n\n${exitCodesHelp}`)
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new CmonsterError('USAGE', `${message} (see cmonster --help)`);
    });
  try {
    await parser.parseAsync(withClangFlags(args));
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    report(error);
  }
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
