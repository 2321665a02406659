/** The tree as text, one line per node, in the manner of Clang's own dump. */
import pc from 'picocolors';
import type { Node } from '../ast/node.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import type { TypeBase } from '../ast/type-base.js';
import type { ViewOptions } from '../ast/view-rules.js';
import type { Location } from '../source/location.js';

type Colours = ReturnType<typeof pc.createColors>;

/** Deeper levels are numbered instead of drawn: a line must not grow with its depth. */
const DRAWN_LEVELS = 60;

/** Getters worth a word, where a node has them. All but values are in the columns. */
const WORDS = ['opcode', 'castKind', 'value', 'tagKind'] as const;
const ADVERBS = [
  'isImplicit',
  'isArrow',
  'isConstexpr',
  'isVirtualAsWritten',
  'isPureVirtual',
  'isDeleted',
  'isInline',
] as const;

export class TreePrinter {
  private readonly tu: TranslationUnit;
  private readonly options: ViewOptions;
  private readonly colours: Colours;
  private lastFile: string | undefined;
  private lastLine: number | undefined;
  /** By the name of a class: which of these getters it has. */
  private readonly words = new Map<string, readonly string[]>();
  private readonly adverbs = new Map<string, readonly string[]>();

  constructor(tu: TranslationUnit, options: ViewOptions, colour: boolean) {
    this.tu = tu;
    this.options = options;
    this.colours = pc.createColors(colour);
  }

  /** The lines of one subtree. Does not recurse: trees are deeper than stacks. */
  *lines(root: Node): Generator<string> {
    this.prefetch(root);
    const stack: { node: Node; depth: number; last: boolean; prefix: string }[] = [];
    stack.push({ node: root, depth: 0, last: true, prefix: '' });
    for (let entry = stack.pop(); entry; entry = stack.pop()) {
      const { node, depth, last, prefix } = entry;
      const deep = depth > DRAWN_LEVELS;
      const branch = depth === 0 ? '' : deep ? `${prefix}(${depth}) ` : `${prefix}${last ? '`-' : '|-'}`;
      yield `${this.colours.blue(branch)}${this.describe(node)}\n`;
      const below = depth === 0 || deep ? prefix : `${prefix}${last ? '  ' : '| '}`;
      const children = node.childrenIn(this.options);
      for (let i = children.length - 1; i >= 0; i--) {
        stack.push({ node: children[i] as Node, depth: depth + 1, last: i === children.length - 1, prefix: below });
      }
    }
  }

  /** All types and values that will be printed, in few questions. */
  private prefetch(root: Node): void {
    const { snapshot, typeTexts } = this.tu;
    const types = new Set<number>();
    const literals: (Node & { value: unknown })[] = [];
    for (const node of root.walk(this.options)) {
      types.add(snapshot.type[node.index] as number);
      if (node.kind.endsWith('Literal') && 'value' in node) literals.push(node as Node & { value: unknown });
    }
    typeTexts.prefetch(types);
    this.tu.prefetch(literals, 'value');
  }

  private describe(node: Node): string {
    const { green, yellow, cyan, bold, magenta } = this.colours;
    const parts = [
      node.kind.endsWith('Decl') ? green(bold(node.kind)) : magenta(bold(node.kind)),
      yellow(this.range(node)),
    ];
    const name = property(node, 'name');
    if (typeof name === 'string' && name !== '') parts.push(cyan(bold(name)));
    const type = property(node, 'type') as TypeBase | null | undefined;
    if (type && typeof type === 'object') parts.push(green(`'${type}'`));
    for (const word of had(node, WORDS, this.words)) {
      const value = property(node, word);
      if (typeof value === 'string' && value !== '') parts.push(value.replace(/^[A-Z]{2}_/, ''));
      else if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
        parts.push(cyan(String(value)));
    }
    for (const adverb of had(node, ADVERBS, this.adverbs))
      if (property(node, adverb) === true) parts.push(adverb.replace(/^is/, '').replace('AsWritten', '').toLowerCase());
    const declaration = (property(node, 'decl') ?? property(node, 'memberDecl')) as Node | null | undefined;
    if (declaration && typeof declaration === 'object' && declaration !== node) {
      const referred = property(declaration, 'name');
      parts.push(`→ ${declaration.kind}${typeof referred === 'string' ? ` ${cyan(referred)}` : ''}`);
    }
    return parts.join(' ');
  }

  /** `<line:3:1, col:9>`: what did not change since the last location is left out. */
  private range(node: Node): string {
    const begin = this.location(node.beginLoc);
    const end = node.beginLoc.equals(node.endLoc) ? '' : `, ${this.location(node.endLoc)}`;
    return `<${begin}${end}>`;
  }

  private location(location: Location): string {
    const presumed = location.presumed;
    if (!presumed) return '<invalid sloc>';
    const { file, line, column } = presumed;
    if (file !== this.lastFile) {
      this.lastFile = file;
      this.lastLine = line;
      return `${file}:${line}:${column}`;
    }
    if (line !== this.lastLine) {
      this.lastLine = line;
      return `line:${line}:${column}`;
    }
    return `col:${column}`;
  }
}

/** Those of the names that a node's class has, looked up once for each class. */
function had(node: Node, names: readonly string[], known: Map<string, readonly string[]>): readonly string[] {
  let those = known.get(node.kind);
  if (!those) {
    those = names.filter((name) => name in node);
    known.set(node.kind, those);
  }
  return those;
}

/** A getter's value, a method of this name called; undefined where the class has no such getter. */
function property(node: Node, name: string): unknown {
  const value = (node as unknown as Record<string, unknown>)[name];
  return typeof value === 'function' ? (value as () => unknown).call(node) : value;
}
