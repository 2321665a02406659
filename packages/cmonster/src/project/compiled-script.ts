/**
 * A script that imports nothing but this package and Node's modules, compiled once and kept in the cache. To load it then takes
 * neither a compiler nor the thread in which Node asks a loader about each module: a sixth of a run in which nothing has changed.
 */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import type { BuildOptions, Plugin } from 'esbuild';
import { UnitCache } from '../cache/unit-cache.js';
import { version } from '../version.js';

/** What means something else in another file, or in one that is not a module. */
const BOUND_TO_ITS_PLACE = /\bimport\s*\.\s*meta\b|\bimport\s*\(|\brequire\b|\bexports\b|\b__(?:dirname|filename)\b/;

/** The module to import in the script's place; undefined where the script has to be loaded as what it is. */
export async function compiledScript(file: string, entry: string, cache: string): Promise<string | undefined> {
  if (!/\.m?[jt]s$/.test(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  if (BOUND_TO_ITS_PLACE.test(text)) return undefined;
  return new UnitCache(cache).module([version, entry, file, text], (path) => compile(file, text, entry, path));
}

async function compile(file: string, text: string, entry: string, path: string): Promise<string | undefined> {
  const onlyOurs: Plugin = {
    name: 'only-ours',
    setup(build) {
      build.onResolve({ filter: /./ }, (args) => {
        if (args.kind === 'entry-point') return { path: args.path };
        if (args.path === 'cmonster') return { path: entry, external: true };
        if (isBuiltin(args.path)) return { path: args.path, external: true };
        return { errors: [{ text: 'another module' }] };
      });
      // What was looked at is what is compiled, whatever happens to the file meanwhile.
      build.onLoad({ filter: /./ }, () => ({ contents: text, loader: /ts$/.test(file) ? 'ts' : 'js' }));
    },
  };
  const options = {
    entryPoints: [file],
    outfile: path,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    sourcesContent: false,
    tsconfigRaw: {},
    keepNames: true,
    logLevel: 'silent',
    plugins: [onlyOurs],
  } satisfies BuildOptions;
  const { build } = await import('esbuild');
  try {
    return (await build(options)).outputFiles[0]?.text;
  } catch {
    // Its other modules, or its errors, are shown by the usual way.
    return undefined;
  }
}
