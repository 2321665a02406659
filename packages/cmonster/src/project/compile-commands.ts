/**
 * compile_commands.json, as CMake, Meson, Bear and others write it: https://clang.llvm.org/docs/JSONCompilationDatabase.html
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CmonsterError } from '../error.js';
import { expandResponseFiles, splitCommandLine } from './command-line.js';

export const DATABASE_NAME = 'compile_commands.json';

/** One entry: one way in which one file is compiled. */
export interface CompileCommand {
  /** As written; relative to the directory. */
  file: string;
  /** Absolute. */
  directory: string;
  /** The compiler first, response files expanded. */
  arguments: readonly string[];
}

const HOW_TO_GET_ONE =
  'CMake writes one with -DCMAKE_EXPORT_COMPILE_COMMANDS=ON (cmonster init does that), Meson always does, ' +
  "and for other build systems there is 'bear -- make'";

/** The database's path: given as such, or in the given directory. */
export function locateDatabase(path: string): string {
  const file = isDirectory(path) ? join(path, DATABASE_NAME) : resolve(path);
  if (existsSync(file)) return resolve(file);
  const what = isDirectory(path) ? `'${path}' has no ${DATABASE_NAME}` : `there is no '${path}'`;
  throw new CmonsterError('PROJECT', `${what}. ${HOW_TO_GET_ONE}`);
}

/** The closest one at or above a directory, also in a folder `build` there. */
export function findDatabase(from: string): string | undefined {
  for (let at = resolve(from); ; at = dirname(at)) {
    for (const candidate of [join(at, DATABASE_NAME), join(at, 'build', DATABASE_NAME)]) {
      if (existsSync(candidate)) return candidate;
    }
    if (dirname(at) === at) return undefined;
  }
}

export function readDatabase(path: string): CompileCommand[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CmonsterError('PROJECT', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (text.trim() === '') throw new CmonsterError('PROJECT', `${path} is empty: configure the project again`);
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch (cause) {
    throw new CmonsterError('PROJECT', `${path}${placeOf(text)}: not JSON: ${sentence(cause as Error)}`, {
      cause,
    });
  }
  if (!Array.isArray(entries)) {
    throw new CmonsterError('PROJECT', `${path}: a list of commands is expected, not ${typeName(entries)}`);
  }
  if (entries.length === 0) {
    throw new CmonsterError('PROJECT', `${path} lists no commands: was anything but its configuration done there?`);
  }
  return entries.map((entry, index) => readEntry(entry, `${path}: entry ${index + 1}`, dirname(path)));
}

function readEntry(entry: unknown, where: string, databaseDirectory: string): CompileCommand {
  const bad = (what: string): CmonsterError => new CmonsterError('PROJECT', `${where}: ${what}`);
  if (typeof entry !== 'object' || entry === null) throw bad(`an object is expected, not ${typeName(entry)}`);
  const { file, directory, command, arguments: words } = entry as Record<string, unknown>;
  if (typeof file !== 'string' || file === '') throw bad("'file' is missing, or no text");
  if (directory !== undefined && typeof directory !== 'string') throw bad("'directory' is no text");
  let list: readonly string[];
  if (Array.isArray(words)) {
    if (!words.every((word): word is string => typeof word === 'string')) {
      throw bad("'arguments' holds something that is no text");
    }
    list = words;
  } else if (typeof command === 'string') list = splitCommandLine(command);
  else throw bad("neither 'arguments' (a list) nor 'command' (a text) says how it is compiled");
  if (list.length === 0) throw bad('its command is empty');
  // The standard wants it absolute; where it is not, it can only be meant from the file that says it.
  const absolute = resolve(databaseDirectory, directory ?? '.');
  return { file, directory: absolute, arguments: expandResponseFiles(list, absolute) };
}

/** `:line:column`. V8 names no position for most errors: it is where the shortest text ends that fails in the same way. */
function placeOf(text: string): string {
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (failsBeforeItsEnd(text.slice(0, middle))) high = middle;
    else low = middle + 1;
  }
  const before = text.slice(0, failsBeforeItsEnd(text) ? low - 1 : text.length).split('\n');
  return `:${before.length}:${(before.at(-1) as string).length + 1}`;
}

/** Whether a text is wrong, and not only cut short. */
function failsBeforeItsEnd(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    const { message } = error as Error;
    const position = /position (\d+)/.exec(message)?.[1];
    if (position !== undefined) return Number(position) < text.length && !/^Unterminated/.test(message);
    return !/end of JSON/.test(message);
  }
}

function sentence(error: Error): string {
  return error.message.replace(/ in JSON at position \d+.*$/s, '').replace(/,? "[\s\S]*" is not valid JSON$/, '');
}

function typeName(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
