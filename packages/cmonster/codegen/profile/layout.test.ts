import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const frontend = fileURLToPath(new URL('../../frontend', import.meta.url));
const build = join(frontend, 'build');
const bolt = '/usr/lib/llvm-19/bin/llvm-bolt';
const USAGE = 64;

it.runIf(existsSync(bolt) && process.arch === 'x64')('the frontend that is built here is laid out', () => {
  expect(readFileSync(join(build, 'cmonster-frontend')).includes('.note.bolt_info')).toBe(true);
});

describe('a frontend that cannot be laid out', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cmonster-layout-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Gives what is said of it, when the program works nevertheless. */
  function finish(given: Record<string, string>): string {
    const program = join(folder, 'a program');
    const all = {
      LINKED: join(build, 'cmonster-frontend.linked'),
      PROGRAM: program,
      PROFILE: `${frontend}/profile/branches.tar.xz`,
      STRIP: 'strip',
      ...given,
    };
    const defines = Object.entries(all).map(([name, value]) => `-D${name}=${value}`);
    const finished = spawnSync('cmake', [...defines, '-P', `${frontend}/profile/apply.cmake`], { encoding: 'utf8' });
    expect(finished.status).toBe(0);
    expect(spawnSync(program).status).toBe(USAGE);
    expect(existsSync(`${program}.layout`)).toBe(false);
    return finished.stderr;
  }

  it.each(['/bin/false', '/bin/true'])('since %s makes nothing of it is as it was linked', (tool) => {
    expect(finish({ BOLT: tool })).toContain('did not lay it out');
  });

  it('since its profile is damaged is as it was linked', () => {
    // With a whole profile it would do.
    const copies = join(folder, 'bolt');
    writeFileSync(copies, '#!/bin/sh\ncp "$1" "$3"\n', { mode: 0o755 });
    expect(finish({ BOLT: copies })).toBe('');
    const damaged = join(folder, 'damaged.tar.xz');
    writeFileSync(damaged, readFileSync(`${frontend}/profile/branches.tar.xz`).subarray(0, 1000));
    expect(finish({ BOLT: copies, PROFILE: damaged })).toContain('did not lay it out');
  });

  it('and not stripped either is as it was linked', () => {
    expect(finish({ BOLT: '/nowhere/llvm-bolt', STRIP: '/nowhere/strip' })).toBe('');
  });
});
