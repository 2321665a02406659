/** How Clang's dump spells what the columns hold as a number: the order is that of Clang 19's enumerations. */

/** clang/AST/OperationKinds.def */
export const castKinds = [
  'Dependent',
  'BitCast',
  'LValueBitCast',
  'LValueToRValueBitCast',
  'LValueToRValue',
  'NoOp',
  'BaseToDerived',
  'DerivedToBase',
  'UncheckedDerivedToBase',
  'Dynamic',
  'ToUnion',
  'ArrayToPointerDecay',
  'FunctionToPointerDecay',
  'NullToPointer',
  'NullToMemberPointer',
  'BaseToDerivedMemberPointer',
  'DerivedToBaseMemberPointer',
  'MemberPointerToBoolean',
  'ReinterpretMemberPointer',
  'UserDefinedConversion',
  'ConstructorConversion',
  'IntegralToPointer',
  'PointerToIntegral',
  'PointerToBoolean',
  'ToVoid',
  'MatrixCast',
  'VectorSplat',
  'IntegralCast',
  'IntegralToBoolean',
  'IntegralToFloating',
  'FloatingToFixedPoint',
  'FixedPointToFloating',
  'FixedPointCast',
  'FixedPointToIntegral',
  'IntegralToFixedPoint',
  'FixedPointToBoolean',
  'FloatingToIntegral',
  'FloatingToBoolean',
  'BooleanToSignedIntegral',
  'FloatingCast',
  'CPointerToObjCPointerCast',
  'BlockPointerToObjCPointerCast',
  'AnyPointerToBlockPointerCast',
  'ObjCObjectLValueCast',
  'FloatingRealToComplex',
  'FloatingComplexToReal',
  'FloatingComplexToBoolean',
  'FloatingComplexCast',
  'FloatingComplexToIntegralComplex',
  'IntegralRealToComplex',
  'IntegralComplexToReal',
  'IntegralComplexToBoolean',
  'IntegralComplexCast',
  'IntegralComplexToFloatingComplex',
  'ARCProduceObject',
  'ARCConsumeObject',
  'ARCReclaimReturnedObject',
  'ARCExtendBlockObject',
  'AtomicToNonAtomic',
  'NonAtomicToAtomic',
  'CopyAndAutoreleaseBlockObject',
  'BuiltinFnToFnPtr',
  'ZeroToOCLOpaqueType',
  'AddressSpaceConversion',
  'IntToOCLSampler',
  'HLSLVectorTruncation',
  'HLSLArrayRValue',
] as const;

/** clang/AST/OperationKinds.def */
export const binaryOpcodes = [
  ...[
    '.*',
    '->*',
    '*',
    '/',
    '%',
    '+',
    '-',
    '<<',
    '>>',
    '<=>',
    '<',
    '>',
    '<=',
    '>=',
    '==',
    '!=',
    '&',
    '^',
    '|',
    '&&',
    '||',
  ],
  ...['=', '*=', '/=', '%=', '+=', '-=', '<<=', '>>=', '&=', '^=', '|=', ','],
] as const;

/** clang/AST/OperationKinds.def */
export const unaryOpcodes = [
  ...['++', '--', '++', '--', '&', '*', '+', '-', '~', '!', '__real', '__imag', '__extension__', 'co_await'],
] as const;

/** ExprValueKind */
export const valueCategories = ['prvalue', 'lvalue', 'xvalue'] as const;
/** NonOdrUseReason; the first is none. */
export const nonOdrUseReasons = ['', 'unevaluated', 'constant', 'discarded'] as const;
/** PredefinedIdentKind */
export const predefinedNames = [
  '__func__',
  '__FUNCTION__',
  'L__FUNCTION__',
  '__FUNCDNAME__',
  '__FUNCSIG__',
  'L__FUNCSIG__',
  '__PRETTY_FUNCTION__',
  '__PRETTY_FUNCTION__',
] as const;
/** CXXConstructionKind */
export const constructionKinds = ['complete', 'non-virtual base', 'virtual base', 'delegating'] as const;
/** StorageDuration */
export const storageDurations = ['full expression', 'automatic', 'thread', 'static', 'dynamic'] as const;
/** CXXNewInitializationStyle; the first is none. */
export const newStyles = ['', 'call', 'list'] as const;
/** ObjCMessageExpr::ReceiverKind */
export const receiverKinds = ['class', 'instance', 'super (class)', 'super (instance)'] as const;

