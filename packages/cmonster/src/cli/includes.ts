/** `cmonster includes`: the tree of includes with what each costs. */
import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { CmonsterError } from '../error.js';
import type { Inclusion } from '../preprocessor/inclusion.js';
import type { Preprocessor } from '../preprocessor/preprocessor.js';
import { includesPage } from './includes-page.js';
import { FILE } from './input.js';
import { Output } from './output.js';
import {
  type PreprocessorArguments,
  preprocessorCommandOptions,
  preprocessorOf,
  reportDiagnostics,
} from './preprocessing.js';
import { writeAtomically } from './write-file.js';

interface IncludesArguments extends PreprocessorArguments {
  file: string;
  json: boolean;
  html: boolean;
  system: boolean;
  depth?: number | undefined;
  output?: string | undefined;
}

export const includesCommand: CommandModule<object, IncludesArguments> = {
  command: 'includes <file>',
  describe: 'Print the tree of includes with bytes and times, as text, JSON or a picture',
  builder: (yargs) =>
    (preprocessorCommandOptions(yargs) as Argv<IncludesArguments>)
      .positional('file', { type: 'string', demandOption: true, describe: FILE })
      .option('json', { type: 'boolean', default: false, describe: 'As JSON' })
      .option('html', {
        type: 'boolean',
        default: false,
        describe: 'As a page with a picture of where the bytes come from',
      })
      .option('system', { type: 'boolean', default: true, describe: 'What system headers include in turn' })
      .option('depth', { type: 'number', describe: 'Levels of the tree to print' })
      .option('output', { alias: 'o', type: 'string', describe: 'A file to write to, in place of standard output' })
      .example('$0 includes a.cpp --depth 2', 'The first two levels')
      .example('$0 includes a.cpp --html -o includes.html', 'A picture for a browser'),
  handler: includes,
};

async function includes(argv: ArgumentsCamelCase<IncludesArguments>): Promise<void> {
  if (argv.html && argv.json) throw new CmonsterError('USAGE', 'either --json or --html');
  const preprocessor = await preprocessorOf(argv, argv.file);
  try {
    preprocessor.run();
    const root = preprocessor.facts.mainInclusion;
    const text = argv.html
      ? includesPage(root)
      : argv.json
        ? `${JSON.stringify(data(root), null, 2)}\n`
        : tree(preprocessor, root, argv.depth ?? Number.POSITIVE_INFINITY, argv.system);
    if (argv.output === undefined) {
      const output = new Output();
      await output.write(text);
      await output.flush();
    } else {
      writeAtomically(argv.output, [text]);
    }
    reportDiagnostics(preprocessor);
  } finally {
    preprocessor.dispose();
  }
}

function tree({ facts }: Preprocessor, root: Inclusion, depth: number, system: boolean): string {
  const lines = ['     bytes  with all     ms  file'];
  const add = (inclusion: Inclusion, level: number): void => {
    const { file, bytes, time } = inclusion;
    const numbers = `${count(file.size).padStart(10)}${count(bytes).padStart(10)}${time.toFixed(1).padStart(7)}`;
    lines.push(`${numbers}  ${'  '.repeat(level)}${file.name}`);
    if (level + 1 >= depth || (!system && inclusion.isSystem)) return;
    for (const child of inclusion.children) add(child, level + 1);
  };
  add(root, 0);
  const missing = facts.includes.filter((include) => include.path === undefined);
  const again = facts.includes.filter((include) => include.isSkipped).length;
  const files = new Set(facts.inclusions.map((inclusion) => inclusion.file));
  lines.push(
    `${files.size} files, entered ${facts.inclusions.length} times; ${again} includes left out by guards` +
      (missing.length === 0 ? '' : `; not found: ${missing.map(String).join(', ')}`),
  );
  return `${lines.join('\n')}\n`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

function data(inclusion: Inclusion): object {
  const { file, include, bytes, time, ownTime, isSystem, children } = inclusion;
  return {
    name: file.name,
    path: file.path,
    include: include ? { text: String(include), location: String(include.location) } : null,
    isSystem,
    ownBytes: file.size,
    bytes,
    ownMilliseconds: round(ownTime),
    milliseconds: round(time),
    includes: children.map(data),
  };
}

function round(number: number): number {
  return Math.round(number * 1000) / 1000;
}
