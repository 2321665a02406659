/**
 * The examples that repeat checks of clang-tidy, on the inputs with which Clang tests these checks: the same findings, the same
 * text. The checks' options are at their defaults in both, as the examples have none.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import braces from '../../examples/clang-tidy/braces-around-statements.js';
import memset from '../../examples/clang-tidy/suspicious-memset-usage.js';
import nullptr from '../../examples/clang-tidy/use-nullptr.js';
import override from '../../examples/clang-tidy/use-override.js';
import { fetchDebianSource } from '../../setup/corpus.mjs';
import { type Check, clangTidy, ours } from './compare.js';

const checkers = join(await fetchDebianSource('llvm-toolchain-19'), 'clang-tools-extra/test/clang-tidy/checkers');

/** A file, what is given to Clang, and how many findings there are. */
type Input = [file: string, args: string, findings: number];

const checks: [check: string, run: Check, inputs: Input[]][] = [
  [
    'bugprone/suspicious-memset-usage',
    memset,
    [
      ['.c', '', 0],
      ['.cpp', '', 11],
    ],
  ],
  [
    'modernize/use-nullptr',
    nullptr,
    [
      ['-basic.cpp', '-std=c++98', 58],
      ['-basic.cpp', '-std=c++17', 41],
      ['-c23.c', '-std=c23', 24],
      ['-cxx20.cpp', '-std=c++20 -DGCC', 3],
      ['-cxx20.cpp', '-std=c++20 -DCLANG', 3],
      ['.c', '-std=c17', 0],
      ['.cpp', '-std=c++11', 30],
      ['.cpp', '-std=c++20', 30],
    ],
  ],
  [
    'modernize/use-override',
    override,
    [
      ['.cpp', '-std=c++11 -fexceptions', 45],
      ['.cpp', '-std=c++20 -fexceptions', 45],
      ['-allow-override-and-final.cpp', '', 8],
      ['-cxx98.cpp', '-std=c++98', 0],
      ['-ms.cpp', '-fms-extensions', 2],
      ['-no-destructors.cpp', '', 2],
      ['-templates.cpp', '', 3],
      ['-with-macro.cpp', '', 10],
      ['-with-no-macro-inscope.cpp', '', 3],
    ],
  ],
  [
    'readability/braces-around-statements',
    braces,
    [
      ['.cpp', '', 59],
      ['-assert-failure.cpp', '', 0],
      ['-attributes.cpp', '-std=c++20', 2],
      ['-consteval-if.cpp', '-std=c++2b', 0],
      ['-constexpr-if-templates.cpp', '-std=c++17', 4],
      ['-few-lines.cpp', '', 4],
      ['-format.cpp', '', 6],
      ['-same-line.cpp', '', 4],
      ['-single-line.cpp', '', 4],
    ],
  ],
];

describe.each(checks)('%s', (check, run, inputs) => {
  const [folder, name] = check.split('/') as [string, string];

  it('has no other inputs', () => {
    const files = readdirSync(join(checkers, folder)).filter((file) => /^[^.]*/.exec(file)?.[0].startsWith(name));
    expect(files.sort()).toEqual([...new Set(inputs.map(([file]) => name + file))].sort());
  });

  it.each(inputs)(`${name}%s %s`, async (file, args, findings) => {
    const path = join(checkers, folder, name + file);
    const given = args === '' ? [] : args.split(' ');
    const theirs = clangTidy(`${folder}-${name}`, path, given);
    expect(await ours(run, path, given)).toEqual(theirs);
    expect(theirs.findings).toHaveLength(findings);
  });
});
