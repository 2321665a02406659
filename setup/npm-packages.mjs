// Installs exactly what package-lock.json says, when node_modules holds anything else.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { root } from './paths.mjs';
import { runLogged } from './progress.mjs';
import { contentFingerprint, hasStamp, writeStamp } from './stamps.mjs';

/** What npm itself notes down about the tree that it last laid out. */
const installedLock = `${root}/node_modules/.package-lock.json`;

export const npmPackages = {
  name: 'npm packages',

  reason() {
    if (!existsSync(installedLock)) return 'not installed yet';
    // What one package has for itself; another version lies in node_modules, and would be taken instead.
    const own = missing(readJson(installedLock));
    if (own) return `${own} is gone`;
    if (hasStamp('npm-packages', fingerprint())) return undefined;
    if (!isInstalled(readJson(`${root}/package-lock.json`), readJson(installedLock)))
      return 'package-lock.json changed';
    // Somebody ran npm themselves, and the result is the same.
    writeStamp('npm-packages', fingerprint());
    return undefined;
  },

  async run() {
    await runLogged('npm', ['ci', '--no-progress'], {
      title: 'npm packages',
      log: 'npm-ci',
      advice: 'If package.json and package-lock.json disagree, run: npm install',
    });
    writeStamp('npm-packages', fingerprint());
  },
};

/** @param {Lock} installed */
function missing(installed) {
  return Object.keys(installed.packages).find((path) => path.startsWith('packages/') && !existsSync(`${root}/${path}`));
}

function fingerprint() {
  const manifests = readdirSync(`${root}/packages`).map((name) => `${root}/packages/${name}/package.json`);
  return contentFingerprint([`${root}/package-lock.json`, `${root}/package.json`, ...manifests]);
}

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean }} Entry
 * @typedef {{ packages: Record<string, Entry> }} Lock
 */

/**
 * Whether every package of the lock is there in the locked version; optional ones may be for another platform.
 * @param {Lock} wanted
 * @param {Lock} installed
 */
export function isInstalled(wanted, installed) {
  return Object.entries(wanted.packages).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed.packages[path];
    if (!found) return entry.optional === true;
    return found.link === entry.link && found.version === entry.version && found.integrity === entry.integrity;
  });
}

/** @param {string} path */
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
