// src/ast/generated/registry.ts, getters.ts and index.ts: what the runtime and the tests know about the classes.
import type { Layout } from '../layout.js';
import type { Schema } from '../schema.js';
import { modules } from '../tables/modules.js';
import { emittedClasses, moduleOf } from './classes-ts.js';
import { banner } from './header.js';
import { quote } from './text.js';

export function emitRegistry(schema: Schema, layout: Layout, hash: number): string {
  const classes = emittedClasses(schema).filter((c) => c.kind !== undefined || layout.own(c).length > 0);
  const imports = new Map<string, string[]>();
  for (const cls of classes) {
    const from = `./${moduleOf(cls)}.js`;
    imports.set(from, [...(imports.get(from) ?? []), cls.name]);
  }
  const isType = new Set(
    emittedClasses(schema)
      .filter((c) => c.family === 'type')
      .map((c) => c.name),
  );
  const byKind = schema.kinds.map((name) => {
    const cls = schema.byName.get(name);
    return cls && cls.kind !== undefined ? name : undefined;
  });
  const packed = classes
    .filter((c) => layout.own(c).length > 0)
    .map(
      (c) =>
        `  [${c.name}, { ${layout
          .own(c)
          .map((p) => `${p.method}: [${p.shift}, ${2 ** p.width - 1}]`)
          .join(', ')} }],\n`,
    );
  return `${banner}import { type Node, TypeRow } from '../node.js';
import type { ClassRegistry, NodeConstructor, PackedField, TypeConstructor } from '../registry.js';
import type { TypeBase } from '../type-base.js';
${[...imports]
  .sort(([x], [y]) => (x < y ? -1 : 1))
  .map(([from, names]) => `import { ${names.sort().join(', ')} } from ${quote(from)};`)
  .join('\n')}

/** FNV-1a over the names of kinds, getters and packed bits; the frontend carries the same. */
export const SCHEMA_HASH = 0x${hash.toString(16).padStart(8, '0')};

/** By kind: docs/formats/snapshot.md. */
export const KIND_NAMES: readonly string[] = [
${schema.kinds.map((k) => `  ${quote(k)},\n`).join('')}];

/** The classes of nodes by kind; a row of a type is a TypeRow. */
const nodeClasses: (NodeConstructor | undefined)[] = [];
const typeClasses: (TypeConstructor | undefined)[] = [];
// One by one: the compiler compares the elements of a literal with one another, which takes seconds.
${byKind
  .map((name, kind) => (name ? `${isType.has(name) ? 'typeClasses' : 'nodeClasses'}[${kind}] = ${name};\n` : ''))
  .join('')}
type AnyClass = abstract new (...args: never[]) => Node | TypeBase;

/** Where a class's own packed getters lie: shift and mask. */
const packedBits = new Map<AnyClass, Record<string, readonly [shift: number, mask: number]>>([
${packed.join('')}]);

const isRowOfType = (name: string, kind: number) => typeClasses[kind] !== undefined || name === 'QualType';

KIND_NAMES.forEach((name, kind) => {
  if (isRowOfType(name, kind)) nodeClasses[kind] = class extends TypeRow {};
  for (const made of [nodeClasses[kind], typeClasses[kind]])
    if (made) Object.defineProperty(made.prototype, 'kind', { value: name });
});

export const generatedRegistry: ClassRegistry = {
  kindNames: KIND_NAMES,
  nodeClasses,
  typeClasses,
  schemaHash: SCHEMA_HASH,
  packed(kind: number, getter: string): PackedField | undefined {
    for (
      let at = (typeClasses[kind] ?? nodeClasses[kind]) as AnyClass | null | undefined;
      at;
      at = Object.getPrototypeOf(at) as AnyClass | null
    ) {
      const found = packedBits.get(at)?.[getter];
      if (found) return { shift: found[0], mask: found[1] };
    }
    return undefined;
  },
};
`;
}

/** For tests and for asking in batches. */
export function emitGetterTable(schema: Schema): string {
  const rows = schema.getters.map((getter) => {
    const owner = getter.owner === 'DeclContext' ? undefined : getter.owner;
    const member = (owner ? [owner] : schema.classes).flatMap((c) => c.members).find((m) => m.getter === getter)!;
    return `  [${quote(owner?.name ?? 'DeclContext')}, ${quote(getter.method)}, ${quote(member.name)}, ${member.call}, ${quote(getter.returns.k)}, ${getter.precondition !== undefined}],\n`;
  });
  return `${banner}
/** A generated getter; its number is its place in GETTERS. */
export type GetterInfo = readonly [
  /** The class it is asked of: the declaring one, or DeclContext. */
  owner: string,
  /** Clang's name. */
  method: string,
  /** TypeScript's name. */
  name: string,
  /** A method, not a property. */
  call: boolean,
  /** The category of what it returns. */
  returns: string,
  /** It has a condition, and is undefined where that does not hold. */
  precondition: boolean,
];

export const GETTERS: readonly GetterInfo[] = [
${rows.join('')}];
`;
}

export function emitIndex(): string {
  return `${banner}${[...modules.map(([name]) => name)]
    .sort()
    .map((name) => `export * from './${name}.js';`)
    .join('\n')}
export type * from './unions.js';
export * as enums from './enums.js';
export { generatedRegistry, KIND_NAMES, SCHEMA_HASH } from './registry.js';
`;
}
