/** `cmonster preprocess`: what the parser would read, as `cpp` prints it. */
import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { CmonsterError } from '../error.js';
import { FILE } from './input.js';
import { Output } from './output.js';
import {
  type PreprocessorArguments,
  preprocessorCommandOptions,
  preprocessorOf,
  reportDiagnostics,
} from './preprocessing.js';
import { writeAtomically } from './write-file.js';

interface PreprocessArguments extends PreprocessorArguments {
  files: string[];
  output?: string | undefined;
  lineMarkers: boolean;
  comments: boolean;
  macros: boolean;
}

export const preprocessCommand: CommandModule<object, PreprocessArguments> = {
  command: 'preprocess <files..>',
  describe: 'Print files as the parser reads them, macros, includes and pragmas by a script if wanted',
  builder: (yargs) =>
    (preprocessorCommandOptions(yargs) as Argv<PreprocessArguments>)
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: `${FILE}; several come in turn`,
      })
      .option('output', { alias: 'o', type: 'string', describe: 'A file to write to, in place of standard output' })
      .option('line-markers', {
        type: 'boolean',
        default: true,
        describe: 'Lines that say which file the next ones come from; -P leaves them out',
      })
      .option('comments', { type: 'boolean', default: false, describe: 'Keep comments, as -C' })
      .option('macros', {
        type: 'boolean',
        default: false,
        describe: 'Print every macro defined at the end, in place of the text, as -dM',
      })
      .example('$0 preprocess a.c -Iinclude -DNDEBUG', 'As clang -E')
      .example('$0 preprocess a.c --inline-macros', 'With macros in TypeScript in the file')
      .example('$0 preprocess a.c --script macros.ts -o a.i', 'With macros, includes and pragmas by a script'),
  handler: preprocess,
};

async function preprocess(argv: ArgumentsCamelCase<PreprocessArguments>): Promise<void> {
  const { files, output } = argv;
  if (output !== undefined && files.length > 1) {
    throw new CmonsterError(
      'USAGE',
      `${files.length} files cannot go to one: leave -o out, or preprocess each by itself`,
    );
  }
  const flags = [
    ...(argv.lineMarkers ? [] : ['-P']),
    ...(argv.comments ? ['-C'] : []),
    ...(argv.macros ? ['-dM'] : []),
  ];
  const stdout = new Output();
  for (const file of files) {
    const preprocessor = await preprocessorOf(argv, file);
    try {
      if (output !== undefined) writeAtomically(output, preprocessor.chunks(flags));
      else for (const chunk of preprocessor.chunks(flags)) await stdout.writeBytes(chunk);
      if (stdout.closed) return;
      reportDiagnostics(preprocessor);
    } finally {
      preprocessor.dispose();
    }
  }
}
