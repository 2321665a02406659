/** Getters that are read from the columns give what Clang's own method gives when it is asked. */
import { Location, Node, Range, type TranslationUnit, TypeBase } from 'cmonster';
import { afterAll, expect, test } from 'vitest';
import { registry } from '../../packages/cmonster/src/ast/registry.js';
import { numberResolver } from '../../packages/cmonster/src/frontend/protocol.js';
import { type Getter, gettersOf, isReadable, read } from './applicable.js';
import { CORPUS, parseAll, SNIPPETS } from './corpus.js';

class Asked extends Error {}

let values = 0;
const computed = new Set<number>();

test.each([...CORPUS, ...SNIPPETS].map((input) => [input.file.replace(/^.*\//, ''), input] as const))(
  '%s',
  async (_name, input) => {
    const tu = await parseAll(input);
    try {
      const { rows, types, kind, typeKind } = tu.snapshot;
      const { nodeClasses, typeClasses } = registry();
      const byKind = new Map<number, (Node | TypeBase)[]>();
      const add = (of: number, subject: Node | TypeBase | null): void => {
        if (subject) byKind.set(of, [...(byKind.get(of) ?? []), subject]);
      };
      for (let row = 1; row < rows; row++) {
        const of = kind[row] as number;
        if (nodeClasses[of] && !typeClasses[of]) add(of, tu.node(row));
      }
      for (let index = 1; index < types; index++) add(typeKind[index] as number, tu.type(index));
      const differences: string[] = [];
      for (const [of, subjects] of byKind)
        for (const getter of gettersOf(of)) if (isReadable(of, getter)) compare(tu, of, getter, subjects, differences);
      expect(differences).toEqual([]);
    } finally {
      tu.dispose();
    }
  },
);

afterAll(() => {
  console.log(`${computed.size} getters are read from the columns; ${values} values compared`);
});

function compare(
  tu: TranslationUnit,
  kind: number,
  getter: Getter,
  subjects: readonly (Node | TypeBase)[],
  differences: string[],
): void {
  const own = unasked(tu, getter, subjects);
  if (!own) return;
  computed.add(getter.id);
  values += own.length;
  const asked = tu.questions.many(
    subjects.map(({ index }) => ({ operation: getter.id, handle: index })),
    false,
    numberResolver,
  );
  const names = new Map<unknown, unknown>();
  const packed = registry().packed(kind, getter.method);
  subjects.forEach((subject, i) => {
    let [mine, theirs] = [plain(own[i]), plain(asked[i])];
    if (getter.returns === 'enum') {
      // One number is one name; and the packed number is the number.
      const name = mine;
      if (packed && subject instanceof Node) {
        mine = ((tu.snapshot.bits[subject.index] as number) >>> packed.shift) & packed.mask;
      } else mine = theirs;
      if (name === undefined || (names.has(theirs) && names.get(theirs) !== name)) mine = `${name}`;
      names.set(theirs, name);
    } else if (typeof mine === 'bigint' || typeof theirs === 'bigint') {
      [mine, theirs] = [String(mine), String(theirs)];
    }
    if (JSON.stringify(mine) === JSON.stringify(theirs)) return;
    // Clang's own is for identifiers only; here it is the name as `nameAsString`, which is compared too.
    if (getter.method === 'getName' && theirs === undefined) return;
    differences.push(`${subject.kind}.${getter.method} of ${subject}: ${mine} here, ${theirs} when asked`);
  });
}

/** What the class gives by itself; undefined for getters that ask. */
function unasked(tu: TranslationUnit, getter: Getter, subjects: readonly object[]): unknown[] | undefined {
  const { questions } = tu;
  const ask = (): never => {
    throw new Asked();
  };
  Object.assign(questions, { ofNode: ask, ofType: ask });
  try {
    return subjects.map((subject) => read(subject, getter));
  } catch (error) {
    if (error instanceof Asked) return undefined;
    throw error;
  } finally {
    // The class's own methods again.
    for (const name of ['ofNode', 'ofType']) Reflect.deleteProperty(questions, name);
  }
}

function plain(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Node || value instanceof TypeBase) return value.index;
  if (value instanceof Location) return value.raw;
  if (value instanceof Range) return [value.begin.raw, value.end.raw];
  return Array.isArray(value) ? value.map(plain) : value;
}
