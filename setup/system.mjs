// What machine this is, as far as installing packages goes. The steps take it as a parameter, so that tests can say
// that it is another one.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter } from 'node:path';

/**
 * @typedef {object} System
 * @property {string} name for a person, for instance `Debian GNU/Linux 12 (bookworm)`
 * @property {boolean} hasApt whether packages are Debian's, installed with apt-get
 * @property {boolean} isRoot
 * @property {(command: string) => boolean} hasCommand
 * @property {(path: string) => boolean} hasFile
 * @property {(names: readonly string[]) => string[]} installedPackages which of these Debian packages are installed
 */

/** @returns {System} */
export function thisSystem() {
  const release = readOsRelease();
  return {
    name: release.PRETTY_NAME ?? process.platform,
    hasApt: isDebianLike(release) && hasCommand('apt-get') && hasCommand('dpkg-query'),
    isRoot: process.getuid?.() === 0,
    hasCommand,
    hasFile: existsSync,
    installedPackages,
  };
}

/** MONSTERLAB_OS_RELEASE names another file to read: a way to see what setup says on another system. */
export function readOsRelease() {
  const path = process.env.MONSTERLAB_OS_RELEASE ?? '/etc/os-release';
  return existsSync(path) ? parseOsRelease(readFileSync(path, 'utf8')) : {};
}

/**
 * @param {string} text os-release(5)
 * @returns {Record<string, string>}
 */
export function parseOsRelease(text) {
  return Object.fromEntries(
    [...text.matchAll(/^([A-Z0-9_]+)=(["']?)(.*)\2$/gm)].map(([, name, , value]) => [name, value]),
  );
}

/** @param {Record<string, string>} release */
export const isDebianLike = ({ ID = '', ID_LIKE = '' }) => [ID, ...ID_LIKE.split(' ')].includes('debian');

/** @param {string} command */
function hasCommand(command) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(`${folder}/${command}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * @param {readonly string[]} names
 * @returns {string[]}
 */
function installedPackages(names) {
  // dpkg-query exits with 1 when it doesn't know one of the names, and still lists the others.
  const query = spawnSync('dpkg-query', ['--show', '--showformat=${db:Status-Abbrev}\t${Package}\n', ...names], {
    encoding: 'utf8',
  });
  return query.stdout
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([status]) => status?.startsWith('ii'))
    .map(([, name]) => name);
}
