import { afterEach, describe, expect, it } from 'vitest';
import { TranslationUnit } from '../index.js';

let tu: TranslationUnit;
afterEach(() => tu.dispose());

const code = `#include "a.h"
#include <gone.h>
#define PI 3
#define LOG(x, ...) f(x, ##__VA_ARGS__)
#undef PI
#if defined(NOWHERE)
int hidden;
#elif 1
int a = LOG(1) + LINE;
#else
int hidden_too;
#endif
`;

describe('facts of preprocessing', () => {
  it('are data', () => {
    tu = TranslationUnit.parseSync('input.c', {
      arguments: ['-DGIVEN=7'],
      unsaved: { 'input.c': code, 'a.h': '#pragma once\n#define LINE __LINE__\n' },
    });
    const { preprocessor } = tu;
    const written = preprocessor.macros.filter((macro) => !macro.isPredefined && !macro.isBuiltin);
    expect(written.map((macro) => [macro.name, macro.text, macro.isFunctionLike, macro.isVariadic])).toEqual([
      ['LINE', '__LINE__', false, false],
      ['PI', '3', false, false],
      ['LOG', '(x, ...) f(x, ##__VA_ARGS__)', true, true],
    ]);
    expect(String(written[1]?.undefinedAt)).toBe('input.c:5:8');
    expect(written[2]?.undefinedAt.isValid).toBe(false);
    expect(written[2]?.tokens.map((token) => token.text).join(' ')).toBe('f ( x , ## __VA_ARGS__ )');
    expect(preprocessor.definitions('GIVEN')[0]).toMatchObject({ text: '7', isPredefined: true });

    const uses = preprocessor.expansions.filter((use) => use.location.isInMainFile && !use.location.isMacro);
    expect(uses.map((use) => [use.macro?.name, String(use)])).toEqual([
      ['LOG', 'LOG(1)'],
      ['LINE', 'LINE'],
    ]);
    expect(written[2]?.expansions.map(String)).toEqual(['LOG(1)']);

    expect(preprocessor.includes.map((include) => [String(include), include.path, include.isAngled])).toEqual([
      ['"a.h"', expect.stringContaining('a.h'), false],
      ['<gone.h>', undefined, true],
    ]);
    expect(preprocessor.includes.map((include) => String(include.location))).toEqual(['input.c:1:1', 'input.c:2:1']);
    expect(preprocessor.skipped.map((range) => [range.begin.line, range.end.line])).toEqual([
      [6, 9],
      [10, 12],
    ]);
  });
});
