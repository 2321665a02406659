/** Matchers that go from a node to others: up, down, along the edges of the AST. */
import {
  type AbstractConditionalOperator,
  type AnyExpr,
  type AnyStmt,
  type ArraySubscriptExpr,
  type ArrayType,
  CallExpr,
  type CastExpr,
  type CompoundStmt,
  CXXConstructExpr,
  type CXXForRangeStmt,
  type CXXMemberCallExpr,
  type CXXMethodDecl,
  CXXRecordDecl,
  Decl,
  DeclRefExpr,
  type DeclStmt,
  type ExplicitCastExpr,
  type Expr,
  type ForStmt,
  FunctionDecl,
  type IfStmt,
  MemberExpr,
  type ReturnStmt,
  type Stmt,
  type SwitchStmt,
  TypedefNameDecl,
  type UnaryExprOrTypeTraitExpr,
  type UnaryOperator,
  type ValueDecl,
  type VarDecl,
} from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { collectRows } from '../ast/scan.js';
import { TypeBase } from '../ast/type-base.js';
import { asSeen } from './as-written.js';
import type { Subject } from './bindings.js';
import {
  type AnyMatcher,
  type BoundBy,
  type Envs,
  eachOfThem,
  firstOf,
  Matcher,
  NOTHING,
  type Search,
  traversal,
} from './matcher.js';

type Traversal<In> = <M extends AnyMatcher>(inner: M) => Matcher<In, In, BoundBy<M>>;

function along<In>(step: (subject: In) => Subject | null | undefined): Traversal<In> {
  return (inner) => traversal(inner, step);
}

// --- The tree -------------------------------------------------------------------------------------------------------

function childrenOf(node: Node, { view }: Search): readonly Node[] {
  return node.childrenIn(view);
}

/** Of some kinds, or all, below a node, in the tree's order. */
function* descendants(node: Node, { view }: Search, kinds: Uint8Array | undefined): Iterable<Node> {
  const { tu } = node;
  const look = tu.view(view);
  const span = tu.snapshot.isExpanded(node.index) ? look.span(node.index) : undefined;
  if (span) {
    if (kinds)
      for (const row of collectRows(look.rows, span[0] + 1, span[1], tu.snapshot.kind, kinds)) yield tu.knownNode(row);
    else for (let at = span[0] + 1; at < span[1]; at++) yield tu.knownNode(look.rows[at] as number);
    return;
  }
  for (const below of node.walk(view)) {
    if (below !== node && (!kinds || kinds[tu.snapshot.kind[below.index] as number] === 1)) yield below;
  }
}

function* ancestors(node: Node, { view }: Search): Iterable<Node> {
  for (let at = node.parentIn(view); at; at = at.parentIn(view)) yield at;
}

/** A child. */
export const has: Traversal<Node> = (inner) => firstOf(inner, childrenOf);
/** A node below. */
export const hasDescendant: Traversal<Node> = (inner) =>
  firstOf(inner, (node, search) => descendants(node, search, inner.kinds));
/** Every child that matches, each a match of its own. */
export const forEach: Traversal<Node> = (inner) => eachOfThem(inner, childrenOf);
/** Every node below that matches, each a match of its own. */
export const forEachDescendant: Traversal<Node> = (inner) =>
  eachOfThem(inner, (node, search) => descendants(node, search, inner.kinds));
/** The node itself and every one below. */
export const findAll: Traversal<Node> = (inner) =>
  eachOfThem(inner, function* (node, search) {
    yield node;
    yield* descendants(node, search, inner.kinds);
  });
export const hasParent: Traversal<Node> = (inner) => traversal(inner, (node: Node, { view }) => node.parentIn(view));
export const hasAncestor: Traversal<Node> = (inner) => firstOf(inner, ancestors);

// --- Looking through ------------------------------------------------------------------------------------------------

/** Without parentheses. */
export const ignoringParens: Traversal<Expr> = along((expr: Expr) => expr.ignoreParens);
/** Without implicit casts. */
export const ignoringImpCasts: Traversal<Expr> = along((expr: Expr) => expr.ignoreImpCasts);
/** Without parentheses and implicit casts. */
export const ignoringParenImpCasts: Traversal<Expr> = along((expr: Expr) => expr.ignoreParenImpCasts);
/** Without parentheses and casts of any kind. */
export const ignoringParenCasts: Traversal<Expr> = along((expr: Expr) => expr.ignoreParenCasts);
/** Without anything that is not written. */
export const ignoringImplicit: Traversal<Expr> = along((expr: Expr) => expr.ignoreImplicit);

