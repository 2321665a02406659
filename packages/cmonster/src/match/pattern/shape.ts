/**
 * What a node is as code, apart from how it was written down and from what Clang calls it: `a + b` is the same shape whether it
 * adds numbers, calls an operator, or waits for a template's arguments. Patterns compare shapes.
 */
import {
  type BinaryOperator,
  type CallExpr,
  type CharacterLiteral,
  type CXXBoolLiteralExpr,
  type CXXConstructExpr,
  type CXXDependentScopeMemberExpr,
  type CXXNewExpr,
  type CXXOperatorCallExpr,
  type CXXUnresolvedConstructExpr,
  Decl,
  type DeclRefExpr,
  type DependentScopeDeclRefExpr,
  type DesignatedInitExpr,
  type ExplicitCastExpr,
  Expr,
  type enums,
  type FieldDecl,
  type ForStmt,
  FunctionDecl,
  type GotoStmt,
  type InitListExpr,
  type IntegerLiteral,
  type LabelStmt,
  type MemberExpr,
  type NamedDecl,
  type OverloadExpr,
  type PredefinedExpr,
  type RecordDecl,
  Stmt,
  type StringLiteral,
  TagDecl,
  type TypedefNameDecl,
  type UnaryExprOrTypeTraitExpr,
  type UnaryOperator,
  type UnresolvedMemberExpr,
  VarDecl,
} from '../../ast/generated/index.js';
import type { Node } from '../../ast/node.js';
import type { TypeBase } from '../../ast/type-base.js';
import { BINARY_OPERATORS, OVERLOADED_OPERATORS, UNARY_OPERATORS } from '../../rewrite/operators.js';

export interface Shape {
  /** What it is, but for names, types, and what is below. */
  key: string;
  /** What it names, or is called. */
  name?: string;
  /** What that name refers to, where it is known; a declaration itself. */
  decl?: Node | null;
  /** A type that is part of it, as written. */
  type?: TypeBase | null;
  /** What it is made of, in the order of the source; null for a part that may be there and is not. */
  operands: readonly (Node | null)[];
}

const OPERATOR_CALLS = ['CXXOperatorCallExpr', 'CXXRewrittenBinaryOperator'];
/** The kinds of node that a shape's family may be. Of any other family that is the kind of the same name. */
const FAMILIES: Record<string, readonly string[]> = {
  binary: ['BinaryOperator', 'CompoundAssignOperator', ...OPERATOR_CALLS],
  prefix: ['UnaryOperator', ...OPERATOR_CALLS],
  postfix: ['UnaryOperator', ...OPERATOR_CALLS],
  index: ['ArraySubscriptExpr', 'CXXOperatorCallExpr'],
  call: ['CallExpr', 'CXXMemberCallExpr', 'CXXOperatorCallExpr', 'CUDAKernelCallExpr'],
  member: ['MemberExpr', 'CXXDependentScopeMemberExpr', 'UnresolvedMemberExpr', 'CXXPseudoDestructorExpr'],
  name: [
    'DeclRefExpr',
    'MemberExpr',
    'UnresolvedLookupExpr',
    'DependentScopeDeclRefExpr',
    'CXXDependentScopeMemberExpr',
    'UnresolvedMemberExpr',
    'RecoveryExpr',
  ],
  construct: ['CXXConstructExpr', 'CXXUnresolvedConstructExpr', 'CXXFunctionalCastExpr', 'CXXTemporaryObjectExpr'],
  initialiser: ['ParenListExpr', 'CXXConstructExpr', 'CXXParenListInitExpr'],
  list: ['InitListExpr', 'CXXConstructExpr'],
  null: ['CXXNullPtrLiteralExpr', 'GNUNullExpr'],
  function: ['FunctionDecl', 'CXXMethodDecl', 'CXXConstructorDecl', 'CXXDestructorDecl', 'CXXConversionDecl'],
  record: ['RecordDecl', 'CXXRecordDecl'],
  field: ['FieldDecl'],
  alias: ['TypedefDecl', 'TypeAliasDecl'],
};

/** The kinds that a shape with this key can be of. */
export function kindsOfShape(key: string): readonly string[] {
  const family = /^[a-z]+\b/.exec(key)?.[0];
  return (family && FAMILIES[family]) || [/^\w+/.exec(key)?.[0] ?? key];
}

