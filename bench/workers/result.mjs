// What every worker ends with.

import { writeSync } from 'node:fs';

/** CPU milliseconds of this process so far, all of its threads. */
export function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The job, as the bench gave it. */
export const job = JSON.parse(process.argv[2] ?? '{}');

const started = cpu();

/**
 * Prints a result and ends at once, so that the bench can tell apart Node's work and its children's.
 * @param {Record<string, unknown>} result
 * @param {number} [workCpu] when the work was done before
 */
export function finish(result, workCpu = cpu() - started) {
  // On one line, in one write: nothing is pending when the process is killed.
  const text = JSON.stringify({ ...result, workCpu, selfCpu: 0 });
  writeSync(1, text.replace('"selfCpu":0}', `"selfCpu":${cpu()}}\n`));
  process.kill(process.pid, 'SIGKILL');
}
