/** The same as identity.test.ts, over every real file and over Clang's own tests. */
import { CmonsterError, parseSync } from 'cmonster';
import { expect, test } from 'vitest';
import { clangInputs, FOLDERS } from './clang-inputs.js';
import { type Input, realFiles } from './corpus.js';
import { expectIdentity } from './identity.js';

/** What differs for other reasons. */
const BY_ITSELF = [
  // It is remarked on which folder a search found something in; what a handler answers is not searched for.
  / -Rsearch-path-usage/,
  // Which of three equal corrections Clang marks as used depends on where in memory they lie (GLIBC_TUNABLES=glibc.malloc.top_pad=99999 shows it).
  /\/typo-correction-ambiguity\.cpp/,
];

/** Whether it can't be parsed without handlers either. */
function failsPlain({ file, arguments: args }: Input): boolean {
  try {
    using _ = parseSync(file, { arguments: ['-w', ...args], scope: 'all' });
    return false;
  } catch (error) {
    if (error instanceof CmonsterError) return true;
    throw error;
  }
}

/** Says of which inputs the trees differ; those that the driver refuses, or Clang crashes on, are none. */
function differing(inputs: readonly Input[]): { compared: number; different: string[] } {
  const different: string[] = [];
  let compared = 0;
  for (const input of inputs) {
    if (BY_ITSELF.some((pattern) => pattern.test([input.file, ...input.arguments].join(' ')))) continue;
    try {
      expectIdentity(input);
      compared++;
    } catch (error) {
      if (failsPlain(input)) continue;
      different.push(`${input.file} ${input.arguments.join(' ')}: ${String(error).slice(0, 400)}`);
    }
  }
  return { compared, different };
}

test('real files', { timeout: 7_200_000 }, async () => {
  const inputs = await realFiles();
  expect(differing(inputs)).toEqual({ compared: inputs.length, different: [] });
});

test.each(FOLDERS)('%s', { timeout: 7_200_000 }, async (folder) => {
  const inputs = await clangInputs(folder);
  const { compared, different } = differing(inputs);
  expect(different).toEqual([]);
  console.log(`${folder}: ${compared} of ${inputs.length} compared`);
  expect(compared).toBeGreaterThan(inputs.length * 0.9);
});
