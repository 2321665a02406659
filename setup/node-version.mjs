import { readFileSync } from 'node:fs';
import { root } from './paths.mjs';
import { SetupError } from './setup-error.mjs';

export const nodeVersion = {
  name: 'Node',

  /** Never something to run: setup can't replace the Node it runs on, so it says what is needed and stops. */
  reason() {
    const needed = minimumNode();
    if (isAtLeast(process.versions.node, needed)) return undefined;
    throw new SetupError(`Node ${needed} or later is needed, and this is Node ${process.versions.node}`, {
      advice: 'Install a newer Node (20, 22 or 24), then run the same command again.',
    });
  },

  async run() {},
};

function minimumNode() {
  const { engines } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  return engines.node.replace('>=', '');
}

/**
 * @param {string} version
 * @param {string} minimum
 */
export function isAtLeast(version, minimum) {
  const have = version.split('.').map(Number);
  for (const [index, part] of minimum.split('.').map(Number).entries()) {
    const difference = (have[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
