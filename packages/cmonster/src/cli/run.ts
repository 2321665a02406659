/** `cmonster run`: a TypeScript script over files. */
import { resolve } from 'node:path';
import pc from 'picocolors';
import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { TranslationUnit } from '../ast/translation-unit.js';
import { CmonsterError } from '../error.js';
import { renderDiagnostics } from '../source/diagnostic.js';
import { Exit } from './exit-codes.js';
import { type ParseArguments, parseCommandOptions, parseOptionsOf } from './options.js';
import { loadScript } from './script.js';

interface RunArguments extends ParseArguments {
  script: string;
  files?: string[] | undefined;
  arg?: string[] | undefined;
}

export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run <script> [files..]',
  describe: 'Run a TypeScript script over files',
  builder: (yargs) =>
    (parseCommandOptions(yargs) as Argv<RunArguments>)
      .positional('script', {
        type: 'string',
        demandOption: true,
        describe: 'A module, anywhere; its default export is called with each translation unit',
      })
      .positional('files', { type: 'string', array: true, describe: 'C, C++ or Objective-C files' })
      .option('arg', {
        alias: 'a',
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'An argument for the script: it finds them in process.argv.slice(2)',
      })
      .example('$0 run find-calls.ts src/*.c -- -Iinclude', 'One translation unit after the other')
      .example('$0 run callers.ts --arg memcpy a.c b.c', 'With an argument for the script'),
  handler: run,
};

async function run(argv: ArgumentsCamelCase<RunArguments>): Promise<void> {
  // A script reads its arguments where any program does.
  process.argv = [process.execPath, resolve(argv.script), ...(argv.arg ?? [])];
  const script = (await loadScript(argv.script)).default;
  const files = argv.files ?? [];
  if (files.length === 0) return;
  if (typeof script !== 'function') {
    throw new CmonsterError(
      'USAGE',
      `the script '${argv.script}' has no function as its default export to call with each file`,
    );
  }
  for (const file of files) {
    const tu = await TranslationUnit.parse(String(file), parseOptionsOf(argv));
    try {
      if (tu.hasErrors) {
        const colour = pc.isColorSupported && process.stderr.isTTY === true;
        process.stderr.write(renderDiagnostics(tu.diagnostics, tu.sourceManager, { colour }));
        process.exitCode = Exit.FAILED;
      }
      await (script as (tu: TranslationUnit) => unknown)(tu);
    } finally {
      tu.dispose();
    }
  }
}
