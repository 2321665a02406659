/** `cmonster macros`: what is defined, and a use of it, step by step. */
import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { CmonsterError } from '../error.js';
import { expansionSteps } from '../preprocessor/expansion-steps.js';
import type { Macro, MacroExpansion } from '../preprocessor/facts.js';
import type { Preprocessor } from '../preprocessor/preprocessor.js';
import { FILE } from './input.js';
import { Output } from './output.js';
import {
  type PreprocessorArguments,
  preprocessorCommandOptions,
  preprocessorOf,
  reportDiagnostics,
} from './preprocessing.js';

interface MacrosArguments extends PreprocessorArguments {
  file: string;
  name?: string | undefined;
  all: boolean;
  json: boolean;
}

export const macrosCommand: CommandModule<object, MacrosArguments> = {
  command: 'macros <file> [name]',
  describe: "Print a file's macros; of one its definitions, and a use expanded step by step",
  builder: (yargs) =>
    (preprocessorCommandOptions(yargs) as Argv<MacrosArguments>)
      .positional('file', { type: 'string', demandOption: true, describe: FILE })
      .positional('name', { type: 'string', describe: 'A macro' })
      .option('all', { type: 'boolean', default: false, describe: "Also the compiler's and system headers' macros" })
      .option('json', { type: 'boolean', default: false, describe: 'As JSON' })
      .example('$0 macros a.c', 'What the file and its own headers define')
      .example('$0 macros a.c MAX', 'Where it is defined, how often it is used, what a use becomes'),
  handler: macros,
};

async function macros(argv: ArgumentsCamelCase<MacrosArguments>): Promise<void> {
  const preprocessor = await preprocessorOf(argv, argv.file);
  try {
    preprocessor.run();
    const output = new Output();
    const shown = argv.name === undefined ? listed(preprocessor, argv.all) : named(preprocessor, argv.name);
    if (argv.json)
      await output.write(
        `${JSON.stringify(
          shown.map((macro) => data(preprocessor, macro)),
          null,
          2,
        )}\n`,
      );
    else if (argv.name === undefined) for (const macro of shown) await output.write(`${line(macro)}\n`);
    else for (const macro of shown) await output.write(describe(preprocessor, macro));
    await output.flush();
    reportDiagnostics(preprocessor);
  } finally {
    preprocessor.dispose();
  }
}

function listed({ facts }: Preprocessor, all: boolean): Macro[] {
  return facts.macros.filter(
    (macro) => all || !(macro.isBuiltin || macro.isPredefined || macro.location.isInSystemHeader),
  );
}

function named({ facts, file }: Preprocessor, name: string): readonly Macro[] {
  const definitions = facts.definitions(name);
  if (definitions.length === 0)
    throw new CmonsterError('USAGE', `${file} defines no macro '${name}', nor does what it includes`);
  return definitions;
}

function definition(macro: Macro): string {
  const text = macro.text.replace(/\s*\\?\r?\n\s*/g, ' ');
  return `#define ${macro.name}${macro.isFunctionLike || text === '' ? '' : ' '}${macro.isScripted ? text.replace(/\s*__ts_$/, '') : text}`;
}

function line(macro: Macro): string {
  return `${macro.isBuiltin ? '<built-in>' : macro.location}: ${definition(macro)}`;
}

/** The use to show: one that somebody wrote, in the main file if there is one. */
function bestUse(macro: Macro): MacroExpansion | undefined {
  const uses = macro.expansions.filter((use) => !use.location.isMacro);
  return uses.find((use) => use.location.isInMainFile) ?? uses[0] ?? macro.expansions[0];
}

function describe({ facts, options }: Preprocessor, macro: Macro): string {
  const uses = macro.expansions;
  const use = bestUse(macro);
  const lines = [line(macro)];
  if (macro.isScripted) lines.push('  answered by a script');
  if (macro.undefinedAt.isValid) lines.push(`  undefined at ${macro.undefinedAt}`);
  lines.push(`  ${uses.length === 0 ? 'not used' : uses.length === 1 ? 'used once' : `used ${uses.length} times`}`);
  if (use && !macro.isBuiltin) {
    lines.push(`  ${use.location}: ${onOneLine(use.range.text)}`);
    for (const { macro, text } of expansionSteps(facts, use, options)) {
      lines.push(`    ${macro.name} → ${onOneLine(text)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function onOneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}

function data({ facts, options }: Preprocessor, macro: Macro): object {
  const use = bestUse(macro);
  return {
    name: macro.name,
    text: macro.text,
    location: macro.isBuiltin ? null : String(macro.location),
    isFunctionLike: macro.isFunctionLike,
    isVariadic: macro.isVariadic,
    isPredefined: macro.isPredefined,
    isScripted: macro.isScripted,
    undefinedAt: macro.undefinedAt.isValid ? String(macro.undefinedAt) : null,
    uses: macro.expansions.map((expansion) => String(expansion.location)),
    ...(use &&
      !macro.isBuiltin && {
        steps: expansionSteps(facts, use, options).map((step) => ({ macro: step.macro.name, text: step.text })),
      }),
  };
}
