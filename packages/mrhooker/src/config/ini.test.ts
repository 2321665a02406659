import { expect, test } from 'vitest';
import { parseIni } from './ini.js';

const values = (text: string) =>
  Object.fromEntries(
    [...parseIni(text, 'f')].map(([name, section]) => [
      name,
      Object.fromEntries([...section].map(([key, { value }]) => [key, value])),
    ]),
  );

test('sections, comments, quotes, and dots in names', () => {
  const text = '\uFEFF; one\n# two\n[default]\r\na = b = c\n x= \n[hooks.ts]\na = "q r"\n[default]\nz=1\n';
  expect(values(text)).toEqual({ default: { a: 'b = c', x: '', z: '1' }, 'hooks.ts': { a: 'q r' } });
});

test('mistakes say where', () => {
  expect(() => parseIni('[a]\nnothing\n', 'f')).toThrow("f:2: 'nothing' is neither a [section] nor KEY = VALUE");
  expect(() => parseIni('a = 1\n', 'f')).toThrow("f:1: 'a = 1' stands before any section: begin with [default]");
});
