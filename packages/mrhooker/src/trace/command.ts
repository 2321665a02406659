/** `mrhooker trace 'open*,read,connect' -- COMMAND`: calls of a program, without a script. */
import { resolve } from 'node:path';
import { createColors } from 'picocolors';
import { MrhookerError } from '../error.js';
import { didYouMean } from '../headers/nearest.js';
import { isGlob } from '../launch/imports.js';
import { endLike, launch } from '../launch/launch.js';
import { type Account, accountLines } from '../report/account.js';
import { Output } from '../report/output.js';
import { buildScript } from '../script/build.js';
import { NO_NAMERS, namersOf } from './constants.js';
import { CallDecoder } from './decode.js';
import { CallFormatter, callJson, callOf } from './format.js';
import { traceScript } from './script.js';
import { selectFunctions } from './select.js';
import { Summary } from './summary.js';
import { FoldedStacks, Timeline } from './timeline.js';

const USAGE = `mrhooker trace [options] FUNCTIONS [--] COMMAND [ARGS…]

Shows a program's calls of functions: 'open*,read,connect'. Arguments read as their header has them.

Options:
  -c, --count          only a summary at the end: calls, errors, times
  -k, --stack          with each call its stack
  -s, --size N         characters of texts and buffers (64)
  --limit N            show the first N calls; all are counted
  -o, --output FILE    write there instead of to standard error
  --json               an object a line for each call
  --chrome FILE        a timeline, for Perfetto or chrome://tracing
  --stacks FILE        folded stacks with microseconds, for a flame graph
  --only MODULE        only calls from this object: a glob, libcurl*
  --no-follow          leave the programs alone that the command starts
  --header HEADER      it declares functions that are traced, 'zlib.h'; for those of no usual header
  -I, --include DIR    search headers here, too
  -h, --help           this page
`;

interface TraceArguments {
  patterns: string[];
  command: string[];
  count: boolean;
  stack: boolean;
  size: number;
  limit: number;
  output?: string;
  json: boolean;
  chrome?: string;
  stacks?: string;
  only?: string;
  follow: boolean;
  headers: string[];
  includes: string[];
  help: boolean;
}

const STACK_FRAMES = 32;
const WITH_VALUE: Readonly<Record<string, string>> = {
  '-s': 'size',
  '--size': 'size',
  '--limit': 'limit',
  '--header': 'header',
  '-o': 'output',
  '--output': 'output',
  '--chrome': 'chrome',
  '--stacks': 'stacks',
  '--only': 'only',
  '-I': 'include',
  '--include': 'include',
};
const SWITCHES: Readonly<Record<string, string>> = {
  '-c': 'count',
  '--count': 'count',
  '-k': 'stack',
  '--stack': 'stack',
  '--json': 'json',
  '--no-follow': 'no-follow',
  '-h': 'help',
  '--help': 'help',
};

export function parseTraceArguments(args: readonly string[]): TraceArguments {
  const parsed: TraceArguments = {
    patterns: [],
    command: [],
    count: false,
    stack: false,
    size: 64,
    limit: Number.POSITIVE_INFINITY,
    json: false,
    follow: true,
    headers: [],
    includes: [],
    help: false,
  };
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] as string;
    if (arg === '--') {
      at++;
      break;
    }
    if (!arg.startsWith('-')) {
      if (parsed.patterns.length > 0) break;
      parsed.patterns = arg.split(',').filter((pattern) => pattern !== '');
      continue;
    }
    const equals = arg.startsWith('--') ? arg.indexOf('=') : -1;
    const name = equals < 0 ? arg : arg.slice(0, equals);
    const what = SWITCHES[name];
    if (what === 'no-follow') parsed.follow = false;
    else if (what === 'count' || what === 'stack' || what === 'json' || what === 'help') parsed[what] = true;
    else if (name in WITH_VALUE) {
      const value = equals < 0 ? args[++at] : arg.slice(equals + 1);
      if (value === undefined) throw new MrhookerError('config', `${name} needs a value`);
      takeValue(parsed, WITH_VALUE[name] as string, value);
    } else {
      const known = [...Object.keys(SWITCHES), ...Object.keys(WITH_VALUE)];
      throw new MrhookerError(
        'config',
        `there is no option '${name}'.${didYouMean(name, known)} See mrhooker trace --help`,
      );
    }
  }
  parsed.command = args.slice(at);
  return parsed;
}

