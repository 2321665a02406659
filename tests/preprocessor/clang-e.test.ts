/** What is printed against what `clang -E` prints, byte for byte. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Preprocessor } from 'cmonster';
import { afterAll, expect, test } from 'vitest';
import { inPairs } from '../oracle/in-pairs.js';
import { type Input, realFiles } from './corpus.js';

const VARIANTS = [[], ['-P'], ['-C'], ['-dM']];

/** Standard output whatever the exit status: a header may not be meant to be read by itself. */
function clang(args: readonly string[], cwd = '/'): Promise<Buffer> {
  return new Promise((resolve) => {
    const options = { encoding: 'buffer', maxBuffer: 1 << 28, cwd } as const;
    execFile('clang-19', ['-E', '-w', ...args], options, (_, stdout) => resolve(stdout));
  });
}

const folder = mkdtempSync(join(tmpdir(), 'clang-e-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What real files seldom have. */
const ODD: Record<string, string | Buffer> = {
  'asm.S': "#define N 3\n# comment line\n  mov $N, %eax ; 'tis # N\n.macro x\n",
  'pragmas.c': `#pragma omp parallel
#pragma clang diagnostic push
#pragma GCC poison foo
#pragma message("hi")
#pragma once
_Pragma("pack(1)") int x;
#ident "v"
#warning w
??=define Q 1
Q
%:include MACRO
#line 77 "foo.c"
__FILE__ __LINE__ __COUNTER__ __INCLUDE_LEVEL__ __BASE_FILE__ __FILE_NAME__
`,
  'some.h': 'int some;\n# 5 "elsewhere.h"\nint line = __LINE__;\n',
  'objc.m': '@import Foundation;\n#import "some.h"\n#import "some.h"\n@interface X @end\n',
  'module.cppm': 'export module m;\nimport <vector>;\nimport std;\nint a;\n',
  'utf16.c': Buffer.from('\ufeffint a;\n', 'utf16le'),
  'comment.c': 'a /* unterminated',
  'broken.c': '"abc\n#if\n#endif\n#else\n#include\n#define\n#undef\n',
  'splices.c': 'x\\\n  y\\\n\nz \\ \nw\n',
  'empty.c': '',
  'directive-in-argument.c': '#define f(x) #x\nf(\n#define g\n)\n',
  'next.c': '#include_next <stdio.h>\n',
};
const ODD_VARIANTS = [
  ...VARIANTS,
  ...['-CC', '-dD', '-dI', '-traditional-cpp', '-fms-extensions', '-fuse-line-directives', '-fdirectives-only'].map(
    (flag) => [flag],
  ),
  ...[
    ['-frewrite-includes'],
    ['-fminimize-whitespace', '-P'],
    ['-include', 'some.h'],
    ['-imacros', 'some.h', '-DMACRO="some.h"'],
  ],
];

const inputs = await realFiles();

test('there are enough', () => {
  expect(inputs.length).toBeGreaterThanOrEqual(200);
});

test.each(VARIANTS)('clang -E %s', { timeout: 600_000 }, async (...flags: string[]) => {
  const differing: string[] = [];
  await inPairs(inputs, async ({ file, arguments: args }: Input) => {
    const expected = await clang([...args, ...flags, file]);
    using preprocessor = new Preprocessor(file, { arguments: ['-w', ...args] });
    const printed = Buffer.concat([...preprocessor.chunks(flags)]);
    if (!printed.equals(expected)) differing.push(file);
  });
  expect(differing).toEqual([]);
});

test('what real files seldom have, with flags that few use', { timeout: 300_000 }, async () => {
  for (const [name, text] of Object.entries(ODD)) writeFileSync(join(folder, name), text);
  const differing: string[] = [];
  await inPairs(Object.keys(ODD), async (name) => {
    for (const flags of ODD_VARIANTS) {
      // Refused by the driver; Clang's own rewriter does not look whether it could read the file.
      if (name === 'asm.S' && flags.includes('-fminimize-whitespace')) continue;
      if (name === 'utf16.c' && flags.includes('-frewrite-includes')) continue;
      const expected = await clang([...flags, name], folder);
      using preprocessor = new Preprocessor(name, { arguments: ['-w'], cwd: folder });
      const printed = Buffer.concat([...preprocessor.chunks(flags)]);
      if (!printed.equals(expected)) differing.push(`${name} ${flags.join(' ')}`);
    }
  });
  expect(differing).toEqual([]);
});
