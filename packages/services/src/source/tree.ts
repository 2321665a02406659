// The files of a request: below an allowed folder, and none that a link leads out of it.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { Project } from 'cmonster';
import { IgorError } from 'igor';
import picomatch from 'picomatch';
import { checkArguments, checkBuildArguments } from '../permit/arguments.js';
import { type AllowedFolder, type Folders, isInside } from '../permit/folders.js';

const sources = /\.(?:c|cc|cpp|cxx|c\+\+|C|m|mm)$/;
const codeFiles = /\.(?:c|cc|cpp|cxx|c\+\+|C|m|mm|h|hh|hpp|hxx|inc)$/;
const ignored = new Set(['.git', 'node_modules', '.cache']);
const mostFiles = 20_000;

export interface Chosen {
  folder: AllowedFolder;
  /** Absolute, in order. */
  files: string[];
  /** For Clang; none where the project itself says how its files are compiled. */
  arguments: string[];
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
      if (pattern ? matches(name, pattern) : codeFiles.test(name)) found.push(name);
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
  const args = checkArguments(selection.arguments, folder);
  const project = args.length > 0 ? undefined : projectOf(folder);
  const all = project
    ? project.units.filter(({ file }) => folders.holds(folder, file)).map(({ file }) => file)
    : listFiles(folder, '')
        .filter((name) => sources.test(name))
        .map((name) => join(folder.path, name));
  const files = [...new Set(all)].filter(
    (file) => !selection.files || matches(relative(folder.path, realpathSync(file)), selection.files),
  );
  if (files.length === 0) {
    const what = selection.files
      ? `${JSON.stringify(selection.files)} names no C or C++ file`
      : 'there is no C or C++ file';
    throw new IgorError('not_found', `${what} in ${selection.folder}`);
  }
  return { folder, files, arguments: args };
}

/** A compile_commands.json of this folder, or of one above that is allowed as well; never of one outside. */
function projectOf(folder: AllowedFolder): Project | undefined {
  for (const place of ['', 'build']) {
    const path = join(folder.path, place, 'compile_commands.json');
    if (!existsSync(path) || !statSync(path).isFile() || !isInside(folder.path, realpathSync(path))) continue;
    checkDatabase(path, folder);
    return Project.load(path);
  }
  return undefined;
}

/** As it was written: what cmonster drops, because Clang has no use for it, is refused all the same. */
function checkDatabase(path: string, folder: AllowedFolder): void {
  const entries: unknown = JSON.parse(readFileSync(path, 'utf8'));
  for (const entry of Array.isArray(entries) ? (entries as Record<string, unknown>[]) : []) {
    const { arguments: args, command, directory } = entry;
    const words = Array.isArray(args)
      ? args.map(String)
      : String(command ?? '')
          .split(/\s+/)
          .map((it) => it.replace(/["']/g, ''));
    checkBuildArguments(words, folder, resolve(folder.path, String(directory ?? '.')));
  }
}

function checkPattern(pattern: string): void {
  if (pattern.startsWith('/') || pattern.split(/[\\/]/).includes('..') || pattern.includes('\0')) {
    throw new IgorError('invalid_argument', `${JSON.stringify(pattern)} must name files below the folder`);
  }
}

/** `src/a.c`, `src`, `*.c`, `src/**\/*.c`. */
function matches(name: string, pattern: string): boolean {
  return name === pattern || name.startsWith(`${pattern}${sep}`) || picomatch.isMatch(name, pattern);
}
