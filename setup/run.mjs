// `node setup/run.mjs [--for=GROUP] SCRIPT.ts ARGS…`: sets the machine up, then runs one of the project's own
// TypeScript programs with ARGS.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';
import { setupOrExit } from './setup.mjs';

/** @import { Group } from './packages.mjs' */

/**
 * Runs a program in the foreground, and exits as it did.
 * @param {readonly string[]} args of Node
 * @param {Record<string, string>} [env]
 * @param {import('node:child_process').StdioOptions} [stdio]
 */
export function becomeNode(args, env = {}, stdio = 'inherit') {
  const child = spawn(process.execPath, args, { cwd: root, stdio, env: { ...process.env, ...env } });
  // Ctrl-C reaches the child by itself, as it is in the same group; it decides when to end.
  process.on('SIGINT', () => {});
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGTERM']));
}

/**
 * @param {string} script a path in the repository
 * @param {readonly string[]} args
 * @param {readonly Group[]} groups
 */
export async function runScript(script, args, groups) {
  await setupOrExit(groups);
  if (existsSync(`${root}/${script}`)) {
    // Over the channel it may hear that this program is gone.
    becomeNode(['--import', 'tsx', `${root}/${script}`, ...args], {}, ['inherit', 'inherit', 'inherit', 'ipc']);
  } else {
    console.error(`there is no ${script} yet`);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const args = process.argv.slice(2);
  const group = /** @type {Group | undefined} */ (/^--for=(.*)/.exec(args[0] ?? '')?.[1]);
  const [script, ...rest] = group ? args.slice(1) : args;
  await runScript(script, rest, group ? ['build', group] : ['build']);
}
