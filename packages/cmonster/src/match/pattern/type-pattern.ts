/** Types in patterns: as written, with metavariables in them. */
import {
  BuiltinType,
  type ConstantArrayType,
  type FunctionProtoType,
  type TemplateArgument,
  type TemplateSpecializationType,
} from '../../ast/generated/index.js';
import type { Node } from '../../ast/node.js';
import type { TypeBase } from '../../ast/type-base.js';
import { type Hole, holeOf } from './pattern-text.js';

/** Bits as in TypeBase.qualifiers. */
export type TypePattern =
  | { is: 'hole'; hole: Hole; qualifiers: number }
  | { is: 'named'; name: string; qualifiers: number; arguments: readonly ArgumentPattern[] | undefined }
  | { is: 'built-in'; text: string; qualifiers: number }
  | {
      is: 'compound';
      family: string;
      inner: TypePattern | null;
      qualifiers: number;
      size: bigint | undefined;
      parameters: readonly TypePattern[] | undefined;
    };

export type ArgumentPattern = TypePattern | { is: 'text'; text: string } | { is: 'list'; hole: Hole };

/** Kinds of types that say only how another one was written. */
const THROUGH = new Set([
  'ElaboratedType',
  'ParenType',
  'AttributedType',
  'MacroQualifiedType',
  'AdjustedType',
  'DecayedType',
  'UsingType',
  'SubstTemplateTypeParmType',
  'DependentNameType',
]);
const FAMILY: Record<string, string> = {
  PointerType: 'pointer',
  LValueReferenceType: 'reference',
  RValueReferenceType: 'rvalue reference',
  ConstantArrayType: 'array',
  IncompleteArrayType: 'array',
  VariableArrayType: 'array',
  DependentSizedArrayType: 'array',
  FunctionProtoType: 'function',
  FunctionNoProtoType: 'function',
  MemberPointerType: 'member pointer',
  AutoType: 'auto',
  PackExpansionType: 'pack',
};

interface Plain {
  type: TypeBase;
  qualifiers: number;
}

/** Without what says only how it was written; the qualifiers met on the way are collected. */
function plain(given: TypeBase): Plain {
  let type = given;
  let { qualifiers } = type;
  while (THROUGH.has(type.kind) && type.inner && type.kind !== 'DependentNameType') {
    // A parameter's array is a pointer to Clang; an array as written.
    const next: TypeBase | null = (type as TypeBase & { originalType?: TypeBase }).originalType ?? type.inner;
    if (!next) break;
    type = next;
    qualifiers |= type.qualifiers;
  }
  return { type, qualifiers };
}

function nameOf(type: TypeBase): string | undefined {
  const { declaration } = type;
  const name = (declaration as (Node & { name?: string }) | null)?.name;
  if (name) return name;
  if (type.kind === 'TemplateSpecializationType' || type.kind === 'DeducedTemplateSpecializationType') {
    const { templateName } = type as TemplateSpecializationType;
    return typeof templateName === 'string' ? templateName.replace(/^.*::/, '') : templateName?.name;
  }
  if (type.kind === 'DependentNameType') return /[\w$]+$/.exec(type.toString())?.[0];
  return undefined;
}

export function compileType(given: TypeBase): TypePattern {
  const { type, qualifiers } = plain(given);
  const name = nameOf(type);
  const hole = name === undefined ? undefined : holeOf(name);
  if (hole) return { is: 'hole', hole, qualifiers };
  if (name !== undefined) return { is: 'named', name, qualifiers, arguments: argumentsOf(type)?.map(compileArgument) };
  const family = FAMILY[type.kind];
  if (!family) return { is: 'built-in', text: unqualified(type), qualifiers };
  const inner = type.inner;
  return {
    is: 'compound',
    family,
    inner: inner && family !== 'auto' ? compileType(inner) : null,
    qualifiers,
    size: type.kind === 'ConstantArrayType' ? sizeOf(type) : undefined,
    parameters: type.kind === 'FunctionProtoType' ? (type as FunctionProtoType).paramTypes.map(compileType) : undefined,
  };
}

