/** Finds a pattern below a node. */
import { type CallExpr, Decl, Expr, Stmt } from '../../ast/generated/index.js';
import type { Node } from '../../ast/node.js';
import { kindNumber, kindsOf, type NodeClass, registry } from '../../ast/registry.js';
import type { TypeBase } from '../../ast/type-base.js';
import { type Bound, type Env, lookUp, type Subject } from '../bindings.js';
import type { CompiledPattern, NamePattern, PatternNode } from './pattern-node.js';
import type { Hole } from './pattern-text.js';
import { sameCode } from './same-code.js';
import { kindsOfShape, peel, type Shape, shapeOf } from './shape.js';
import { matchesType, type TypePattern } from './type-pattern.js';

/** What a metavariable must be besides: by its name. */
export type Constraints = ReadonlyMap<string, (subject: Subject) => unknown>;

/** A place where a pattern matches: one node, or several statements in a row. */
export interface PatternMatch {
  nodes: readonly Node[];
  env: Env;
}

/** What to do when everything so far matches. Gives whether the rest matched as well. */
type Next = (env: Env) => boolean;

export class PatternMatcher {
  private readonly pattern: CompiledPattern;
  private readonly constraints: Constraints;

  constructor(pattern: CompiledPattern, constraints: Constraints) {
    this.pattern = pattern;
    this.constraints = constraints;
  }

  /** Whether types are looked for, rather than nodes. */
  get isType(): boolean {
    return this.pattern.type !== undefined;
  }

  /** Whether statements are looked for. */
  get isStatement(): boolean {
    return this.pattern.form === 'statements';
  }

  /** By kind: whether a node of it may be what the pattern begins with. */
  kinds(): Uint8Array {
    const { roots, isStatement } = this.pattern;
    const kinds = new Uint8Array(registry().kindNames.length);
    const [first] = roots;
    if (roots.length === 1 && first && !(first.is === 'list')) addKinds(kinds, first, isStatement);
    else for (const holder of LIST_HOLDERS) kinds[kindNumber(holder)] = 1;
    return kinds;
  }

  /** All matches at a node: several only for statements in a row. */
  at(node: Node): PatternMatch[] {
    const { roots, isStatement } = this.pattern;
    const [root] = roots;
    if (roots.length === 1 && root && root.is !== 'list') {
      if (isStatement && !isStatementPosition(node)) return [];
      const env = this.one(root, node);
      return env === undefined ? [] : [{ nodes: [outermost(node)], env }];
    }
    return this.inList(shapeOf(node).operands.filter((operand) => operand !== null));
  }

  /** What a type binds, when it matches. */
  type(type: TypeBase): Env | undefined {
    return this.pattern.type && this.typeIn(this.pattern.type, type, null);
  }

  private typeIn(pattern: TypePattern, type: TypeBase, env: Env): Env | undefined {
    let bound = env;
    const bind = (hole: Hole, found: TypeBase): boolean =>
      this.bind(bound, hole, found, (after) => {
        bound = after;
        return true;
      });
    return matchesType(pattern, type, bind) ? bound : undefined;
  }

  /** Whether the pattern as a whole, one node, matches here. */
  private one(pattern: PatternNode, node: Node): Env | undefined {
    let result: Env | undefined;
    const found = this.match(pattern, node, null, (env) => {
      result = env;
      return true;
    });
    return found ? result : undefined;
  }

  /** Statements in a row, from the first possible place on; what was found is not searched again. */
  private inList(nodes: readonly Node[]): PatternMatch[] {
    const matches: PatternMatch[] = [];
    const { roots } = this.pattern;
    for (let begin = 0; begin < nodes.length; ) {
      let match: PatternMatch | undefined;
      let end = begin;
      this.sequence(roots, 0, nodes, begin, null, true, (env, stop) => {
        if (stop === begin) return false;
        match = { nodes: nodes.slice(begin, stop), env };
        end = stop;
        return true;
      });
      if (match) matches.push(match);
      begin = Math.max(end, begin + 1);
    }
    return matches;
  }

  // --- One node -----------------------------------------------------------------------------------------------------

  private match(pattern: PatternNode, given: Node, env: Env, next: Next): boolean {
    switch (pattern.is) {
      case 'hole':
        if (pattern.statement ? !(given instanceof Stmt) : !(given instanceof Expr)) return false;
        return this.bind(env, pattern.hole, pattern.statement ? given : peel(given), next);
      case 'list':
        return false;
      case 'null':
        return isNull(given) && next(env);
      case 'pointer':
        return isPointer(given) && this.match(pattern.of, given, env, next);
      case 'either':
        return pattern.options.some((option) => this.match(option, given, env, next));
      case 'shape':
        return this.shape(pattern, peel(given), env, next);
    }
  }

