/** What every node of the AST can do. The generated classes derive from this. */

import type { AnyCode, CodeLike } from '../rewrite/code.js';
import type { ReplaceOptions } from '../rewrite/rewriter.js';
import type { RemoveOptions } from '../rewrite/statement.js';
import type { Range } from '../source/location.js';
import { Location } from '../source/location.js';
import type { Token } from '../source/tokens.js';
import type { Comment, MacroUse } from '../source/written.js';
import { commentOf, macroUses } from '../source/written.js';
import { type NodeList, nodeList } from './node-list.js';
import type { RecordLayout } from './record-layout.js';
import { kindsOf, type NodeClass, registry, writtenParts } from './registry.js';
import type { TranslationUnit } from './translation-unit.js';
import type { TypeBase } from './type-base.js';
import type { ViewOptions } from './view-rules.js';
import { type Walk, type WalkOptions, walkFrom } from './walk.js';

/** How the runtime prints an evaluated constant that is no number, boolean or string. */
export type ConstantValue = boolean | number | bigint | string | { text: string };

/**
 * A node of the AST: a declaration, a statement, an attribute, a part of a type as written, … The same node is always the same
 * object, whatever way it was reached. It holds nothing but its number: everything else is read from the translation unit's
 * columns, or asked of the frontend, when somebody looks.
 *
 * `children`, `parent`, `walk` and `find` show the tree as written: without what the compiler adds, and without instantiations of
 * templates. Options, or `allChildren`, show the rest.
 */
export abstract class Node {
  readonly tu: TranslationUnit;
  /** Its row in the snapshot. */
  readonly index: number;
  /** The name of its class. */
  declare readonly kind: string;

  constructor(tu: TranslationUnit, index: number) {
    this.tu = tu;
    this.index = index;
  }

  // --- For the generated classes ------------------------------------------------------------------------------------

  /** The answer to a generated getter's question, asked once. */
  protected ask(getter: number): unknown {
    return this.tu.questions.ofNode(getter, this.index);
  }
  protected askEnum<T extends string>(
    getter: number,
    names: readonly (T | undefined)[] | Readonly<Record<number, T>>,
  ): T {
    return (names as Readonly<Record<number, T>>)[this.ask(getter) as number] as T;
  }
  protected flag(bit: number): boolean {
    return (((this.tu.snapshot.bits[this.index] as number) >>> bit) & 1) === 1;
  }
  protected field(shift: number, mask: number): number {
    return ((this.tu.snapshot.bits[this.index] as number) >>> shift) & mask;
  }
  protected aRow(): Node | null {
    return this.tu.node(this.tu.snapshot.a[this.index] as number);
  }
  protected aString(): string {
    const { snapshot } = this.tu;
    return snapshot.string(snapshot.a[this.index] as number);
  }
  protected aNumber(): number {
    return this.tu.snapshot.a[this.index] as number;
  }
  protected bRow(): Node | null {
    return this.tu.node(this.tu.snapshot.b[this.index] as number);
  }
  protected bLocation(): Location {
    return new Location(this.tu.sourceManager, this.tu.snapshot.b[this.index] as number);
  }
  protected bType(): TypeBase | null {
    return this.tu.type(this.tu.snapshot.b[this.index] as number);
  }
  protected bNumber(): number {
    return this.tu.snapshot.b[this.index] as number;
  }
  protected typeColumn(): TypeBase | null {
    return this.tu.type(this.tu.snapshot.type[this.index] as number);
  }
  /** The child at a place of Clang's own order, written parts left out; null for one that is not there. */
  protected childAt(place: number): Node | null {
    const { tu, index } = this;
    const { snapshot } = tu;
    const written = writtenParts();
    const end = snapshot.endOf(index);
    let left = place;
    for (let row = index + 1; row < end; row = snapshot.endOf(row)) {
      const kind = snapshot.kind[row] as number;
      if (written[kind] !== 1 && left-- === 0) return tu.node(row);
    }
    return null;
  }
  protected get childCount(): number {
    return this.dumpedChildren().length;
  }

