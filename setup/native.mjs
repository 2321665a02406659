// The native builds. Ninja knows better than any stamp what is out of date, and answers in some 30 ms.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { fetchDebianSource } from './debian-source.mjs';
import { cache, root } from './paths.mjs';
import { runLogged } from './progress.mjs';

/** Clang in a process of its own, for cmonster. */
export const nativeBuild = cmakeBuild({
  name: 'native build',
  source: `${root}/packages/cmonster/frontend`,
  log: 'native',
});

/** QuickJS as Debian's stable release has it, whatever release this machine runs. */
const engine = `${cache}/sources/quickjs-2025.04.26-1`;

export const engineSource = {
  name: 'engine source',
  reason: () => (existsSync(`${engine}/quickjs.c`) ? undefined : 'not fetched yet'),
  run: async () => {
    const fetched = await fetchDebianSource('quickjs', { suite: 'trixie' });
    if (fetched !== engine)
      throw new Error(`Debian has a new QuickJS: ${basename(fetched)}; this project is made for ${basename(engine)}`);
  },
};

/** What mrhooker puts into its targets. */
export const runtimeBuild = cmakeBuild({
  name: 'hook runtime',
  source: `${root}/packages/mrhooker/runtime`,
  log: 'runtime',
  defines: [`-DENGINE=${engine}`],
});

/** @param {{ name: string, source: string, log: string, defines?: string[] }} what */
export function cmakeBuild({ name, source, log, defines = [] }) {
  const build = `${source}/build`;
  const configureArguments = [
    ...['-G', 'Ninja', '-S', source, '-B', build],
    '-DCMAKE_BUILD_TYPE=Release',
    '-DCMAKE_C_COMPILER=clang-19',
    '-DCMAKE_CXX_COMPILER=clang++-19',
    ...defines,
  ];

  /** A build folder holds absolute paths: after its checkout was copied or moved it builds the old one. */
  const isConfiguredHere = () => {
    const cmakeCache = `${build}/CMakeCache.txt`;
    if (!existsSync(cmakeCache)) return false;
    return readFileSync(cmakeCache, 'utf8').includes(`CMAKE_HOME_DIRECTORY:INTERNAL=${source}\n`);
  };

  return {
    name,

    reason() {
      if (!existsSync(`${source}/CMakeLists.txt`)) return undefined;
      if (!existsSync(`${build}/build.ninja`)) return 'not configured yet';
      if (!isConfiguredHere()) return 'configured for another folder';
      return isConfiguredAnew(source, build) || hasWork(build) ? 'sources changed' : undefined;
    },

    async run() {
      if (existsSync(`${build}/CMakeCache.txt`) && !isConfiguredHere()) rmSync(build, { recursive: true });
      if (!existsSync(`${build}/build.ninja`)) {
        await runLogged('cmake', configureArguments, { title: `${name}: configure`, log: `${log}-configure` });
      }
      await runLogged('ninja', ['-C', build, `-j${availableParallelism()}`], {
        title: name,
        log: `${log}-build`,
        env: { NINJA_STATUS: '[%f/%t] ' },
        advice: `To start from nothing: rm -r ${build.slice(root.length + 1)} && npm run setup`,
      });
    },
  };
}

/**
 * Whether CMake must run again: its own file has changed, or there are other sources than it found.
 * @param {string} source
 * @param {string} build
 */
function isConfiguredAnew(source, build) {
  const globs = `${build}/CMakeFiles/VerifyGlobs.cmake`;
  if (existsSync(globs)) spawnSync('cmake', ['-P', globs]);
  const time = (/** @type {string} */ file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const configured = time(`${build}/build.ninja`);
  // CMake's check touches the second one when it finds others.
  return [`${source}/CMakeLists.txt`, `${build}/CMakeFiles/cmake.verify_globs`].some((file) => time(file) > configured);
}

/**
 * Whether Ninja would build something. With globs in it a `build.ninja` is always to be made anew itself, as far as a dry run knows, and it says no
 * more than that; one that another file includes is not looked at so.
 * @param {string} build
 */
function hasWork(build) {
  const look = `${build}/look.ninja`;
  if (!existsSync(look)) writeFileSync(look, 'include build.ninja\n');
  const dryRun = spawnSync('ninja', ['-C', build, '-f', 'look.ninja', '-n', '--quiet'], { encoding: 'utf8' });
  return !/no work to do/.test(dryRun.stdout);
}