  private shape(pattern: PatternNode & { is: 'shape' }, node: Node, env: Env, next: Next): boolean {
    if (pattern.key === 'call' && !calleeMayBe(pattern.operands[0], node)) return false;
    const shape = shapeOf(node);
    if (shape.key !== pattern.key) return this.otherwise(pattern, node, shape, env, next);
    const [operand] = pattern.operands;
    if (pattern.type === undefined && shape.type && shape.operands.length === 0 && operand?.is === 'hole') {
      // `sizeof($x)` is for types as well.
      return this.bind(env, operand.hole, shape.type, next);
    }
    const operands = (bound: Env): boolean =>
      this.sequence(pattern.operands, 0, shape.operands, 0, bound, false, (after) => next(after));
    const type = (bound: Env): boolean => this.typePart(pattern, shape, bound, operands);
    return this.namePart(pattern.name, shape, node, env, type);
  }

  /** Code of another shape that the pattern is written for as well. */
  private otherwise(pattern: PatternNode & { is: 'shape' }, node: Node, shape: Shape, env: Env, next: Next): boolean {
    const [operand, ...rest] = pattern.operands;
    // `$f($x)` may construct a `$f`.
    if (pattern.key === 'call' && operand?.is === 'hole' && shape.key.startsWith('construct') && shape.type) {
      const args = (bound: Env): boolean => this.sequence(rest, 0, shape.operands, 0, bound, false, next);
      return this.bind(env, operand.hole, shape.type, args);
    }
    const { macros } = pattern;
    if (macros && shape.operands.length === 0 && LITERAL.test(pattern.key) && LITERAL.test(shape.key)) {
      return node.macro.some((use) => !use.isArgument && macros.includes(use.name)) && next(env);
    }
    // The braces or the parentheses of a constructor's arguments may say no more than that there is one.
    return isInitialiser(pattern) && rest.length === 0 && operand != null && this.match(operand, node, env, next);
  }

  private namePart(name: NamePattern | undefined, shape: Shape, node: Node, env: Env, next: Next): boolean {
    if (!name) return next(env);
    if (name.is === 'name') {
      if (shape.name !== name.text) return false;
      if (name.qualifier !== '' && !isIn(shape.decl, node, name.qualifier)) return false;
      const { templateArguments: given } = name;
      return (given === undefined || node.text.replace(/\s+/g, '').endsWith(`<${given}>`)) && next(env);
    }
    // An unnamed structure has no name to stand for.
    if (!shape.name) return name.hole.name === undefined && next(env);
    return this.bind(env, name.hole, shape.decl ?? node, next);
  }

  private typePart(pattern: PatternNode & { is: 'shape' }, shape: Shape, env: Env, next: Next): boolean {
    if (pattern.type === undefined) return next(env);
    if (pattern.type === null) return !shape.type && next(env);
    if (!shape.type) return false;
    const bound = this.typeIn(pattern.type, shape.type, env);
    return bound !== undefined && next(bound);
  }

  private bind(env: Env, hole: Hole, value: Bound, next: Next): boolean {
    const { name } = hole;
    if (name === undefined) return next(env);
    const known = lookUp(env, name);
    if (known !== undefined) return sameCode(known, value) && next(env);
    const constraint = this.constraints.get(name);
    if (constraint && !Array.isArray(value) && !constraint(value as Subject)) return false;
    return next({ name, value, outer: env });
  }

  // --- Several ------------------------------------------------------------------------------------------------------

  /** With `open` the nodes may go on behind the patterns. A list takes as few as will do. */
  private sequence(
    patterns: readonly (PatternNode | null)[],
    at: number,
    nodes: readonly (Node | null)[],
    from: number,
    env: Env,
    open: boolean,
    next: (env: Env, end: number) => boolean,
  ): boolean {
    if (at === patterns.length) return (open || from === nodes.length) && next(env, from);
    const pattern = patterns[at] as PatternNode | null;
    const node = nodes[from];
    if (pattern?.is === 'list') {
      // The last one takes all there is.
      const least = at === patterns.length - 1 && !open ? nodes.length : from;
      for (let end = least; end <= nodes.length; end++) {
        const taken = nodes.slice(from, end).filter((each) => each !== null);
        const rest = (bound: Env): boolean => this.sequence(patterns, at + 1, nodes, end, bound, open, next);
        if (this.bind(env, pattern.hole, taken, rest)) return true;
        if (at === patterns.length - 1 && open) break;
      }
      return false;
    }
    if (node === undefined) return false;
    const rest = (bound: Env): boolean => this.sequence(patterns, at + 1, nodes, from + 1, bound, open, next);
    if (pattern === null || node === null) return pattern === node && rest(env);
    return this.match(pattern, node, env, rest);
  }
}

