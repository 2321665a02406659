/** What was found, and looking for it. */
import { Expr, Stmt, TypeLoc } from '../ast/generated/index.js';
import { Node } from '../ast/node.js';
import { kindsOf, registry } from '../ast/registry.js';
import { collectRows } from '../ast/scan.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import { TypeBase } from '../ast/type-base.js';
import type { View } from '../ast/view.js';
import type { ViewOptions } from '../ast/view-rules.js';
import { CmonsterError } from '../error.js';
import { Code, type CodeLike, type CodeValue } from '../rewrite/code.js';
import type { FileRange } from '../source/location.js';
import { type Bound, type Env, toRecord } from './bindings.js';
import type { AnyMatcher } from './matcher.js';
import { Metavariable } from './metavariable.js';
import type { Pattern } from './pattern/pattern.js';
import { isStatementPosition, type PatternMatch, type PatternMatcher } from './pattern/pattern-match.js';
import { holeOf, patternTokens } from './pattern/pattern-text.js';

/** A place where a pattern or a matcher matches. `T`: what was bound, by name. */
export class Match<T extends object = Record<string, Bound>, N extends Node = Node> {
  /** The node that matched; of several statements the first. */
  readonly node: N;
  /** All of them: several only where statements in a row were looked for. */
  readonly all: readonly N[];
  /** What metavariables and bindings stand for, by name. */
  readonly nodes: T;

  /** Whether statements were looked for: then a semicolon belongs to it. */
  private readonly isStatement: boolean;

  constructor(all: readonly N[], nodes: T, isStatement = false) {
    this.node = all[0] as N;
    this.all = all;
    this.nodes = nodes;
    this.isStatement = isStatement;
  }

  get tu(): TranslationUnit {
    return this.node.tu;
  }

  /** What is written for it: of statements with their semicolons. Undefined when that cannot be said, as in the middle of a macro. */
  get range(): FileRange | undefined {
    return rangeOf(this.all, this.isStatement);
  }

  get text(): string {
    const { range } = this;
    return range ? range.file.slice(range.begin, range.end) : this.node.text;
  }

  /** Code in which metavariables, as `$x` in text or as values, are what was found for them. */
  fill(code: CodeLike): Code {
    return fill(Code.from(code), this.nodes as Record<string, Bound>);
  }

  /** Puts code in its place; `$x` in it is what was found. */
  replaceWith(code: CodeLike): void {
    const filled = this.fill(code);
    const { range } = this;
    if (this.all.length === 1 && !(this.isStatement && isBareStatement(this.node))) this.node.replaceWith(filled);
    else if (range) this.tu.rewriter.replace(range, withSemicolon(filled));
    else this.node.replaceWith(filled);
  }

  toString(): string {
    return String(this.node);
  }
}

/** An expression that is a statement: its semicolon is not part of the node. */
function isBareStatement(node: Node): boolean {
  return node instanceof Expr && isStatementPosition(node);
}

function withSemicolon(code: Code): Code {
  const last = code.strings[code.strings.length - 1] as string;
  const closed = /[;}]\s*$/.test(last) || (code.strings.join('').trim() === '' && code.values.length === 0);
  return closed ? code : new Code([...code.strings.slice(0, -1), `${last};`], code.values);
}

/** From the first node to the end of the last, of statements with the semicolon. */
export function rangeOf(nodes: readonly Node[], statements = true): FileRange | undefined {
  const first = nodes[0]?.range.fileRange ?? nodes[0]?.range.expansionRange;
  const lastNode = nodes[nodes.length - 1];
  const last = lastNode?.range.fileRange ?? lastNode?.range.expansionRange;
  if (!first || !last || !lastNode || first.file !== last.file || last.end < first.begin) return undefined;
  let { end } = last;
  if (statements && lastNode instanceof Stmt && isStatementPosition(lastNode)) {
    const [next] = first.file.tokensBetween(end, end + 256).filter((token) => token.kind !== 'comment');
    if (next?.kind === 'semi') end = next.offset + 1;
  }
  return { file: first.file, begin: first.begin, end };
}

// --- Filling in -----------------------------------------------------------------------------------------------------

