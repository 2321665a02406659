/** Where built scripts are kept: what lies there is loaded into programs, so only its owner may write to it. */
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeFolder } from 'cmonster/make-folder';
import { MrhookerError } from '../error.js';

export function defaultBuildDir(env: NodeJS.ProcessEnv = process.env): string {
  const cache = env.XDG_CACHE_HOME;
  // The specification wants relative paths ignored.
  return join(cache?.startsWith('/') ? cache : join(env.HOME || homedir(), '.cache'), 'mrhooker');
}

/**
 * Makes it when it isn't there, for its owner only.
 * @throws MrhookerError `build-dir`: cannot be made, is not ours, or others may write to it
 */
export function openBuildDir(path: string): string {
  const dir = resolve(path);
  try {
    makeFolder(dir);
  } catch (cause) {
    throw new MrhookerError('build-dir', `the build directory ${dir} cannot be made: ${(cause as Error).message}`, {
      cause,
    });
  }
  const { mode, uid } = statSync(dir);
  if ((mode & 0o022) !== 0) {
    const octal = (mode & 0o7777).toString(8);
    throw new MrhookerError(
      'build-dir',
      `others can write to the build directory ${dir} (mode ${octal}), and what lies there is loaded into programs: ` +
        `chmod go-w ${dir}, or choose another with --build-dir`,
    );
  }
  if (uid !== process.getuid?.()) {
    throw new MrhookerError(
      'build-dir',
      `the build directory ${dir} belongs to user ${uid}: choose another with --build-dir`,
    );
  }
  return dir;
}
