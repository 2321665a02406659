import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'preprocessor-cli-'));
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
  mkdirSync(join(directory, 'include'));
  write('a.c', '// kept?\n#include "h.h"\n#ifdef EXTRA\nint extra = EXTRA;\n#endif\nint a = TWICE(H);\n');
  write('include/h.h', '#define H 4\n');
  write(
    'script.ts',
    `import type { Preprocessor } from 'cmonster';\nexport default (pp: Preprocessor): void => { pp.define('TWICE', (x) => [x, '+', x]); };\n`,
  );
  write('inline.c', 'ts_def(F(x))\n  return `${x}2`;\nts_end\nint f = F(4);\n');
  write(
    'loop.ts',
    `export default (pp) => pp.define('TWICE', (x) => { if (String(x) === 'H') throw new Error('odd'); });\n`,
  );
  write('nothing.ts', 'export const nothing = 1;\n');
});
afterAll(() => rmSync(directory, { recursive: true }));

interface Said {
  status: number | null;
  stdout: string;
  stderr: string;
}
function cmonster(...args: string[]): Said {
  return cmonsterReading('', ...args);
}
function cmonsterReading(input: string, ...args: string[]): Said {
  const options = { cwd: directory, encoding: 'utf8', input } as const;
  const result = spawnSync(process.execPath, ['--import', tsx, main, ...args], options);
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

describe('cmonster preprocess', () => {
  it('prints what clang -E prints, with its options', () => {
    const { status, stdout } = cmonster('preprocess', 'a.c', '-Iinclude', '-DEXTRA=3', '-D', 'TWICE(x)=x');
    const clang = spawnSync('clang-19', ['-E', '-Iinclude', '-DEXTRA=3', '-DTWICE(x)=x', 'a.c'], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: clang.stdout });
  });

  const clang = (input: string, ...args: string[]): string =>
    spawnSync('clang-19', ['-E', ...args], { cwd: directory, encoding: 'utf8', input }).stdout;

  it('takes whatever begins with one dash and is not its own for a flag of Clang, as all commands do', () => {
    const flags = ['-nostdinc', '-Iinclude', '-isystem', 'include', '-DTWICE(x)=x', '-fdollars-in-identifiers'];
    const expected = clang('', ...flags, 'a.c');
    expect(cmonster('preprocess', ...flags, 'a.c').stdout).toBe(expected);
    expect(cmonster('preprocess', 'a.c', ...flags.slice(0, 4), '--', ...flags.slice(4)).stdout).toBe(expected);
    expect(cmonster('dump', 'a.c', ...flags, '-DEXTRA=7').stdout).toContain('IntegerLiteral');
    expect(cmonster('find', '$x + 1', 'a.c', ...flags, '-DEXTRA=H + 1', '-j1').status).toBe(0);
    expect(cmonster('preprocess', 'a.c', '--target=x').stderr).toMatch(/with two dashes come behind '--'/);
  });

  it('writes to what is no file, and through links, without taking their place', () => {
    writeFileSync(join(directory, 'real.i'), 'before');
    symlinkSync('real.i', join(directory, 'link.i'));
    expect(cmonster('preprocess', 'include/h.h', '-dM', '-o', 'link.i').status).toBe(0);
    expect(lstatSync(join(directory, 'link.i')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(directory, 'real.i'), 'utf8')).toContain('#define H 4');
    spawnSync('mkfifo', [join(directory, 'pipe.i')]);
    const script = `cat pipe.i > copy.i & ${process.execPath} --import ${tsx} ${main} preprocess include/h.h -dM -o pipe.i; wait`;
    spawnSync('sh', ['-c', script], { cwd: directory });
    expect(lstatSync(join(directory, 'pipe.i')).isFIFO()).toBe(true);
    expect(readFileSync(join(directory, 'copy.i'), 'utf8')).toContain('#define H 4');
  });

  it.each([
    ['-dM', '-DA', '-UA', '-DB=-I'],
    ['-UA', '-DA=2', '-dD', '-CC'],
    ['-xc++', '-std=c++20', '-P', '-dI', '-include', 'a.c', '-isystem', 'include', '-DTWICE(x)=x'],
    ['-D', 'A', '-C', '--', '-UA'],
  ])("takes Clang's flags as they are, in their order: %s", (...flags) => {
    const { status, stdout } = cmonster('preprocess', 'include/h.h', ...flags);
    const expected = clang('', ...flags.filter((flag) => flag !== '--'), 'include/h.h');
    expect({ status, stdout }).toEqual({ status: 0, stdout: expected });
  });

  it('reads standard input', () => {
    const input = '#include "include/h.h"\n#define A new\nint A = H; __FILE__\n';
    expect(cmonsterReading(input, 'preprocess', '-')).toEqual({ status: 0, stdout: clang(input, '-'), stderr: '' });
    const flags = ['-x', 'c++', '-DB', '-dM'];
    expect(cmonsterReading(input, 'preprocess', '-', ...flags).stdout).toBe(clang(input, ...flags, '-'));
    expect(cmonsterReading('#error no', 'preprocess', '-')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('<stdin>:1:2: error: no'),
    });
    expect(cmonsterReading(input, 'macros', '-').stdout).toContain('<stdin>:2:9: #define A new\n');
  });

  it('prints several files in turn', () => {
    expect(cmonster('preprocess', 'include/h.h', 'inline.c').stdout).toBe(clang('', 'include/h.h', 'inline.c'));
    const several = cmonster('preprocess', 'a.c', 'inline.c', '-o', 'both.i');
    expect(several).toMatchObject({ status: 2, stderr: expect.stringContaining('2 files cannot go to one') });
    expect(cmonster('preprocess', 'a.c', '-I')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('-I lacks'),
    });
  });

  it('runs a script, and writes to a file', () => {
    const args = ['a.c', '-I', 'include', '--script', 'script.ts', '-P', '-C', '-o', 'a.i'];
    const { status, stdout } = cmonster('preprocess', ...args);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(readFileSync(join(directory, 'a.i'), 'utf8')).toBe('// kept?\nint a = 4+4;\n'.replace('4+4', '4 +4'));
    expect(readdirSync(directory).filter((name) => name.includes('.a.i'))).toEqual([]);
  });

  it('runs inline macros only when it is told to', () => {
    expect(cmonster('preprocess', 'inline.c', '--inline-macros', '-P').stdout.trim()).toBe('int f = 42;');
    expect(cmonster('preprocess', 'inline.c', '-P').stdout).toContain('ts_def(F(x))');
  });

  it('says by its status how it went', () => {
    const failed = cmonster('preprocess', 'a.c', '-Iinclude', '--script', 'loop.ts');
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain("a.c:6:9: error: macro 'TWICE' failed: odd (loop.ts:1)");
    expect(cmonster('preprocess', 'a.c', '--script', 'nothing.ts')).toMatchObject({ status: 2 });
    expect(cmonster('preprocess', 'gone.c')).toMatchObject({
      status: 3,
      stderr: 'cmonster: gone.c: No such file or directory\n',
    });
    expect(cmonster('preprocess', 'a.c', '-o', 'no/such/folder/a.i')).toMatchObject({ status: 2 });
  });
});

