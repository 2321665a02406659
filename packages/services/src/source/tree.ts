// The files of a request: below an allowed folder, and none that a link leads out of it.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { CmonsterError, isSource, Project, splitCommandLine, type Unit } from 'cmonster';
import { IgorError } from 'igor';
import picomatch from 'picomatch';
import {
  checkArguments,
  checkBuildArguments,
  checkBuildCommand,
  publicFolders,
  type Reach,
} from '../permit/arguments.js';
import { type AllowedFolder, type Folders, isInside } from '../permit/folders.js';

const isHeader = (name: string) => /\.(?:h|hh|hpp|hxx|inc)$/.test(name);
const ignored = new Set(['.git', 'node_modules', '.cache']);
const mostFiles = 20_000;

export interface Chosen {
  folder: AllowedFolder;
  /** Absolute, in order. */
  files: string[];
  /** For Clang; none where the project itself says how its files are compiled. */
  arguments: string[];
  /** Each file as it is to be compiled, allowed. */
  units: Unit[];
  /** Folders, resolved: of a file that includes one from elsewhere nothing is shown. */
  readable: string[];
}

/** Every file below a folder that a pattern fits; links are not followed. @returns paths below the folder */
export function listFiles({ path: base }: AllowedFolder, pattern: string): string[] {
  checkPattern(pattern);
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (found.length >= mostFiles) return;
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !ignored.has(entry.name)) visit(path);
      if (!entry.isFile()) continue;
      const name = relative(base, path);
      if (pattern ? matches(name, pattern) : isSource(name) || isHeader(name)) found.push(name);
    }
  };
  visit(base);
  return found.sort();
}

/** @throws IgorError `permission_denied`, `not_found`, `invalid_argument` */
export function chooseFiles(
  folders: Folders,
  selection: { folder: string; files: string; arguments: string[] } | undefined,
): Chosen {
  if (!selection) throw new IgorError('invalid_argument', 'say in which folder');
  const folder = folders.folder(selection.folder);
  checkPattern(selection.files);
  const args = checkArguments(selection.arguments, reachOf(folders, folder.path));
  const project = args.length > 0 ? undefined : projectOf(folders, folder);
  const units =
    project?.units.filter(({ file }) => folders.holds(folder, file)) ??
    listFiles(folder, '')
      .filter(isSource)
      .map(
        (name): Unit => ({
          ...unitOfTree,
          file: join(folder.path, name),
          name,
          directory: folder.path,
          arguments: args,
        }),
      );
  const wanted = units.filter(
    ({ file }) => !selection.files || matches(relative(folder.path, realpathSync(file)), selection.files),
  );
  if (wanted.length === 0) {
    const what = selection.files
      ? `${JSON.stringify(selection.files)} names no C or C++ file`
      : 'there is no C or C++ file';
    throw new IgorError('not_found', `${what} in ${selection.folder}`);
  }
  const readable = [...reachOf(folders, folder.path).folders, ...publicFolders];
  if (project) for (const unit of wanted) checkBuildArguments(unit.arguments, reachOf(folders, unit.directory));
  return { folder, files: [...new Set(wanted.map(({ file }) => file))], arguments: args, units: wanted, readable };
}

const unitOfTree = { driver: 'clang' } as const;

function reachOf(folders: Folders, directory: string): Reach {
  return { directory, folders: folders.list().map(({ path }) => path) };
}

/** A compile_commands.json of this folder, or in its folder `build`; never of one outside. */
function projectOf(folders: Folders, folder: AllowedFolder): Project | undefined {
  for (const place of ['', 'build']) {
    const path = join(folder.path, place, 'compile_commands.json');
    if (!existsSync(path) || !statSync(path).isFile() || !isInside(folder.path, realpathSync(path))) continue;
    try {
      checkDatabase(path, folders);
      return Project.load(path);
    } catch (error) {
      if (!(error instanceof CmonsterError)) throw error;
      throw new IgorError('failed_precondition', error.message, { cause: error });
    }
  }
  return undefined;
}

/** As it was written: what cmonster drops, because Clang has no use for it, is refused all the same. */
function checkDatabase(path: string, folders: Folders): void {
  let entries: unknown;
  try {
    entries = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Loading it says what is wrong.
    return;
  }
  for (const entry of Array.isArray(entries) ? (entries as (Record<string, unknown> | null)[]) : []) {
    const { arguments: args, command, directory } = entry ?? {};
    const words = Array.isArray(args) ? args.map(String) : splitCommandLine(String(command ?? ''));
    checkBuildCommand(words, reachOf(folders, resolve(join(path, '..'), String(directory ?? '.'))));
  }
}

const longestPattern = 256;
/** In one part of a path. Each one more multiplies the ways in which a name may fit. */
const mostStars = 3;

function checkPattern(pattern: string): void {
  const parts = pattern.split(/[\\/]/);
  if (pattern.startsWith('/') || parts.includes('..') || pattern.includes('\0')) {
    throw new IgorError('invalid_argument', `${JSON.stringify(pattern)} must name files below the folder`);
  }
  const wild = parts.some((part) => (part.match(/[*+?]/g) ?? []).length > mostStars);
  if (pattern.length > longestPattern || wild) {
    throw new IgorError(
      'invalid_argument',
      `a pattern may have ${longestPattern} characters, and ${mostStars} of * + ? between two slashes`,
    );
  }
}

/** `src/a.c`, `src`, `*.c`, `src/**\/*.c`. */
function matches(name: string, pattern: string): boolean {
  return (
    name === pattern || name.startsWith(`${pattern}${sep}`) || picomatch.isMatch(name, pattern, { noextglob: true })
  );
}
