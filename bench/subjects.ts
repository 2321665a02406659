/** The source files that are measured, and how they are compiled. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fetchDebianSource, sqliteAmalgamation } from '../setup/corpus.mjs';
import { cache } from '../setup/paths.mjs';

export interface Subject {
  name: string;
  what: string;
  language: 'C' | 'C++';
  file: string;
  arguments: readonly string[];
}

const here = (name: string): string => fileURLToPath(new URL(`subjects/${name}`, import.meta.url));

export async function subjects(): Promise<Record<'sqlite' | 'stl' | 'json' | 'eigen', Subject>> {
  const json = await fetchDebianSource('nlohmann-json3');
  const eigen = await fetchDebianSource('eigen3');
  return {
    sqlite: {
      name: 'sqlite3.c',
      what: 'SQLite 3.53.2 in one file of 9.5 MB',
      language: 'C',
      file: await sqliteAmalgamation(),
      arguments: [],
    },
    stl: {
      name: 'stl.cpp',
      what: 'five STL headers and 20 lines',
      language: 'C++',
      file: here('stl.cpp'),
      arguments: ['-std=c++17'],
    },
    json: {
      name: 'json.cpp',
      what: 'nlohmann-json 3.11.2, parsed, converted, printed',
      language: 'C++',
      file: here('json.cpp'),
      arguments: ['-std=c++17', `-I${json}/single_include`],
    },
    eigen: {
      name: 'eigen.cpp',
      what: 'Eigen 3.4.0, a solver and a decomposition',
      language: 'C++',
      file: here('eigen.cpp'),
      arguments: ['-std=c++17', `-I${eigen}`],
    },
  };
}

const folder = `${cache}/bench`;

/** A file made for one measurement. */
export function writeSubject(name: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}/${name}`;
  writeFileSync(path, text);
  return path;
}
