/** `cmonster run`: a TypeScript script over files, or over a whole project. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { CmonsterError } from '../error.js';
import { Project } from '../project/project.js';
import { loadScript } from '../project/script.js';
import { execute } from './execute.js';
import { executionOf, type RunArguments, runOptions, selectProject } from './run-options.js';

interface ScriptArguments extends RunArguments {
  script: string;
  files?: string[] | undefined;
  arg?: string[] | undefined;
}

export const runCommand: CommandModule<object, ScriptArguments> = {
  command: 'run <script> [files..]',
  describe: 'Run a TypeScript script over files, or over a project',
  builder: (yargs) =>
    (runOptions(yargs) as Argv<ScriptArguments>)
      .positional('script', {
        type: 'string',
        demandOption: true,
        describe: 'A module, anywhere; its default export is called with each translation unit',
      })
      .positional('files', {
        type: 'string',
        array: true,
        describe: "Files, folders or globs; by default all of the project's",
      })
      .option('arg', {
        alias: 'a',
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'An argument for the script: it finds them in process.argv.slice(2)',
      })
      .example('$0 run codemod.ts -p build --diff', 'What a script would change in a whole project')
      .example('$0 run find-calls.ts src/*.c -Iinclude', 'Files without a project, with flags for Clang')
      .example('$0 run callers.ts --arg memcpy a.c b.c', 'With an argument for the script'),
  handler: run,
};

async function run(argv: ArgumentsCamelCase<ScriptArguments>): Promise<void> {
  const script = resolve(argv.script);
  if (!existsSync(script)) throw new CmonsterError('USAGE', `there is no script '${argv.script}'`);
  if (statSync(script).isDirectory()) throw new CmonsterError('USAGE', `the script '${argv.script}' is a directory`);
  const files = (argv.files ?? []).map(String);
  if (files.length === 0 && argv.project === undefined && !Project.find(process.cwd())) {
    return runAlone(script, argv);
  }
  const project = selectProject(argv, files);
  process.exitCode = await execute(executionOf(argv, project, script, argv.arg ?? []));
}

/** A script without a default export parses for itself: it needs no files. */
async function runAlone(script: string, argv: ArgumentsCamelCase<ScriptArguments>): Promise<void> {
  // A script reads its arguments where any program does.
  process.argv = [process.execPath, script, ...(argv.arg ?? [])];
  const { default: exported } = await loadScript(script);
  // It wants files, and there are none: that is said as always.
  if (exported !== undefined) selectProject(argv, []);
}
