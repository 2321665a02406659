/** Every getter on everything, twice; and what must be as before afterwards. */
import { dumpJson, Snapshot, type TranslationUnit } from 'cmonster';
import { expect } from 'vitest';
import { type Input, parseAll } from './corpus.js';
import { type Sweep, sweep } from './sweep.js';

/** Parts of a translation unit that are no part of its interface. */
interface Inside {
  held: { connection: unknown };
  questions: { facts: Map<number, unknown> };
}

export interface Options {
  /** Compare Clang's own dump too; for big files that takes long. */
  dump: boolean;
}

export async function expectHarmless(input: Input, options: Options = { dump: true }): Promise<Sweep> {
  const tu = await parseAll(input);
  try {
    const { rows, types, strings } = tu.snapshot;
    const columns = Buffer.from(tu.snapshot.kind.slice().buffer);
    const { connection } = (tu as unknown as Inside).held;
    const before = options.dump ? dumped(tu) : '';
    const first = sweep(tu, rows, types);
    expect(Object.fromEntries(first.faults), `questions about ${input.file} that fault`).toEqual({});
    const second = sweep(tu, rows, types);
    expect(second.sum, 'the answers of a second sweep').toBe(first.sum);
    expect((tu as unknown as Inside).held.connection, 'the frontend').toBe(connection);
    if (options.dump) expect(dumped(tu) === before, 'the dump afterwards is the same').toBe(true);
    // The columns as they came, and as another frontend that was asked nothing makes them.
    expect(Buffer.from(tu.snapshot.kind.slice(0, rows).buffer).equals(columns)).toBe(true);
    const anew = await parseAll(input);
    try {
      expect(anew.snapshot).toBeInstanceOf(Snapshot);
      expect(tu.snapshot.startsLike(anew.snapshot, { rows, types, strings }), 'the columns parsed anew').toBe(true);
    } finally {
      anew.dispose();
    }
    return first;
  } finally {
    tu.dispose();
  }
}

/** Asked of the frontend again: printed types are kept otherwise. */
function dumped(tu: TranslationUnit): string {
  (tu as unknown as Inside).questions.facts.clear();
  return [...dumpJson(tu, { implicit: true, instantiations: true })].join('');
}
