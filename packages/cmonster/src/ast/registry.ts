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

let registered: ClassRegistry | undefined;
let kindNumbers: Map<string, number> | undefined;
const kindSets = new Map<unknown, Uint8Array>();

export function registerClasses(registry: ClassRegistry): void {
  registered = registry;
  kindNumbers = undefined;
  kindSets.clear();
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
  const { kindNames, nodeClasses, typeClasses } = registry();
  const set = new Uint8Array(kindNames.length);
  for (let kind = 0; kind < set.length; kind++) {
    for (const candidate of [nodeClasses[kind], typeClasses[kind]]) {
      if (candidate && ((candidate as unknown) === nodeClass || candidate.prototype instanceof nodeClass))
        set[kind] = 1;
    }
  }
  kindSets.set(nodeClass, set);
  return set;
}
