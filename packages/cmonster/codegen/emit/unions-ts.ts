// src/ast/generated/unions.ts: for every class that others derive from, the union of its concrete classes, so that
// comparing `kind` narrows the type.
import type { Schema, SchemaClass } from '../schema.js';
import { emittedClasses, moduleOf } from './classes-ts.js';
import { banner } from './header.js';
import { quote } from './text.js';

export function emitUnions(schema: Schema): string {
  const imports = new Map<string, string[]>();
  for (const cls of emittedClasses(schema)) {
    if (cls.children.length > 0 && cls.kind === undefined) continue;
    if (cls.children.length === 0 && cls.kind === undefined && !cls.parent) continue;
    const from = `./${moduleOf(cls)}.js`;
    imports.set(from, [...(imports.get(from) ?? []), cls.name]);
  }
  const unionOf = (cls: SchemaClass) => (cls.children.length > 0 ? `Any${cls.name}` : cls.name);
  const kindOf = (cls: SchemaClass) =>
    cls.children.length > 0 ? `KindOf${cls.name}` : cls.kind === undefined ? 'never' : quote(cls.name);
  const unions = emittedClasses(schema)
    .filter((cls) => cls.children.length > 0)
    .map((cls) => {
      const self = cls.kind === undefined ? [] : [`Exact${cls.name}`];
      const kinds = [...(cls.kind === undefined ? [] : [quote(cls.name)]), ...cls.children.map(kindOf)];
      const exact =
        cls.kind === undefined
          ? ''
          : `/** A ${cls.name} whose class is not one derived from it. */
export interface Exact${cls.name} extends ${cls.name} {
  readonly kind: ${quote(cls.name)};
}
`;
      return `${exact}export type Any${cls.name} = ${[...self, ...cls.children.map(unionOf)].join(' | ')};
export type KindOf${cls.name} = ${kinds.join(' | ')};
`;
    });
  return `${banner}${[...imports]
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([from, names]) => `import type { ${names.sort().join(', ')} } from ${quote(from)};`)
    .join('\n')}

${unions.join('\n')}`;
}
