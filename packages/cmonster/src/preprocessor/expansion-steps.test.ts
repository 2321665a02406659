import { describe, expect, it } from 'vitest';
import { expansionSteps } from './expansion-steps.js';
import { Preprocessor } from './preprocessor.js';

const MACROS = `#define N 1
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define STR(x) #x
#define XSTR(x) STR(x)
#define CAT(a, b) a##b
#define CAT2(a, b) CAT(a, b)
#define AB N + N
#define SELF SELF + N
#define CHECK(x) check(x, #x)
#define LOG(f, ...) log(f __VA_OPT__(,) __VA_ARGS__, XSTR(N))
#define EMPTY()
#define DEFER(x) x EMPTY()
#define HERE(x) at(__FILE__, __LINE__, x)
`;

describe('the steps of a use', () => {
  it.each([
    [
      'XSTR(MAX(N, 2))',
      ['XSTR(MAX(1, 2))', 'XSTR(((1) > (2) ? (1) : (2)))', 'STR(((1) > (2) ? (1) : (2)))', '"((1) > (2) ? (1) : (2))"'],
    ],
    ['STR(N)', ['"N"']],
    ['CHECK(N)', ['check(N, "N")', 'check(1, "N")']],
    ['CAT2(A, B)', ['CAT(A, B)', 'AB', 'N + N', '1 + 1']],
    ['SELF', ['SELF + N', 'SELF + 1']],
    ['LOG("a", 2)', ['log("a" , 2, XSTR(N))', 'log("a" , 2, XSTR(1))', 'log("a" , 2, STR(1))', 'log("a" , 2, "1")']],
    ['DEFER(MAX)(1, 2)', ['MAX EMPTY()', 'MAX']],
    ['HERE(\n  N)', ['HERE(\n1)', 'at("a.c", 15, 1)']],
  ])('%s ends in its expansion', (text, expected) => {
    const options = { arguments: ['-std=c23'], unsaved: { 'a.c': `${MACROS}${text}\n#undef N\n#define N 2\n` } };
    using preprocessor = new Preprocessor('a.c', options);
    const use = preprocessor.facts.expansions.find(({ location }) => location.line === 14);
    expect(use).toBeDefined();
    const steps = use ? expansionSteps(preprocessor.facts, use, options).map((step) => step.text) : [];
    expect(steps).toEqual(expected);
  });
});
