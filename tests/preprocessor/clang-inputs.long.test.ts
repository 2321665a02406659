/** Clang's own tests, as input: what is printed, and whether there are errors, are Clang's. */
import { execFile } from 'node:child_process';
import { CmonsterError, Preprocessor } from 'cmonster';
import { expect, test } from 'vitest';
import { inPairs } from '../oracle/in-pairs.js';
import { clangInputs, FOLDERS } from './clang-inputs.js';
import type { Input } from './corpus.js';

// The time of day is no difference.
process.env.SOURCE_DATE_EPOCH = '1000000000';
const VARIANTS = [
  ...[
    '',
    '-P',
    '-C',
    '-CC',
    '-dM',
    '-dD',
    '-dI',
    '-frewrite-includes',
    '-fminimize-whitespace',
    '-fdirectives-only',
  ].map((flag) => (flag === '' ? [] : [flag])),
  ['-P', '-C'],
];

interface Said {
  failed: boolean;
  crashed: boolean;
  stdout: Buffer;
}
function clang(args: readonly string[]): Promise<Said> {
  return new Promise((resolve) => {
    const options = { encoding: 'buffer', maxBuffer: 1 << 28, cwd: '/' } as const;
    execFile('clang-19', args, options, (error, stdout, stderr) =>
      resolve({ failed: error !== null, crashed: stderr.includes('Stack dump:'), stdout }),
    );
  });
}

/** Counts the inputs that were compared; those that the driver refuses, or Clang crashes on, are none. */
async function differing(
  inputs: readonly Input[],
  compare: (input: Input, at: number) => Promise<boolean | undefined>,
): Promise<{ compared: number; different: string[] }> {
  const different: string[] = [];
  let compared = 0;
  await inPairs(
    inputs.map((input, at) => ({ input, at })),
    async ({ input, at }) => {
      const equal = await compare(input, at);
      if (equal !== undefined) compared++;
      if (equal === false) different.push(`${input.file} ${input.arguments.join(' ')}`);
    },
  );
  return { compared, different };
}

test.each(FOLDERS)('%s: what clang -E prints, and whether it fails', { timeout: 7_200_000 }, async (folder) => {
  const inputs = await clangInputs(folder);
  const { compared, different } = await differing(inputs, async ({ file, arguments: args }, at) => {
    const flags = ['-w', ...args, ...(VARIANTS[at % VARIANTS.length] as string[])];
    // Of what is compiled for several machines (CUDA, HIP) we read the host's part.
    const expected = await clang(['-E', '--offload-host-only', ...flags, file]);
    using preprocessor = new Preprocessor(file, { arguments: flags, cwd: '/' });
    try {
      const printed = Buffer.concat([...preprocessor.chunks()]);
      return printed.equals(expected.stdout) && preprocessor.hasErrors === expected.failed;
    } catch (error) {
      if (!(error instanceof CmonsterError)) throw error;
      // Some ask for it: `#pragma clang __debug crash`.
      if (error.code === 'BAD_ARGUMENTS' ? expected.failed : expected.crashed) return undefined;
      throw error;
    }
  });
  expect(different).toEqual([]);
  console.log(`${folder}: ${compared} of ${inputs.length} compared`);
  expect(compared).toBeGreaterThan(inputs.length * 0.8);
});
