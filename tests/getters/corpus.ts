/** What the getters are called on: small files of this folder that have, together, most of what Clang has nodes for. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TranslationUnit } from 'cmonster';

export interface Input {
  file: string;
  arguments: readonly string[];
}

const inputs = fileURLToPath(new URL('inputs', import.meta.url));
const objectiveC = ['-fblocks', '-fobjc-arc', '-fobjc-exceptions', '-fobjc-runtime=macosx-10.15'];

function input(name: string, ...args: string[]): Input {
  return { file: `${inputs}/${name}`, arguments: ['-w', ...args] };
}

/** One file for each sort of node, with its arguments in the first line. */
const snippets = fileURLToPath(new URL('../oracle/snippets', import.meta.url));
export const SNIPPETS: readonly Input[] = readdirSync(snippets)
  .sort()
  .flatMap((name) => {
    const file = `${snippets}/${name}`;
    const args = /^\/\/ args:(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1];
    return args === undefined ? [] : [{ file, arguments: ['-w', ...args.split(' ').filter(Boolean)] }];
  });

export const CORPUS: readonly Input[] = [
  input('plain.c', '-fblocks'),
  input('classes.cpp', '-std=c++23'),
  input('templates.cpp', '-std=c++20'),
  input('coroutines.cpp', '-std=c++20'),
  input('parallel.cpp', '-fopenmp'),
  input('objects.m', ...objectiveC),
  input('mixed.mm', ...objectiveC),
];

/** Everything there is to a file: headers, written types, comments. */
export function parseAll({ file, arguments: args }: Input): Promise<TranslationUnit> {
  return TranslationUnit.parse(file, {
    arguments: args,
    scope: 'all',
    typeLocs: true,
    comments: true,
    timeLimit: 300_000,
    questionTimeLimit: 60_000,
  });
}