describe('cmonster includes', () => {
  it('is a tree, JSON, or a page', () => {
    const args = ['includes', 'a.c', '-Iinclude', '-DTWICE(x)=x'];
    const text = cmonster(...args);
    expect(text.status).toBe(0);
    expect(text.stdout.replace(/\d+\.\d/g, '0.0')).toBe(
      '     bytes  with all     ms  file\n        81        93    0.0  a.c\n        12        12    0.0    include/h.h\n2 files, entered 2 times; 0 includes left out by guards\n',
    );
    expect(JSON.parse(cmonster(...args, '--json').stdout)).toMatchObject({
      name: 'a.c',
      bytes: 93,
      includes: [{ name: 'include/h.h', ownBytes: 12, include: { text: '"h.h"', location: 'a.c:2:1' }, includes: [] }],
    });
    const page = cmonster(...args, '--html').stdout;
    expect(page).toMatch(/^<!doctype html>/);
    expect(page.match(/<rect /g)).toHaveLength(2);
    expect(cmonster(...args, '--html', '--json').status).toBe(2);
  });
});

describe('cmonster macros', () => {
  it('lists them, and expands a use step by step', () => {
    const args = ['-Iinclude', '-DTWICE(x)=(x)*2'];
    expect(cmonster('macros', 'a.c', ...args).stdout).toBe('include/h.h:1:9: #define H 4\n');
    expect(cmonster('macros', 'a.c', 'TWICE', ...args).stdout).toBe(
      '<command line>:1:9: #define TWICE(x) (x)*2\n  used once\n  a.c:6:9: TWICE(H)\n    H → TWICE(4)\n    TWICE → (4)*2\n',
    );
    expect(JSON.parse(cmonster('macros', 'a.c', 'H', '--json', ...args).stdout)).toMatchObject([
      { name: 'H', text: '4', isFunctionLike: false, steps: [{ macro: 'H', text: '4' }] },
    ]);
    expect(cmonster('macros', 'a.c', 'NONE', ...args)).toMatchObject({ status: 2 });
  });
});
