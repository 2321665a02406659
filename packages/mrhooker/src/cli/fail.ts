/** `mrhooker fail`: a function fails on purpose. What does so is a script, written from the options. */
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { readConfig } from '../config/config.js';
import { MrhookerError } from '../error.js';
import { findHeaders } from '../headers/finder.js';
import type { CType } from '../headers/model.js';
import { didYouMean } from '../headers/nearest.js';
import { Headers } from '../headers/reader.js';
import { parseSpecifier } from '../headers/specifier.js';
import { forwarded } from '../stub/forwarded.js';
import { parseFlags, splitCommand } from './flags.js';
import { runScripts } from './run.js';

const USAGE = `mrhooker fail NAMES [--errno NAME] [--result VALUE] [WHEN…] -- COMMAND [ARGS…]

Lets calls of functions fail: 'write', or several, 'open,openat,fopen'.

  --errno NAME       what errno says: ENOSPC; EIO unless told otherwise
  --result VALUE     what the function returns: -1, or a null pointer, unless told otherwise
When, all of which must hold:
  --nth N            the Nth call of all (and with --times, those that follow)
  --times N          so many times at most
  --probability P    each call by chance, 0 to 1
  --seed N           of that chance: the same seed fails the same calls of a thread
  --path GLOB        calls whose path, or whose descriptor's path, is like this
  --caller GLOB      calls from this function
  --module GLOB      calls from this object
  --after SECONDS    not before

  -o, --output LOG   write to this file what mrhooker says
`;

const OPTIONS = {
  '--errno': 'NAME',
  '--result': 'VALUE',
  '--nth': 'N',
  '--times': 'N',
  '--probability': 'P',
  '--seed': 'N',
  '--path': 'GLOB',
  '--caller': 'GLOB',
  '--module': 'GLOB',
  '--after': 'SECONDS',
  '-o': 'LOG',
  '--output': 'LOG',
};

export async function main(args: readonly string[]): Promise<number> {
  const { own, command } = splitCommand(args, 'fail write');
  const flags = parseFlags(own, OPTIONS);
  const [names] = flags.rest;
  if (flags.help || names === undefined) {
    (flags.help ? process.stdout : process.stderr).write(USAGE);
    return flags.help ? 0 : 125;
  }
  if (command.length === 0)
    throw new MrhookerError('command', `say which command: mrhooker fail ${names} -- COMMAND [ARGS…]`);
  const cwd = process.cwd();
  const includes = [...flags.includes.map((path) => resolve(cwd, path)), ...readConfig(undefined).includeDirs];
  const text = await failScript(names.split(','), flags.values, includes, cwd);
  const log = flags.values['-o'] ?? flags.values['--output'];
  return runScripts(
    [{ path: resolve(cwd, 'fail.ts'), text }],
    command,
    { cwd, includes, defines: flags.defines },
    { ...(log !== undefined && { output: resolve(cwd, log) }) },
  );
}

/** @throws MrhookerError `function`, `config` */
export async function failScript(
  names: readonly string[],
  options: Readonly<Record<string, string>>,
  includes: readonly string[],
  cwd: string,
): Promise<string> {
  const errno = await errnoName(options, includes);
  const found = await findHeaders(names, includes);
  const imports: string[] = [];
  const hooks: string[] = [];
  for (const { name, header, nearest } of found) {
    if (header === undefined) {
      throw new MrhookerError(
        'function',
        `no header declares '${name}'.${nearest.length > 0 ? ` Did you mean ${nearest.map((other) => `'${other}'`).join(' or ')}?` : ''}`,
      );
    }
    if (forwarded.has(name)) {
      throw new MrhookerError('function', `'${name}' can't be made to fail: it doesn't return as other functions do`);
    }
    const specifier = parseSpecifier(`c:${header}`, cwd);
    using headers = await Headers.open([specifier], {
      language: specifier.language,
      arguments: includes.map((path) => `-I${path}`),
      cwd,
    });
    const declaration = (await headers.declare([name])).names[name];
    if (declaration?.kind !== 'function') throw new MrhookerError('function', `'${name}' of ${header} is no function`);
    const { parameterNames, type } = declaration.function;
    imports.push(`import { ${name} } from 'c:${header}';`);
    const list = parameterNames.map((_, index) => `a${index}`).join(', ');
    const path = pathArgument(type.parameters, parameterNames);
    hooks.push(`hook(${name}, (${list}) => {
  if (!fails(${path})) return ${name}(${list});
  call.errno = ${errno};
  return ${resultText(options['--result'], type.result)};
}${filters(options)});`);
  }
  return `import { alloc, call, clock, hook, now, shared, threadLocal } from 'mrhooker';
import { readlink as linkAt } from 'c:unistd.h';
import { ${errno} } from 'c:errno.h';
${imports.join('\n')}

const calls = shared.map('calls', { print: false, capacity: 16 });
const failed = shared.counter('calls made to fail');
const start = clock();
${options['--probability'] === undefined ? '' : `const chance = threadLocal(() => ${options['--seed'] === undefined ? 'now() % 2 ** 31' : numberOf(options, '--seed')} | 0);\n${RANDOM}`}
/** What a descriptor stands for. */
function pathOf(fd: number): string {
  const buffer = alloc(4096);
  const length = linkAt(\`/proc/self/fd/\${fd}\`, buffer, 4096);
  return length > 0 ? buffer.text(length) : '';
}

function fails(path: () => string): boolean {
  ${conditions(options).join('\n  ')}
  failed.add();
  return true;
}

${hooks.join('\n\n')}
`;
}

