/** What matched under which name, while matching goes on. */
import type { Node } from '../ast/node.js';
import type { TypeBase } from '../ast/type-base.js';

/** What a matcher is asked about. */
export type Subject = Node | TypeBase;
/** What can be bound: one of those, or the nodes that a list stands for. */
export type Bound = Subject | readonly Node[];

/** A list that grows at its head and is never changed, so that alternatives can share what they have in common. */
export interface Binding {
  readonly name: string;
  readonly value: Bound;
  readonly outer: Env;
}
export type Env = Binding | null;

export function lookUp(env: Env, name: string): Bound | undefined {
  for (let at = env; at; at = at.outer) if (at.name === name) return at.value;
  return undefined;
}

/** In the order in which they were bound; of two of the same name the last one. */
export function toRecord(env: Env): Record<string, Bound> {
  const list: Binding[] = [];
  for (let at = env; at; at = at.outer) list.push(at);
  const record: Record<string, Bound> = Object.create(null) as Record<string, Bound>;
  for (const { name, value } of list.reverse()) record[name] = value;
  return record;
}
