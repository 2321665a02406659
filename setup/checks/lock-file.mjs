import { readFileSync } from 'node:fs';
import { root } from '../paths.mjs';

/** An install must use the registry that the machine is set to, so the lock file names none. */
export const lockFile = {
  title: 'package-lock.json names no download address',
  repair: 'rm package-lock.json && npm install --package-lock-only, in the repository, whose .npmrc leaves them out',
  problems() {
    const { packages } = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8'));
    const named = Object.keys(packages).filter((path) => /:\/\//.test(packages[path].resolved ?? ''));
    return named.length ? named.join('\n') : undefined;
  },
};
