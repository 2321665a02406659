import { expect, test } from 'vitest';
import { TypeTexts, type TypeTextsHost } from './type-texts.js';

const written = (): Uint8Array => Uint8Array.from({ length: 10 }, (_, kind) => Number(kind === 9));

/** Rows whose types are 1, 2, 3, …; every third row is a part of a type as written. */
function host(types: number): TypeTextsHost {
  const numbers = Array.from({ length: types }, (_, i) => i);
  const snapshot = {
    rows: types,
    types,
    kind: Uint16Array.from(numbers, (i) => (i % 3 === 0 ? 9 : 8)),
    type: Uint32Array.from(numbers),
  };
  return { snapshot: snapshot as unknown as TypeTextsHost['snapshot'] };
}

function answer(texts: readonly string[]): Uint8Array {
  const bytes = texts.map((text) => Buffer.from(text));
  let end = 0;
  const ends = Uint32Array.from(bytes, ({ length }) => {
    end += length;
    return end;
  });
  return Buffer.concat([new Uint8Array(ends.buffer), ...bytes]);
}

test('who reads types one after another asks ever more at once, of those that nodes have', () => {
  const asked: number[][] = [];
  const texts = new TypeTexts(
    host(3000),
    (types) => {
      asked.push([...types]);
      return answer([...types].map((type) => `type ${type}`));
    },
    written,
  );
  for (let type = 1; type < 3000; type++) if (type % 3 !== 0) expect(texts.of(type)).toBe(`type ${type}`);
  expect(asked.length).toBeLessThan(15);
  expect(asked.flat().filter((type) => type % 3 === 0)).toEqual([]);
  expect(new Set(asked.flat()).size).toBe(asked.flat().length);
});

test('who reads here and there asks for little more than what is read', () => {
  let asked = 0;
  const texts = new TypeTexts(
    host(30_000),
    (types) => {
      asked += types.length;
      return answer([...types].map((type) => `type ${type}`));
    },
    written,
  );
  for (let i = 0; i < 20; i++) texts.of(1 + ((i * 7919) % 29_999));
  expect(asked).toBeLessThan(400);
});

test('one that cannot be printed costs only itself, and text is text in any script', () => {
  const texts = new TypeTexts(
    host(100),
    (types, single) => {
      if (!types.includes(41)) return answer([...types].map((type) => `größe<${type}>`));
      if (single) throw new Error('Clang cannot');
      return undefined;
    },
    written,
  );
  texts.prefetch(Array.from({ length: 99 }, (_, i) => i + 1));
  expect(() => texts.of(41)).toThrow('Clang cannot');
  expect(texts.of(40)).toBe('größe<40>');
  expect(texts.of(42)).toBe('größe<42>');
});
