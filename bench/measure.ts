/**
 * Measuring on a machine that others use too: CPU time rather than the clock, the least of several runs (noise only ever
 * adds), and peers in turn, so that a slow minute slows all of them.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Milliseconds. `cpu` is that of the command and of every process that it started and waited for. */
export interface Timed {
  cpu: number;
  wall: number;
  stdout: string;
}

/** Runs a command; bash's `time` gives its processor time to the millisecond. */
export function timed(command: string, args: readonly string[], allowFailure = false): Timed {
  const script = 'TIMEFORMAT="%3U %3S %3R"; time "$@" 2>&3';
  const result = spawnSync('bash', ['-c', script, 'bash', command, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const numbers = /([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(result.stderr);
  if (!numbers || (result.status !== 0 && !allowFailure)) {
    const said = (result.output as unknown as (string | null)[])[3] ?? '';
    throw new Error(`${command} ${args.join(' ')} failed: ${result.stderr}${said}`.slice(0, 2000));
  }
  const [user, system, real] = numbers.slice(1).map(Number) as [number, number, number];
  return { cpu: (user + system) * 1000, wall: real * 1000, stdout: result.stdout };
}

/** What a worker printed, with what all of its processes used. */
export interface Worked<T> {
  result: T & { selfCpu: number; workCpu: number };
  /** Of the children that the worker waited for. */
  childCpu: number;
  /** Of the worker's work, Node's start left out, and of its children. */
  cpu: number;
}

/** Runs `workers/<name>.mjs` in a Node of its own. It kills itself when it has printed its result: that leaves out Node's end. */
export function work<T>(name: string, job: Record<string, unknown>, nodeOptions: readonly string[] = []): Worked<T> {
  const path = fileURLToPath(new URL(`workers/${name}.mjs`, import.meta.url));
  const run = timed(process.execPath, [...nodeOptions, path, JSON.stringify(job)], true);
  const line = run.stdout.trim().split('\n').at(-1);
  if (!line?.startsWith('{')) throw new Error(`the worker ${name} printed no result for ${JSON.stringify(job)}`);
  const result = JSON.parse(line) as Worked<T>['result'];
  const childCpu = Math.max(0, run.cpu - result.selfCpu);
  return { result, childCpu, cpu: result.workCpu + childCpu };
}

/** Runs each in turn, `rounds` times, and gives for each what it gave, in order. */
export function interleave<K extends string, T>(rounds: number, runs: Record<K, () => T>): Record<K, T[]> {
  const names = Object.keys(runs) as K[];
  const results = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<K, T[]>;
  for (let round = 0; round < rounds; round++) for (const name of names) results[name].push(runs[name]());
  return results;
}

export const least = (values: readonly number[]): number => Math.min(...values);

/** The element whose number is the least. */
export function leastBy<T>(items: readonly T[], number: (item: T) => number): T {
  return items.reduce((best, item) => (number(item) < number(best) ? item : best));
}
