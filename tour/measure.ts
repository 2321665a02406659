// How long what takes.
import { type ParseOptions, TranslationUnit, type ViewOptions } from 'cmonster';
import { base, during, number, table } from './screen.js';

const everything = { implicit: true, instantiations: true, typeLocs: true };

export function timed<T>(job: () => T): { result: T; milliseconds: number } {
  const started = performance.now();
  const result = job();
  return { result, milliseconds: performance.now() - started };
}

/** Parses, walks all, and says what it cost. */
export async function parseAndMeasure(file: string, options: ParseOptions): Promise<TranslationUnit> {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const tu = await during(`parsing ${base(file)}`, TranslationUnit.parse(file, options));
  const wall = performance.now() - started;
  const own = process.cpuUsage(cpu);
  const rows = [
    ['Clang parses', `${number(tu.times.parse ?? 0)} ms`, 'of CPU time, in a process of its own'],
    ['the tree becomes columns', `${number(tu.times.snapshot ?? 0)} ms`, 'of CPU time there'],
    ['TypeScript takes them in', `${number((own.user + own.system) / 1000)} ms`, 'of CPU time here'],
    ['ready after', `${number(wall)} ms`, 'by the clock'],
  ];
  const written = count(tu);
  // The first walk makes the objects; the others are what a script goes on to pay.
  const walks = Array.from({ length: 4 }, () => timed(() => count(tu, everything)));
  const nodes = walks[0]?.result ?? 0;
  const milliseconds = Math.min(...walks.map((walk) => walk.milliseconds));
  rows.push([
    'a walk over all nodes',
    `${number(milliseconds)} ms`,
    `${number((milliseconds * 1e6) / nodes)} ns a node`,
  ]);
  rows.push(['nodes', number(nodes), `${number(written)} of them as written, the others by the compiler`]);
  table(rows, ['', '>', '']);
  return tu;
}

function count(tu: TranslationUnit, options?: ViewOptions): number {
  let nodes = 0;
  for (const _ of tu.walk(options)) nodes++;
  return nodes;
}
