/** The options of `run`, `find` and `replace`, and which files they mean. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Argv } from 'yargs';
import { cacheDirectory } from '../cache/unit-cache.js';
import { CmonsterError } from '../error.js';
import { Project } from '../project/project.js';
import { sourcesOf } from '../project/sources.js';
import type { Unit } from '../project/unit.js';
import { pathMatcher } from '../source/path-matcher.js';
import { colourOn, type Execution, type Format, type Mode } from './execute.js';
import { clangArguments, type ParseArguments, parseCommandOptions } from './options.js';

export interface RunArguments extends ParseArguments {
  project?: string | undefined;
  diff: boolean;
  write: boolean;
  check: boolean;
  json: boolean;
  sarif: boolean;
  jobs: number;
  format: boolean;
  verify: boolean;
  editable?: string[] | undefined;
  allowErrors: boolean;
  baseline?: string | undefined;
  updateBaseline: boolean;
  scriptTimeout: number;
  cache: boolean;
  queue?: string | undefined;
  '--'?: unknown;
}

export function runOptions<T>(yargs: Argv<T>): Argv<T & RunArguments> {
  return parseCommandOptions(yargs)
    .option('project', {
      alias: 'p',
      type: 'string',
      nargs: 1,
      describe:
        'The folder that holds compile_commands.json; found by itself at or above the current one, or in build/',
    })
    .option('diff', { type: 'boolean', default: false, describe: 'Print what would change' })
    .option('write', { type: 'boolean', default: false, describe: 'Change the files: all of them, or none' })
    .option('check', { type: 'boolean', default: false, describe: 'Exit with 4 when there are findings or changes' })
    .option('format', {
      type: 'boolean',
      default: false,
      describe: 'Let clang-format at what changes, and at nothing else',
    })
    .option('verify', {
      type: 'boolean',
      default: false,
      describe: 'Parse the result first; nothing is written when it has new warnings, or names mean something else',
    })
    .option('json', { type: 'boolean', default: false, describe: 'Findings and changes as JSON' })
    .option('sarif', { type: 'boolean', default: false, describe: 'Findings as SARIF 2.1.0' })
    .option('jobs', {
      alias: 'j',
      type: 'number',
      nargs: 1,
      default: availableParallelism(),
      defaultDescription: 'one for each processor',
      describe: 'How many processes may work at once',
    })
    .option('editable', {
      type: 'string',
      array: true,
      nargs: 1,
      describe: "A glob of files that may be changed besides the project's own: 'include/**'",
    })
    .option('allow-errors', {
      type: 'boolean',
      default: false,
      describe: 'Take changes from files with errors too, of which Clang knows only a part',
    })
    .option('baseline', { type: 'string', nargs: 1, describe: 'Hide the findings that this file holds' })
    .option('update-baseline', { type: 'boolean', default: false, describe: 'Write the findings there' })
    .option('cache', {
      type: 'boolean',
      default: true,
      describe: 'Keep what was parsed for the next time (in $CMONSTER_CACHE, or ~/.cache/cmonster/units)',
    })
    .option('queue', {
      type: 'string',
      nargs: 1,
      describe: 'Let workers (cmonster worker) do it, through this Redis: redis://host:port',
    })
    .option('script-timeout', {
      type: 'number',
      nargs: 1,
      default: 120,
      describe: 'Seconds that the script may take for one file',
    }) as unknown as Argv<T & RunArguments>;
}

/** The files that are meant: a project's, or those given by hand with what is behind `--`. */
export function selectProject(argv: RunArguments, files: readonly string[]): Project {
  const given = clangArguments(argv);
  if (argv.project !== undefined) {
    if (given.length > 0) {
      throw new CmonsterError(
        'USAGE',
        `${given[0]}: flags for Clang are for files without a project, which has its own: leave out -p`,
      );
    }
    return Project.load(argv.project).select(files);
  }
  const project = given.length > 0 ? undefined : Project.find(process.cwd());
  if (files.length === 0) {
    if (project) return project;
    throw new CmonsterError(
      'USAGE',
      'no files: name some, or a project with -p BUILD (a folder with compile_commands.json; cmonster init writes one)',
    );
  }
  return project ? joined(project, files) : Project.ofFiles(files.flatMap(sourcesOf), given);
}

/** Files of the project in its way, others with no arguments. */
function joined(project: Project, patterns: readonly string[]): Project {
  const units: Unit[] = [];
  for (const pattern of patterns) {
    const matches = pathMatcher(pattern, process.cwd());
    const found = project.units.filter(({ file }) => matches(file));
    if (found.length > 0) units.push(...found);
    else if (isFile(pattern)) units.push(...Project.ofFiles([pattern]).units);
    else units.push(...project.select([pattern]).units);
  }
  return project.with([...new Set(units)]);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

export function executionOf(argv: RunArguments, project: Project, script: string, args: readonly string[]): Execution {
  checkOptions(argv);
  const mode: Mode = argv.diff ? 'diff' : argv.write ? 'write' : argv.check ? 'check' : 'summary';
  const format: Format = argv.sarif ? 'sarif' : argv.json ? 'json' : 'text';
  const editable = argv.editable ?? [];
  return {
    project,
    settings: {
      script,
      arguments: args,
      // What may be changed must be seen.
      scope: editable.length > 0 && argv.scope === 'main' ? 'user' : argv.scope,
      editable,
      root: process.cwd(),
      timeLimit: argv.timeLimit === undefined ? undefined : argv.timeLimit * 1000,
      memoryLimit: argv.memoryLimit,
      scriptTimeLimit: argv.scriptTimeout * 1000,
      cache: argv.cache ? cacheDirectory() : undefined,
      colour: colourOn(process.stderr),
    },
    jobs: argv.jobs,
    mode,
    format,
    baseline: argv.baseline === undefined ? undefined : resolve(argv.baseline),
    updateBaseline: argv.updateBaseline,
    allowErrors: argv.allowErrors,
    formatted: argv.format,
    verified: argv.verify,
    queue: argv.queue,
  };
}

function checkOptions(argv: RunArguments): void {
  const { updateBaseline, baseline, jobs, scriptTimeout } = argv;
  const bad = (message: string): CmonsterError => new CmonsterError('USAGE', `${message} (see cmonster --help)`);
  for (const names of [
    ['diff', 'write', 'check'],
    ['json', 'sarif'],
  ] as const) {
    const given = names.filter((name) => argv[name]);
    if (given.length > 1) throw bad(`--${given.join(' and --')} do not go together`);
  }
  if (updateBaseline && baseline === undefined) throw bad('--update-baseline needs --baseline FILE');
  if (!(Number.isInteger(jobs) && jobs > 0)) throw bad('-j takes a number from 1 on');
  if (!(scriptTimeout > 0)) throw bad('--script-timeout takes seconds');
}
