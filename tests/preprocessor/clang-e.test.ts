/** What is printed against what `clang -E` prints, byte for byte. */
import { execFile } from 'node:child_process';
import { Preprocessor } from 'cmonster';
import { expect, test } from 'vitest';
import { inPairs } from '../oracle/in-pairs.js';
import { type Input, realFiles } from './corpus.js';

const VARIANTS = [[], ['-P'], ['-C'], ['-dM']];

/** Standard output whatever the exit status: a header may not be meant to be read by itself. */
function clang(args: readonly string[]): Promise<Buffer> {
  return new Promise((resolve) => {
    execFile('clang-19', ['-E', '-w', ...args], { encoding: 'buffer', maxBuffer: 1 << 28 }, (_, stdout) =>
      resolve(stdout),
    );
  });
}

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
