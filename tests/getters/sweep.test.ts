import { afterAll, describe, expect, test } from 'vitest';
import { registry } from '../../packages/cmonster/src/ast/registry.js';
import { getters } from './applicable.js';
import { CORPUS, SNIPPETS } from './corpus.js';
import { expectHarmless } from './harmless.js';

const reached = new Set<number>();
const answered = new Set<number>();
const pairs = new Set<number>();
let questions = 0;
let undefinedAnswers = 0;

describe('every getter on every node and type: none faults, answers stay the same, the AST is untouched', () => {
  test.each([...CORPUS, ...SNIPPETS].map((input) => [input.file.replace(/^.*\//, ''), input] as const))(
    '%s',
    async (_name, input) => {
      const result = await expectHarmless(input);
      for (const id of result.reached) reached.add(id);
      for (const id of result.answered) answered.add(id);
      for (const pair of result.pairs) pairs.add(pair);
      questions += result.questions;
      undefinedAnswers += result.undefinedAnswers;
    },
  );

  test('most getters are reached', () => {
    expect(reached.size / getters.length).toBeGreaterThan(0.9);
  });
});

afterAll(() => {
  const kinds = new Set([...pairs].map((pair) => pair >>> 16));
  console.log(
    `${questions} questions (${undefinedAnswers} undefined): ${reached.size} of ${getters.length} getters reached, ` +
      `${answered.size} answered, ${pairs.size} pairs of a class and a getter, ` +
      `${kinds.size} of ${registry().kindNames.length - 2} classes`,
  );
});
