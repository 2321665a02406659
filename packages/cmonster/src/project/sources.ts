/** Files that somebody names where no project says which there are. */
import { readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import picomatch from 'picomatch';
import { CmonsterError } from '../error.js';
import { pathMatcher } from '../source/path-matcher.js';

/** Whether Clang takes a file for a source of C, C++ or Objective-C by its name. */
export function isSource(file: string): boolean {
  return /\.(c|cc|cp|cxx|cpp|c\+\+|C|CC|CPP|CXX|m|mm|M)$/.test(file);
}

/**
 * A file is itself, there or not; a folder the sources below it; a glob what it matches. Hidden folders are left out, and links to
 * folders are not followed.
 */
export function sourcesOf(pattern: string): string[] {
  const isFolder = statSync(pattern, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder === false) return [pattern];
  const { base, isGlob } = picomatch.scan(pattern);
  if (!isFolder && !isGlob) return [pattern];
  const isMeant = isFolder ? isSource : pathMatcher(pattern, process.cwd());
  const found = filesBelow(resolve(isFolder ? pattern : base)).filter(isMeant);
  if (found.length === 0) {
    throw new CmonsterError(
      'USAGE',
      `'${pattern}' ${isFolder ? 'holds no C, C++ or Objective-C source' : 'matches no file'}`,
    );
  }
  return isAbsolute(pattern) ? found : found.map((file) => relative('.', file));
}

/** In order of their names. */
function filesBelow(folder: string): string[] {
  let entries: ReturnType<typeof entriesOf>;
  try {
    entries = entriesOf(folder);
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith('.') ? [] : filesBelow(path);
    return entry.isFile() || (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isFile())
      ? [path]
      : [];
  });
}

function entriesOf(folder: string) {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}