/** Without parentheses around it. */
export function peel(node: Node): Node {
  let at = node;
  while (at.kind === 'ParenExpr') {
    const [inner] = at.children;
    if (!inner) break;
    at = inner;
  }
  return at;
}

export function shapeOf(given: Node): Shape {
  const node = peel(given);
  switch (node.kind) {
    case 'BinaryOperator':
    case 'CompoundAssignOperator':
      return { key: `binary ${BINARY_OPERATORS[(node as BinaryOperator).opcode]}`, operands: node.children };
    case 'UnaryOperator': {
      const { opcode } = node as UnaryOperator;
      return {
        key: `${opcode.startsWith('UO_Post') ? 'postfix' : 'prefix'} ${UNARY_OPERATORS[opcode as enums.UnaryOperatorKind]}`,
        operands: node.children,
      };
    }
    case 'CXXOperatorCallExpr':
      return operatorCall(node as CXXOperatorCallExpr);
    case 'CXXRewrittenBinaryOperator':
      return { key: `binary ${/(<=>|[<>=!]=?)/.exec(operatorBetween(node))?.[0] ?? ''}`, operands: node.children };
    case 'ArraySubscriptExpr':
      return { key: 'index', operands: node.children };
    case 'CallExpr':
    case 'CXXMemberCallExpr':
    case 'CUDAKernelCallExpr':
      return { key: 'call', decl: (node as CallExpr).directCallee ?? null, operands: node.children };
    case 'DeclRefExpr': {
      const { decl } = node as DeclRefExpr;
      return { key: 'name', name: decl.name, decl, operands: [] };
    }
    case 'MemberExpr': {
      const { memberDecl } = node as MemberExpr;
      return member(node, memberDecl.name, (node as MemberExpr).isArrow(), memberDecl);
    }
    case 'CXXDependentScopeMemberExpr': {
      const access = node as CXXDependentScopeMemberExpr;
      return member(node, access.member, access.isArrow());
    }
    case 'UnresolvedMemberExpr':
      return member(node, (node as UnresolvedMemberExpr).name, (node as UnresolvedMemberExpr).isArrow());
    case 'UnresolvedLookupExpr':
      return { key: 'name', name: (node as OverloadExpr).name, decl: null, operands: [] };
    case 'DependentScopeDeclRefExpr':
      return { key: 'name', name: (node as DependentScopeDeclRefExpr).declName, decl: null, operands: [] };
    case 'CXXUnresolvedConstructExpr':
    case 'CXXFunctionalCastExpr':
    case 'CXXTemporaryObjectExpr':
      return construction(node);
    case 'CXXConstructExpr':
      if (isWrittenConstruction(node)) return construction(node);
      return { key: node.text.startsWith('{') ? 'list' : 'initialiser', operands: node.children };
    case 'ParenListExpr':
      return { key: node.text.startsWith('{') ? 'list' : 'initialiser', operands: node.children };
    case 'InitListExpr':
      return { key: 'list', operands: initialisersOf(node as InitListExpr) };
    case 'DesignatedInitExpr': {
      const { designators, init } = node as DesignatedInitExpr;
      const names = designators.map((each) =>
        each.isFieldDesignator() ? `.${each.fieldDecl?.name ?? each.fieldLoc?.tokenText}` : '[]',
      );
      return { key: `DesignatedInitExpr ${names.join('')}`, operands: [init ? asWritten(init) : null] };
    }
    case 'CXXNullPtrLiteralExpr':
    case 'GNUNullExpr':
      return { key: 'null', operands: [] };
    case 'IntegerLiteral':
      return { key: `IntegerLiteral ${(node as IntegerLiteral).value}`, operands: [] };
    case 'CharacterLiteral':
      return { key: `CharacterLiteral ${(node as CharacterLiteral).value}`, operands: [] };
    case 'CXXBoolLiteralExpr':
      return { key: `CXXBoolLiteralExpr ${(node as CXXBoolLiteralExpr).value}`, operands: [] };
    case 'StringLiteral':
      return {
        key: `StringLiteral ${(node as StringLiteral).stringKind} ${(node as StringLiteral).bytes}`,
        operands: [],
      };
    case 'PredefinedExpr':
      return { key: `PredefinedExpr ${(node as PredefinedExpr).identKind}`, operands: [] };
    case 'CXXThisExpr':
      return { key: 'CXXThisExpr', operands: [] };
    case 'CStyleCastExpr':
    case 'CXXStaticCastExpr':
    case 'CXXReinterpretCastExpr':
    case 'CXXConstCastExpr':
    case 'CXXDynamicCastExpr':
      return { key: node.kind, type: (node as ExplicitCastExpr).typeAsWritten, operands: expressions(node).slice(-1) };
    case 'CompoundLiteralExpr':
      return {
        key: node.kind,
        type: (node as unknown as { type: TypeBase }).type,
        operands: expressions(node).slice(-1),
      };
    case 'UnaryExprOrTypeTraitExpr': {
      const trait = node as UnaryExprOrTypeTraitExpr;
      const key = `UnaryExprOrTypeTraitExpr ${trait.traitKind}`;
      return trait.isArgumentType()
        ? { key, type: trait.argumentType ?? null, operands: [] }
        : { key, operands: node.children };
    }
    case 'CXXNewExpr': {
      const made = node as CXXNewExpr;
      return { key: `CXXNewExpr${made.isArray() ? ' []' : ''}`, type: made.allocatedType, operands: expressions(node) };
    }
    case 'GotoStmt':
      return { key: 'GotoStmt', name: (node as GotoStmt).label.name, decl: (node as GotoStmt).label, operands: [] };
    case 'LabelStmt':
      return {
        key: 'LabelStmt',
        name: (node as LabelStmt).decl.name,
        decl: (node as LabelStmt).decl,
        operands: node.children,
      };
    case 'ForStmt':
      return { key: 'ForStmt', operands: forParts(node) };
    case 'DeclStmt':
      return { key: 'DeclStmt', operands: withoutMentions(node.children) };
    default:
      return node instanceof Decl ? declarationShape(node) : { key: fallbackKey(node), operands: node.children };
  }
}

