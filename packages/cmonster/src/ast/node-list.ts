/** A list of nodes that can be changed in the source: `call.arguments.push('0')`. */
import type { CodeLike } from '../rewrite/code.js';
import type { EditableList } from '../rewrite/list.js';
import type { Node } from './node.js';

/**
 * The nodes as they were parsed. The changes are staged; indexes count what the list holds after the changes so far.
 * Each throws EDIT_TARGET for a place that isn't there, and EDIT_FROZEN where the list can't be edited.
 */
export interface NodeList<T> extends ReadonlyArray<T> {
  /** Puts elements at the end. */
  push(...codes: CodeLike[]): void;
  /** Puts elements before the one at an index; at the end for the list's length. */
  insert(index: number, ...codes: CodeLike[]): void;
  /** Takes out an element, with its comma. */
  removeAt(index: number): void;
  /** Takes an element to another index: the one that it has then. */
  move(from: number, to: number): void;
}

/** Array's own `push` takes elements; here it takes code. */
const Base = Array as unknown as new <T>() => { [index: number]: T; length: number };

class Elements<T> extends Base<T> {
  readonly #owner: Node;
  readonly #of: string;

  static get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  constructor(owner: Node, of: string, nodes: readonly T[]) {
    super();
    this.#owner = owner;
    this.#of = of;
    for (let at = 0; at < nodes.length; at++) this[at] = nodes[at] as T;
  }

  get #list(): EditableList {
    return this.#owner.tu.rewriter.list(this.#owner, this.#of);
  }

  push(...codes: CodeLike[]): void {
    this.#list.push(...codes);
  }
  insert(index: number, ...codes: CodeLike[]): void {
    this.#list.insert(index, ...codes);
  }
  removeAt(index: number): void {
    this.#list.removeAt(index);
  }
  move(from: number, to: number): void {
    this.#list.move(from, to);
  }
}

/** @param of what the nodes are to their owner: the getter's name */
export function nodeList<T>(owner: Node, of: string, nodes: readonly T[]): NodeList<T> {
  return new Elements(owner, of, nodes) as unknown as NodeList<T>;
}
