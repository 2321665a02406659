import { expect, test } from 'vitest';
import { analyse } from './code-syntax.js';
import { Precedence } from './precedence.js';

/** `@` is a value, an expression. */
function syntax(code: string, binding: number = Precedence.primary) {
  const strings = code.split('@');
  return analyse(
    strings,
    strings.slice(1).map(() => ({ kind: 'expression', binding })),
  );
}
const name = (precedence: number) => Object.entries(Precedence).find(([, value]) => value === precedence)?.[0];

test.each([
  ['a', 'primary'],
  ['a + b', 'additive'],
  ['a + b * c', 'additive'],
  ['a * b + c', 'additive'],
  ['(a + b)', 'primary'],
  ['(a + b) * c', 'multiplicative'],
  ['-a', 'unary'],
  ['-a - b', 'additive'],
  ['*p', 'unary'],
  ['a * *p', 'multiplicative'],
  ['a && &b', 'logicalAnd'],
  ['(int)x', 'cast'],
  ['(unsigned char)-x', 'cast'],
  ['(size_t)x', 'cast'],
  ['(char *)p', 'cast'],
  ['(a) - b', 'additive'],
  ['(f)(x)', 'postfix'],
  ['sizeof x', 'unary'],
  ['sizeof(x)', 'unary'],
  ['f(a, b)', 'postfix'],
  ['a.b->c', 'postfix'],
  ['a[i + 1]', 'postfix'],
  ['i++', 'postfix'],
  ['a, b', 'comma'],
  ['a = b', 'assignment'],
  ['a += b ? c : d', 'assignment'],
  ['a ? b : c', 'conditional'],
  ['a ? b, c : d', 'conditional'],
  ['a < b', 'relational'],
  ['std::max<int>(a, b)', 'postfix'],
  ['static_cast<std::pair<int, int>>(x)', 'postfix'],
  ['a <=> b', 'spaceship'],
  ['throw x', 'assignment'],
  ['"a" "b"', 'primary'],
  ['1.5e+3', 'primary'],
  ["'+'", 'primary'],
  ['u8"-" /* + */', 'primary'],
  ['[=](int x) { return x + 1; }', 'postfix'],
  ['new int[n]', 'unary'],
  ['a->*b', 'pointerToMember'],
  ['return a + b;', 'primary'],
  ['int x = a + b', 'primary'],
  ['@', 'primary'],
])('%s binds as %s', (code, expected) => {
  expect(name(syntax(code).binding)).toBe(expected);
});

test.each([
  ['@ * 2', ['multiplicative']],
  ['2 * @', ['pointerToMember']],
  ['a - @', ['multiplicative']],
  ['@ - @', ['additive', 'multiplicative']],
  ['-@', ['cast']],
  ['!@', ['cast']],
  ['sizeof @', ['unary']],
  ['sizeof(@)', ['any']],
  ['(int)@', ['cast']],
  ['(size_t)@', ['cast']],
  ['@.x', ['postfix']],
  ['@->x', ['postfix']],
  ['@[@]', ['postfix', 'any']],
  ['@(@, @)', ['postfix', 'assignment', 'assignment']],
  ['f(@)', ['assignment']],
  ['(@)', ['any']],
  ['(@, @)', ['comma', 'assignment']],
  ['@ = @', ['logicalOr', 'assignment']],
  ['@ ? @ : @', ['logicalOr', 'any', 'conditional']],
  ['if (@) return @;', ['any', 'any']],
  ['while (@) @;', ['any', 'any']],
  ['for (@; @; @) {}', ['any', 'any', 'any']],
  ['int x = @;', ['assignment']],
  ['T x(@);', ['assignment']],
  ['T x{@, @};', ['assignment', 'assignment']],
  ['foo<@>(@)', ['additive', 'assignment']],
  ['@++', ['postfix']],
  ['++@', ['unary']],
  ['@ && @', ['logicalAnd', 'or']],
  ['throw @', ['assignment']],
  ['static_cast<int>(@)', ['assignment']],
  ['case @:', ['any']],
  ['{ @; }', ['any']],
  ['if (x) { @; }', ['any']],
])('%s requires %s', (code, expected) => {
  expect(syntax(code).required.map(name)).toEqual(expected);
});

test('a value that needs no parentheses counts for the whole', () => {
  expect(name(syntax('@', Precedence.additive).binding)).toBe('additive');
  expect(name(syntax('@ * 2', Precedence.additive).binding)).toBe('multiplicative');
  expect(name(syntax('@ || 2', Precedence.additive).binding)).toBe('logicalOr');
});
