import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { MrhookerError } from '../error.js';
import { stubInclude } from './native.js';

const run = promisify(execFile);

/** A stub is C, or C++ when it has C++ functions. */
export type StubLanguage = 'c' | 'c++';

const flags = [
  '-shared',
  '-fPIC',
  '-O2',
  '-fvisibility=hidden',
  '-fexceptions',
  '-fasynchronous-unwind-tables',
  '-fno-plt',
  '-fcf-protection=none',
  '-Wl,-z,now',
  // Few pages, few system calls when it is loaded.
  '-Wl,-z,norelro',
  '-Wl,-z,noseparate-code',
  '-Wl,--hash-style=gnu',
  '-Wl,--build-id=none',
  '-w',
];

/**
 * Compiles and links a generated stub with the installed Clang.
 * @param out the shared object to write, whole or not at all
 * @param extra include directories, defines and what else the headers need
 */
export async function compileStub(
  source: string,
  language: StubLanguage,
  out: string,
  extra: readonly string[] = [],
): Promise<void> {
  const folder = await mkdtemp(join(dirname(out), '.stub-'));
  const file = `${folder}/stub.${language === 'c' ? 'c' : 'cpp'}`;
  const clang = language === 'c' ? 'clang-19' : 'clang++-19';
  const libraries = language === 'c++' ? ['-nostdlib++'] : [];
  try {
    await writeFile(file, source);
    await run(clang, [...flags, ...libraries, `-I${stubInclude}`, ...extra, file, '-o', `${folder}/stub.so`], {
      maxBuffer: 16 << 20,
    });
    await rename(`${folder}/stub.so`, out);
  } catch (error) {
    const failed = error as { code?: unknown; stderr?: string; message: string };
    if (failed.code === 'ENOENT')
      throw new MrhookerError(
        'stub',
        `${clang} was not found; it compiles stubs. In the repository, run: npm run setup`,
      );
    if (failed.stderr === undefined) throw error;
    throw new MrhookerError('stub', `${clang} refused the stub:\n${failed.stderr.trim() || failed.message}`, {
      cause: error,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