function fallbackKey(node: Node): string {
  const isLeaf = node.children.length === 0 && (node instanceof Expr || node.kind.endsWith('AsmStmt'));
  if (!isLeaf) return node.kind;
  return `${node.kind} ${node.text.replace(/\s+/g, ' ')}`.replace(/ $/, '');
}

/** As they are written: the tree has the form in which every member has its value, in order, without designators. */
function initialisersOf(list: InitListExpr): readonly Node[] {
  const { syntacticForm } = list;
  return syntacticForm && syntacticForm !== list ? syntacticForm.inits.map(asWritten) : list.children;
}

function expressions(node: Node): Node[] {
  return node.children.filter((child) => child instanceof Stmt);
}

/** As it is written: `==`. */
export function operatorSign(node: Node): string | undefined {
  if (node.kind === 'CXXOperatorCallExpr') {
    const { operator } = node as CXXOperatorCallExpr;
    return operator === 'OO_Call' ? '()' : operator === 'OO_Subscript' ? '[]' : OVERLOADED_OPERATORS[operator];
  }
  const { opcode } = node as Partial<BinaryOperator | UnaryOperator>;
  return opcode === undefined
    ? undefined
    : (BINARY_OPERATORS[opcode as enums.BinaryOperatorKind] ?? UNARY_OPERATORS[opcode as enums.UnaryOperatorKind]);
}

function operatorCall(call: CXXOperatorCallExpr): Shape {
  // Clang puts the operator's function first.
  const [callee, ...operands] = call.children;
  const { operator } = call;
  if (operator === 'OO_Call') return { key: 'call', decl: null, operands };
  if (operator === 'OO_Subscript') return { key: 'index', operands };
  const sign = OVERLOADED_OPERATORS[operator] ?? operator;
  if ((operator === 'OO_PlusPlus' || operator === 'OO_MinusMinus') && callee && operands[0]) {
    const isPostfix = (callee.beginLoc.fileLoc.offset ?? 0) > (operands[0].beginLoc.fileLoc.offset ?? 0);
    return { key: `${isPostfix ? 'postfix' : 'prefix'} ${sign}`, operands: operands.slice(0, 1) };
  }
  return { key: `${operands.length > 1 ? 'binary' : 'prefix'} ${sign}`, operands };
}

function operatorBetween(node: Node): string {
  const [left, right] = node.children;
  const from = left?.range.fileRange;
  const to = right?.range.fileRange;
  return from && to ? from.file.slice(from.end, to.begin) : '';
}

