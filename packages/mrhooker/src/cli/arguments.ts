/** `mrhooker [options] <script.ts> <command> [args…]`: what stands behind the script is the command's. */
import { MrhookerError } from '../error.js';
import { didYouMean } from '../headers/nearest.js';

export interface RunArguments {
  /** Scripts, stacked: the last one is the outermost. */
  scripts: string[];
  /** Scripts given as text. */
  code: string[];
  command: string[];
  verbose?: boolean;
  buildDir?: string;
  includes: string[];
  defines: string[];
  log?: string;
  json: boolean;
  only?: string;
  follow: boolean;
  check: boolean;
  help: boolean;
  version: boolean;
}

type Take = (args: RunArguments, value: string) => void;
interface Option {
  names: string[];
  value?: string;
  text: string;
  take: Take;
}

// biome-ignore format: a table
export const OPTIONS: readonly Option[] = [
  { names: ['-e', '--eval'], value: 'CODE', text: 'a script given as text; may be repeated', take: (args, value) => args.code.push(value) },
  { names: ['-s', '--script'], value: 'FILE', text: 'a further script, around the others', take: (args, value) => args.scripts.push(value) },
  { names: ['-o', '--output'], value: 'LOG', text: 'write to this file what scripts print', take: (args, value) => { args.log = value; } },
  { names: ['--json'], text: 'a line of JSON for each record', take: (args) => { args.json = true; } },
  { names: ['--only'], value: 'MODULE', text: 'only calls from this object: a glob, libcurl*', take: (args, value) => { args.only = value; } },
  { names: ['--no-follow'], text: 'leave the programs alone that the command starts', take: (args) => { args.follow = false; } },
  { names: ['--check'], text: "check the script's types first; without a command, only do that", take: (args) => { args.check = true; } },
  { names: ['-I', '--include'], value: 'DIR', text: 'search headers here, too', take: (args, value) => args.includes.push(value) },
  { names: ['-D', '--define'], value: 'NAME[=VALUE]', text: 'define a macro for the headers', take: (args, value) => args.defines.push(value) },
  { names: ['--build-dir'], value: 'DIR', text: 'keep what is compiled here', take: (args, value) => { args.buildDir = value; } },
  { names: ['-v', '--verbose'], text: 'say what is done', take: (args) => { args.verbose = true; } },
  { names: ['-h', '--help'], text: 'this page', take: (args) => { args.help = true; } },
  { names: ['--version'], text: 'the version', take: (args) => { args.version = true; } },
];

/** @throws MrhookerError `config`: an option that is not known, or lacks its value */
export function parseArguments(args: readonly string[]): RunArguments {
  const parsed: RunArguments = {
    scripts: [],
    code: [],
    command: [],
    includes: [],
    defines: [],
    json: false,
    follow: true,
    check: false,
    help: false,
    version: false,
  };
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] as string;
    if (arg === '--') {
      at++;
      break;
    }
    if (!arg.startsWith('-') || arg === '-') break;
    at = takeOption(parsed, args, at);
  }
  const rest = args.slice(at);
  if (parsed.code.length === 0 && rest.length > 0) parsed.scripts.unshift(rest.shift() as string);
  if (rest[0] === '--') rest.shift();
  parsed.command = rest;
  return parsed;
}

/** @returns where its last word stands */
function takeOption(parsed: RunArguments, args: readonly string[], at: number): number {
  const arg = args[at] as string;
  const [name, attached] = splitOption(arg);
  const option = OPTIONS.find(({ names }) => names.includes(name));
  if (!option) {
    const names = OPTIONS.flatMap((known) => known.names);
    throw new MrhookerError(
      'config',
      `there is no option '${name}'.${name.length > 2 ? didYouMean(name, names) : ''} See mrhooker --help`,
    );
  }
  if (option.value === undefined) {
    if (attached !== undefined) throw new MrhookerError('config', `${name} takes no value`);
    option.take(parsed, '');
    return at;
  }
  const value = attached ?? args[at + 1];
  if (value === undefined) throw new MrhookerError('config', `${name} needs a value: ${name} ${option.value}`);
  option.take(parsed, value);
  return attached === undefined ? at + 1 : at;
}

/** `--build-dir=DIR`, `-IDIR`, `-DNAME=1`. */
function splitOption(arg: string): [string, string | undefined] {
  if (arg.startsWith('--')) {
    const equals = arg.indexOf('=');
    return equals < 0 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)];
  }
  return arg.length > 2 ? [arg.slice(0, 2), arg.slice(2)] : [arg, undefined];
}