// --- Calls ----------------------------------------------------------------------------------------------------------

type Called = CallExpr | CXXConstructExpr;
const argumentsOf = (call: Called): readonly AnyExpr[] => call.arguments;

/** What is called: as an expression, or the function it names. */
export const callee: Traversal<CallExpr> = (inner) =>
  firstOf(inner, (call: CallExpr) => {
    const found: Subject[] = [];
    if (call.callee) found.push(call.callee);
    if (call.calleeDecl) found.push(call.calleeDecl);
    return found;
  });
/** The argument at a place, from 0, without parentheses and implicit casts. */
export function hasArgument<M extends AnyMatcher>(index: number, inner: M): Matcher<Called, Called, BoundBy<M>> {
  return traversal(inner, (call: Called) => argumentsOf(call)[index]?.ignoreParenImpCasts);
}
export const hasAnyArgument: Traversal<Called> = (inner) => firstOf(inner, argumentsOf);
/** Every argument that matches, each a match of its own. */
export const forEachArgument: Traversal<Called> = (inner) => eachOfThem(inner, argumentsOf);
/** Each argument with the parameter it is for. */
export function forEachArgumentWithParam<A extends AnyMatcher, P extends AnyMatcher>(
  argument: A,
  parameter: P,
): Matcher<Called, Called, BoundBy<A> & BoundBy<P>> {
  return new Matcher((subject, search, envs) => {
    const call = subject as Called;
    const parameters = functionOf(call)?.parameters ?? [];
    return argumentsOf(call).flatMap((each, at) => {
      const param = parameters[at];
      const matched = param ? argument.test(each.ignoreParenImpCasts, search, envs) : NOTHING;
      return param && matched.length > 0 ? parameter.test(param, search, matched) : [];
    });
  });
}
function functionOf(call: Called): FunctionDecl | undefined {
  return call instanceof CallExpr ? call.directCallee : call.constructorDecl;
}
/** The object of a member function's call, as written. */
export const on: Traversal<CXXMemberCallExpr> = along(
  (call: CXXMemberCallExpr) => call.implicitObjectArgument?.ignoreParenImpCasts,
);
/** The object of a member function's call, implicit casts and all. */
export const onImplicitObjectArgument: Traversal<CXXMemberCallExpr> = along(
  (call: CXXMemberCallExpr) => call.implicitObjectArgument,
);

// --- Declarations ---------------------------------------------------------------------------------------------------

function declarationOf(subject: Subject): Node | null | undefined {
  if (subject instanceof TypeBase) return subject.declaration ?? subject.canonical.declaration;
  if (subject instanceof DeclRefExpr) return subject.decl;
  if (subject instanceof MemberExpr) return subject.memberDecl;
  if (subject instanceof CallExpr) return subject.calleeDecl;
  if (subject instanceof CXXConstructExpr) return subject.constructorDecl;
  if (subject instanceof Decl) return subject;
  const other = subject as Subject & { decl?: Node; label?: Node; operatorNew?: Node };
  return other.decl ?? other.label ?? other.operatorNew;
}
/** The declaration that a name, a call, a member or a type refers to. */
export const hasDeclaration: Traversal<Subject> = along(declarationOf);
/** The declaration that a name refers to. */
export const to: Traversal<DeclRefExpr> = along((ref: DeclRefExpr) => ref.decl);
/** The declaration that a member access refers to. */
export const member: Traversal<MemberExpr> = along((expr: MemberExpr) => expr.memberDecl);
/** The object whose member it is. */
export const hasObjectExpression: Traversal<MemberExpr> = along((expr: MemberExpr) => expr.base);

/** The type of an expression or of what a declaration declares, or that type's declaration. */
export const hasType: Traversal<Expr | ValueDecl | TypedefNameDecl> = (inner) =>
  firstOf(inner, (subject: Expr | ValueDecl | TypedefNameDecl) => {
    const type = subject instanceof TypedefNameDecl ? subject.underlyingType : subject.type;
    const decl = type?.declaration ?? type?.canonical.declaration;
    return [type, decl].filter((each) => each != null);
  });