function member(node: Node, name: string, isArrow: boolean, decl: Node | null = null): Shape {
  // An object that is not written is no operand: then it is a name like any other.
  let operands: readonly Node[] = expressions(node);
  const [object] = operands;
  if (!object) return { key: 'name', name, decl, operands: [] };
  if (isArrow && object.kind === 'CXXOperatorCallExpr' && (object as CXXOperatorCallExpr).operator === 'OO_Arrow') {
    operands = object.children.slice(1, 2);
  }
  return { key: `member ${isArrow ? '->' : '.'}`, name, decl, operands };
}

/** `T(x)`, rather than how a variable, a member or a new object is initialised. */
function isWrittenConstruction(node: Node): boolean {
  const { parent } = node;
  if (parent instanceof VarDecl) return parent.location.raw !== node.beginLoc.raw && /^[\w:]/.test(node.text);
  if (/^(FieldDecl|CXXCtorInitializer|CXXNewExpr)$/.test(parent?.kind ?? '')) return false;
  return (node as CXXConstructExpr).parenOrBraceRange.isValid;
}

/** T(…) and T{…}, whatever Clang makes of it. */
function construction(node: Node): Shape {
  const type =
    node.kind === 'CXXTemporaryObjectExpr' || node.kind === 'CXXConstructExpr'
      ? (node as unknown as { type: TypeBase }).type
      : (node as CXXUnresolvedConstructExpr | ExplicitCastExpr).typeAsWritten;
  let operands = expressions(node);
  const [only] = operands;
  let braces = node.text.endsWith('}');
  if (
    operands.length === 1 &&
    (only?.kind === 'InitListExpr' || only?.kind === 'CXXConstructExpr' || only?.kind === 'ParenListExpr')
  ) {
    if (only.kind !== 'CXXConstructExpr' || only.beginLoc.raw === node.beginLoc.raw) operands = expressions(only);
    braces ||= only.kind === 'InitListExpr';
  }
  return { key: `construct ${braces ? '{}' : '()'}`, type: type ?? null, operands };
}

/** `struct s *p;` may also be the first that is heard of `struct s`; it declares a `p` all the same. */
export function withoutMentions(declarations: readonly Node[]): readonly Node[] {
  const others = declarations.filter((each) => !(each instanceof TagDecl) || each.isThisDeclarationADefinition());
  return others.length > 0 ? others : declarations;
}

/** Initialisation, condition, increment and body, each where it belongs. */
function forParts(node: Node): (Node | null)[] {
  const { init, cond, inc, body } = node as ForStmt;
  return [init, cond, inc, body].map((part) => (part ? asWritten(part) : null));
}

/** Without what the compiler put around it. */
function asWritten(node: Node): Node {
  let at = node;
  for (const view = node.tu.view(); !view.shows(at.index); ) {
    const [inner] = at.children;
    if (!inner) break;
    at = inner;
  }
  return at;
}

function declarationShape(node: Decl): Shape {
  const name = (node as Partial<NamedDecl>).name ?? '';
  const shape = { name, decl: node, operands: node.children };
  if (node instanceof VarDecl) {
    const flags = [
      node.storageClass === 'SC_None' ? '' : node.storageClass,
      node.isConstexpr() ? 'constexpr' : '',
      node.isInlineSpecified() ? 'inline' : '',
    ];
    return {
      ...shape,
      key: ['VarDecl', ...flags]
        .filter(Boolean)
        .join(' ')
        .replace(/^VarDecl/, node.kind),
      type: node.type,
    };
  }
  if (node instanceof FunctionDecl) {
    const flags = [
      node.storageClass === 'SC_None' || node.kind === 'CXXMethodDecl' ? '' : node.storageClass,
      node.isInlineSpecified() ? 'inline' : '',
      node.constexprKind === 'Unspecified' ? '' : node.constexprKind,
      node.isThisDeclarationADefinition() ? '' : 'declaration',
    ];
    return { ...shape, key: ['function', ...flags].filter(Boolean).join(' '), type: node.returnType };
  }
  switch (node.kind) {
    case 'FieldDecl':
      return { ...shape, key: 'field', type: (node as FieldDecl).type };
    case 'RecordDecl':
    case 'CXXRecordDecl':
      return {
        ...shape,
        key: `record ${(node as RecordDecl).tagKind}${(node as RecordDecl).isThisDeclarationADefinition() ? '' : ' declaration'}`,
      };
    case 'TypedefDecl':
    case 'TypeAliasDecl':
      return { ...shape, key: 'alias', type: (node as TypedefNameDecl).underlyingType };
    default:
      return { ...shape, key: node.kind };
  }
}
