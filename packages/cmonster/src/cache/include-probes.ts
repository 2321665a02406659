/**
 * Places where a header was looked for and not found. A file that appears in one of them is read instead of the one that was
 * read before, without any file having changed.
 */
import { dirname, join, resolve } from 'node:path';
import type { Parsed } from '../frontend/connection.js';
import { Snapshot } from '../frontend/snapshot.js';
import type { FileStates } from './file-states.js';

export interface IncludeProbes {
  /** Where `<…>` is looked for, in order. */
  directories: string[];
  /** A name, and how many of these directories do not have it. */
  names: [name: string, count: number][];
  /** Other places: beside the file that includes. */
  absent: string[];
}

const INCLUDE = 5;
const ANGLED = 1;
/** In the order in which Clang searches them. */
const GROUPS: readonly (readonly string[])[] = [
  ['-I', '-F'],
  ['-isystem', '-cxx-isystem', '-c-isystem', '-internal-isystem'],
  ['-internal-externc-isystem'],
  ['-idirafter'],
];

export function probesOf(parsed: Parsed, cwd: string, states: FileStates): IncludeProbes {
  const command = (parsed.meta.command as string[] | undefined) ?? [];
  const quoteOnly = searchDirectories(command, ['-iquote'], cwd);
  const directories = GROUPS.flatMap((group) => searchDirectories(command, group, cwd));
  const names = new Map<string, number>();
  const absent = new Set<string>();
  for (const { name, found, angled, includer } of includesOf(parsed, cwd)) {
    if (name.startsWith('/')) continue;
    if (!angled) {
      for (const directory of [dirname(includer), ...quoteOnly]) {
        const place = join(directory, name);
        if (place === found) break;
        if (!states.exists(directory, name)) absent.add(place);
      }
    }
    if (names.has(name)) continue;
    let count = 0;
    // A directory that has it and was passed over (#include_next, a guard) ends what can be said.
    while (count < directories.length) {
      const directory = directories[count] as string;
      if (join(directory, name) === found || states.exists(directory, name)) break;
      count++;
    }
    names.set(name, count);
  }
  return { directories, names: [...names], absent: [...absent] };
}

export function probesHold({ directories, names, absent }: IncludeProbes, states: FileStates): boolean {
  for (const [name, count] of names) {
    for (let at = 0; at < count; at++) if (states.exists(directories[at] as string, name)) return false;
  }
  return absent.every((path) => !states.exists(dirname(path), path.slice(dirname(path).length + 1)));
}

function searchDirectories(command: readonly string[], flags: readonly string[], cwd: string): string[] {
  const found: string[] = [];
  for (let at = 0; at + 1 < command.length; at++) {
    if (flags.includes(command[at] as string)) found.push(resolve(cwd, command[at + 1] as string));
  }
  return found;
}

interface IncludeFact {
  name: string;
  /** Absolute; empty when there was none. */
  found: string;
  angled: boolean;
  /** The file that has the directive. */
  includer: string;
}

/** Read straight from the columns: no translation unit is needed. */
function* includesOf(parsed: Parsed, cwd: string): Generator<IncludeFact> {
  const snapshot = new Snapshot(parsed.snapshot);
  const { includes, slocOffset, slocA } = snapshot;
  const files = parsed.meta.files as { path: string }[];
  for (let at = 0; at + INCLUDE <= includes.length; at += INCLUDE) {
    const found = snapshot.string(includes[at + 2] as number);
    yield {
      name: snapshot.string(includes[at + 1] as number),
      found: found === '' ? '' : resolve(cwd, found),
      angled: ((includes[at + 3] as number) & ANGLED) !== 0,
      includer: files[slocA[entryOf(slocOffset, includes[at] as number)] as number]?.path ?? '',
    };
  }
}

function entryOf(offsets: Uint32Array, location: number): number {
  let low = 0;
  let high = offsets.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((offsets[middle] as number) <= location) low = middle;
    else high = middle;
  }
  return low;
}
