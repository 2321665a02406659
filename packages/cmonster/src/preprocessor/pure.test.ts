/** Macros whose answers can be had before they are used. */
import { describe, expect, it } from 'vitest';
import { type MacroFunction, Preprocessor, PreprocessorHooks, parse, VarDecl } from '../index.js';

/** What a file becomes with a pure macro `P`, and what that was called with. */
function run(text: string, call: MacroFunction, name = 'P'): { text: string; calls: string[]; said: string[] } {
  using preprocessor = new Preprocessor('a.c', { unsaved: { 'a.c': text, 'h.h': 'P(in header)\n' } });
  const calls: string[] = [];
  preprocessor.define(
    name,
    function (...args) {
      calls.push(args.join('|'));
      return call.apply(this, args);
    },
    { isPure: true },
  );
  return { text: preprocessor.text(['-P']).trim(), calls, said: preprocessor.diagnostics.map(String) };
}
const bracket: MacroFunction = (...args) => ['<', args.join('|'), '>'];
describe('a pure macro', () => {
  it('is called once for the same arguments, wherever it is used', () => {
    const { text, calls, said } = run(
      'P(a, 1) P(b, 1) P(a, 1) Q\n#define Q P(a, 1) P(a,1)\nQ\n',
      (one, two) => {
        if (String(one) === 'b') throw new Error('never');
        return ['<', one as never, String(two), '>'];
      },
      'P(x, y)',
    );
    expect(text.split('\n')).toEqual(['<a 1> <a 1> Q', '<a 1> <a 1>']);
    expect(calls).toEqual(['a|1', 'b|1', 'a|1']);
    expect(said).toEqual([expect.stringContaining('a.c:1:9: error: macro')]);
  });

  it('is called for uses further on before they are reached', () => {
    const reached: string[] = [];
    const hooks = new Preprocessor('a.c', {
      unsaved: { 'a.c': `${Array.from({ length: 1000 }, (_, i) => `P(${i})\nPLAIN(${i})\n`).join('')}` },
    });
    hooks.define('P', (value) => void reached.push(`P${value}`), { isPure: true });
    hooks.define('PLAIN', (value) => void reached.push(`${value}`));
    hooks.run();
    hooks.dispose();
    expect(reached.filter((name) => name.startsWith('P')).length).toBe(1000);
    // The first by itself, then twice as many each time: 1, 1 + 3, …
    expect(reached.indexOf('P700')).toBeLessThan(reached.indexOf('600'));
    expect(reached.indexOf('P3')).toBeGreaterThan(reached.indexOf('0'));
  });

  it.each([
    ['a, b', ['a', 'b']],
    ['', []],
    ['(a, b), c', ['(a, b)', 'c']],
    ['a\n b /* c */ d', ['a b d']],
    ['", )" \')\'', ['", )" \')\'']],
    ['if, NULL', ['if', 'NULL']],
    ['x\\\ny', ['xy']],
    ['P(1)', ['P(1)']],
  ])('gets the same ahead as at its use: P(%s)', (args, expected) => {
    const once = run(`P(0)P(${args})\n`, bracket, 'P(...args)');
    expect(once.calls).toEqual(['0', expected.join('|')]);
    expect(once.text).toBe(`<0><${expected.join('|')}>`);
  });

  it('is as right where a guess was wrong', () => {
    const text = `P(0) P(9)
#if 0
P(skipped)
#endif
// P(comment) "P(string)"
#define CALL P(2)
#define SPLIT(x) P(x)
CALL SPLIT(3) P(
#undef NOTHING
4)
#include "h.h"
P(last)
#undef P
P(gone)
#define P(x) [x]
P(other)
P(
`;
    const { text: printed, said } = run(text, bracket, 'P(x)');
    expect(printed.replace(/\s+/g, ' ')).toBe('<0> <9> <2> <3> <4> <in header> <last> P(gone) [other]');
    expect(said.map((line) => line.replace(/^.*?: /, ''))).toEqual([
      'error: unterminated function-like macro invocation',
    ]);
  });

  it('that looks at what its argument expands to is asked at each use', () => {
    const text = '#define N 1\nP(N) P(M)\n#undef N\n#define N 2\n#define M 3\nP(N) P(M)\n';
    expect(run(text, (value) => value?.expanded, 'P(x)').text.replace(/\s+/g, ' ')).toBe('1 M 2 3');
  });

  it('may give promises', async () => {
    const hooks = new PreprocessorHooks().define('P', async (value) => `int p${value};`, { isPure: true });
    using tu = await parse('a.c', { preprocessor: hooks, unsaved: { 'a.c': 'P(1)\nP(2)\nP(3)\nP(4)\n' } });
    expect(tu.find(VarDecl).map((decl) => decl.name)).toEqual(['p1', 'p2', 'p3', 'p4']);
  });

  it('fails only where it is used', () => {
    const { text, said } = run(
      'P(0) P(1)\n#if 0\nP(2)\n#endif\nP(3) P(4)\n',
      (value) => {
        if (/[234]/.test(String(value))) throw new RangeError(`no ${value}`);
        return value;
      },
      'P(x)',
    );
    expect(text).toBe('0 1');
    expect(said.map((line) => line.replace(/ \(.*/, ''))).toEqual([
      "a.c:5:1: error: macro 'P' failed: RangeError: no 3",
      "a.c:5:6: error: macro 'P' failed: RangeError: no 4",
    ]);
  });
});
