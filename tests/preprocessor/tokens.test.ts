/** Tokens, unexpanded ones, and macros, of real files: as Clang's own dumps have them; tokens written are the same tokens. */
import { expect, test } from 'vitest';
import { inPairs } from '../oracle/in-pairs.js';
import { realFiles } from './corpus.js';
import { differences } from './tokens.js';

/** C++ that includes much takes long: 100,000 tokens, each of them in three dumps. */
const STEP = 28;

test('as Clang dumps them', { timeout: 600_000 }, async () => {
  const inputs = (await realFiles()).filter(({ file }, at) => at % STEP === 0 && !file.endsWith('.cpp'));
  expect(inputs.length).toBeGreaterThan(4);
  expect((await inPairs(inputs, differences)).flat()).toEqual([]);
});
