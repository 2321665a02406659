/**
 * What the runtime knows about the generated classes.
 *
 * The generated classes extend the runtime's, so the runtime cannot import them: the package's entry registers them here.
 */
import { CmonsterError } from '../error.js';
import type { Node } from './node.js';
import type { TranslationUnit } from './translation-unit.js';
import type { TypeBase } from './type-base.js';

/** A class of nodes, abstract ones included: what `find`, `is` and `instanceof` take. */
export type NodeClass<T extends Node = Node> = abstract new (...args: never[]) => T;
/** A class of types. */
export type TypeClass<T extends TypeBase = TypeBase> = abstract new (...args: never[]) => T;

export type NodeConstructor = new (tu: TranslationUnit, index: number) => Node;
export type TypeConstructor = new (tu: TranslationUnit, index: number) => TypeBase;

/** Where a cheap getter's value lies in the column `bits`. */
export interface PackedField {
  shift: number;
  mask: number;
}

export interface ClassRegistry {
  /** Names by kind; 0 and 1 are no class. */
  kindNames: readonly string[];
  /** By kind. */
  nodeClasses: readonly (NodeConstructor | undefined)[];
  /** By kind. */
  typeClasses: readonly (TypeConstructor | undefined)[];
  schemaHash: number;
  /** The packed value of a getter, by Clang's name of it (`isImplicit`), for nodes of the kind. */
  packed(kind: number, getter: string): PackedField | undefined;
}

/** Makes an object of one class. */
export type Maker<T> = new (tu: TranslationUnit, index: number) => T;

let registered: ClassRegistry | undefined;
/** By kind, for nodes and for types. */
export let nodeMakers: readonly (Maker<Node> | undefined)[] = [];
export let typeMakers: readonly (Maker<TypeBase> | undefined)[] = [];
let kindNumbers: Map<string, number> | undefined;
let written: Uint8Array | undefined;
const packedTables = new Map<string, Uint32Array>();
const kindSets = new Map<unknown, Uint8Array>();

/** Beside the TypeLocs. */
const WRITTEN_PARTS = [
  'TemplateArgumentLoc',
  'NestedNameSpecifierLoc',
  'CXXBaseSpecifier',
  'Designator',
  'ConceptReference',
  'LambdaCapture',
];

export function registerClasses(registry: ClassRegistry): void {
  registered = registry;
  kindNumbers = undefined;
  written = undefined;
  kindSets.clear();
  packedTables.clear();
  nodeMakers = registry.nodeClasses.map((nodeClass) => nodeClass && maker<Node>(nodeClass));
  typeMakers = registry.typeClasses.map((typeClass) => typeClass && maker<TypeBase>(typeClass));
}

/**
 * A constructor that makes what the class's own would, ten times faster: V8 does not inline chains of derived constructors where
 * hundreds of classes meet. The generated classes have no constructors and no fields of their own.
 */
function maker<T>(made: { prototype: object }): Maker<T> {
  function Make(this: { tu: TranslationUnit; index: number }, tu: TranslationUnit, index: number): void {
    this.tu = tu;
    this.index = index;
  }
  Make.prototype = made.prototype;
  return Make as unknown as Maker<T>;
}

export function registry(): ClassRegistry {
  if (!registered) throw new CmonsterError('INTERNAL', "the AST's classes are not registered: import from 'cmonster'");
  return registered;
}

/** The number of a kind, 0 for a name that is none. */
export function kindNumber(name: string): number {
  if (!kindNumbers) kindNumbers = new Map(registry().kindNames.map((kind, number) => [kind, number]));
  return kindNumbers.get(name) ?? 0;
}

/** For each kind 1 when its class is the given one or derives from it. */
export function kindsOf(nodeClass: NodeClass | TypeClass): Uint8Array {
  const known = kindSets.get(nodeClass);
  if (known) return known;
  if (typeof nodeClass !== 'function') {
    throw new CmonsterError('USAGE', 'a class is needed here, such as CallExpr; patterns and matchers are for match()');
  }
  const { kindNames, nodeClasses, typeClasses } = registry();
  const set = new Uint8Array(kindNames.length);
  for (let kind = 0; kind < set.length; kind++) {
    if (derives(nodeClasses[kind], nodeClass) || derives(typeClasses[kind], nodeClass)) set[kind] = 1;
  }
  kindSets.set(nodeClass, set);
  return set;
}

/** Whether a class is the given one or derives from it; `instanceof` on a thousand prototypes is slow. */
function derives(candidate: unknown, base: unknown): boolean {
  for (let at = candidate; at; at = Object.getPrototypeOf(at)) if (at === base) return true;
  return false;
}

/** For each kind 1 when it is a part of a type or of a name as written, which Clang's dump does not show. */
export function writtenParts(): Uint8Array {
  if (!written) {
    const { kindNames, typeClasses } = registry();
    written = Uint8Array.from(kindNames, (name, kind) =>
      Number(!typeClasses[kind] && (name.endsWith('TypeLoc') || WRITTEN_PARTS.includes(name))),
    );
  }
  return written;
}

/** Where a getter's packed value lies, for all kinds: shift and mask at twice the kind; a mask of 0 where there is none. */
export function packedTable(getter: string): Uint32Array {
  let table = packedTables.get(getter);
  if (!table) {
    const { kindNames, packed } = registry();
    table = new Uint32Array(kindNames.length * 2);
    for (let kind = 0; kind < kindNames.length; kind++) {
      const where = packed(kind, getter);
      if (!where) continue;
      table[kind * 2] = where.shift;
      table[kind * 2 + 1] = where.mask;
    }
    packedTables.set(getter, table);
  }
  return table;
}
