/** What every family of nodes needs to write itself: columns by name, references, types, locations, ids. */
import { registry } from '../ast/registry.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import type { Snapshot } from '../frontend/snapshot.js';
import { Facts } from './facts.js';
import { LocationWriter } from './locations.js';
import { quote } from './quote.js';

/** Where a packed getter is, two numbers per kind: shift and mask. */
export type Field = Uint32Array;

/** Temporaries are no rows; each belongs to one. */
const TEMPORARIES = 2 ** 32;

export class NodeWriter {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly locations: LocationWriter;
  /** What is written and not yet taken. */
  out = '';
  private readonly kindNames: readonly string[];
  private readonly quotedNames: (string | undefined)[] = [];
  private readonly isNamed: Uint8Array;
  private readonly isValue: Uint8Array;

  constructor(tu: TranslationUnit, kinds: KindSets) {
    this.snapshot = tu.snapshot;
    this.kindNames = registry().kindNames;
    this.facts = new Facts(tu.questions, () => tu.snapshot.types, quote);
    this.locations = new LocationWriter(tu.snapshot, tu.sourceManager);
    this.isNamed = kinds.named;
    this.isValue = kinds.values;
  }

  // --- Columns ------------------------------------------------------------------------------------------------------

  kindOf(row: number): number {
    return this.snapshot.kind[row] as number;
  }
  kindName(row: number): string {
    return this.kindNames[this.snapshot.kind[row] as number] as string;
  }
  field(row: number, field: Field): number {
    const kind = this.snapshot.kind[row] as number;
    return ((this.snapshot.bits[row] as number) >>> (field[kind * 2] as number)) & (field[kind * 2 + 1] as number);
  }
  a(row: number): number {
    return this.snapshot.a[row] as number;
  }
  b(row: number): number {
    return this.snapshot.b[row] as number;
  }
  typeOf(row: number): number {
    return this.snapshot.type[row] as number;
  }
  /** A string of the snapshot as JSON. */
  isNamedKind(kind: number): boolean {
    return this.isNamed[kind] === 1;
  }
  text(index: number): string {
    const known = this.quotedNames[index];
    if (known !== undefined) return known;
    const quoted = quote(this.snapshot.string(index));
    this.quotedNames[index] = quoted;
    return quoted;
  }

  // --- Members ------------------------------------------------------------------------------------------------------

  /** `value` is JSON already. */
  member(key: string, value: string | number | bigint | boolean): void {
    this.out += `,"${key}":${value}`;
  }
  string(key: string, text: string): void {
    this.out += `,"${key}":${quote(text)}`;
  }
  /** Not written when false. */
  flag(key: string, on: boolean | number): void {
    if (on) this.out += `,"${key}":true`;
  }
  /** One of the names, not written when that is empty. */
  oneOf(key: string, names: readonly string[], at: number): void {
    const name = names[at];
    if (name) this.out += `,"${key}":"${name}"`;
  }
  type(key: string, index: number, plain = false): void {
    this.out += `,"${key}":${this.facts.type(index, plain)}`;
  }
  /** A declaration in short. */
  declaration(key: string, row: number | null): void {
    this.out += `,"${key}":${this.reference(row ?? 0)}`;
  }

  id(row: number): string {
    return `"0x${row.toString(16)}"`;
  }
  temporaryId(row: number): string {
    return this.id(TEMPORARIES + row);
  }

  reference(row: number): string {
    if (row === 0) return '{"id":"0x0"}';
    const kind = this.kindOf(row);
    const name = this.isNamed[kind] ? `,"name":${this.text(this.a(row))}` : '';
    const type = this.isValue[kind] ? `,"type":${this.facts.type(this.typeOf(row))}` : '';
    return `{"id":${this.id(row)},"kind":"${this.kindNames[kind]}"${name}${type}}`;
  }

  location(key: string, raw: number): void {
    this.out += `,"${key}":{${this.locations.location(raw)}}`;
  }
  range(row: number): void {
    const { begin, last } = this.snapshot;
    this.out += `,"range":${this.locations.range(begin[row] as number, last[row] as number)}`;
  }
}

/** For each kind 1 when it is a NamedDecl, a ValueDecl. */
export interface KindSets {
  named: Uint8Array;
  values: Uint8Array;
}

/** Where a getter is packed, by kind. */
export function packedField(getter: string): Field {
  const { kindNames, packed } = registry();
  const table = new Uint32Array(kindNames.length * 2);
  for (let kind = 0; kind < kindNames.length; kind++) {
    const where = packed(kind, getter);
    if (!where) continue;
    table[kind * 2] = where.shift;
    table[kind * 2 + 1] = where.mask;
  }
  return table;
}

/** Packed getters by Clang's names of them. */
export function packedFields<T extends string>(...getters: T[]): Record<T, Field> {
  return Object.fromEntries(getters.map((getter) => [getter, packedField(getter)])) as Record<T, Field>;
}

/** Writes the members that a class adds to what its family writes. */
export type Members = (w: NodeWriter, row: number, details: readonly never[]) => void;

/** For each kind the members of its class, or of the closest base class that has some. */
export function membersByKind<T>(members: Readonly<Record<string, T>>): (T | undefined)[] {
  const { kindNames, nodeClasses, typeClasses } = registry();
  return kindNames.map((_, kind) => {
    let at = (typeClasses[kind] ?? nodeClasses[kind]) as { name: string } | null | undefined;
    for (; at?.name; at = Object.getPrototypeOf(at)) if (Object.hasOwn(members, at.name)) return members[at.name];
    return undefined;
  });
}
