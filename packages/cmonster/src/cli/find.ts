/** `cmonster find` and `cmonster replace`: a pattern over files, without a script. */
import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import type { PatternArguments } from '../project/builtin/pattern.js';
import { builtin } from '../project/script.js';
import { execute } from './execute.js';
import { executionOf, type RunArguments, runOptions, selectProject } from './run-options.js';

interface FindArguments extends RunArguments {
  pattern: string;
  files?: string[] | undefined;
  isomorphisms: boolean;
}
interface ReplaceArguments extends FindArguments {
  code: string;
}

function patternOptions<T>(yargs: Argv<T>): Argv<T & FindArguments> {
  return runOptions(yargs)
    .positional('pattern', {
      type: 'string',
      demandOption: true,
      describe: 'C or C++, with $x for anything, $$$xs for any number, and ... for what does not matter',
    })
    .positional('files', {
      type: 'string',
      array: true,
      describe: "Files, folders or globs; by default all of the project's",
    })
    .option('isomorphisms', {
      type: 'boolean',
      default: false,
      describe: 'Code that says the same counts as the same: x == NULL, NULL == x, !x',
    }) as unknown as Argv<T & FindArguments>;
}

export const findCommand: CommandModule<object, FindArguments> = {
  command: 'find <pattern> [files..]',
  describe: 'Find code by example',
  builder: (yargs) =>
    patternOptions(yargs).example("$0 find 'memset($x, 0, $n)' -p build", 'Every such call of a project'),
  handler: async (argv) => {
    process.exitCode = await run('find', argv, { pattern: argv.pattern, isomorphisms: argv.isomorphisms });
  },
};

export const replaceCommand: CommandModule<object, ReplaceArguments> = {
  command: 'replace <pattern> <code> [files..]',
  describe: 'Replace code by example; prints the changes, or makes them with --write',
  builder: (yargs) =>
    (patternOptions(yargs) as unknown as Argv<ReplaceArguments>)
      .positional('code', {
        type: 'string',
        demandOption: true,
        describe: "What takes its place, with the pattern's $x",
      })
      .example("$0 replace 'strcpy($d, $s)' 'strlcpy($d, $s, sizeof $d)' -p build --write", 'In a whole project'),
  handler: async (argv) => {
    const quiet = !(argv.write || argv.check || argv.json || argv.sarif);
    const given = { pattern: argv.pattern, code: argv.code, isomorphisms: argv.isomorphisms };
    process.exitCode = await run('replace', { ...argv, diff: argv.diff || quiet }, given);
  },
};

async function run(
  name: 'find' | 'replace',
  argv: ArgumentsCamelCase<FindArguments>,
  given: PatternArguments,
): Promise<number> {
  const project = selectProject(argv, (argv.files ?? []).map(String));
  return execute(executionOf(argv, project, builtin(name), [JSON.stringify(given)]));
}
