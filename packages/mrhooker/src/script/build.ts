/** From scripts to what the launcher starts a command with: stubs, bytecode, a manifest. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from '../stub/manifest.js';
import { defaultBuildDir, openBuildDir } from './build-dir.js';
import type { Script } from './bundle.js';
import { BuildCache, sha256 } from './cache.js';
import type { HeaderFlags, Prepared } from './prepare.js';

export type { Script };

export interface ScriptBuildOptions extends HeaderFlags {
  /** The user's cache by default. */
  buildDir?: string;
}

/** Files that the launcher takes. */
export interface ScriptBuild {
  /** Where they are. */
  folder: string;
  stubs: string[];
  bytecode: string;
  manifest: Manifest;
  /** Nothing had to be made. */
  cached: boolean;
}

/** Changes whenever what is built changes for the same input. */
const FORMAT = 1;
const BYTECODE = 'script.bc';
const MANIFEST = 'manifest.json';
/** Names of the stubs. */
const FILES = 'files.json';
const SOURCE_MAP = 'script.js.map';

/**
 * Builds scripts that are stacked, the last one outermost, or finds them built.
 * @throws MrhookerError `script`, `header`, `function`, `stub`, `build-dir`
 */
export async function buildScript(scripts: readonly Script[], options: ScriptBuildOptions): Promise<ScriptBuild> {
  const cache = new BuildCache(openBuildDir(options.buildDir ?? defaultBuildDir()));
  const key = keyOf(scripts, options);
  const known = cache.find(key);
  if (known !== undefined) return { ...filesIn(known), cached: true };
  // What a script that was built before need not wait for.
  const [{ prepare }, { builtFile }] = await Promise.all([import('./prepare.js'), import('../stub/native.js')]);
  const prepared = await prepare(scripts, options);
  // Bytecode is of one engine's version.
  const inputs = [...prepared.inputs, builtFile('mrhooker-compile')];
  const folder = await cache.keep(key, inputs, (into) => write(into, scripts, prepared));
  return { ...filesIn(folder), cached: false };
}

function keyOf(scripts: readonly Script[], { cwd, includes = [], defines = [] }: ScriptBuildOptions): string {
  const version = ownVersion();
  const parts = scripts.map(({ path, text }) => [path, text ?? null]);
  return sha256(JSON.stringify([FORMAT, version, process.arch, parts, cwd, includes, defines])).slice(0, 32);
}

/** This package's version, and when its generators were last changed: in the repository one version sees many. */
function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const changed = ['.', '../headers'].flatMap((folder) => {
    const path = fileURLToPath(new URL(folder, import.meta.url));
    return readdirSync(path).map((name) => statSync(join(path, name)).mtimeMs);
  });
  return `${(JSON.parse(text) as { version: string }).version} ${Math.max(...changed)}`;
}

function filesIn(folder: string): Omit<ScriptBuild, 'cached'> {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const { stubs } = read(FILES) as { stubs: string[] };
  const manifest = read(MANIFEST) as Manifest;
  return {
    folder,
    stubs: stubs.map((name) => join(folder, name)),
    bytecode: join(folder, BYTECODE),
    manifest: { ...manifest, sourceMap: readFileSync(join(folder, SOURCE_MAP), 'utf8') },
  };
}

async function write(folder: string, scripts: readonly Script[], { analysis, units, bundle }: Prepared): Promise<void> {
  const [{ compileScript }, { compileStub }, { manifestOf }, { stubSource }] = await Promise.all([
    import('../stub/bytecode.js'),
    import('../stub/compile.js'),
    import('./manifest.js'),
    import('./stub-source.js'),
  ]);
  const stubs = units.map(({ language }) => (language === 'c' ? 'stub.so' : 'stub-cpp.so'));
  await Promise.all([
    ...units.map((unit, index) => {
      const source = stubSource(unit);
      writeFileSync(join(folder, unit.language === 'c' ? 'stub.c' : 'stub.cpp'), source);
      return compileStub(source, unit.language, join(folder, stubs[index] as string), unit.arguments);
    }),
    compileScript(bundle.code, join(folder, BYTECODE)),
  ]);
  writeFileSync(join(folder, 'script.js'), bundle.code);
  writeFileSync(join(folder, SOURCE_MAP), bundle.map);
  writeFileSync(join(folder, FILES), JSON.stringify({ stubs }));
  writeFileSync(join(folder, MANIFEST), JSON.stringify(manifestOf(scripts, analysis, units, SOURCE_MAP)));
}
