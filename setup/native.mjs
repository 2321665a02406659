// Builds the frontend. Ninja knows better than any stamp what is out of date, and answers in some 30 ms.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { root } from './paths.mjs';
import { runLogged } from './progress.mjs';

const source = `${root}/packages/cmonster/frontend`;
const build = `${source}/build`;

export const nativeBuild = {
  name: 'native build',

  reason() {
    if (!existsSync(`${source}/CMakeLists.txt`)) return undefined;
    if (!existsSync(`${build}/build.ninja`)) return 'not configured yet';
    if (!isConfiguredHere()) return 'configured for another folder';
    const dryRun = spawnSync('ninja', ['-C', build, '-n', '--quiet'], { encoding: 'utf8' });
    return /no work to do/.test(dryRun.stdout) ? undefined : 'sources changed';
  },

  async run() {
    if (existsSync(`${build}/CMakeCache.txt`) && !isConfiguredHere()) rmSync(build, { recursive: true });
    if (!existsSync(`${build}/build.ninja`)) {
      await runLogged('cmake', configureArguments, { title: 'native build: configure', log: 'native-configure' });
    }
    await runLogged('ninja', ['-C', build, `-j${availableParallelism()}`], {
      title: 'native build',
      log: 'native-build',
      env: { NINJA_STATUS: '[%f/%t] ' },
      advice: `To start from nothing: rm -r packages/cmonster/frontend/build && npm run setup`,
    });
  },
};

const configureArguments = [
  ...['-G', 'Ninja', '-S', source, '-B', build],
  '-DCMAKE_BUILD_TYPE=Release',
  '-DCMAKE_C_COMPILER=clang-19',
  '-DCMAKE_CXX_COMPILER=clang++-19',
];

/** A build folder holds absolute paths: after its checkout was copied or moved it builds the old one. */
function isConfiguredHere() {
  const cmakeCache = `${build}/CMakeCache.txt`;
  if (!existsSync(cmakeCache)) return false;
  return readFileSync(cmakeCache, 'utf8').includes(`CMAKE_HOME_DIRECTORY:INTERNAL=${source}\n`);
}