  /** Nodes that can be changed as a list. */
  protected list<T>(of: string, nodes: readonly T[]): NodeList<T>;
  protected list<T>(of: string, nodes: readonly T[] | undefined): NodeList<T> | undefined;
  protected list<T>(of: string, nodes: readonly T[] | undefined): NodeList<T> | undefined {
    return nodes && nodeList(this.keep(), of, nodes);
  }
  /** What a setter does. */
  protected assign(property: string, value: AnyCode): void {
    this.tu.rewriter.assign(this.keep(), property, value);
  }

  // --- Tree ---------------------------------------------------------------------------------------------------------

  /** The nodes directly below, as written. */
  get children(): readonly Node[] {
    return this.childrenIn();
  }

  /** The same under the given options. */
  childrenIn(options?: ViewOptions): Node[] {
    this.expand();
    return this.tu
      .view(options)
      .childRows(this.index)
      .map((row) => this.tu.node(row) as Node);
  }

  /** Everything directly below in Clang's own order, with types and their parts; what occurs again elsewhere is here too. */
  get allChildren(): readonly Node[] {
    this.expand();
    const { tu } = this;
    return tu.rawChildRows(this.index).flatMap((row) => tu.node(row) ?? []);
  }

  /** The children in Clang's own order, written parts left out, null where Clang has none. */
  protected dumpedChildren(): (Node | null)[] {
    this.expand();
    const { tu } = this;
    const { snapshot } = tu;
    const written = writtenParts();
    const children: (Node | null)[] = [];
    for (const row of tu.rawChildRows(this.index)) {
      if (written[snapshot.kind[row] as number] !== 1) children.push(tu.node(row));
    }
    return children;
  }

  /** Brings what is below a declaration outside of the parsed scope. */
  private expand(): void {
    if (!this.tu.snapshot.isExpanded(this.index)) this.tu.expand(this.index);
  }

  /** The node directly above, as written; null for the translation unit. */
  get parent(): Node | null {
    return this.parentIn();
  }

  parentIn(options?: ViewOptions): Node | null {
    return this.tu.parentOf(this.index, options);
  }

  /** From the parent up to the translation unit. */
  get ancestors(): Node[] {
    const ancestors: Node[] = [];
    for (let node = this.parent; node; node = node.parent) ancestors.push(node);
    return ancestors;
  }

  /** The closest ancestor of a class. */
  closest<T extends Node>(nodeClass: NodeClass<T>): T | null {
    for (let node = this.parent; node; node = node.parent) if (node instanceof nodeClass) return node;
    return null;
  }

  get nextSibling(): Node | null {
    const next = this.tu.view().nextRow(this.index);
    // Below a declaration that was expanded, siblings lie apart from it.
    return next !== 0 ? this.tu.node(next) : this.sibling(1);
  }
  get previousSibling(): Node | null {
    return this.sibling(-1);
  }
  private sibling(step: number): Node | null {
    const { parent } = this;
    if (!parent || (step > 0 && this.tu.snapshot.isExpanded(parent.index))) return null;
    const siblings = parent.children;
    const at = siblings.indexOf(this);
    return at < 0 ? null : (siblings[at + step] ?? null);
  }

  /** This node and everything below it, parents first. */
  walk(options?: WalkOptions): Walk {
    return walkFrom(this.tu, this.index, this.tu.view(options), options?.lend);
  }

  /** The node as an object that stays this node: itself, unless a walk lent it (`WalkOptions.lend`). */
  keep<T extends Node>(this: T): T {
    return this.tu.node(this.index) as T;
  }

  /** The nodes of a class below this one, as written or as the options say, in the tree's order. */
  find<T extends Node>(nodeClass: NodeClass<T>, filter?: (node: T) => unknown, options?: ViewOptions): T[] {
    return this.tu.findBelow(this.index, nodeClass, filter, options);
  }

  /** Whether its class is the given one or derives from it; narrows the type. */
  is<T extends Node>(nodeClass: NodeClass<T>): this is T {
    return kindsOf(nodeClass)[this.tu.snapshot.kind[this.index] as number] === 1;
  }

  // --- Source -------------------------------------------------------------------------------------------------------

