// src/ast/generated/enums.ts: each enum as a union of its enumerators' names, and a table from value to name.
import type { Schema } from '../schema.js';
import { banner } from './header.js';
import { docComment, quote } from './text.js';

/** `firstStmt` and the like are marks in the enum, not values of their own. */
const mark = /^_?(first|last|num|max)(?=[A-Z_])|^(NUM_|Last$|First$)/i;

/** Enumerators by value, one name each: the first that is no mark. */
function byValue(enumerators: [string, number][]): Map<number, string> {
  const names = new Map<number, string>();
  for (const [name, value] of enumerators) {
    const known = names.get(value);
    if (known === undefined || (mark.test(known) && !mark.test(name))) names.set(value, name);
  }
  return names;
}

export function emitEnums(schema: Schema): string {
  const parts = Object.entries(schema.enums).map(([qualified, model]) => {
    const name = schema.types.enumOf(qualified);
    const values = [...byValue(model.enumerators)].sort(([x], [y]) => x - y);
    const dense = values.every(([value], at) => value === at);
    const table = dense
      ? `[${values.map(([, n]) => quote(n)).join(', ')}]`
      : `{ ${values.map(([v, n]) => `${v < 0 ? `[${v}]` : v}: ${quote(n)}`).join(', ')} }`;
    const doc = docComment([model.doc, `Clang's \`${qualified}\`.`]);
    return `${doc}export type ${name} = ${values.map(([, n]) => quote(n)).join(' | ') || 'never'};
export const ${name}: EnumTable<${name}> = ${table};
`;
  });
  return `${banner}
/** From an enumerator's value in Clang to its name; a combination of flags has none. */
export type EnumTable<Name extends string> = { readonly [value: number]: Name };

${parts.join('\n')}`;
}