/** What it is declared in. */
export const hasDeclContext: Traversal<Decl> = along((decl: Decl) => decl.declContext as Node | undefined);
/** The class of a member function. */
export const ofClass: Traversal<CXXMethodDecl> = along(
  (method: CXXMethodDecl) => method.declContext as Node | undefined,
);
export const hasInitializer: Traversal<VarDecl> = along((decl: VarDecl) => decl.anyInitializer);
export function hasParameter<M extends AnyMatcher>(
  index: number,
  inner: M,
): Matcher<FunctionDecl, FunctionDecl, BoundBy<M>> {
  return traversal(inner, (decl: FunctionDecl) => decl.parameters[index]);
}
export const hasAnyParameter: Traversal<FunctionDecl> = (inner) =>
  firstOf(inner, (decl: FunctionDecl) => decl.parameters);
/** The type that a function returns. */
export const returns: Traversal<FunctionDecl> = along((decl: FunctionDecl) => decl.returnType);
/** The function that code is in. */
export const forFunction: Traversal<Stmt> = (inner) =>
  firstOf(inner, function* (stmt: Stmt, search) {
    for (const above of ancestors(stmt, search)) {
      if (!(above instanceof FunctionDecl)) continue;
      yield above;
      return;
    }
  });
/** The declarations of a class's bases, near and far. */
export const isDerivedFrom = (inner: AnyMatcher | string): Matcher<CXXRecordDecl> => derives(inner, false);
export const isSameOrDerivedFrom = (inner: AnyMatcher | string): Matcher<CXXRecordDecl> => derives(inner, true);
function derives(inner: AnyMatcher | string, self: boolean): Matcher<CXXRecordDecl> {
  return new Matcher<CXXRecordDecl>((subject, search, envs) => {
    const seen = new Set<Node>();
    const pending: CXXRecordDecl[] = [subject as CXXRecordDecl];
    for (let at = pending.pop(); at; at = pending.pop()) {
      const record = at.definition ?? at;
      if (seen.has(record)) continue;
      const counts = self || seen.size > 0;
      seen.add(record);
      if (
        counts &&
        (typeof inner === 'string'
          ? record.name === inner.replace(/^.*::/, '')
          : inner.test(record, search, envs).length > 0)
      )
        return envs;
      for (const base of record.bases ?? []) {
        const decl = base.type.declaration ?? base.type.canonical.declaration;
        if (decl instanceof CXXRecordDecl) pending.push(decl);
      }
    }
    return NOTHING;
  });
}

// --- Statements -----------------------------------------------------------------------------------------------------

interface Conditional {
  readonly cond: AnyExpr | undefined;
}
/** Of `if`, loops, `switch` and `?:`. */
export const hasCondition: Traversal<Conditional> = along(({ cond }: Conditional) => cond);
export const hasThen: Traversal<IfStmt> = along((stmt: IfStmt) => stmt.then);
export const hasElse: Traversal<IfStmt> = along((stmt: IfStmt) => stmt.else);
export const hasTrueExpression: Traversal<AbstractConditionalOperator> = along(
  (expr: AbstractConditionalOperator) => expr.trueExpr,
);
export const hasFalseExpression: Traversal<AbstractConditionalOperator> = along(
  (expr: AbstractConditionalOperator) => expr.falseExpr,
);
/** Of loops and functions. */
export const hasBody: Traversal<{ readonly body: AnyStmt | undefined }> = along(
  ({ body }: { readonly body: AnyStmt | undefined }) => body,
);
export const hasLoopInit: Traversal<ForStmt> = along((loop: ForStmt) => loop.init);
export const hasIncrement: Traversal<ForStmt> = along((loop: ForStmt) => loop.inc);
export const hasLoopVariable: Traversal<CXXForRangeStmt> = along((loop: CXXForRangeStmt) => loop.loopVariable);
export const hasRangeInit: Traversal<CXXForRangeStmt> = along((loop: CXXForRangeStmt) => loop.rangeInit);
export const hasReturnValue: Traversal<ReturnStmt> = along((stmt: ReturnStmt) => stmt.retValue);
export const hasAnySubstatement: Traversal<CompoundStmt> = (inner) =>
  firstOf(inner, (block: CompoundStmt, search) => childrenOf(block, search));
export const forEachSwitchCase: Traversal<SwitchStmt> = (inner) =>
  eachOfThem(inner, function* (stmt: SwitchStmt) {
    for (
      let each = stmt.switchCaseList as (Node & { nextSwitchCase?: Node }) | undefined;
      each;
      each = each.nextSwitchCase
    )
      yield each;
  });
export const hasSingleDecl: Traversal<DeclStmt> = along((stmt: DeclStmt) =>
  stmt.isSingleDecl() ? stmt.children[0] : undefined,
);
export function containsDeclaration<M extends AnyMatcher>(
  index: number,
  inner: M,
): Matcher<DeclStmt, DeclStmt, BoundBy<M>> {
  return traversal(inner, (stmt: DeclStmt) => stmt.children[index]);
}