function sizeOf(type: TypeBase): bigint | undefined {
  return type.kind === 'ConstantArrayType' ? BigInt((type as ConstantArrayType).zExtSize) : undefined;
}

/** A built-in type's name. */
function unqualified(type: TypeBase): string {
  const text = type.toString();
  return type instanceof BuiltinType ? text.replace(/^(?:(?:const|volatile|restrict)\s+)+/, '') : text;
}

function argumentsOf(type: TypeBase): readonly TemplateArgument[] | undefined {
  return type.kind === 'TemplateSpecializationType'
    ? (type as TemplateSpecializationType).templateArguments
    : undefined;
}

function compileArgument(argument: TemplateArgument): ArgumentPattern {
  const type = argument.asType;
  if (!type) {
    const text = textOf(argument);
    const hole = holeOf(text);
    return hole ? (hole.isList ? { is: 'list', hole } : { is: 'hole', hole, qualifiers: 0 }) : { is: 'text', text };
  }
  const pattern = compileType(type);
  return pattern.is === 'hole' && pattern.hole.isList ? { is: 'list', hole: pattern.hole } : pattern;
}

function textOf(argument: TemplateArgument): string {
  const integral = argument.asIntegral;
  return integral !== undefined ? String(integral) : (argument.asExpr?.text ?? argument.text);
}

/** Binds what a metavariable stands for; gives whether it may. */
export type BindType = (hole: Hole, type: TypeBase) => boolean;

export function matchesType(pattern: TypePattern, given: TypeBase, bind: BindType): boolean {
  const { type, qualifiers } = plain(given);
  if (pattern.is === 'hole') {
    // `const $T` needs a const; `$T` alone takes the type with whatever it has.
    if ((pattern.qualifiers & ~qualifiers) !== 0) return false;
    return bind(pattern.hole, pattern.qualifiers === 0 ? given : type);
  }
  if (pattern.qualifiers !== qualifiers) return false;
  switch (pattern.is) {
    case 'named':
      return nameOf(type) === pattern.name && matchesArguments(pattern.arguments, type, bind);
    case 'built-in':
      return nameOf(type) === undefined && FAMILY[type.kind] === undefined && unqualified(type) === pattern.text;
    case 'compound': {
      if (FAMILY[type.kind] !== pattern.family) return false;
      if (pattern.size !== undefined && sizeOf(type) !== pattern.size) return false;
      if (pattern.parameters && !matchesParameters(pattern.parameters, type, bind)) return false;
      const { inner } = type;
      return pattern.inner === null || (inner !== null && matchesType(pattern.inner, inner, bind));
    }
  }
}

function matchesParameters(patterns: readonly TypePattern[], type: TypeBase, bind: BindType): boolean {
  const types = (type as FunctionProtoType).paramTypes;
  return (
    types?.length === patterns.length &&
    patterns.every((pattern, at) => matchesType(pattern, types[at] as TypeBase, bind))
  );
}

function matchesArguments(patterns: readonly ArgumentPattern[] | undefined, type: TypeBase, bind: BindType): boolean {
  if (!patterns) return true;
  const found = argumentsOf(type);
  if (!found) return false;
  const open = patterns.findIndex((pattern) => pattern.is === 'list');
  if (open < 0 ? found.length !== patterns.length : found.length < patterns.length - 1) return false;
  return found.every((argument, at) => {
    const back = found.length - at;
    const pattern =
      open < 0 || at < open
        ? patterns[at]
        : patterns.length - back > open
          ? patterns[patterns.length - back]
          : undefined;
    if (!pattern || pattern.is === 'list') return true;
    const inner = argument.asType;
    if (pattern.is === 'text') return !inner && textOf(argument) === pattern.text;
    return inner ? matchesType(pattern, inner, bind) : pattern.is === 'hole';
  });
}