/** mulberry32. */
const RANDOM = `function random(): number {
  chance.value = (chance.value + 0x6d2b79f5) | 0;
  let t = Math.imul(chance.value ^ (chance.value >>> 15), 1 | chance.value);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}`;

function conditions(options: Readonly<Record<string, string>>): string[] {
  const lines: string[] = [];
  const has = (name: string) => options[name] !== undefined;
  if (has('--path')) lines.push(`if (!${globPattern(options['--path'] as string)}.test(path())) return false;`);
  if (has('--after')) lines.push(`if (clock() - start < ${numberOf(options, '--after')} * 1e9) return false;`);
  if (has('--probability')) lines.push(`if (random() >= ${numberOf(options, '--probability')}) return false;`);
  // Counted last: the Nth of those that the other conditions let through.
  const nth = has('--nth') ? numberOf(options, '--nth') : 1;
  const times = has('--times') ? numberOf(options, '--times') : has('--nth') ? 1 : Number.POSITIVE_INFINITY;
  if (has('--nth') || has('--times')) {
    lines.push("const count = calls.add('all');", `if (count < ${nth} || count >= ${nth + times}) return false;`);
  }
  return lines;
}

function numberOf(options: Readonly<Record<string, string>>, name: string, otherwise = 0): number {
  const text = options[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  const [wanted, fits] = RANGES[name] ?? ['a number', (given: number) => given >= 0];
  if (text.trim() === '' || !Number.isFinite(value) || !fits(value)) {
    throw new MrhookerError('config', `${name} takes ${wanted}, not '${text}'`);
  }
  return value;
}

const RANGES: Readonly<Record<string, [wanted: string, fits: (value: number) => boolean]>> = {
  '--nth': ['a whole number from 1', (value) => Number.isInteger(value) && value >= 1],
  '--times': ['a whole number from 1', (value) => Number.isInteger(value) && value >= 1],
  '--seed': ['a whole number', (value) => Number.isInteger(value)],
  '--probability': ['a number from 0 to 1', (value) => value >= 0 && value <= 1],
};

async function errnoName(options: Readonly<Record<string, string>>, includes: readonly string[]): Promise<string> {
  const name = options['--errno'] ?? 'EIO';
  const known = Object.keys(constants.errno);
  // Node knows the usual ones.
  if (known.includes(name)) return name;
  const [found] = /^E[A-Z0-9]+$/.test(name) ? await findHeaders([name], includes) : [];
  if (found?.header !== undefined) return name;
  throw new MrhookerError('config', `--errno takes a name like ENOSPC, not '${name}'.${didYouMean(name, known)}`);
}

function filters(options: Readonly<Record<string, string>>): string {
  const parts = ['caller', 'module'].flatMap((name) => {
    const value = options[`--${name}`];
    return value === undefined ? [] : [`${name}: ${JSON.stringify(value)}`];
  });
  return parts.length > 0 ? `, { ${parts.join(', ')} }` : '';
}

/** What the function is called with as its path, or the path of its descriptor. */
function pathArgument(parameters: readonly CType[], names: readonly string[]): string {
  const text = parameters.findIndex(
    (type) => type.kind === 'pointer' && type.to.kind === 'integer' && type.to.char === true,
  );
  if (text >= 0) return `() => a${text}?.text() ?? ''`;
  const fd = parameters.findIndex(
    (type, index) => type.kind === 'integer' && /^(s|fd|fildes|sockfd|.*fd)$/.test(names[index] ?? ''),
  );
  return fd >= 0 ? `() => pathOf(a${fd})` : "() => ''";
}

function resultText(given: string | undefined, type: CType): string {
  if (given !== undefined) {
    if (given === 'null' || Number.isFinite(Number(given))) return given;
    throw new MrhookerError('config', `--result takes a number or null, not '${given}'`);
  }
  if (type.kind === 'void') return 'undefined';
  if (type.kind === 'pointer') return 'null';
  return type.kind === 'integer' && !type.signed ? '0' : '-1';
}

/** `*` and `?`. */
function globPattern(glob: string): string {
  const source = glob
    .replace(/[\\^$.+()|[\]{}/]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return `/^${source}$/`;
}
