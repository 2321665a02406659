// Small helpers for the checks: run a program and keep what it says; list the repository's files.

import { spawnSync } from 'node:child_process';
import { root } from './paths.mjs';

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {{ ok: boolean, output: string }} both streams together
 */
export function capture(command, args) {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 256 * 2 ** 20 });
  if (result.error) return { ok: false, output: result.error.message };
  return { ok: result.status === 0, output: `${result.stdout}${result.stderr}`.trim() };
}

/**
 * Runs the program of an installed npm package, without npm's own half second.
 * @param {string} path in node_modules
 * @param {readonly string[]} args
 */
export const captureNode = (path, args) => capture(process.execPath, [`${root}/node_modules/${path}`, ...args]);

/**
 * The files that git knows or would add, relative to the root; nothing that is ignored.
 * @param {readonly string[]} patterns git pathspecs
 * @returns {string[]}
 */
export function listFiles(patterns) {
  const list = capture('git', [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    '--deduplicate',
    ...patterns,
  ]);
  // A file that was deleted and not yet committed is still listed.
  const deleted = new Set(capture('git', ['ls-files', '-z', '--deleted', ...patterns]).output.split('\0'));
  return list.output.split('\0').filter((path) => path && !deleted.has(path));
}
