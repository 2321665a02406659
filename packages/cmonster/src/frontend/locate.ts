/** Finds the program that holds Clang; from a packed package, builds it on first use. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CmonsterError } from '../error.js';
import { makeFolder } from '../make-folder.js';
import { sleepSync } from '../sleep.js';

const PROGRAM = 'cmonster-frontend';
/** The package's own directory: from src/frontend as from dist/frontend. */
const packageDirectory = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const sources = join(packageDirectory, 'frontend');

let located: string | undefined;

/**
 * In this order: `CMONSTER_FRONTEND`, the build beside the sources, the build in the user's cache. Where there is none, builds it
 * there, which takes minutes; several processes at once build it once.
 */
export function locateFrontend(): string {
  const chosen = process.env.CMONSTER_FRONTEND;
  if (chosen) {
    if (existsSync(chosen)) return chosen;
    throw new CmonsterError('FRONTEND_MISSING', `CMONSTER_FRONTEND names '${chosen}', which does not exist`);
  }
  located ??= find();
  return located;
}

/** The cache's directory is named by a hash of all the sources: it is not looked at where there is a build. */
function find(): string {
  const built = join(sources, 'build', PROGRAM);
  if (existsSync(built)) return built;
  const cached = join(cacheDirectory(), PROGRAM);
  return existsSync(cached) ? cached : buildInCache();
}

function cacheDirectory(): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base, 'cmonster', `frontend-${sourceHash()}`);
}

/** Another version's frontend is another directory. */
function sourceHash(): string {
  const hash = createHash('sha256');
  for (const path of sourceFiles(sources)) {
    hash.update(path.slice(sources.length));
    hash.update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 16);
}

function sourceFiles(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('build'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? sourceFiles(join(directory, entry.name)) : [join(directory, entry.name)],
    );
}

function buildInCache(): string {
  const target = cacheDirectory();
  const program = join(target, PROGRAM);
  if (!existsSync(join(sources, 'CMakeLists.txt'))) throw missing('its sources are not there either');
  const lock = `${target}.lock`;
  try {
    makeFolder(dirname(target));
    takeLock(lock, program);
  } catch (cause) {
    throw missing(`'${dirname(target)}' cannot be written`, cause);
  }
  try {
    if (existsSync(program)) return program;
    process.stderr.write(`cmonster: building its frontend in ${target} (once, a few minutes)\n`);
    const build = `${target}.build`;
    rmSync(build, { recursive: true, force: true });
    const ninja = spawnSync('ninja', ['--version']).status === 0 ? ['-G', 'Ninja'] : [];
    run('cmake', [...ninja, '-S', sources, '-B', build, '-DCMAKE_BUILD_TYPE=Release']);
    run('cmake', ['--build', build, '--parallel', String(availableParallelism()), '--target', 'frontend']);
    makeFolder(target);
    renameSync(join(build, PROGRAM), program);
    rmSync(build, { recursive: true, force: true });
    return program;
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The lock is a file with the builder's process number; one whose process is gone counts for nothing. */
function takeLock(lock: string, program: string): void {
  while (!existsSync(program)) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (!isAlive(lock)) rmSync(lock, { force: true });
    else sleepSync(200);
  }
}

function isAlive(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // Just created and not written yet.
    if (pid === 0) return true;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function run(command: string, args: string[]): void {
  const result = spawnSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', maxBuffer: 1 << 26 });
  if (result.status === 0) return;
  const said = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim().split('\n').slice(-30).join('\n');
  const why = result.error ? `'${command}' cannot be started` : `'${command} ${args.join(' ')}' failed:\n${said}\n`;
  throw missing(why, result.error);
}

function missing(why: string, cause?: unknown): CmonsterError {
  return new CmonsterError(
    'FRONTEND_MISSING',
    `cmonster's frontend is not built and could not be built: ${why}. ` +
      'It needs CMake, a C++ compiler and the development files of Clang and LLVM 19 ' +
      '(Debian: apt install cmake g++ libclang-19-dev llvm-19-dev clang-19). In the repository, run: npm run setup',
    { cause },
  );
}
