// The model of Clang's AST classes, as the reader (reader/main.cpp) writes it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const buildDirectory = join(here, 'build');
const modelFile = join(buildDirectory, 'model.json');

/** What a C++ method returns, sorted into the categories of return-kind.cpp. */
export type ReturnKind = { nullable?: boolean } & (
  | { k: 'bool' | 'double' | 'bigint' | 'string' | 'location' | 'range' | 'templateName' }
  | { k: 'int'; bits: number }
  | { k: 'enum' | 'type' | 'decl' | 'stmt' | 'attr' | 'typeloc' | 'node' | 'unsupported'; of: string }
  | { k: 'list'; of: ReturnKind }
  | { k: 'tuple' | 'union'; of: ReturnKind[] }
);

export interface MethodModel {
  name: string;
  returns: ReturnKind;
  /** The return type as written in the header. */
  cpp: string;
  virtual: boolean;
  /** Defined in the header. */
  inline: boolean;
  /** Its own text contains an assertion. */
  asserts: boolean;
  parameters: number;
  doc: string;
  /** The class that brought it in, when that is neither this class nor one of the family. */
  mixin?: string;
}

export interface ClassModel {
  /** Qualified, as in `clang::comments::TextComment`. */
  name: string;
  /** The root of its family, as in `clang::comments::Comment`. */
  root: string;
  /** The base class in the family; empty for a root. */
  parent: string;
  /** Relative to Clang's include directory. */
  header: string;
  methods: MethodModel[];
}

export interface EnumModel {
  scoped: boolean;
  doc: string;
  enumerators: [name: string, value: number][];
}

export interface Model {
  kinds: string[];
  classes: ClassModel[];
  enums: Record<string, EnumModel>;
}

function run(command: string, args: string[]): string {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (result.error || result.status !== 0)
    throw new Error(
      `${[command, ...args].join(' ')} failed:\n${result.error?.message ?? result.stderr}${result.stdout}`,
    );
  return result.stdout;
}

/** Builds the reader where its sources changed, runs it where that or kinds.h is newer than the model. */
export function readModel(): Model {
  if (!existsSync(join(buildDirectory, 'build.ninja'))) {
    mkdirSync(buildDirectory, { recursive: true });
    run('cmake', ['-S', join(here, 'reader'), '-B', buildDirectory, '-G', 'Ninja', '-DCMAKE_CXX_COMPILER=clang++-19']);
  }
  run('ninja', ['-C', buildDirectory, '-j', '2']);
  const reader = join(buildDirectory, 'reader');
  const inputs = [reader, join(here, 'reader/ast-headers.h'), join(here, '../frontend/src/kinds.h')];
  const age = (file: string) => (existsSync(file) ? statSync(file).mtimeMs : 0);
  if (inputs.some((file) => age(file) > age(modelFile))) writeFileSync(modelFile, run(reader, []));
  return JSON.parse(readFileSync(modelFile, 'utf8')) as Model;
}
