// How JavaScript values leave and enter the sandbox, and how they reach the page: as JSON, where an object with the key
// `$` stands for what JSON has no word for. Runs in Node, in the sandbox's engine and in browsers, so it uses none of
// their own libraries.

/** JSON, in which `{ $: … }` is one of {@link Tagged}. */
export type Tree = null | boolean | number | string | Tree[] | Tagged | { [key: string]: Tree };

/** What JSON has no word for. */
export type Tagged =
  | { $: 'undefined' }
  | { $: 'hole' }
  /** 'NaN', 'Infinity', '-Infinity' or '-0'. */
  | { $: 'number'; v: string }
  | { $: 'bigint'; v: string }
  /** Milliseconds since 1970; null when the date is invalid. */
  | { $: 'date'; v: number | null }
  /** Inside: the index among the blobs that travel beside the tree. For the page: base64. */
  | { $: 'bytes'; v: number | string; length: number }
  | { $: 'map'; v: [Tree, Tree][] }
  | { $: 'set'; v: Tree[] }
  /** `place` is in the person's code, where that is known. */
  | {
      $: 'error';
      name: string;
      message: string;
      code?: string;
      stack?: string;
      place?: { line: number; column: number };
      v?: { [key: string]: Tree };
    }
  /** An object of a class, by its name; one without a prototype, by ''. */
  | { $: 'instance'; class: string; v: { [key: string]: Tree } }
  /** An object with a key `$` of its own. */
  | { $: 'object'; v: [string, Tree][] }
  | { $: 'function'; v: string }
  | { $: 'symbol'; v: string }
  | { $: 'regexp'; v: string }
  /** The same object stands further up. */
  | { $: 'circular' }
  /** Left out; of a string, its beginning and its whole length. */
  | { $: 'cut'; v?: string; length?: number }
  /** In an array, map, set: how many more there were. */
  | { $: 'more'; v: number };

/** A tree whose bytes travel beside it. */
export interface Packed {
  tree: Tree;
  blobs: Uint8Array[];
}

export interface PackLimits {
  depth: number;
  /** Values of any kind, in all. */
  nodes: number;
  /** Of one string, in UTF-16 units. */
  string: number;
  /** In all. Beyond it, only how many there were is told. */
  bytes: number;
}

/** What may be shown to a person. Beyond it, it is said how much is missing. */
export const displayLimits: PackLimits = { depth: 40, nodes: 50_000, string: 1 << 20, bytes: 4 << 20 };

/**
 * A value to be shown: anything goes, and what is too large is cut.
 * A getter that throws shows its error.
 */
export function packForDisplay(value: unknown, limits = displayLimits): Packed {
  return new Packer(limits).pack(value);
}

/**
 * A value to be sent: nothing is cut.
 * @throws TypeError for functions, symbols and circles, which can't be sent
 */
export function packExactly(value: unknown): Packed {
  return new Packer(undefined).pack(value);
}

class Packer {
  readonly #blobs: Uint8Array[] = [];
  readonly #above: object[] = [];
  #nodes = 0;
  #bytesTaken = 0;

  constructor(private readonly limits: PackLimits | undefined) {}

  pack(value: unknown): Packed {
    return { tree: this.#tree(value), blobs: this.#blobs };
  }

  #tree(value: unknown): Tree {
    this.#nodes++;
    switch (typeof value) {
      case 'boolean':
        return value;
      case 'string':
        return this.limits && value.length > this.limits.string
          ? { $: 'cut', v: value.slice(0, this.limits.string), length: value.length }
          : value;
      case 'number':
        if (Object.is(value, -0)) return { $: 'number', v: '-0' };
        return Number.isFinite(value) ? value : { $: 'number', v: String(value) };
      case 'bigint':
        return { $: 'bigint', v: value.toString() };
      case 'undefined':
        return { $: 'undefined' };
      case 'function':
        if (!this.limits) throw new TypeError(`a function can't be sent${value.name ? `: ${value.name}` : ''}`);
        return { $: 'function', v: value.name };
      case 'symbol':
        if (!this.limits) throw new TypeError(`a symbol can't be sent: ${value.toString()}`);
        return { $: 'symbol', v: value.toString() };
      default:
        return value === null ? null : this.#object(value as object);
    }
  }

