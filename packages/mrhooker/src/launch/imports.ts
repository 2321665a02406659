// Which names without a signature a pattern means for one target.

import { execFileSync } from 'node:child_process';
import { isInternal } from '../stub/forwarded.js';
import { type ElfFile, readElf } from './elf.js';

const loader = '/lib64/ld-linux-x86-64.so.2';

/** A loaded object of the target: its path, and what it imports and exports. */
export interface LoadedObject extends ElfFile {
  path: string;
}

/** The target and every library that is loaded with it, as the loader itself finds them; nothing of it runs. */
export function loadedObjects(target: string): LoadedObject[] {
  let listed = '';
  try {
    listed = execFileSync(loader, ['--list', target], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LD_PRELOAD: '' },
    });
  } catch (error) {
    // Libraries that can't be found are the loader's to complain about when the target runs.
    listed = (error as { stdout?: string }).stdout ?? '';
  }
  const paths = [target, ...[...listed.matchAll(/(?:=>\s*|^\s*)(\/\S+) \(0x/gm)].map((match) => match[1]!)];
  return [...new Set(paths)].flatMap((path) => {
    const file = readElf(path);
    return file ? [{ ...file, path }] : [];
  });
}

export function globToExpression(glob: string): RegExp {
  return new RegExp(
    `^${glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  );
}

export const isGlob = (pattern: string): boolean => /[*?]/.test(pattern);

/**
 * Functions that the target or its libraries import from each other and that match one of the patterns. A pattern
 * without wildcards is a name in any case: a library that is loaded later may have it.
 * @param known names that another stub exports already
 */
export function namesFor(
  patterns: readonly string[],
  objects: readonly LoadedObject[],
  known: ReadonlySet<string>,
): string[] {
  const names = new Set(patterns.filter((pattern) => !isGlob(pattern)));
  const globs = patterns.filter(isGlob).map(globToExpression);
  if (globs.length) {
    const functions = new Set<string>();
    const data = new Set<string>();
    for (const { symbols } of objects) {
      for (const { name, type, defined } of symbols) {
        if (defined) (type === 2 || type === 10 ? functions : data).add(name);
      }
    }
    for (const { symbols } of objects) {
      for (const { name, defined } of symbols) {
        if (defined || !functions.has(name) || data.has(name) || isInternal(name)) continue;
        if (globs.some((glob) => glob.test(name))) names.add(name);
      }
    }
  }
  return [...names].filter((name) => !known.has(name)).sort();
}