const LITERAL = /^(StringLiteral|IntegerLiteral|PredefinedExpr)\b/;

const LIST_HOLDERS = [
  'CompoundStmt',
  'CaseStmt',
  'DefaultStmt',
  'TranslationUnitDecl',
  'NamespaceDecl',
  'LinkageSpecDecl',
  'CXXRecordDecl',
  'RecordDecl',
];

function addKinds(kinds: Uint8Array, pattern: PatternNode, statement: boolean): void {
  const add = (nodeClass: NodeClass): void => {
    for (const [kind, isOne] of kindsOf(nodeClass).entries()) if (isOne === 1) kinds[kind] = 1;
  };
  switch (pattern.is) {
    case 'hole':
      add(pattern.statement ? Stmt : Expr);
      break;
    case 'shape':
      for (const kind of kindsOfShape(pattern.key)) kinds[kindNumber(kind)] = 1;
      if (pattern.key === 'call' && pattern.operands[0]?.is === 'hole') {
        for (const kind of kindsOfShape('construct')) kinds[kindNumber(kind)] = 1;
      }
      if (statement) kinds[kindNumber('ParenExpr')] = 1;
      break;
    case 'null':
      add(Expr);
      break;
    case 'pointer':
      addKinds(kinds, pattern.of, statement);
      break;
    case 'either':
      for (const option of pattern.options) addKinds(kinds, option, statement);
      break;
    case 'list':
      break;
  }
}

/** A declaration with the statement that holds nothing else. */
function outermost(node: Node): Node {
  if (!(node instanceof Decl)) return node;
  const { parent } = node;
  return parent?.kind === 'DeclStmt' && parent.children.length === 1 ? parent : node;
}

/** A quick no: the function that a call calls has another name. */
function calleeMayBe(callee: PatternNode | null | undefined, node: Node): boolean {
  if (callee?.is !== 'shape' || callee.name?.is !== 'name') return true;
  const called = node instanceof Stmt && 'directCallee' in node ? (node as CallExpr).directCallee : undefined;
  return !called || called.name === callee.name.text;
}

function isInitialiser(pattern: PatternNode & { is: 'shape' }): boolean {
  return pattern.key === 'initialiser' || pattern.key === 'list';
}

/** Whether an expression is a statement of its own, where its value is of no use to anybody. */
export function isStatementPosition(node: Node): boolean {
  const { parent } = node;
  if (!(node instanceof Expr)) return node instanceof Stmt;
  switch (parent?.kind) {
    case 'CompoundStmt':
    case 'LabelStmt':
    case 'DefaultStmt':
    case 'AttributedStmt':
      return true;
    case 'IfStmt':
    case 'ForStmt':
    case 'WhileStmt':
    case 'DoStmt':
    case 'SwitchStmt':
    case 'CXXForRangeStmt':
    case 'CaseStmt': {
      const { cond, init, inc, rangeInit, lhs, rhs } = parent as unknown as Record<string, Node | undefined>;
      return [cond, init, inc, rangeInit, lhs, rhs].every((part) => !part || !contains(part, node));
    }
    default:
      return false;
  }
}

/** Whether the node is the part, or is what the part is when implicit nodes are left out. */
function contains(part: Node, node: Node): boolean {
  return part.index <= node.index && node.index < part.tu.snapshot.endOf(part.index);
}

function isNull(given: Node): boolean {
  const node = peel(given);
  if (node.kind === 'CXXNullPtrLiteralExpr' || node.kind === 'GNUNullExpr') return true;
  const shape = shapeOf(node);
  if (shape.key === 'IntegerLiteral 0') return true;
  const [operand] = shape.operands;
  return (
    node.kind === 'CStyleCastExpr' &&
    operand != null &&
    shapeOf(operand).key === 'IntegerLiteral 0' &&
    (node as Expr).type.isPointerType()
  );
}

function isPointer(given: Node): boolean {
  const node = peel(given);
  if (!(node instanceof Expr)) return false;
  const { type } = node;
  return (
    type.isPointerType() ||
    type.isArrayType() ||
    type.isFunctionType() ||
    type.isNullPtrType() ||
    type.isMemberPointerType()
  );
}

/** Whether a name is meant that is declared in that scope, however the scope was reached. */
function isIn(decl: Node | null | undefined, node: Node, qualifier: string): boolean {
  const full = (decl as { qualifiedNameAsString?: string } | null | undefined)?.qualifiedNameAsString;
  if (full !== undefined) return `::${full}`.includes(`::${qualifier.replace(/^::/, '')}::`);
  return node.text.replace(/\s+/g, '').includes(`${qualifier}::`);
}
