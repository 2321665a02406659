// npm run profile: records which branches the frontend takes in its work, for its layout (frontend/profile/apply.cmake).
//
// BOLT instruments the program as it was linked (build/cmonster-frontend.linked); that reads sources of real projects, none of them a subject
// of the benchmarks, and what was taken most is packed into frontend/profile/branches.tar.xz. The record names functions and offsets in them:
// those of Clang's libraries hold as long as Debian's packages do, those of the frontend's own until they are changed, and what fits no
// more is left out by BOLT. So it is made again when much of the frontend has changed, or its speed is in doubt.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fetchDebianSource } from '../../../../setup/corpus.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const frontend = join(here, '../../frontend');
const llvm = '/usr/lib/llvm-19';
/** Branches that are kept, the most frequent ones: the others, three fifths, gave nothing. */
const KEPT = 60_000;

/** `{}` is the project's folder. */
const USES: readonly { project: string; arguments: readonly string[]; files: readonly string[] }[] = [
  { project: 'zlib', arguments: ['-I{}'], files: ['inflate.c', 'deflate.c', 'trees.c'] },
  {
    project: 'lua5.4',
    arguments: ['-I{}/src', '-DLUA_USE_POSIX'],
    files: ['src/lvm.c', 'src/lparser.c', 'src/lstrlib.c', 'src/ltable.c', 'src/lcode.c', 'src/lapi.c'],
  },
  { project: 'cjson', arguments: ['-I{}'], files: ['cJSON.c', 'cJSON_Utils.c', 'tests/parse_with_opts.c'] },
  { project: 'lz4', arguments: ['-I{}/lib'], files: ['lib/lz4hc.c', 'programs/lz4io.c'] },
  { project: 'tinyxml2', arguments: ['-I{}'], files: ['tinyxml2.cpp'] },
  { project: 'pugixml', arguments: ['-I{}/src', '-std=c++17'], files: ['src/pugixml.cpp', 'tests/test_xpath.cpp'] },
  {
    project: 'fmtlib',
    arguments: ['-I{}/include', '-std=c++20'],
    files: ['src/format.cc', 'test/ranges-test.cc', 'test/chrono-test.cc'],
  },
  { project: 're2', arguments: ['-I{}', '-std=c++14'], files: ['re2/re2.cc', 're2/parse.cc', 're2/compile.cc'] },
];

function run(command: string, args: readonly string[], env: Record<string, string> = {}): void {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endedItself = signal === 'SIGKILL' && stdout === 'used\n';
  if (status !== 0 && !endedItself) throw new Error(`${command} ${args.join(' ')}: ${error ?? stderr}`);
}

/** Until no process runs the program: each writes its counters at its end. */
async function allEnded(program: string): Promise<void> {
  const runs = (pid: string) => {
    try {
      return readlinkSync(`/proc/${pid}/exe`) === program;
    } catch {
      return false;
    }
  };
  while (readdirSync('/proc').some((name) => /^\d+$/.test(name) && runs(name))) await sleep(50);
}

const work = mkdtempSync(join(tmpdir(), 'cmonster-profile-'));
try {
  const program = join(work, 'instrumented');
  console.log('instrumenting the frontend (a minute)');
  run(`${llvm}/bin/llvm-bolt`, [
    join(frontend, 'build/cmonster-frontend.linked'),
    ...['-instrument', '-o', program],
    `--instrumentation-file=${join(work, 'counted')}`,
    '--instrumentation-file-append-pid',
  ]);
  const outlive = join(work, 'outlive.so');
  run('cc', ['-shared', '-fPIC', '-O1', join(here, 'outlive.c'), '-o', outlive]);
  for (const { project, arguments: args, files } of USES) {
    const folder = await fetchDebianSource(project);
    for (const file of files) {
      console.log(`${project}: ${file}`);
      const given = args.map((argument) => argument.replace('{}', folder));
      run(process.execPath, ['--import', 'tsx', join(here, 'use.ts'), join(folder, file), ...given], {
        CMONSTER_FRONTEND: program,
        LD_PRELOAD: outlive,
      });
      await allEnded(program);
    }
  }
  const counted = readdirSync(work).filter((name) => name.startsWith('counted'));
  if (counted.length === 0) throw new Error('no process has written its counters');
  const all = join(work, 'all.fdata');
  run(`${llvm}/bin/merge-fdata`, [...counted.map((name) => join(work, name)), '-o', all]);
  const count = (line: string) => Number(line.slice(line.lastIndexOf(' ') + 1));
  const lines = readFileSync(all, 'utf8').trimEnd().split('\n');
  const kept = lines.sort((a, b) => count(b) - count(a)).slice(0, KEPT);
  writeFileSync(join(work, 'branches.fdata'), `${kept.sort().join('\n')}\n`);
  const archive = join(frontend, 'profile/branches.tar.xz');
  const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  run('tar', [...reproducible, '-cJf', archive, '-C', work, 'branches.fdata'], { XZ_OPT: '-9e' });
  console.log(`${counted.length} processes, ${kept.length} of ${lines.length} branches: ${archive}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
