// Brings a machine from a fresh clone to ready: `npm run setup`. The other commands call it first, for what they need.
//
// A step says why it has something to do (or nothing, within milliseconds), and does it. To add one: write a file that
// exports such an object, and put it in the list, after what it needs.

import { pathToFileURL } from 'node:url';
import { consolePage } from './console-page.mjs';
import { withLock } from './lock.mjs';
import { engineSource, nativeBuild, runtimeBuild } from './native.mjs';
import { nodeVersion } from './node-version.mjs';
import { npmPackages } from './npm-packages.mjs';
import { printError } from './setup-error.mjs';
import { systemPackages } from './system-packages.mjs';
import { typescriptBuild } from './typescript.mjs';

/** @import { Group } from './packages.mjs' */

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {(groups: readonly Group[]) => string | undefined} reason why it must run; undefined when nothing is to do
 * @property {(groups: readonly Group[]) => Promise<void>} run
 */

/** @type {readonly Step[]} */
const steps = [
  nodeVersion,
  systemPackages,
  npmPackages,
  nativeBuild,
  engineSource,
  runtimeBuild,
  typescriptBuild,
  consolePage,
];

/**
 * @param {readonly Group[]} groups what the machine is to be ready for; its packages are installed
 * @returns {Promise<boolean>} whether there was anything to do
 */
export async function setup(groups) {
  let worked = false;
  for (const step of steps) {
    if (!step.reason(groups)) continue;
    worked = true;
    await withLock(async () => {
      // Asked again: another setup may have done it while this one waited.
      const reason = step.reason(groups);
      if (!reason) return;
      console.error(`${step.name}: ${reason}`);
      await step.run(groups);
    });
  }
  return worked;
}

/**
 * For a script whose job needs a machine that is ready: sets it up, or says what is wrong and ends the process.
 * @param {readonly Group[]} groups
 */
export async function setupOrExit(groups) {
  try {
    return await setup(groups);
  } catch (error) {
    printError(error);
    process.exit(1);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await setupOrExit(['build', 'test', 'check']);
  console.error('ready: npm start · npm test · npm run check');
}
