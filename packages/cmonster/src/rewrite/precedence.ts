/** How tightly expressions bind, and how tightly what stands at a place must: [expr.compound] of C++, 6.5 of C. */

import {
  AbstractConditionalOperator,
  ArraySubscriptExpr,
  BinaryOperator,
  CallExpr,
  CoroutineSuspendExpr,
  CoyieldExpr,
  CStyleCastExpr,
  CXXDeleteExpr,
  CXXNewExpr,
  CXXNoexceptExpr,
  CXXOperatorCallExpr,
  CXXRewrittenBinaryOperator,
  CXXThrowExpr,
  DesignatedInitExpr,
  Expr,
  MemberExpr,
  ParenExpr,
  TemplateArgumentLoc,
  UnaryExprOrTypeTraitExpr,
  UnaryOperator,
} from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { BINARY_OPERATORS, OVERLOADED_OPERATORS } from './operators.js';

/** From loosest to tightest. */
export const Precedence = {
  /** Anything goes, as between parentheses. */
  any: 0,
  comma: 1,
  assignment: 2,
  conditional: 3,
  logicalOr: 4,
  logicalAnd: 5,
  or: 6,
  xor: 7,
  and: 8,
  equality: 9,
  relational: 10,
  spaceship: 11,
  shift: 12,
  additive: 13,
  multiplicative: 14,
  pointerToMember: 15,
  cast: 16,
  unary: 17,
  postfix: 18,
  primary: 19,
} as const;

const BINARY: Readonly<Record<string, number>> = {
  ',': Precedence.comma,
  '||': Precedence.logicalOr,
  '&&': Precedence.logicalAnd,
  '|': Precedence.or,
  '^': Precedence.xor,
  '&': Precedence.and,
  '==': Precedence.equality,
  '!=': Precedence.equality,
  '<': Precedence.relational,
  '>': Precedence.relational,
  '<=': Precedence.relational,
  '>=': Precedence.relational,
  '<=>': Precedence.spaceship,
  '<<': Precedence.shift,
  '>>': Precedence.shift,
  '+': Precedence.additive,
  '-': Precedence.additive,
  '*': Precedence.multiplicative,
  '/': Precedence.multiplicative,
  '%': Precedence.multiplicative,
  '.*': Precedence.pointerToMember,
  '->*': Precedence.pointerToMember,
};
const ASSIGNMENT = /^([-+*/%&|^]|<<|>>)?=$/;

/** Of an operator between two operands; undefined for what is none. */
export function binaryPrecedence(operator: string): number | undefined {
  return ASSIGNMENT.test(operator) ? Precedence.assignment : BINARY[operator];
}

/** What the operands of an operator must be at least. */
export function operandPrecedence(operator: string, side: 'left' | 'right'): number {
  const own = binaryPrecedence(operator) ?? Precedence.any;
  // Assignments group from the right, and what stands left of one is no assignment and no conditional.
  if (own === Precedence.assignment) return side === 'left' ? Precedence.logicalOr : own;
  return side === 'left' ? own : own + 1;
}

/** How an expression is put together, overloaded operators included. */
type Form =
  | { form: 'binary'; operator: string }
  | { form: 'prefix' | 'postfix' | 'subscript' | 'call' | 'member' | 'cast' | 'conditional' | 'throw' | 'keyword' }
  | { form: 'other' };

function formOf(node: Node): Form {
  if (node.is(BinaryOperator)) return { form: 'binary', operator: BINARY_OPERATORS[node.opcode] };
  if (node.is(CXXRewrittenBinaryOperator)) return { form: 'binary', operator: BINARY_OPERATORS[node.opcode] };
  if (node.is(CXXOperatorCallExpr)) return overloadedForm(node);
  if (node.is(UnaryOperator)) return { form: node.isPostfix() ? 'postfix' : 'prefix' };
  if (node.is(AbstractConditionalOperator)) return { form: 'conditional' };
  if (node.is(CStyleCastExpr)) return { form: 'cast' };
  if (node.is(ArraySubscriptExpr)) return { form: 'subscript' };
  if (node.is(MemberExpr) || /^(CXXDependentScopeMember|UnresolvedMember|ExtVectorElement)Expr$/.test(node.kind)) {
    return { form: 'member' };
  }
  if (node.is(CXXThrowExpr) || node.is(CoyieldExpr)) return { form: 'throw' };
  if (node.is(CallExpr)) return { form: 'call' };
  if (node.is(UnaryExprOrTypeTraitExpr) || node.is(CXXNoexceptExpr) || node.is(CXXNewExpr) || node.is(CXXDeleteExpr)) {
    return { form: 'keyword' };
  }
  return node.is(CoroutineSuspendExpr) || node.kind === 'DependentCoawaitExpr' ? { form: 'prefix' } : { form: 'other' };
}

