/** Matchers that say something of a node itself. Those that only ask a getter are generated: generated/getters.ts. */
import {
  type BinaryOperator,
  type CallExpr,
  type CastExpr,
  type CompoundStmt,
  type ConstantArrayType,
  type CXXConstructExpr,
  type CXXOperatorCallExpr,
  type Decl,
  type DeclStmt,
  type FunctionDecl,
  type NamedDecl,
  type StringLiteral,
  type UnaryExprOrTypeTraitExpr,
  type UnaryOperator,
  VarDecl,
} from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { TypeBase } from '../ast/type-base.js';
import { type Matcher, predicate } from './matcher.js';
import { operatorSign } from './pattern/shape.js';

// --- Names ----------------------------------------------------------------------------------------------------------

/** `hasName('strcpy')`; `hasName('std::vector')` also through inline namespaces; `hasName('::f')` for a name of no namespace. */
export function hasName(name: string): Matcher<NamedDecl> {
  return predicate<NamedDecl>((decl) => isNamed(decl, name));
}
export function hasAnyName(...names: readonly string[]): Matcher<NamedDecl> {
  return predicate<NamedDecl>((decl) => names.some((name) => isNamed(decl, name)));
}
/** The name with its scopes, `::std::vector`, matches. */
export function matchesName(pattern: RegExp | string): Matcher<NamedDecl> {
  const expression = new RegExp(pattern);
  return predicate<NamedDecl>((decl) => decl.name !== '' && expression.test(`::${decl.qualifiedNameAsString}`));
}

function isNamed(decl: NamedDecl, name: string): boolean {
  const last = name.replace(/^.*::/, '');
  if (decl.name !== last) return false;
  if (last === name) return true;
  const full = `::${decl.qualifiedNameAsString}`;
  return name.startsWith('::') ? full === name : full.endsWith(`::${name}`);
}

type OperatorExpr = BinaryOperator | UnaryOperator | CXXOperatorCallExpr;
/** `hasOperatorName('==')`. */
export function hasOperatorName(sign: string): Matcher<OperatorExpr> {
  return predicate<OperatorExpr>((expr) => operatorSign(expr) === sign);
}
export function hasAnyOperatorName(...signs: readonly string[]): Matcher<OperatorExpr> {
  return predicate<OperatorExpr>((expr) => signs.includes(operatorSign(expr) ?? ''));
}
/** Of a call of an overloaded operator. */
export function hasOverloadedOperatorName(sign: string): Matcher<CXXOperatorCallExpr> {
  return predicate<CXXOperatorCallExpr>((call) => operatorSign(call) === sign);
}
export function isAssignmentOperator(): Matcher<OperatorExpr> {
  return predicate<OperatorExpr>((expr) => /^([-+*/%&|^]|<<|>>)?=$/.test(operatorSign(expr) ?? ''));
}
export function isComparisonOperator(): Matcher<OperatorExpr> {
  return predicate<OperatorExpr>((expr) => /^(<|>|<=|>=|==|!=|<=>)$/.test(operatorSign(expr) ?? ''));
}

// --- Numbers --------------------------------------------------------------------------------------------------------

export function argumentCountIs(count: number): Matcher<CallExpr | CXXConstructExpr> {
  return predicate<CallExpr | CXXConstructExpr>((call) => call.numArgs === count);
}
export function argumentCountAtLeast(count: number): Matcher<CallExpr | CXXConstructExpr> {
  return predicate<CallExpr | CXXConstructExpr>((call) => call.numArgs >= count);
}
export function parameterCountIs(count: number): Matcher<FunctionDecl> {
  return predicate<FunctionDecl>((decl) => decl.parameters.length === count);
}
export function statementCountIs(count: number): Matcher<CompoundStmt> {
  return predicate<CompoundStmt>((block) => block.children.length === count);
}
export function declCountIs(count: number): Matcher<DeclStmt> {
  return predicate<DeclStmt>((stmt) => stmt.children.length === count);
}
/** Of a literal with a value: an integer, a character, a boolean, a floating-point number. */
export function equals(
  value: number | bigint | boolean,
): Matcher<{ readonly value: number | bigint | boolean | string }> {
  return predicate((literal: { readonly value: number | bigint | boolean | string }) =>
    typeof literal.value === 'bigint' ? literal.value === BigInt(value) : literal.value === value,
  );
}
/** Of a string: characters; of an array type: elements. */
export function hasSize(size: number): Matcher<StringLiteral | ConstantArrayType> {
  return predicate<StringLiteral | ConstantArrayType>((subject) =>
    subject instanceof TypeBase ? Number((subject as ConstantArrayType).zExtSize) === size : subject.length === size,
  );
}

