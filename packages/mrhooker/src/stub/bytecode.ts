import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { MrhookerError } from '../error.js';
import { builtFile } from './native.js';

const run = promisify(execFile);

/**
 * Compiles a classic script to the engine's bytecode.
 * @param out the file to write, whole or not at all
 */
export async function compileScript(text: string, out: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(out), '.bytecode-'));
  try {
    await writeFile(`${folder}/script.js`, text);
    await run(builtFile('mrhooker-compile'), [`${folder}/script.js`, `${folder}/script.bc`]);
    await rename(`${folder}/script.bc`, out);
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim();
    if (said === undefined) throw error;
    throw new MrhookerError('script', `the engine refused the script: ${said || (error as Error).message}`, {
      cause: error,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
