/** Which files somebody means: by path, by folder, by glob. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';

/**
 * Whether an absolute path is the given one, lies below it, or matches it as a glob, relative ones seen from `from`. Symbolic
 * links lead to what they lead to.
 */
export function pathMatcher(pattern: string, from: string): (file: string) => boolean {
  const path = resolve(from, pattern);
  if (existsSync(path)) {
    const real = realpathSync(path);
    return (file) => isAtOrBelow(file, path) || isAtOrBelow(realOf(file), real);
  }
  const isMatch = picomatch(pattern.replace(/^\.\//, ''), { dot: true });
  if (isAbsolute(pattern)) return (file) => isMatch(file) || isMatch(realOf(file));
  const realFrom = realOf(from);
  return (file) => isMatch(relative(from, file)) || isMatch(relative(realFrom, realOf(file)));
}

function isAtOrBelow(file: string, path: string): boolean {
  return file === path || file.startsWith(path.endsWith(sep) ? path : path + sep);
}

/** Folders' links followed, the file's own not: a link to a file elsewhere is still in its folder. */
const folders = new Map<string, string>();
function realOf(file: string): string {
  const folder = dirname(file);
  let real = folders.get(folder);
  if (real === undefined) {
    try {
      real = realpathSync(folder);
    } catch {
      real = folder;
    }
    folders.set(folder, real);
  }
  return join(real, basename(file));
}