function takeValue(parsed: TraceArguments, what: string, value: string): void {
  if (what === 'include') parsed.includes.push(value);
  else if (what === 'header') parsed.headers.push(value);
  else if (what === 'size' || what === 'limit') {
    parsed[what] = Number(value);
    if (!/^\d+$/.test(value)) {
      const unit = what === 'size' ? 'characters' : 'calls';
      throw new MrhookerError('config', `--${what} ${value}: a number of ${unit} is needed`);
    }
  } else parsed[what as 'output' | 'chrome' | 'stacks' | 'only'] = value;
}

export async function main(args: readonly string[]): Promise<number> {
  const options = parseTraceArguments(args);
  if (options.help || options.patterns.length === 0) {
    (options.help ? process.stdout : process.stderr).write(USAGE);
    return options.help ? 0 : 125;
  }
  if (options.command.length === 0) {
    throw new MrhookerError(
      'command',
      `say which command to trace: mrhooker trace '${options.patterns.join(',')}' COMMAND [ARGS…]`,
    );
  }
  const cwd = process.cwd();
  const { functions, unmatched } = await selectFunctions({ ...options, limit: options.size, cwd });
  for (const pattern of unmatched) {
    process.stderr.write(
      `mrhooker: '${pattern}': ${options.command[0]} and its libraries call no function of such a name${options.follow && isGlob(pattern) ? '; what it starts may' : ''}\n`,
    );
  }
  const members = functions.flatMap(({ parameters }) => parameters.flatMap((parameter) => parameter.members ?? []));
  const names = functions.map(({ name }) => name);
  const namers = options.count ? NO_NAMERS : await namersOf(names, members, cwd);
  const frames = options.stack || options.stacks !== undefined ? STACK_FRAMES : 0;
  const globs = options.follow ? options.patterns.filter(isGlob) : [];
  const text = traceScript(functions, { frames, counting: options.count, globs });
  const build = await buildScript([{ path: resolve(cwd, 'trace.ts'), text }], {
    cwd,
    includes: options.includes.map((path) => resolve(cwd, path)),
  });

  const output = new Output(options.output);
  const colored =
    options.output === undefined && !options.json && process.stderr.isTTY === true && !process.env.NO_COLOR;
  const colors = createColors(colored);
  const decoder = new CallDecoder(functions, options.count);
  const formatter = new CallFormatter(namers, colors);
  const print = (line: string): void => output.write(`${line}\n`);
  const summary = options.count ? new Summary() : undefined;
  const timeline = options.chrome === undefined ? undefined : new Timeline(resolve(cwd, options.chrome));
  const folded = options.stacks === undefined ? undefined : new FoldedStacks(resolve(cwd, options.stacks));
  let end: (Account & { hooked: boolean }) | undefined;
  let told = 0;

  const outcome = await launch({
    stubs: build.stubs,
    bytecode: build.bytecode,
    manifest: build.manifest,
    command: options.command,
    json: true,
    follow: options.follow,
    globs,
    ...(options.only !== undefined && { only: options.only }),
    onTrace: ({ pid, tid }, { body }, name) => {
      const decoded = decoder.decode(body, name);
      if (!decoded || ++told > options.limit) return;
      const call = callOf(decoded, pid, tid);
      summary?.add(call);
      timeline?.add(call, formatter);
      folded?.add(call);
      if (options.json) print(callJson(call, formatter));
      else if (!summary && !timeline && !folded) print(formatter.line(call));
    },
    onLine: (line) => {
      const record = JSON.parse(line) as { type: string; text?: string } & Account & { hooked: boolean };
      if (record.type === 'end') end = record;
      else print(options.json ? line : `${colors.yellow('mrhooker:')} ${record.text}`);
    },
  });
  const drawn = { timeline: timeline?.close(), folded: folded?.close() };
  if (options.json) {
    print(JSON.stringify({ type: 'end', ...(summary && { summary: summary.rows }), ...end }));
  } else {
    if (summary) for (const line of summary.lines(colors)) print(line);
    if (end && !outcome.hooked)
      print(`${colors.red('mrhooker:')} the runtime never came up in the command: nothing was traced`);
    else if (end) for (const line of accountLines(end, colors, false)) print(line);
    if (drawn.timeline)
      print(`${colors.dim('mrhooker:')} wrote ${options.chrome}: open it in Perfetto or chrome://tracing`);
    if (drawn.folded) print(`${colors.dim('mrhooker:')} wrote ${options.stacks}: flamegraph.pl draws it`);
  }
  output.close();
  endLike(outcome);
  return Number(process.exitCode ?? 0);
}