  #object(value: object): Tree {
    if (value instanceof Date) {
      const time = value.getTime();
      return { $: 'date', v: Number.isNaN(time) ? null : time };
    }
    if (value instanceof RegExp) return { $: 'regexp', v: String(value) };
    if (value instanceof ArrayBuffer) return this.#bytes(new Uint8Array(value));
    if (value instanceof Uint8Array || value instanceof DataView) {
      return this.#bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    }
    if (this.#above.includes(value)) {
      if (!this.limits) throw new TypeError("a value that contains itself can't be sent");
      return { $: 'circular' };
    }
    if (this.limits && this.#above.length >= this.limits.depth) return { $: 'cut' };
    this.#above.push(value);
    try {
      if (Array.isArray(value)) return this.#list(value);
      if (ArrayBuffer.isView(value)) return this.#list(Array.from(value as unknown as ArrayLike<number>));
      if (value instanceof Map) {
        return { $: 'map', v: this.#pairs([...value]) };
      }
      if (value instanceof Set) return { $: 'set', v: this.#list([...value]) };
      if (value instanceof Error) return this.#error(value);
      return this.#record(value);
    } finally {
      this.#above.pop();
    }
  }

  #bytes(bytes: Uint8Array): Tree {
    const room = this.limits ? this.limits.bytes - this.#bytesTaken : bytes.length;
    // A copy: what is packed doesn't change any more.
    const blob = bytes.slice(0, Math.max(0, room));
    this.#bytesTaken += blob.length;
    this.#blobs.push(blob);
    return { $: 'bytes', v: this.#blobs.length - 1, length: bytes.length };
  }

  #room(): number {
    return this.limits ? Math.max(0, this.limits.nodes - this.#nodes) : Number.POSITIVE_INFINITY;
  }

  #list(values: readonly unknown[]): Tree[] {
    const trees: Tree[] = [];
    for (let index = 0; index < values.length; index++) {
      if (this.#room() === 0) {
        trees.push({ $: 'more', v: values.length - index });
        break;
      }
      trees.push(index in values ? this.#tree(values[index]) : this.#hole());
    }
    return trees;
  }

  #hole(): Tree {
    this.#nodes++;
    return { $: 'hole' };
  }

  #pairs(pairs: readonly (readonly [unknown, unknown])[]): [Tree, Tree][] {
    const trees: [Tree, Tree][] = [];
    for (const [key, value] of pairs) {
      if (this.#room() === 0) {
        trees.push([{ $: 'more', v: pairs.length - trees.length }, null]);
        break;
      }
      trees.push([this.#tree(key), this.#tree(value)]);
    }
    return trees;
  }

  #properties(value: object, skip: readonly string[] = []): [string, Tree][] {
    const properties: [string, Tree][] = [];
    const keys = Object.keys(value).filter((key) => !skip.includes(key));
    for (const key of keys) {
      if (this.#room() === 0) {
        properties.push(['…', { $: 'more', v: keys.length - properties.length }]);
        break;
      }
      properties.push([key, this.#property(value, key)]);
    }
    return properties;
  }

  #property(value: object, key: string): Tree {
    if (!this.limits) return this.#tree((value as Record<string, unknown>)[key]);
    try {
      return this.#tree((value as Record<string, unknown>)[key]);
    } catch (error) {
      return { $: 'cut', v: `threw ${String(error)}` };
    }
  }

  #error(error: Error): Tree {
    const { code, stack } = error as { code?: unknown; stack?: unknown };
    const rest = this.#properties(error, ['name', 'message', 'code', 'stack']);
    return {
      $: 'error',
      name: String(error.name),
      message: String(error.message),
      ...(typeof code === 'string' ? { code } : {}),
      ...(typeof stack === 'string' ? { stack } : {}),
      ...(rest.length ? { v: fromEntries(rest) } : {}),
    };
  }

  #record(value: object): Tree {
    const prototype: unknown = Object.getPrototypeOf(value);
    const properties = this.#properties(value);
    if (prototype === Object.prototype) {
      return Object.hasOwn(value, '$') ? { $: 'object', v: properties } : fromEntries(properties);
    }
    // A message, or an object without a prototype, is sent as what it holds.
    if (!this.limits) return fromEntries(properties);
    return { $: 'instance', class: className(prototype), v: fromEntries(properties) };
  }
}

/** As JSON.parse does: a key `__proto__` is a key. */
function fromEntries(entries: readonly (readonly [string, Tree])[]): { [key: string]: Tree } {
  const object: { [key: string]: Tree } = {};
  for (const [key, value] of entries) {
    if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true });
    else object[key] = value;
  }
  return object;
}

function className(prototype: unknown): string {
  if (prototype === null) return '';
  try {
    const made = (prototype as { constructor?: { name?: unknown } }).constructor;
    return typeof made?.name === 'string' ? made.name : '';
  } catch {
    return '';
  }
}

export function isTagged(tree: Tree): tree is Tagged {
  return typeof tree === 'object' && tree !== null && '$' in tree && typeof tree.$ === 'string';
}

/** The value again. What was left out is undefined; of a class, only its properties are left. */
export function unpack({ tree, blobs }: Packed): unknown {
  if (tree === null || typeof tree !== 'object') return tree;
  const deeper = (inner: Tree): unknown => unpack({ tree: inner, blobs });
  if (Array.isArray(tree)) return tree.map(deeper);
  if (!isTagged(tree)) {
    return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, deeper(value as Tree)]));
  }
  switch (tree.$) {
    case 'number':
      return Number(tree.v);
    case 'bigint':
      return BigInt(tree.v);
    case 'date':
      return new Date(tree.v ?? Number.NaN);
    case 'bytes':
      return typeof tree.v === 'number' ? blobs[tree.v] : undefined;
    case 'map':
      return new Map(tree.v.map(([key, value]) => [deeper(key), deeper(value)]));
    case 'set':
      return new Set(tree.v.map(deeper));
    case 'object':
      return Object.fromEntries(tree.v.map(([key, value]) => [key, deeper(value)]));
    case 'instance':
      return deeper(tree.v);
    case 'error':
      return Object.assign(new Error(tree.message), { name: tree.name, code: tree.code });
    case 'cut':
      return tree.v;
    default:
      return undefined;
  }
}

/** For the page: the bytes stand in the tree, as base64. */
export function inlineBytes({ tree, blobs }: Packed, base64: (bytes: Uint8Array) => string): Tree {
  if (blobs.length === 0) return tree;
  const visit = (inner: Tree): Tree => {
    if (inner === null || typeof inner !== 'object') return inner;
    if (Array.isArray(inner)) return inner.map(visit);
    if (isTagged(inner) && inner.$ === 'bytes') {
      const blob = blobs[inner.v as number];
      return { ...inner, v: blob ? base64(blob) : '' };
    }
    return fromEntries(Object.entries(inner).map(([key, value]) => [key, visit(value as Tree)]));
  };
  return visit(tree);
}
