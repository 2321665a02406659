/** A script and all it imports, as one text. */
import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions as EsbuildOptions, Message, Plugin } from 'esbuild';
import { MrhookerError } from '../error.js';
import { SCHEME } from '../headers/specifier.js';

/** A script: a file, or text from the command line. */
export interface Script {
  /** Absolute; of text where it would lie. */
  path: string;
  text?: string;
}

export interface Bundle {
  code: string;
  map: string;
  /** Every file that went into it. */
  inputs: string[];
}

/** What modules that are written for a script hold, by specifier. */
export type VirtualModules = Readonly<Record<string, string>>;

const own = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const library = (name: string): string => fileURLToPath(new URL(`../target/${name}.${own}`, import.meta.url));
const LIBRARY: Readonly<Record<string, string>> = {
  mrhooker: library('index'),
  'mrhooker:types': library('types'),
  'mrhooker:prelude': library('prelude'),
};

/** The scripts with what they import from files and packages; headers and this package stay outside. */
export async function bundleOutline(scripts: readonly Script[]): Promise<Bundle> {
  const outside: Plugin = {
    name: 'outside',
    setup(build) {
      build.onResolve({ filter: /^(c:|mrhooker$)/ }, ({ path }) => ({ path, external: true, sideEffects: false }));
    },
  };
  // What the whole bundle will import must be read here, also where it turns out not to be needed.
  const options: EsbuildOptions = { format: 'esm', treeShaking: false, plugins: [outside, scriptTexts(scripts)] };
  return run(scripts, options, scripts.map(importOf).join(''));
}

/** All of it, to be run in the engine. */
export async function bundleScript(scripts: readonly Script[], modules: VirtualModules): Promise<Bundle> {
  const inside: Plugin = {
    name: 'inside',
    setup(build) {
      build.onResolve({ filter: /^(c:|mrhooker($|:)|#mrhooker\/)/ }, ({ path }) => {
        const file = LIBRARY[path];
        if (file !== undefined) return { path: file };
        return modules[path] === undefined ? undefined : { path, namespace: 'made', sideEffects: false };
      });
      build.onLoad({ filter: /.*/, namespace: 'made' }, ({ path }) => ({
        contents: modules[path] as string,
        loader: 'js',
      }));
    },
  };
  const entry = `import 'mrhooker:prelude';\n${scripts.map(importOf).join('')}`;
  return run(scripts, { format: 'iife', plugins: [inside, scriptTexts(scripts)] }, entry);
}

function importOf({ path }: Script): string {
  return `import ${JSON.stringify(path)};\n`;
}

/** Scripts that are no files. */
function scriptTexts(scripts: readonly Script[]): Plugin {
  const texts = new Map(scripts.flatMap(({ path, text }) => (text === undefined ? [] : [[path, text] as const])));
  return {
    name: 'texts',
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path }) => (texts.has(path) ? { path, namespace: 'text' } : undefined));
      build.onLoad({ filter: /.*/, namespace: 'text' }, ({ path }) => ({
        contents: texts.get(path) as string,
        loader: 'ts',
        resolveDir: dirname(path),
      }));
    },
  };
}

async function run(scripts: readonly Script[], options: EsbuildOptions, entry: string): Promise<Bundle> {
  for (const { path, text } of scripts) {
    if (text === undefined && !existsSync(path)) throw new MrhookerError('script', `there is no script '${path}'`);
  }
  // Costs 25 ms, which a script that was built before need not wait for.
  const { build } = await import('esbuild');
  const folder = dirname(scripts[0]?.path ?? '.');
  try {
    const result = await build({
      stdin: { contents: entry, resolveDir: folder, sourcefile: 'mrhooker-entry.js', loader: 'js' },
      bundle: true,
      write: false,
      outfile: `${folder}/script.js`,
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['import', 'module', 'default'],
      target: 'es2023',
      charset: 'utf8',
      sourcemap: 'external',
      sourcesContent: false,
      metafile: true,
      logLevel: 'silent',
      absWorkingDir: folder,
      treeShaking: true,
      legalComments: 'none',
      ...options,
    });
    const code = result.outputFiles?.find(({ path }) => path.endsWith('.js'))?.text ?? '';
    const map = result.outputFiles?.find(({ path }) => path.endsWith('.map'))?.text ?? '{}';
    const inputs = Object.keys(result.metafile?.inputs ?? {})
      .filter((path) => !/^(made|text):|^mrhooker-entry/.test(path))
      .map((path) => resolve(folder, path));
    return { code, map: absoluteSources(map, folder), inputs };
  } catch (error) {
    throw scriptError(error, folder);
  }
}

/** Sources by absolute path: whoever prints a place shortens it. */
function absoluteSources(map: string, folder: string): string {
  const parsed = JSON.parse(map) as { sources?: string[] };
  parsed.sources = (parsed.sources ?? []).map((source) =>
    /^(made|text):/.test(source) ? source.replace(/^text:/, '') : resolve(folder, source),
  );
  return JSON.stringify(parsed);
}

function scriptError(error: unknown, folder: string): unknown {
  const { errors } = error as { errors?: Message[] };
  if (!errors) return error;
  const lines = errors.map(({ text, location }) => {
    const place = location
      ? `${resolve(folder, location.file.replace(/^text:/, ''))}:${location.line}:${location.column + 1}: `
      : '';
    return `${place}${explain(text)}`;
  });
  return new MrhookerError('script', lines.join('\n'), { cause: error });
}

/** What the bundler says, in the words of somebody who writes hooks. */
function explain(text: string): string {
  const missing = /^Could not resolve "(.+)"/.exec(text)?.[1];
  if (missing === undefined) return text;
  if (missing.startsWith(SCHEME)) return `'${missing}' is no header that was read`;
  if (isBuiltin(missing))
    return `'${missing}' belongs to Node: a script runs inside of the program it hooks, where there is none`;
  return `there is no module '${missing}'${/^[./]/.test(missing) ? '' : ': is its package installed?'}`;
}

/** As a person would refer to a file from where they are. */
export function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') || short === '' ? path : short;
}

export function scriptName({ path, text }: Script): string {
  return text === undefined ? basename(path) : '-e';
}