// --- Expressions ----------------------------------------------------------------------------------------------------

interface Binary {
  readonly lhs: AnyExpr;
  readonly rhs: AnyExpr;
}
export const hasLHS: Traversal<Binary> = along(({ lhs }: Binary) => lhs);
export const hasRHS: Traversal<Binary> = along(({ rhs }: Binary) => rhs);
export const hasEitherOperand: Traversal<Binary> = (inner) => firstOf(inner, ({ lhs, rhs }: Binary) => [lhs, rhs]);
/** One operand each, in either order. */
export function hasOperands<A extends AnyMatcher, B extends AnyMatcher>(
  a: A,
  b: B,
): Matcher<Binary, Binary, BoundBy<A> & BoundBy<B>> {
  const both =
    (first: AnyMatcher, second: AnyMatcher) =>
    (subject: Subject, search: Search, envs: Envs): Envs => {
      const { lhs, rhs } = subject as Subject & Binary;
      const matched = first.test(asSeen(lhs, search), search, envs);
      return matched.length > 0 ? second.test(asSeen(rhs, search), search, matched) : NOTHING;
    };
  return new Matcher((subject, search, envs) => {
    const matched = both(a, b)(subject, search, envs);
    return matched.length > 0 ? matched : both(b, a)(subject, search, envs);
  });
}
export const hasUnaryOperand: Traversal<UnaryOperator> = along((expr: UnaryOperator) => expr.subExpr);
/** What a cast converts. */
export const hasSourceExpression: Traversal<CastExpr> = along((expr: CastExpr) => expr.subExpr);
/** The type that an explicit cast names. */
export const hasDestinationType: Traversal<ExplicitCastExpr> = along((expr: ExplicitCastExpr) => expr.typeAsWritten);
export const hasBase: Traversal<ArraySubscriptExpr> = along((expr: ArraySubscriptExpr) => expr.base);
export const hasIndex: Traversal<ArraySubscriptExpr> = along((expr: ArraySubscriptExpr) => expr.idx);
/** The type that `sizeof` and the like are of. */
export const hasArgumentOfType: Traversal<UnaryExprOrTypeTraitExpr> = along(
  (expr: UnaryExprOrTypeTraitExpr) => expr.typeOfArgument,
);

// --- Types ----------------------------------------------------------------------------------------------------------

/** The type that a pointer or reference leads to. */
export const pointee: Traversal<TypeBase> = along((type: TypeBase) =>
  isIndirect(type) ? (pointerOf(type)?.inner ?? null) : null,
);
function isIndirect(type: TypeBase): boolean {
  const { canonical } = type;
  return canonical.isAnyPointerType() || canonical.isReferenceType() || canonical.isMemberPointerType();
}
/** The pointer itself, sugar taken off. */
function pointerOf(type: TypeBase): TypeBase | null {
  let at: TypeBase = type;
  while (!/Pointer|Reference/.test(at.kind)) {
    const next = at.desugared;
    if (next === at) return null;
    at = next;
  }
  return at;
}
/** The type of something is a pointer to what matches: a type, or its declaration. */
export const pointsTo: Traversal<Expr | ValueDecl | TypeBase> = (inner) =>
  indirectly(inner, (type) => type.canonical.isAnyPointerType());
/** The type of something is a reference to what matches. */
export const references: Traversal<Expr | ValueDecl | TypeBase> = (inner) =>
  indirectly(inner, (type) => type.canonical.isReferenceType());
function indirectly<M extends AnyMatcher>(
  inner: M,
  counts: (type: TypeBase) => boolean,
): Matcher<Expr | ValueDecl | TypeBase, Expr | ValueDecl | TypeBase, BoundBy<M>> {
  return firstOf(inner, (subject: Expr | ValueDecl | TypeBase) => {
    const type = subject instanceof TypeBase ? subject : (subject.type as TypeBase | null);
    if (!type || !counts(type)) return [];
    const to = pointerOf(type)?.inner;
    const decl = to?.declaration ?? to?.canonical.declaration;
    return [to, decl].filter((each) => each != null);
  });
}
export const hasCanonicalType: Traversal<TypeBase> = along((type: TypeBase) => type.canonical);
/** Without qualifiers and sugar. */
export const hasUnqualifiedDesugaredType: Traversal<TypeBase> = along((type: TypeBase) => type.canonical);
export const hasElementType: Traversal<ArrayType> = along((type: ArrayType) => type.inner);
