/** Others' ways to the same tree. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { timed } from './measure.js';
import type { Subject } from './subjects.js';

/** The compiler itself: what is called clang-19 on the path may be ccache. */
export const clang = '/usr/lib/llvm-19/bin/clang';

export function clangVersion(): string {
  const said = spawnSync(clang, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  return /version (\S+?)[\s(]/.exec(said)?.[1] ?? 'unknown';
}

/** CPU milliseconds of the compiler alone, warnings as it gives them by default. */
export function syntaxOnly(subject: Subject): number {
  return timed(clang, ['-fsyntax-only', ...subject.arguments, subject.file]).cpu;
}

export interface CindexResult {
  cpu: number;
  walkCpu: number;
  wall: number;
  nodes: number;
}

/** Undefined where Python's bindings are not installed. */
export function cindex(mode: 'kinds' | 'attributes', subject: Subject): CindexResult | undefined {
  const command = python();
  if (command === undefined) return undefined;
  const script = fileURLToPath(new URL('peers/cindex.py', import.meta.url));
  const { stdout } = timed(command, ['-B', script, mode, subject.file, ...subject.arguments]);
  return JSON.parse(stdout) as CindexResult;
}

let known: string | null | undefined;

/** The Python that has Clang's bindings: the distribution's own, which need not be the first one on the path. */
export function python(): string | undefined {
  known ??=
    ['/usr/bin/python3', 'python3'].find(
      (command) => spawnSync(command, ['-c', 'import clang.cindex as c; c.Index.create()']).status === 0,
    ) ?? null;
  return known ?? undefined;
}
