/** `mrhooker types`: declarations of headers, in a file beside the scripts. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readConfig } from '../config/config.js';
import { MrhookerError } from '../error.js';
import { SCHEME } from '../headers/specifier.js';
import { writeFileAtomically } from '../script/atomic.js';
import { bundleOutline } from '../script/bundle.js';
import { declareHeaders, headerSpecifiers, withEarlier } from '../script/declare.js';
import { parseFlags } from './flags.js';

export const TYPES_FILE = 'c-headers.d.ts';

const USAGE = `mrhooker types [-o FILE] [-I DIR] [-D NAME] SCRIPT.ts|c:HEADER…

Writes TypeScript declarations of C headers: those that scripts import, or those named. An editor then completes what a header
has, and tsc checks it. Into ${TYPES_FILE} where you are, unless -o says otherwise; '-o -' writes to standard output.
What the file has of other headers stays.
`;

export async function main(args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, { '-o': 'FILE', '--output': 'FILE' });
  if (flags.help || flags.rest.length === 0) {
    (flags.help ? process.stdout : process.stderr).write(USAGE);
    return flags.help ? 0 : 125;
  }
  const cwd = process.cwd();
  const specifiers = new Map<string, string>();
  const includes = new Set(flags.includes.map((path) => resolve(cwd, path)));
  for (const word of flags.rest) {
    const script = word.startsWith(SCHEME) ? undefined : resolve(cwd, word);
    if (script === undefined) specifiers.set(word, resolve(cwd, TYPES_FILE));
    else for (const [text, importer] of await fromScript(script)) specifiers.set(text, importer);
    for (const folder of readConfig(script).includeDirs) includes.add(folder);
  }
  const text = await declareHeaders(specifiers, { cwd, includes: [...includes], defines: flags.defines });
  const output = flags.values['-o'] ?? flags.values['--output'] ?? TYPES_FILE;
  if (output === '-') process.stdout.write(text);
  else {
    writeFileAtomically(resolve(cwd, output), withEarlier(text, resolve(cwd, output)));
    process.stderr.write(
      `mrhooker: ${output} declares ${[...specifiers.keys()].join(', ') || 'nothing: no header is imported'}\n`,
    );
  }
  return 0;
}

async function fromScript(path: string): Promise<Map<string, string>> {
  if (!existsSync(path)) throw new MrhookerError('script', `there is no script '${path}'`);
  const { inputs } = await bundleOutline([{ path }]);
  return headerSpecifiers([...new Set([path, ...inputs])].filter((input) => !input.includes('/node_modules/')));
}