function fill(code: Code, nodes: Record<string, Bound>): Code {
  const strings: string[] = [''];
  const values: CodeValue[] = [];
  /** An empty list takes a comma with it: the one in front, or else the one behind. */
  let dropComma = false;
  const text = (part: string): void => {
    strings[strings.length - 1] += dropComma ? part.replace(/^\s*,\s*/, '') : part;
    if (part !== '') dropComma = false;
  };
  const put = (name: string): void => {
    if (!(name in nodes))
      throw new CmonsterError('PATTERN', `the pattern has no metavariable '${name}' that the code could use`);
    const value = codeOf(nodes[name] as Bound);
    if (value === undefined) {
      const last = strings[strings.length - 1] as string;
      strings[strings.length - 1] = last.replace(/,\s*$/, '');
      dropComma = !/,\s*$/.test(last);
    } else {
      values.push(value);
      strings.push('');
    }
  };
  code.strings.forEach((part, at) => {
    let copied = 0;
    for (const token of metavariablesIn(part)) {
      text(part.slice(copied, token.offset));
      put(token.name);
      copied = token.end;
    }
    text(part.slice(copied));
    if (at >= code.values.length) return;
    const value = code.values[at] as CodeValue;
    if (value instanceof Metavariable) put(value.name);
    else {
      values.push(value instanceof Code ? fill(value, nodes) : value);
      strings.push('');
    }
  });
  return new Code(strings, values);
}

function metavariablesIn(text: string): { name: string; offset: number; end: number }[] {
  if (!text.includes('$')) return [];
  return patternTokens(text).flatMap(({ text: identifier, offset }) => {
    const name = holeOf(identifier)?.name;
    return name === undefined ? [] : [{ name, offset, end: offset + identifier.length }];
  });
}

/** Undefined for an empty list. */
function codeOf(found: Bound): CodeValue | undefined {
  if (found instanceof Node) {
    const name = (found as Node & { name?: string }).name;
    // A declaration that a name stands for.
    if (found.kind.endsWith('Decl') && name) return name;
    return found;
  }
  if (found instanceof TypeBase) return found;
  const list = found as readonly Node[];
  if (list.length === 0) return undefined;
  return rangeOf(list) ?? list;
}

// --- Searching ------------------------------------------------------------------------------------------------------

/** Every place below a node, or in a translation unit, where a pattern matches, in the tree's order. */
export function matchPattern<T extends object>(root: Node, pattern: Pattern<T>, options?: ViewOptions): Match<T>[] {
  const { tu } = root;
  const matcher = pattern.matcherFor(tu);
  if (matcher.isType) return matchTypes(root, matcher) as Match<T>[];
  const found: Match<T>[] = [];
  const kinds = matcher.kinds();
  const add = ({ nodes, env }: PatternMatch): void =>
    void found.push(new Match(nodes, toRecord(env) as T, matcher.isStatement));
  for (const row of rowsBelow(root, tu.view(options), kinds)) matcher.at(tu.knownNode(row)).forEach(add);
  return found;
}

/** Every node below a node that a matcher matches. */
export function matchMatcher(root: Node, matcher: AnyMatcher, view?: ViewOptions): Match[] {
  const { tu } = root;
  const found: Match[] = [];
  const search = { view };
  const kinds = matcher.kinds ?? new Uint8Array(registry().kindNames.length).fill(1);
  for (const row of rowsBelow(root, tu.view(view), kinds)) {
    const node = tu.knownNode(row);
    const envs = matcher.test(node, search, [null]);
    for (const nodes of distinct(envs)) found.push(new Match([node], nodes));
  }
  return found;
}

/** The bindings of each alternative, of equal ones once. */
function distinct(envs: readonly Env[]): Record<string, Bound>[] {
  const records: Record<string, Bound>[] = [];
  const same = (a: Record<string, Bound>, b: Record<string, Bound>): boolean => {
    const names = Object.keys(a);
    return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
  };
  for (const env of envs) {
    const record = toRecord(env);
    if (envs.length === 1 || !records.some((other) => same(other, record))) records.push(record);
  }
  return records;
}

/** A type as it is written, the outermost of those that say the same. */
function matchTypes(root: Node, matcher: PatternMatcher): Match[] {
  const { tu } = root;
  const found: Match[] = [];
  const view = tu.view({ typeLocs: true });
  const kinds = kindsOf(TypeLoc);
  const taken = new Set<number>();
  for (const row of rowsBelow(root, view, kinds)) {
    const node = tu.knownNode(row) as Node & { type: TypeBase };
    const parent = view.parentRow(row);
    const env = matcher.type(node.type);
    if (env === undefined) continue;
    taken.add(row);
    if (
      taken.has(parent) &&
      tu.snapshot.last[parent] === tu.snapshot.last[row] &&
      !/Pointer|Reference|Array|Function/.test(tu.knownNode(parent).kind)
    )
      continue;
    found.push(new Match([node], toRecord(env)));
  }
  return found;
}

/** The rows of some kinds below a node, itself included, as a view shows them. */
export function rowsBelow(root: Node, view: View, kinds: Uint8Array): readonly number[] {
  const { tu } = root;
  const span = tu.snapshot.isExpanded(root.index) ? view.span(root.index) : undefined;
  if (span) return collectRows(view.rows, span[0], span[1], tu.snapshot.kind, kinds);
  const rows: number[] = [];
  for (const { index } of root.walk()) if (kinds[tu.snapshot.kind[index] as number] === 1) rows.push(index);
  return rows;
}
