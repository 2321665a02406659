// Sixth stop: a running program, through one of the functions that it calls.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bar, colours, heading, number, print, table } from './screen.js';

const mrhooker = fileURLToPath(new URL('../packages/mrhooker/bin/mrhooker.js', import.meta.url));
const SHOWN = 8;

interface End {
  type: string;
  functions: { seen: number; hooked: number }[];
  shared: { entries: { key: string; value: number }[] }[];
}

export function showHook(script: string, command: readonly string[]): void {
  print(`  ${colours.cyan(`mrhooker ${script} ${command.join(' ')}`)}`, '');
  const text = readFileSync(script, 'utf8');
  print(
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => `  ${colours.dim(line)}`),
  );
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [mrhooker, '--json', script, ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const milliseconds = performance.now() - started;
  const end = stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as End)
    .find(({ type }) => type === 'end');
  if (status !== 0 || !end) throw new Error(`mrhooker ended with ${status}: ${stderr}`);
  const entries = end.shared[0]?.entries ?? [];
  const seen = end.functions.reduce((sum, { seen }) => sum + seen, 0);
  heading(`It calls getenv ${number(seen)} times, for ${number(entries.length)} variables:`);
  const most = entries.toSorted((a, b) => b.value - a.value).slice(0, SHOWN);
  table(
    most.map(({ key, value }) => [key, number(value), bar(value, most[0]?.value ?? 1, 16)]),
    ['', '>', ''],
  );
  print('', `  in ${number(milliseconds)} ms, with the compiling of the script the first time`);
}
