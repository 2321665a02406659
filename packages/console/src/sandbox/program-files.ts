// What every worker needs, made once: the engine's WebAssembly compiled, the worker's own program and the engine's
// first script, each bundled into one text. So a worker starts without looking for files.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compile } from './web-assembly.js';

export interface ProgramFiles {
  wasm: WebAssembly.Module;
  /** A module for a worker, in a URL of its own: making one from so long a text takes as long as the rest of the start. */
  worker: URL;
  /** A script for the engine. */
  guest: string;
}

let files: Promise<ProgramFiles> | undefined;

export function programFiles(): Promise<ProgramFiles> {
  files ??= load();
  return files;
}

async function load(): Promise<ProgramFiles> {
  const require = createRequire(import.meta.url);
  const [wasm, worker, guest] = await Promise.all([
    readFile(require.resolve('@jitl/quickjs-wasmfile-release-sync/wasm')).then((bytes) => compile(bytes)),
    bundle('./worker', 'node'),
    bundle('./guest/guest', 'neutral'),
  ]);
  return { wasm, worker: new URL(`data:text/javascript,${encodeURIComponent(worker)}`), guest };
}

/** As source when this is run from source, and as compiled otherwise. */
async function bundle(name: string, platform: 'node' | 'neutral'): Promise<string> {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(name + extension, import.meta.url))],
    bundle: true,
    write: false,
    platform,
    format: platform === 'node' ? 'esm' : 'iife',
    minifySyntax: true,
    minifyWhitespace: true,
    target: platform === 'node' ? 'node20' : 'es2023',
    // The engine's loader asks where it is, though it is given all it could look for there.
    define: { 'import.meta.url': JSON.stringify(import.meta.url) },
    legalComments: 'none',
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}
