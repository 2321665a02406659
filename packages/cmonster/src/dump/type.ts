/** Types where Clang's JSON dump shows them in the tree. */
import type { Detail, Details } from './facts.js';
import { autoKeywords, refQualifiers, sizeModifiers, vectorKinds } from './names.js';
import { membersByKind, type NodeWriter, packedFields } from './node-writer.js';

type TypeMembers = (w: NodeWriter, row: number, details: Details) => void;

/** Where a class's own details begin: whether the type contains errors precedes them. */
const OWN = 1;
/** ExceptionSpecificationType */
const EXCEPTIONS = { DynamicNone: 1, Dynamic: 2, MSAny: 3, NoThrow: 4, BasicNoexcept: 5, False: 7, True: 8 } as const;

const row = (detail: Detail): number => (detail as number | null | undefined) ?? 0;

export function typeWriter(): (w: NodeWriter, row: number, details: Details) => void {
  const f = packedFields(
    'isDependentType',
    'isInstantiationDependentType',
    'isVariablyModifiedType',
    'containsUnexpandedParameterPack',
    'isFromAST',
    'getNoReturnAttr',
    'isConst',
    'isVolatile',
    'isRestrict',
    'isVariadic',
    'hasTrailingReturn',
    'getRefQualifier',
    'getExceptionSpecType',
    'isSpelledAsLValue',
    'getSizeModifier',
    'getIndexTypeCVRQualifiers',
    'getVectorKind',
    'isDeduced',
    'getKeyword',
    'isParameterPack',
    'isTypeAlias',
    'isMemberDataPointer',
    'isMemberFunctionPointer',
  );

  const declaration: TypeMembers = (w, at) => w.declaration('decl', w.snapshot.typeDecl[w.typeOf(at)] as number);
  const sugar: TypeMembers = (w, at, details) => {
    declaration(w, at, details);
    if (row(details[OWN]) !== 0) w.type('type', row(details[OWN]));
  };
  const functionType: TypeMembers = (w, at, details) => {
    w.flag('noreturn', w.field(at, f.getNoReturnAttr));
    w.flag('producesResult', details[OWN + 1] === true);
    if (row(details[OWN + 2]) !== 0) w.member('regParm', row(details[OWN + 2]));
    w.string('cc', (details[OWN] ?? 'cdecl') as string);
  };
  const exceptions = (w: NodeWriter, at: number, details: Details): void => {
    const sort = w.field(at, f.getExceptionSpecType);
    switch (sort) {
      case EXCEPTIONS.DynamicNone:
      case EXCEPTIONS.Dynamic: {
        const types = (details[OWN + 3] ?? []) as readonly number[];
        w.member('exceptionSpec', '"throw"');
        w.member('exceptionTypes', `[${types.map((type) => w.facts.type(type)).join(',')}]`);
        break;
      }
      case EXCEPTIONS.MSAny:
        w.member('exceptionSpec', '"throw"');
        w.flag('throwsAny', true);
        break;
      case EXCEPTIONS.NoThrow:
        w.member('exceptionSpec', '"nothrow"');
        break;
      case EXCEPTIONS.BasicNoexcept:
        w.member('exceptionSpec', '"noexcept"');
        break;
      case EXCEPTIONS.True:
      case EXCEPTIONS.False:
        w.member('exceptionSpec', '"noexcept"');
        w.member('conditionEvaluatesTo', sort === EXCEPTIONS.True);
        break;
    }
  };
  const array: TypeMembers = (w, at) => {
    w.oneOf('sizeModifier', sizeModifiers, w.field(at, f.getSizeModifier));
    const qualifiers = qualifierNames(w.field(at, f.getIndexTypeCVRQualifiers));
    if (qualifiers) w.string('indexTypeQualifiers', qualifiers);
  };
  const index: TypeMembers = (w, _, details) => w.member('index', row(details[OWN]));

  const table: Record<string, TypeMembers> = {
    TypedefType: sugar,
    UsingType: sugar,
    FunctionType: functionType,
    FunctionProtoType(w, at, details) {
      w.flag('trailingReturn', w.field(at, f.hasTrailingReturn));
      w.flag('const', w.field(at, f.isConst));
      w.flag('volatile', w.field(at, f.isVolatile));
      w.flag('restrict', w.field(at, f.isRestrict));
      w.flag('variadic', w.field(at, f.isVariadic));
      w.oneOf('refQualifier', refQualifiers, w.field(at, f.getRefQualifier));
      exceptions(w, at, details);
      functionType(w, at, details);
    },
    RValueReferenceType: (w, at) => w.flag('spelledAsLValue', w.field(at, f.isSpelledAsLValue)),
    ArrayType: array,
    ConstantArrayType(w, at, details) {
      w.member('size', (details[OWN] ?? 0) as number | bigint);
      array(w, at, details);
    },
    DependentSizedExtVectorType: (w, _, details) => w.location('attrLoc', row(details[OWN])),
    VectorType(w, at, details) {
      w.member('numElements', row(details[OWN]));
      w.oneOf('vectorKind', vectorKinds, w.field(at, f.getVectorKind));
    },
    UnresolvedUsingType: declaration,
    UnaryTransformType: (w, _, details) => w.string('transformKind', (details[OWN] ?? '') as string),
    TagType: declaration,
    TemplateTypeParmType(w, at, details) {
      w.member('depth', row(details[OWN]));
      w.member('index', row(details[OWN + 1]));
      w.flag('isPack', w.field(at, f.isParameterPack));
      declaration(w, at, details);
    },
    SubstTemplateTypeParmType(w, at, details) {
      index(w, at, details);
      if (typeof details[OWN + 1] === 'number') w.member('pack_index', row(details[OWN + 1]));
    },
    SubstTemplateTypeParmPackType: index,
    AutoType(w, at) {
      w.member('undeduced', w.field(at, f.isDeduced) === 0);
      w.oneOf('typeKeyword', autoKeywords, w.field(at, f.getKeyword));
    },
    TemplateSpecializationType(w, at, details) {
      w.flag('isAlias', w.field(at, f.isTypeAlias));
      w.string('templateName', (details[OWN] ?? '') as string);
    },
    InjectedClassNameType: declaration,
    ObjCInterfaceType: declaration,
    PackExpansionType(w, _, details) {
      if (typeof details[OWN] === 'number') w.member('numExpansions', details[OWN] as number);
    },
    ElaboratedType(w, _, details) {
      if (typeof details[OWN] === 'string') w.string('qualifier', details[OWN] as string);
      if (row(details[OWN + 1]) !== 0) w.declaration('ownedTagDecl', row(details[OWN + 1]));
    },
    MacroQualifiedType: (w, _, details) => w.string('macroName', (details[OWN] ?? '') as string),
    MemberPointerType(w, at) {
      w.flag('isData', w.field(at, f.isMemberDataPointer));
      w.flag('isFunction', w.field(at, f.isMemberFunctionPointer));
    },
  };
  const byKind = membersByKind(table);

  return (w, at, details) => {
    w.out += `{"id":${w.id(at)},"kind":"${w.kindName(at)}","type":${w.facts.type(w.typeOf(at), true)}`;
    w.flag('containsErrors', details[0] === true);
    w.flag('isDependent', w.field(at, f.isDependentType));
    w.flag('isInstantiationDependent', w.field(at, f.isInstantiationDependentType));
    w.flag('isVariablyModified', w.field(at, f.isVariablyModifiedType));
    w.flag('containsUnexpandedPack', w.field(at, f.containsUnexpandedParameterPack));
    w.flag('isImported', w.field(at, f.isFromAST));
    byKind[w.kindOf(at)]?.(w, at, details);
  };
}

/** Qualifiers::TQ: 1 const, 2 restrict, 4 volatile. */
function qualifierNames(mask: number): string {
  return [mask & 1 && 'const', mask & 4 && 'volatile', mask & 2 && 'restrict'].filter(Boolean).join(' ');
}
