// How this package starts Node on programs of its own and of its neighbours: as compiled, or from source by tsx.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const fromSource = import.meta.url.endsWith('.ts');
const require = createRequire(import.meta.url);

/** Arguments of Node that run a file of this package. @param name relative to src/, without its ending */
export function ownProgram(name: string): string[] {
  const file = fileURLToPath(new URL(name + (fromSource ? '.ts' : '.js'), import.meta.url));
  if (!fromSource) return [file];
  return ['--import', pathToFileURL(require.resolve('tsx')).href, file];
}

/** Arguments of Node that run another package's command. */
export function command(name: 'cmonster' | 'mrhooker'): string[] {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
  return [join(dirname(manifest), bin[name]!)];
}