  get beginLoc(): Location {
    return new Location(this.tu.sourceManager, this.tu.snapshot.begin[this.index] as number);
  }
  /** Where its last token starts. */
  get endLoc(): Location {
    return new Location(this.tu.sourceManager, this.tu.snapshot.last[this.index] as number);
  }
  get range(): Range {
    const { snapshot } = this.tu;
    return this.tu.sourceManager.range(snapshot.begin[this.index] as number, snapshot.last[this.index] as number);
  }
  /** Its source text: through a macro argument what is written there, from a macro's body the macro's use. */
  get text(): string {
    return this.range.text;
  }
  /** The tokens of that text. */
  get tokens(): Token[] {
    return this.range.tokens;
  }
  /** The macro expansions that it came from, innermost first; empty for what stands in a file as it is. */
  get macro(): readonly MacroUse[] {
    return macroUses(this.tu, this.tu.snapshot.begin[this.index] as number);
  }
  /** The documentation comment of a declaration. */
  get comment(): Comment | undefined {
    return commentOf(this);
  }

  // --- Changing it --------------------------------------------------------------------------------------------------

  /** Puts code in its place. */
  replaceWith(code: CodeLike, options: ReplaceOptions = {}): void {
    this.tu.rewriter.replaceNode(this.keep(), code, options);
  }
  /**
   * Takes it out, with what belongs to it: a statement or a declaration with its line, an argument or a parameter with its comma, a
   * declarator out of its group.
   */
  remove(options: RemoveOptions = {}): void {
    this.tu.rewriter.removeNode(this.keep(), options);
  }
  /** Puts code before it: before a statement or a declaration on a line of its own, in braces that it may need then. */
  insertBefore(code: CodeLike): void {
    this.tu.rewriter.insertBeside(this.keep(), code, 'before');
  }
  /** Puts code behind it. What is inserted at one place comes in the order in which it was asked for; the same twice is one. */
  insertAfter(code: CodeLike): void {
    this.tu.rewriter.insertBeside(this.keep(), code, 'after');
  }
  /** Puts code at the beginning of what is between its braces: of a body, a class, an enumeration, a namespace. */
  prepend(code: CodeLike): void {
    this.tu.rewriter.prepend(this.keep(), code);
  }
  /** Puts code at the end of what is between its braces; of the translation unit, at the end of the main file. */
  append(code: CodeLike): void {
    this.tu.rewriter.append(this.keep(), code);
  }
  /** Its source text with the changes staged in it, empty when it goes; `text` is what it was. */
  get newText(): string {
    return this.tu.rewriter.newText(this.keep());
  }

  // --- Asked of Clang -----------------------------------------------------------------------------------------------

  /** As Clang prints it: the code it stands for, not the code that was written. */
  print(options: { terse?: boolean; indentation?: number } = {}): string | undefined {
    return this.tu.questions.print(this.index, options);
  }

  /** The constant it evaluates to (an expression, or a variable's initialiser); undefined when it is none. */
  evaluate(as?: 'integer' | 'boolean' | 'float' | 'constant'): ConstantValue | undefined {
    return this.tu.questions.evaluate(this.index, as);
  }

  /** How a struct, class or union lies in memory; undefined for anything else, and for one without a definition of its own. */
  get layout(): RecordLayout | undefined {
    return this.tu.questions.recordLayout(this.index) as RecordLayout | undefined;
  }

  /** The name of a declaration in the object file; a constructor or destructor has several. */
  get mangledName(): string | string[] | undefined {
    return this.tu.questions.mangled(this.index);
  }

  /** Clang's Unified Symbol Resolution: the same declaration has the same one in every translation unit. */
  get usr(): string | undefined {
    return this.tu.questions.usr(this.index);
  }

  toString(): string {
    const location = this.beginLoc;
    return `${this.kind} ${location.isValid ? location : '<no location>'}`;
  }

  get [Symbol.toStringTag](): string {
    return registry().kindNames[this.tu.snapshot.kind[this.index] as number] ?? 'Node';
  }
}

/** A type where Clang's dump shows one in the tree: under a typedef, or a template argument. */
export class TypeRow extends Node {
  get type(): TypeBase {
    return this.typeColumn() as TypeBase;
  }
}