// --- Kinds ----------------------------------------------------------------------------------------------------------

/** `hasCastKind('CK_NullToPointer')`. */
export function hasCastKind(kind: CastExpr['castKind']): Matcher<CastExpr> {
  return predicate<CastExpr>((cast) => cast.castKind === kind);
}
/** `ofKind('UETT_SizeOf')`. */
export function ofKind(kind: UnaryExprOrTypeTraitExpr['traitKind']): Matcher<UnaryExprOrTypeTraitExpr> {
  return predicate<UnaryExprOrTypeTraitExpr>((expr) => expr.traitKind === kind);
}
/** A function with a body, a class with members, a variable that is more than `extern`. */
export function isDefinition(): Matcher<Decl> {
  return predicate<Decl>((decl) => {
    if (decl instanceof VarDecl) return decl.isThisDeclarationADefinition !== 'DeclarationOnly';
    const other = decl as Decl & { isThisDeclarationADefinition?(): boolean };
    return other.isThisDeclarationADefinition?.() ?? false;
  });
}
/** An instantiation of a template, or in one. */
export function isInTemplateInstantiation(): Matcher<Node> {
  return predicate<Node>((node) => {
    for (let at: Node | null = node; at; at = at.parentIn({ implicit: true, instantiations: true })) {
      const kind = (at as { templateSpecializationKind?: string }).templateSpecializationKind;
      if (kind !== undefined && /Instantiation/.test(kind)) return true;
    }
    return false;
  });
}

// --- Types ----------------------------------------------------------------------------------------------------------

/** As Clang prints it. */
export function asString(text: string): Matcher<TypeBase> {
  return predicate<TypeBase>((type) => type instanceof TypeBase && type.toString() === text);
}
const BY_CANONICAL = (holds: (type: TypeBase['canonical']) => boolean | undefined) => (): Matcher<TypeBase> =>
  predicate<TypeBase>((type) => type instanceof TypeBase && holds(type.canonical));
export const isInteger: () => Matcher<TypeBase> = BY_CANONICAL((type) => type.isIntegerType());
export const isSignedInteger: () => Matcher<TypeBase> = BY_CANONICAL((type) => type.isSignedIntegerType());
export const isUnsignedInteger: () => Matcher<TypeBase> = BY_CANONICAL((type) => type.isUnsignedIntegerType());
export const isAnyPointer: () => Matcher<TypeBase> = BY_CANONICAL((type) => type.isAnyPointerType());
export const isAnyCharacter: () => Matcher<TypeBase> = BY_CANONICAL((type) => type.isAnyCharacterType());
export const booleanType: () => Matcher<TypeBase> = BY_CANONICAL((type) => type.isBooleanType());
export const voidType: () => Matcher<TypeBase> = BY_CANONICAL((type) => type.isVoidType());
export const realFloatingPointType: () => Matcher<TypeBase> = BY_CANONICAL((type) => type.isRealFloatingType());
export const isConstQualified: () => Matcher<TypeBase> = BY_CANONICAL((type) => (type.qualifiers & 1) !== 0);
export const isVolatileQualified: () => Matcher<TypeBase> = BY_CANONICAL((type) => (type.qualifiers & 4) !== 0);
/** Qualified by itself, not through a typedef. */
export function hasLocalQualifiers(): Matcher<TypeBase> {
  return predicate<TypeBase>((type) => type.qualifiers !== 0);
}

// --- Places ---------------------------------------------------------------------------------------------------------

export function isExpansionInMainFile(): Matcher<Node> {
  return predicate<Node>((node) => node.beginLoc.isInMainFile);
}
export function isExpansionInSystemHeader(): Matcher<Node> {
  return predicate<Node>((node) => node.beginLoc.isInSystemHeader);
}
export function isExpansionInFileMatching(pattern: RegExp | string): Matcher<Node> {
  const expression = new RegExp(pattern);
  return predicate<Node>((node) => expression.test(node.beginLoc.file?.name ?? ''));
}
/** Whether it came, all of it, from a use of this macro. */
export function isExpandedFromMacro(name: string): Matcher<Node> {
  return predicate<Node>((node) => node.macro.some((use) => use.name === name && !use.isArgument));
}
