import { expect, it } from 'vitest';
import { STDIN, withClangFlags } from './clang-flags.js';

it('puts what is Clang’s behind --, with the values that belong to it, in its order', () => {
  const line = (text: string): string => withClangFlags(text.split(' ')).join(' ');
  expect(line('dump -I inc a.c -DA=1 -UA --json')).toBe('dump a.c --json -- -I inc -DA=1 -UA');
  expect(line('dump -MF a.d -MT a.o -include-pch p.pch a.c -L lib -isystem sys')).toBe(
    'dump a.c -- -MF a.d -MT a.o -include-pch p.pch -L lib -isystem sys',
  );
  expect(line('run s.ts -p build -j2 -std=c++20 a.cpp -- -Wall')).toBe(
    'run s.ts -p build -j2 a.cpp -- -std=c++20 -Wall',
  );
  expect(line('preprocess - -o out.i -dM')).toBe(`preprocess ${STDIN} -o out.i -- -dM`);
  expect(line('init -DA')).toBe('init -DA');
  expect(() => line('dump a.c -include')).toThrow('-include lacks what belongs behind it');
});
