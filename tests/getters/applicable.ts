/** Which getters a node or type of a kind has. */
import { Decl } from 'cmonster';
import { GETTERS } from '../../packages/cmonster/src/ast/generated/getters.js';
import { registry } from '../../packages/cmonster/src/ast/registry.js';

export interface Getter {
  /** The operation's number. */
  id: number;
  owner: string;
  /** Clang's name. */
  method: string;
  /** The name in the TypeScript class. */
  name: string;
  call: boolean;
  returns: string;
  precondition: boolean;
}

export const getters: readonly Getter[] = GETTERS.map(([owner, method, name, call, returns, precondition], id) => ({
  id,
  owner,
  method,
  name,
  call,
  returns,
  precondition,
}));

const byOwner = new Map<string, Getter[]>();
for (const getter of getters) byOwner.set(getter.owner, [...(byOwner.get(getter.owner) ?? []), getter]);

const known = new Map<number, readonly Getter[]>();

/** Getters that the class of a kind has, own and inherited; none for rows that are of no class of their own. */
export function gettersOf(kind: number): readonly Getter[] {
  let found = known.get(kind);
  if (!found) {
    found = collect(kind);
    known.set(kind, found);
  }
  return found;
}

function collect(kind: number): Getter[] {
  const { typeClasses, nodeClasses } = registry();
  const found: Getter[] = [];
  const prototype = (typeClasses[kind] ?? nodeClasses[kind])?.prototype as object | undefined;
  for (let at = prototype; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    const owner = (at.constructor as { name: string }).name;
    // A subclass's own method of the same name does not hide the base class's from the frontend.
    for (const getter of byOwner.get(owner) ?? []) found.push(getter);
  }
  // Those of a DeclContext are members of each class that is one, those of a QualType of every type.
  const mixin = typeClasses[kind] ? 'QualType' : prototype instanceof Decl ? 'DeclContext' : '';
  for (const getter of byOwner.get(mixin) ?? []) if (prototype && getter.name in prototype) found.push(getter);
  return found;
}

/** What the TypeScript class answers; the class's own getter may hide one of a base class. */
export function read(subject: object, { name, call }: Getter): unknown {
  const value = (subject as Record<string, unknown>)[name];
  return call ? (value as () => unknown).call(subject) : value;
}

/** Whether the member of that name in a kind's class is this getter's, and not a subclass's own. */
export function isReadable(kind: number, getter: Getter): boolean {
  return gettersOf(kind).find(({ name }) => name === getter.name)?.id === getter.id;
}
