import { readFileSync } from 'node:fs';
import { root } from '../paths.mjs';

/**
 * An install must use the registry that the machine is set to, so the lock file names none. And it must hold every
 * platform's variant: npm silently leaves out an optional dependency that it can't find, and `npm ci` then refuses.
 */
export const lockFile = {
  title: 'package-lock.json is complete and names no download address',
  repair: 'rm -r node_modules package-lock.json && npm install, in the repository, whose .npmrc leaves addresses out',
  problems() {
    const found = lockProblems(JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')));
    return found.length ? found.join('\n') : undefined;
  },
};

/** @typedef {{ resolved?: string, optionalDependencies?: Record<string, string> }} Entry */

/**
 * @param {{ packages: Record<string, Entry> }} lock
 * @returns {string[]}
 */
export function lockProblems({ packages }) {
  return Object.entries(packages).flatMap(([path, { resolved = '', optionalDependencies = {} }]) => [
    ...(resolved.includes('://') ? [`${path}: ${resolved}`] : []),
    ...Object.keys(optionalDependencies)
      .filter((name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`])
      .map((name) => `${path}: its optional dependency ${name} is missing from the lock file`),
  ]);
}
