// Runs an example as a person does.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const cmonster = `${root}/packages/cmonster/bin/cmonster.js`;

/** The lines that an example prints, run in a folder on files of it. */
export async function runExample(name: string, folder: string, args: readonly string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [cmonster, 'run', `${root}/examples/${name}.ts`, ...args],
    { cwd: folder, maxBuffer: 1 << 26, env: { ...process.env, NO_COLOR: '1' } },
  );
  return stdout.split('\n');
}

/** What Clang itself says, its diagnostics. */
export async function clang(folder: string, args: readonly string[]): Promise<string[]> {
  const { stderr } = await promisify(execFile)('clang-19', ['-fsyntax-only', ...args], {
    cwd: folder,
    maxBuffer: 1 << 26,
  });
  return stderr.split('\n');
}
