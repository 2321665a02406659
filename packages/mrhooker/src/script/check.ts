/** `--check`: TypeScript's own compiler over scripts, with the headers' declarations. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MrhookerError } from '../error.js';
import { bundleOutline, type Script } from './bundle.js';
import { CONSOLE_DECLARATION, declareHeaders, headerSpecifiers } from './declare.js';
import type { HeaderFlags } from './prepare.js';

/** Where `import … from 'mrhooker'` finds its types, wherever the script lies. */
export function libraryTypes(): string {
  const compiled = fileURLToPath(new URL('../../dist/index.d.ts', import.meta.url));
  return existsSync(compiled) ? compiled : fileURLToPath(new URL('../index.ts', import.meta.url));
}

export const COMPILER_OPTIONS = {
  module: 'ESNext',
  moduleResolution: 'bundler',
  target: 'ES2023',
  lib: ['ES2023'],
  types: [] as string[],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
};

/** @throws MrhookerError `script`: with what the compiler says */
export async function checkScripts(scripts: readonly Script[], flags: HeaderFlags): Promise<void> {
  // Sources and packages that are missing are said in the bundler's words.
  const { inputs } = await bundleOutline(scripts);
  // The compiler names files by their real paths, and so they are short from where it runs.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mrhooker-check-')));
  try {
    const files = scripts.map(({ path, text }, index) => {
      if (text === undefined) return path;
      const file = join(folder, `-e${index === 0 ? '' : index + 1}.ts`);
      writeFileSync(file, text);
      return file;
    });
    const sources = inputs.filter(
      (path) => /\.[cm]?tsx?$/.test(path) && existsSync(path) && !path.includes('/node_modules/'),
    );
    const headers = await declareHeaders(headerSpecifiers([...new Set([...files, ...sources])]), flags);
    writeFileSync(join(folder, 'headers.d.ts'), headers);
    writeFileSync(join(folder, 'console.d.ts'), CONSOLE_DECLARATION);
    const config = {
      compilerOptions: { ...COMPILER_OPTIONS, paths: { mrhooker: [libraryTypes()] } },
      files: [...files, join(folder, 'headers.d.ts'), join(folder, 'console.d.ts')],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const colour = process.stderr.isTTY === true && process.env.NO_COLOR === undefined;
    const args = [compilerFor(files[0] as string), '-p', folder, '--pretty', String(colour)];
    const { status, stdout, stderr, error } = spawnSync(process.execPath, args, { cwd: flags.cwd, encoding: 'utf8' });
    if (error)
      throw new MrhookerError('script', `the TypeScript compiler could not be started: ${error.message}`, {
        cause: error,
      });
    if (status !== 0) {
      const said = (stdout + stderr).trimEnd().replace(/\S*mrhooker-check-\w+\/(-e\d*)\.ts/g, '$1');
      throw new MrhookerError('script', `the types do not fit:\n${said}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The script's own project's, or the one that comes with mrhooker. */
function compilerFor(script: string): string {
  for (const from of [pathToFileURL(script).href, import.meta.url]) {
    try {
      const manifest = createRequire(from).resolve('typescript/package.json');
      return join(dirname(manifest), 'bin', 'tsc');
    } catch {
      // The next one.
    }
  }
  throw new MrhookerError('script', 'there is no TypeScript to check types with: npm install typescript');
}