/** StorageClass; the first is none. */
export const storageClasses = ['', 'extern', 'static', '__private_extern__', 'auto', 'register'] as const;
/** VarDecl::TLSKind; the first is none. */
export const tlsKinds = ['', 'static', 'dynamic'] as const;
/** VarDecl::InitializationStyle */
export const initStyles = ['c', 'call', 'list', 'paren-list'] as const;
/** AccessSpecifier */
export const accessNames = ['public', 'protected', 'private', 'none'] as const;
/** TagTypeKind */
export const tagNames = ['struct', '__interface', 'union', 'class', 'enum'] as const;
/** LinkageSpecLanguageIDs, of which the first is 1. */
export const linkageLanguages = ['', 'C', 'C++'] as const;
/** ObjCIvarDecl::AccessControl */
export const ivarAccess = ['none', 'private', 'protected', 'public', 'package'] as const;
/** ObjCTypeParamVariance; the first is none. */
export const variances = ['', 'covariant', 'contravariant'] as const;
/** ObjCPropertyDecl::PropertyControl; the first is none. */
export const propertyControls = ['', 'required', 'optional'] as const;
/** ObjCPropertyAttribute::Kind: bit and name, in the dump's order. */
export const propertyAttributes = [
  [0x1, 'readonly'],
  [0x4, 'assign'],
  [0x8, 'readwrite'],
  [0x10, 'retain'],
  [0x20, 'copy'],
  [0x40, 'nonatomic'],
  [0x100, 'atomic'],
  [0x200, 'weak'],
  [0x400, 'strong'],
  [0x800, 'unsafe_unretained'],
  [0x4000, 'class'],
  [0x8000, 'direct'],
  [0x1000, 'nullability'],
  [0x2000, 'null_resettable'],
] as const;
export const PROPERTY_GETTER = 0x2;
export const PROPERTY_SETTER = 0x80;

/** ArraySizeModifier; the first is none. */
export const sizeModifiers = ['', 'static', '*'] as const;
/** AutoTypeKeyword */
export const autoKeywords = ['auto', 'decltype(auto)', '__auto_type'] as const;
/** RefQualifierKind; the first is none. */
export const refQualifiers = ['', '&', '&&'] as const;
/** VectorKind; the first is none. */
export const vectorKinds = [
  '',
  'altivec',
  'altivec pixel',
  'altivec bool',
  'neon',
  'neon poly',
  'fixed-length sve data vector',
  'fixed-length sve predicate vector',
  'fixed-length rvv data vector',
  'fixed-length rvv mask vector',
] as const;
/** concepts::Requirement::RequirementKind */
export const requirementKinds = [
  'TypeRequirement',
  'SimpleRequirement',
  'CompoundRequirement',
  'NestedRequirement',
] as const;

/** InlineCommandRenderKind */
export const renderKinds = ['normal', 'bold', 'monospaced', 'emphasized', 'anchor'] as const;
/** ParamCommandPassDirection */
export const directions = ['in', 'out', 'in,out'] as const;

/** The flags of a class's definition, by part; the frontend packs each part into a number, the first flag lowest. */
export const definitionFlags = [
  'isGenericLambda',
  'isLambda',
  'isEmpty',
  'isAggregate',
  'isStandardLayout',
  'isTriviallyCopyable',
  'isPOD',
  'isTrivial',
  'isPolymorphic',
  'isAbstract',
  'isLiteral',
  'canPassInRegisters',
  'hasUserDeclaredConstructor',
  'hasConstexprNonCopyMoveConstructor',
  'hasMutableFields',
  'hasVariantMembers',
  'canConstDefaultInit',
] as const;
export const memberFlags = [
  [
    'defaultCtor',
    ['exists', 'trivial', 'nonTrivial', 'userProvided', 'isConstexpr', 'needsImplicit', 'defaultedIsConstexpr'],
  ],
  [
    'copyCtor',
    [
      ...['simple', 'trivial', 'nonTrivial', 'userDeclared', 'hasConstParam', 'implicitHasConstParam', 'needsImplicit'],
      ...['needsOverloadResolution', 'defaultedIsDeleted'],
    ],
  ],
  [
    'moveCtor',
    [
      ...['exists', 'simple', 'trivial', 'nonTrivial', 'userDeclared', 'needsImplicit', 'needsOverloadResolution'],
      ...['defaultedIsDeleted'],
    ],
  ],
  [
    'copyAssign',
    [
      ...['simple', 'trivial', 'nonTrivial', 'hasConstParam', 'implicitHasConstParam', 'userDeclared', 'needsImplicit'],
      ...['needsOverloadResolution'],
    ],
  ],
  [
    'moveAssign',
    ['exists', 'simple', 'trivial', 'nonTrivial', 'userDeclared', 'needsImplicit', 'needsOverloadResolution'],
  ],
  [
    'dtor',
    [
      ...['simple', 'irrelevant', 'trivial', 'nonTrivial', 'userDeclared', 'needsImplicit', 'needsOverloadResolution'],
      ...['defaultedIsDeleted'],
    ],
  ],
] as const;
