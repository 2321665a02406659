// Real code that isn't in this repository, fetched once into .cache, for the tests and benchmarks that need it.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { fetchDebianSource } from './debian-source.mjs';
import { withLock } from './lock.mjs';
import { cache } from './paths.mjs';
import { runLogged } from './progress.mjs';
import { printError, SetupError } from './setup-error.mjs';

const corpus = `${cache}/corpus`;

export { fetchDebianSource };

// SQLite 3.53.2 in one file of 9.5 MB. Debian's source package holds the separate files only; this npm package ships
// the amalgamation, and its own install script is not run.
const amalgamation = {
  npmPackage: 'better-sqlite3',
  version: '12.11.1',
  file: 'package/deps/sqlite3/sqlite3.c',
  sha256: '60d2f39a3726cd6b9021da6f4e868608d66fbb6528a9f513dc8ffcc640493422',
};

/** @returns {Promise<string>} the path of sqlite3.c, with sqlite3.h and sqlite3ext.h beside it */
export async function sqliteAmalgamation() {
  const folder = `${corpus}/sqlite-${amalgamation.sha256.slice(0, 12)}`;
  const path = `${folder}/sqlite3.c`;
  if (!existsSync(path)) {
    await withLock(async () => {
      if (!existsSync(path)) await fetchAmalgamation(folder);
    });
  }
  return path;
}

/** @param {string} folder where its files go, all at once */
async function fetchAmalgamation(folder) {
  const { npmPackage, version, file, sha256 } = amalgamation;
  const work = `${corpus}/.download-${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    await runLogged('npm', ['pack', '--silent', '--pack-destination', work, `${npmPackage}@${version}`], {
      title: 'download the SQLite amalgamation',
      log: 'sqlite-download',
    });
    await runLogged('tar', ['-xzf', `${work}/${npmPackage}-${version}.tgz`, '-C', work, 'package/deps/sqlite3'], {
      title: 'unpack the SQLite amalgamation',
      log: 'sqlite-unpack',
    });
    const found = createHash('sha256')
      .update(readFileSync(`${work}/${file}`))
      .digest('hex');
    if (found !== sha256) {
      throw new SetupError(`sqlite3.c of ${npmPackage} ${version} has the SHA-256 ${found}, not ${sha256}`);
    }
    renameSync(`${work}/package/deps/sqlite3`, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log(await sqliteAmalgamation());
  } catch (error) {
    printError(error);
    process.exitCode = 1;
  }
}
