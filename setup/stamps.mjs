// A stamp says what a step saw when it last succeeded, so that the next run can tell in a moment that nothing changed.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { setupCache } from './paths.mjs';

/** @param {string} name */
const stampPath = (name) => `${setupCache}/${name}.stamp`;

/**
 * @param {string} name
 * @param {string} value
 */
export function hasStamp(name, value) {
  try {
    return readFileSync(stampPath(name), 'utf8') === value;
  } catch {
    return false;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function writeStamp(name, value) {
  mkdirSync(setupCache, { recursive: true });
  writeFileSync(stampPath(name), value);
}

/**
 * A hash of what the files hold; a missing file counts as empty.
 * @param {readonly string[]} paths
 */
export function contentFingerprint(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    hash.update(`${path}\0`);
    try {
      hash.update(readFileSync(path));
    } catch {}
  }
  return hash.digest('hex');
}

/**
 * A hash of names, sizes and times of change, for trees too large to read on every start.
 * @param {readonly string[]} paths files and folders
 * @param {(name: string) => boolean} [skip] names of files and folders to leave out
 */
export function treeFingerprint(paths, skip = () => false) {
  const hash = createHash('sha256');
  for (const path of paths) visit(path);
  return hash.digest('hex');

  /** @param {string} path */
  function visit(path) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    if (!stat.isDirectory()) {
      hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
      return;
    }
    for (const name of readdirSync(path).sort()) {
      if (name !== 'node_modules' && !skip(name)) visit(`${path}/${name}`);
    }
  }
}
