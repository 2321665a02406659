/** `cmonster dump`: the tree of a file. */
import pc from 'picocolors';
import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import type { Node } from '../ast/node.js';
import { TranslationUnit } from '../ast/translation-unit.js';
import type { ViewOptions } from '../ast/view-rules.js';
import { renderDiagnostics } from '../source/diagnostic.js';
import { Exit } from './exit-codes.js';
import { FILE, inputOptions } from './input.js';
import { type ParseArguments, parseCommandOptions, parseOptionsOf } from './options.js';
import { Output } from './output.js';
import { TreePrinter } from './tree.js';

interface DumpArguments extends ParseArguments {
  file: string;
  json: boolean;
  implicit: boolean;
  instantiations: boolean;
  typelocs: boolean;
  filter?: string | undefined;
  color?: boolean | undefined;
}

/** What `--json` loads, and only then. */
const JSON_WRITER = '../dump/json.js';
interface JsonWriter {
  dumpJson(tu: TranslationUnit, options: ViewOptions & { root: Node }): Iterable<string> | AsyncIterable<string>;
}

export const dumpCommand: CommandModule<object, DumpArguments> = {
  command: 'dump <file>',
  describe: "Print a file's syntax tree",
  builder: (yargs) =>
    (parseCommandOptions(yargs) as Argv<DumpArguments>)
      .positional('file', { type: 'string', demandOption: true, describe: FILE })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'As JSON, in the vocabulary of clang -Xclang -ast-dump=json',
      })
      .option('implicit', { type: 'boolean', default: false, describe: 'Show what the compiler adds' })
      .option('instantiations', { type: 'boolean', default: false, describe: 'Show instantiations of templates' })
      .option('typelocs', {
        type: 'boolean',
        default: false,
        describe: 'Show types and names as written, part by part',
      })
      .option('filter', { type: 'string', describe: 'Only declarations with this in their qualified name' })
      .option('color', { type: 'boolean', describe: 'With colours; by default on a terminal' })
      .example('$0 dump a.cpp -std=c++20 -Iinclude', 'As written, with flags for Clang'),
  handler: dump,
};

async function dump(argv: ArgumentsCamelCase<DumpArguments>): Promise<void> {
  const view: ViewOptions = { implicit: argv.implicit, instantiations: argv.instantiations, typeLocs: argv.typelocs };
  // Not by pc.isColorSupported alone: that is true on every machine that calls itself CI.
  const colour = argv.color ?? (pc.isColorSupported && process.stdout.isTTY === true);
  // The classes, some 850: only what needs them loads them.
  await import('../index.js');
  const input = await inputOptions(argv.file, argv);
  const tu = await TranslationUnit.parse(argv.file, { ...parseOptionsOf(argv), ...input });
  try {
    process.stderr.write(renderDiagnostics(tu.diagnostics, tu.sourceManager, { colour }));
    const roots = argv.filter === undefined ? [tu.root] : declarationsNamed(tu, argv.filter, view);
    const output = new Output();
    for await (const text of argv.json ? jsonOf(tu, roots, view) : treeOf(tu, roots, view, colour)) {
      await output.write(text);
      if (output.closed) break;
    }
    await output.flush();
    if (roots.length === 0) process.stderr.write(nothingNamed(argv));
    process.exitCode = tu.hasErrors ? Exit.FAILED : Exit.OK;
  } finally {
    tu.dispose();
  }
}

function* treeOf(tu: TranslationUnit, roots: readonly Node[], view: ViewOptions, colour: boolean): Generator<string> {
  const printer = new TreePrinter(tu, view, colour);
  for (const root of roots) yield* printer.lines(root);
}

async function* jsonOf(tu: TranslationUnit, roots: readonly Node[], view: ViewOptions): AsyncGenerator<string> {
  const { dumpJson } = (await import(JSON_WRITER)) as JsonWriter;
  for (const root of roots) yield* dumpJson(tu, { root, ...view });
}

/** Clang's -ast-dump-filter: the outermost declarations whose qualified name holds the text. */
function declarationsNamed(tu: TranslationUnit, text: string, view: ViewOptions): Node[] {
  const tail = text.slice(text.lastIndexOf(':') + 1);
  const candidates: Node[] = [];
  for (const node of tu.walk(view)) {
    if (node.kind.endsWith('Decl') && nameOf(node, 'name').includes(tail)) candidates.push(node);
  }
  tu.prefetch(candidates as (Node & { qualifiedNameAsString: string })[], 'qualifiedNameAsString');
  const found = new Set(candidates.filter((node) => nameOf(node, 'qualifiedNameAsString').includes(text)));
  return [...found].filter((node) => !node.ancestors.some((ancestor) => found.has(ancestor)));
}

function nothingNamed({ file, filter, scope }: DumpArguments): string {
  const elsewhere = {
    main: ": '--scope user' looks in headers too",
    user: ": '--scope all' looks in system headers too",
    all: '',
  };
  return `no declaration of ${file} has '${filter}' in its name${elsewhere[scope]}\n`;
}

function nameOf(node: Node, getter: string): string {
  const name = (node as unknown as Record<string, unknown>)[getter];
  return typeof name === 'string' ? name : '';
}