function overloadedForm(node: CXXOperatorCallExpr): Form {
  const { operator, numArgs } = node;
  if (operator === 'OO_Call') return { form: 'call' };
  if (operator === 'OO_Subscript') return { form: 'subscript' };
  if (operator === 'OO_Arrow') return { form: 'member' };
  if (operator === 'OO_PlusPlus' || operator === 'OO_MinusMinus') return { form: numArgs === 2 ? 'postfix' : 'prefix' };
  const binary = OVERLOADED_OPERATORS[operator];
  return numArgs === 2 && binary ? { form: 'binary', operator: binary } : { form: 'prefix' };
}

/** How tightly a node binds; what is no expression is never put in parentheses. */
export function precedenceOf(node: Node): number {
  if (!node.is(Expr)) return Precedence.primary;
  const shape = formOf(node);
  switch (shape.form) {
    case 'binary':
      return binaryPrecedence(shape.operator) ?? Precedence.comma;
    case 'conditional':
      return Precedence.conditional;
    case 'throw':
      return Precedence.assignment;
    case 'cast':
      return Precedence.cast;
    case 'prefix':
    case 'keyword':
      return Precedence.unary;
    case 'postfix':
    case 'subscript':
    case 'call':
    case 'member':
      return Precedence.postfix;
    default:
      return /^(CXX(Functional|Static|Dynamic|Reinterpret|Const)CastExpr|CompoundLiteralExpr|CXXTypeidExpr)$/.test(
        node.kind,
      )
        ? Precedence.postfix
        : Precedence.primary;
  }
}

/** How tightly what stands in a node's place must bind. */
export function requiredPrecedence(node: Node): number {
  if (!node.is(Expr)) return Precedence.any;
  if (node.parentIn({ typeLocs: true })?.is(TemplateArgumentLoc)) return Precedence.shift + 1;
  const { parent } = node;
  if (!parent?.is(Expr)) return isDeclaration(parent) ? Precedence.assignment : Precedence.any;
  if (parent.is(ParenExpr)) return Precedence.any;
  const shape = formOf(parent);
  switch (shape.form) {
    case 'binary':
      return operandPrecedence(shape.operator, startsWith(parent, node) ? 'left' : 'right');
    case 'prefix':
      return Precedence.cast;
    case 'cast':
      return Precedence.cast;
    case 'throw':
      return Precedence.assignment;
    case 'keyword':
      // An operand, or an argument of `new`.
      return parent.is(CXXNewExpr)
        ? Precedence.assignment
        : parent.is(CXXDeleteExpr)
          ? Precedence.cast
          : Precedence.unary;
    case 'postfix':
    case 'member':
      return Precedence.postfix;
    case 'subscript':
      return startsWith(parent, node) ? Precedence.postfix : Precedence.any;
    case 'call':
      return startsWith(parent, node) ? Precedence.postfix : Precedence.assignment;
    case 'conditional':
      return conditionalOperand(parent as AbstractConditionalOperator, node);
    default:
      return parent.is(DesignatedInitExpr) || parent.kind !== 'StmtExpr' ? Precedence.assignment : Precedence.any;
  }
}

function conditionalOperand(parent: AbstractConditionalOperator, node: Node): number {
  if (startsWith(parent, node)) return Precedence.logicalOr;
  // In C++ an assignment may stand behind the colon.
  const last = parent.tu.language === 'C' ? Precedence.conditional : Precedence.assignment;
  return endsWith(parent, node) ? last : Precedence.any;
}

/** Initialisers, default arguments, bit-fields and enumerators end at a comma. */
function isDeclaration(parent: Node | null): boolean {
  return (
    parent !== null &&
    /(Decl|CXXCtorInitializer|Designator|TemplateArgumentLoc|CXXBaseSpecifier|Attr)$/.test(parent.kind)
  );
}

function startsWith(parent: Node, node: Node): boolean {
  const { begin } = node.tu.snapshot;
  return begin[parent.index] === begin[node.index];
}

function endsWith(parent: Node, node: Node): boolean {
  const { last } = node.tu.snapshot;
  return last[parent.index] === last[node.index];
}
