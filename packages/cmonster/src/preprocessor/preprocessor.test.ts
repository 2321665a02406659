import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { format, Preprocessor, type PreprocessorToken } from '../index.js';

const text = `#include "h.h"
#define TWICE(x) x + x
int a = TWICE(N);
%:define EMPTY
EMPTY int b\\
c = '\\n' <: 0 :>; // end
`;
const options = { unsaved: { 'a.c': text, 'h.h': '#define N 7\nint h;\n' } };

describe('tokens', () => {
  it('are expanded, with all that Clang knows of them', () => {
    using preprocessor = new Preprocessor('a.c', options);
    const tokens = [...preprocessor.tokens()].map((token) => [
      token.kind,
      token.text,
      token.isStartOfLine,
      token.hasLeadingSpace,
      String(token.location),
      token.macro,
    ]);
    expect(tokens.slice(0, 10)).toEqual([
      ['int', 'int', true, false, './h.h:2:1', undefined],
      ['identifier', 'h', false, true, './h.h:2:5', undefined],
      ['semi', ';', false, false, './h.h:2:6', undefined],
      ['int', 'int', true, false, 'a.c:3:1', undefined],
      ['identifier', 'a', false, true, 'a.c:3:5', undefined],
      ['equal', '=', false, true, 'a.c:3:7', undefined],
      ['numeric_constant', '7', false, true, 'a.c:3:9', 'TWICE'],
      ['plus', '+', false, true, 'a.c:3:9', 'TWICE'],
      ['numeric_constant', '7', false, true, 'a.c:3:9', 'TWICE'],
      ['semi', ';', false, false, 'a.c:3:17', undefined],
    ]);
    expect(tokens.slice(10).map(([, spelling]) => spelling)).toEqual(['int', 'bc', '=', "'\\n'", '<:', '0', ':>', ';']);
  });

  it('are not expanded when that is not wanted, while directives still count', () => {
    const unsaved = { 'a.c': '#define YES 1\n#if YES\nint a = YES;\n#endif\n' };
    using preprocessor = new Preprocessor('a.c', { unsaved });
    expect([...preprocessor.tokens({ expand: false })].map(String)).toEqual(['int', 'a', '=', 'YES', ';']);
  });

  it('are read as they are asked for', () => {
    const many = `${'int a;\n'.repeat(50_000)}#error not reached\n`;
    using preprocessor = new Preprocessor('a.c', { unsaved: { 'a.c': many } });
    const locations: string[] = [];
    for (const token of preprocessor.tokens()) {
      locations.push(String(token.location));
      if (locations.length === 20_000) break;
    }
    expect(locations.at(-1)).toBe('a.c:6667:5');
    // Facts are those of a whole reading.
    expect(preprocessor.diagnostics.map(String)).toEqual(['a.c:50001:2: error: not reached']);
  });

  it('of a text are in the language of the file', () => {
    using c = new Preprocessor('a.c', { arguments: ['-std=c17'], unsaved: { 'a.c': '' } });
    expect(c.tokenize('class R"(x y)" + 1').map((token) => [token.kind, token.text])).toEqual([
      ['identifier', 'class'],
      ['identifier', 'R'],
      ['string_literal', '"(x y)"'],
      ['plus', '+'],
      ['numeric_constant', '1'],
    ]);
    using cpp = new Preprocessor('a.cpp', { unsaved: { 'a.cpp': '' } });
    expect(cpp.tokenize('class R"(x y)"').map((token) => token.kind)).toEqual(['class', 'string_literal']);
  });
});

