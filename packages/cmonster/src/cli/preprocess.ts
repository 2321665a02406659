/** `cmonster preprocess`: what the parser would read, as `cpp` prints it. */
import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { Output } from './output.js';
import {
  type PreprocessorArguments,
  preprocessorCommandOptions,
  preprocessorOf,
  reportDiagnostics,
} from './preprocessing.js';
import { writeAtomically } from './write-file.js';

interface PreprocessArguments extends PreprocessorArguments {
  output?: string | undefined;
  lineMarkers: boolean;
  comments: boolean;
  macros: boolean;
}

export const preprocessCommand: CommandModule<object, PreprocessArguments> = {
  command: 'preprocess <file>',
  describe: 'Print a file as the parser reads it, macros, includes and pragmas by a script if wanted',
  builder: (yargs) =>
    (preprocessorCommandOptions(yargs) as Argv<PreprocessArguments>)
      .option('output', { alias: 'o', type: 'string', describe: 'A file to write to, in place of standard output' })
      .option('line-markers', {
        type: 'boolean',
        default: true,
        describe: 'Lines that say which file the next ones come from',
      })
      .option('P', { type: 'boolean', describe: 'As --no-line-markers' })
      .option('comments', { alias: 'C', type: 'boolean', default: false, describe: 'Keep comments' })
      .option('macros', {
        type: 'boolean',
        default: false,
        describe: 'Print every macro defined at the end, in place of the text',
      })
      .example('$0 preprocess a.c -Iinclude -DNDEBUG', 'As clang -E')
      .example('$0 preprocess a.c --inline-macros', 'With macros in TypeScript in the file')
      .example('$0 preprocess a.c --script macros.ts -o a.i', 'With macros, includes and pragmas by a script'),
  handler: preprocess,
};

async function preprocess(argv: ArgumentsCamelCase<PreprocessArguments>): Promise<void> {
  const preprocessor = await preprocessorOf(argv);
  const flags = [
    ...(argv.lineMarkers && argv.P !== true ? [] : ['-P']),
    ...(argv.comments ? ['-C'] : []),
    ...(argv.macros ? ['-dM'] : []),
  ];
  try {
    if (argv.output === undefined) {
      const output = new Output();
      for (const chunk of preprocessor.chunks(flags)) {
        await output.writeBytes(chunk);
        if (output.closed) return;
      }
    } else {
      writeAtomically(argv.output, preprocessor.chunks(flags));
    }
    reportDiagnostics(preprocessor);
  } finally {
    preprocessor.dispose();
  }
}
