// What the committed output promises: npm run check sees to it that it is the generator's.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GETTERS } from '../src/ast/generated/getters.js';
import * as generated from '../src/ast/generated/index.js';
import { bits } from './tables/columns.js';

const { generatedRegistry, KIND_NAMES, SCHEMA_HASH } = generated;
const text = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const classes = generated as unknown as Record<string, { prototype: object } | undefined>;

test('at least 95 % of the getters are exposed, and the rest is listed', () => {
  const coverage = text('coverage.md');
  const number = (pattern: RegExp) => Number(pattern.exec(coverage)?.[1]);
  const getters = number(/of these getters by what they return \| (\d+)/);
  const exposed = number(/\*\*exposed\*\* \| \*\*(\d+)/);
  expect(getters).toBeGreaterThan(5000);
  expect(exposed / getters).toBeGreaterThanOrEqual(0.95);
  const rest = coverage.slice(coverage.indexOf('## Not exposed'), coverage.indexOf('## Not getters'));
  const listed = [...rest.matchAll(/\((\d+)\)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  expect(exposed + listed).toBe(getters);
});

test('every kind has a class that is exported under its name', () => {
  const { nodeClasses, typeClasses } = generatedRegistry;
  const without = KIND_NAMES.filter((name, kind) => {
    if (['Null', 'Link', 'QualType'].includes(name)) return false;
    const made = typeClasses[kind] ?? nodeClasses[kind];
    return made === undefined || classes[name] !== (made as unknown) || made.prototype.kind !== name;
  });
  expect(without).toEqual([]);
});

test('each family is complete', () => {
  const count = (root: string) =>
    KIND_NAMES.filter((name) => {
      const made = classes[name]?.prototype;
      return made !== undefined && made instanceof (classes[root] as unknown as new () => object);
    }).length;
  expect({
    Decl: count('Decl'),
    Stmt: count('Stmt'),
    Expr: count('Expr'),
    Type: count('Type'),
    TypeLoc: count('TypeLoc'),
    Attr: count('Attr'),
  }).toEqual({ Decl: 86, Stmt: 240, Expr: 126, Type: 57, TypeLoc: 58, Attr: 413 });
});

test('every question is a member of its class, of the kind it is said to be', () => {
  const missing = GETTERS.filter(([owner, , name, call]) => {
    if (owner === 'DeclContext') return false;
    const made = classes[owner === 'QualType' ? 'Type' : owner];
    let at: object | null = made?.prototype ?? null;
    while (at && !Object.hasOwn(at, name)) at = Object.getPrototypeOf(at) as object | null;
    const property = at && Object.getOwnPropertyDescriptor(at, name);
    return !property || (call ? typeof property.value !== 'function' : property.get === undefined);
  });
  expect(missing.map(([owner, method]) => `${owner}.${method}`)).toEqual([]);
});

test('both sides carry the same hash', () => {
  const header = text('../frontend/generated/getters.h');
  expect(Number(/SchemaHash = (0x[0-9a-f]{8});/.exec(header)?.[1])).toBe(SCHEMA_HASH);
  expect(Number(/GetterCount = (\d+);/.exec(header)?.[1])).toBe(GETTERS.length);
});

test('packed getters lie where the table says, base class first', () => {
  const kind = (name: string) => KIND_NAMES.indexOf(name);
  const at = (name: string, getter: string) => generatedRegistry.packed(kind(name), getter);
  expect(at('VarDecl', 'isImplicit')).toEqual({ shift: 0, mask: 1 });
  expect(at('VarDecl', 'getAccess')).toEqual({ shift: 4, mask: 3 });
  expect(at('ParmVarDecl', 'getStorageClass')).toEqual(at('VarDecl', 'getStorageClass'));
  expect(at('CompoundAssignOperator', 'getOpcode')).toEqual(at('BinaryOperator', 'getOpcode'));
  expect(at('VarDecl', 'getOpcode')).toBeUndefined();
});

test('packed getters fit into 32 bits', () => {
  for (const owner of Object.keys(bits))
    for (const entry of bits[owner]!) {
      const method = entry.split(':')[0]!;
      const kind = KIND_NAMES.findIndex(
        (name) => classes[name]?.prototype instanceof (classes[owner] as never as new () => object),
      );
      const found = kind < 0 ? undefined : generatedRegistry.packed(kind, method);
      if (found) expect(found.shift + Math.log2(found.mask + 1), `${owner}.${method}`).toBeLessThanOrEqual(32);
    }
});