describe('format', () => {
  const pairs = (tokens: readonly PreprocessorToken[]): string[] => tokens.map(({ kind, text }) => `${kind} ${text}`);

  it('gives the same tokens again, with their spaces and without', () => {
    using preprocessor = new Preprocessor('a.cpp', {
      arguments: ['-std=c++20'],
      unsaved: { 'a.cpp': '#include <map>\n#include <string>\n' },
    });
    const tokens = [...preprocessor.tokens()];
    expect(tokens.length).toBeGreaterThan(50_000);
    for (const written of [tokens, tokens.map(({ kind, text }) => ({ kind, text }))]) {
      expect(pairs(preprocessor.tokenize(format(written)))).toEqual(pairs(tokens));
    }
  });

  it('keeps any two tokens apart', { timeout: 120_000 }, () => {
    using preprocessor = new Preprocessor('a.cpp', { arguments: ['-std=c++20'], unsaved: { 'a.cpp': '' } });
    const samples =
      "a 1 1e 0x1p 1.5 .5 \"s\" L'c' u8 R LR x$y + ++ += - -> ->* -- . ... .* < << <<= <= <=> > >> : :: & && &= | || = == ! != % %= %: # ## / * *= ^ ~ ? , ; ( ) [ ] { } <: :> <% %> 1'0 \\ @ é".split(
        ' ',
      );
    const wrong: string[] = [];
    for (const left of samples) {
      for (const right of samples) {
        const tokens = [...preprocessor.tokenize(left), ...preprocessor.tokenize(right)];
        const plain = tokens.map(({ kind, text }) => ({ kind, text }));
        const again = preprocessor.tokenize(format(plain));
        if (pairs(again).join() !== pairs(tokens).join()) wrong.push(`${left} ${right} → ${format(plain)}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('text', () => {
  it('is what clang -E prints, for files that are written in no encoding, too', () => {
    const bytes = Buffer.from([...Buffer.from('char *s = "'), 0xe9, 0xff, ...Buffer.from('";\n')]);
    using preprocessor = new Preprocessor('a.c', { arguments: ['-P'], unsaved: { 'a.c': bytes } });
    const expected = spawnSync('clang-19', ['-E', '-P', '-x', 'c', '-'], { input: bytes }).stdout;
    expect(Buffer.concat([...preprocessor.chunks()])).toEqual(expected);
  });

  it('has definitions with -dD and -dM', () => {
    using preprocessor = new Preprocessor('a.c', { arguments: ['-undef'], unsaved: { 'a.c': '#define A 1\nA\n' } });
    expect(preprocessor.text(['-P', '-dD'])).toContain('#define A 1\n1\n');
    expect(preprocessor.text(['-dM'])).toContain('#define A 1\n');
  });
});

describe('a preprocessor', () => {
  it('says what it cannot read', () => {
    expect(() => new Preprocessor('/nowhere/a.c').text()).toThrow(
      expect.objectContaining({ code: 'INPUT_UNREADABLE' }),
    );
    expect(() => new Preprocessor('a.c', { arguments: ['--bogus'], ...options }).text()).toThrow(
      expect.objectContaining({ code: 'BAD_ARGUMENTS' }),
    );
  });

  it('can be used again, and its facts are of the last reading', () => {
    using preprocessor = new Preprocessor('a.c', options);
    expect([...preprocessor.tokens()].length).toBe(18);
    expect(preprocessor.facts.definitions('TWICE').length).toBe(1);
    expect(preprocessor.text(['-P'])).toContain('int a = 7 + 7;');
    expect(preprocessor.facts.includes.map(String)).toEqual(['"h.h"']);
  });

  it('knows of each line why it is there', () => {
    const unsaved = {
      'a.c': '#ifdef X\n#include "h.h"\n#elif 1\nint b;\n#else\nint c;\n#endif\n#include "h.h"\n',
      'h.h': '#ifndef H\n#define H\n#if 2 > 3\nint never;\n#endif\nint h;\n#endif\n',
    };
    using preprocessor = new Preprocessor('a.c', { unsaved });
    const { facts } = preprocessor;
    const why = (line: number, file?: string): string[] => facts.why(line, file).map(String);
    expect(why(2)).toEqual(['a.c:1: #ifdef X is false\na.c:2: is left out']);
    expect(why(4)).toEqual(['a.c:3: #elif 1 is true\na.c:4: is there']);
    expect(why(6)).toEqual(['a.c:5: #else, but #elif 1 is true\na.c:6: is left out']);
    expect(why(4, 'h.h')).toEqual([
      'a.c:8: #include "h.h"\n./h.h:1: #ifndef H is true\n./h.h:3: #if 2 > 3 is false\n./h.h:4: is left out',
    ]);
    expect(facts.why(6, 'h.h')[0]?.isPresent).toBe(true);
    expect(facts.why(1, 'other.h')).toEqual([]);
  });

  it('counts what includes cost', () => {
    using preprocessor = new Preprocessor('a.c', {
      unsaved: { 'a.c': '#include <stdlib.h>\n#include "h.h"\n', 'h.h': 'int h;\n' },
    });
    const main = preprocessor.facts.mainInclusion;
    expect(main.children.map(({ file }) => file.name)).toEqual(['/usr/include/stdlib.h', './h.h']);
    const [system, own] = main.children;
    expect(system?.file.size).toBe(readFileSync('/usr/include/stdlib.h').length);
    expect([system?.isSystem, own?.isSystem, own?.bytes, own?.count]).toEqual([true, false, 7, 1]);
    expect(system?.bytes).toBeGreaterThan(system?.file.size as number);
    expect(main.bytes).toBe(main.file.size + (system?.bytes as number) + 7);
    expect(main.time).toBeGreaterThanOrEqual(system?.time as number);
    expect(String(own?.include?.location)).toBe('a.c:2:1');
  });
});
