// The frontends of this process.

import { readdirSync, readFileSync } from 'node:fs';

/** @returns {number[]} */
export function children() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === process.pid);
}

/** @param {number} pid */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

/**
 * Waits until Node has seen the end of its children: only then is their CPU time counted.
 * @param {readonly number[]} pids
 */
export async function gone(pids) {
  while (pids.some((pid) => parentOf(pid) === process.pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}
