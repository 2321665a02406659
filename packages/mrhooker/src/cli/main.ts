/** The `mrhooker` command. A sub-command is a file: add yours to the list. */
import { readFileSync } from 'node:fs';
import { MrhookerError } from '../error.js';
import { OPTIONS, parseArguments } from './arguments.js';

interface Command {
  usage: string;
  text: string;
  load: () => Promise<{ main(args: readonly string[]): Promise<number> }>;
}

/** Those that need no script. Loaded when asked for: the way to a hooked command is short. */
const COMMANDS: Readonly<Record<string, Command>> = {
  trace: {
    usage: 'trace FUNCTIONS COMMAND…',
    text: "show a program's calls, their arguments, results and times",
    load: () => import('../trace/command.js'),
  },
  doctor: {
    usage: 'doctor NAMES -- COMMAND',
    text: 'which calls hooks will reach in a command, and why others not',
    load: () => import('./doctor.js'),
  },
  fail: {
    usage: 'fail NAMES [WHEN…] -- COMMAND',
    text: 'let calls of functions fail',
    load: () => import('./fail.js'),
  },
  init: {
    usage: 'init NAME…',
    text: 'write a script that hooks these functions',
    load: () => import('./init.js'),
  },
  types: {
    usage: 'types [SCRIPT|HEADER…]',
    text: 'write TypeScript declarations of headers, for editors and tsc',
    load: () => import('./types.js'),
  },
};

/** Of mrhooker itself; otherwise the exit status is the command's. Shells use 126 and 127 for commands. */
const FAILED = 125;
const NOT_EXECUTABLE = 126;

export async function main(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  const command = first === undefined ? undefined : COMMANDS[first];
  if (command) return (await command.load()).main(rest);
  const parsed = parseArguments(args);
  if (parsed.version) {
    process.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  if (parsed.help || args.length === 0) {
    (parsed.help ? process.stdout : process.stderr).write(help());
    return parsed.help ? 0 : FAILED;
  }
  return (await import('./run.js')).run(parsed);
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;
}

function help(): string {
  const options = OPTIONS.map(({ names, value, text }): [string, string] => [
    names.join(', ') + (value === undefined ? '' : ` ${value}`),
    text,
  ]);
  const commands = Object.values(COMMANDS).map(({ usage, text }): [string, string] => [`mrhooker ${usage}`, text]);
  return `mrhooker [options] <script.ts> <command> [args…]
mrhooker -e 'CODE' <command> [args…]

Hook native functions of any program, in TypeScript.

${table(commands)}
Options:
${table(options)}
The exit status is the command's; ${FAILED} says that mrhooker itself failed, ${NOT_EXECUTABLE} that the command can't be hooked or run,
127 that there is none.
`;
}

function table(rows: readonly [string, string][]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('');
}

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof MrhookerError)) return FAILED;
  if (error.code === 'command') return 127;
  return error.code === 'target' ? NOT_EXECUTABLE : FAILED;
}

/** What is thrown on purpose, here or in cmonster, is a sentence; anything else is a bug, and its stack says where. */
export function reportError(error: unknown): void {
  const meant = error instanceof MrhookerError || (error instanceof Error && error.name === 'CmonsterError');
  const ours = meant && process.env.MRHOOKER_DEBUG === undefined;
  const text = ours ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`mrhooker: ${text}\n`);
}
