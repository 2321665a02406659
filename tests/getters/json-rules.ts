/** What fields of Clang's JSON dump say about getters: `Class.method` → what the node's members, or its children, give. */

/** A node of Clang's dump; the children's ids are rows already. */
export interface JsonNode {
  kind: string;
  row: number;
  inner: JsonNode[];
  [member: string]: unknown;
}

/** What a getter should give; `undefined` when the dump does not say. Rows are `{ row }`. */
export type Rule = (node: JsonNode) => unknown;

export const rules = new Map<string, Rule>();

function add(classAndMethod: string, rule: Rule): void {
  rules.set(classAndMethod, rule);
}
function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

// --- Flags: there when true --------------------------------------------------------------------------------------------

for (const [owner, pairs] of Object.entries({
  Decl: 'isImplicit isUsed=isUsed isInvalidDecl=isInvalid isModulePrivate=modulePrivate',
  VarDecl: 'isNRVOVariable=nrvo isInline=inline isConstexpr=constexpr isParameterPack hasInit=init',
  ParmVarDecl: 'isExplicitObjectParameter=explicitObjectParameter',
  FieldDecl: 'isMutable=mutable hasInClassInitializer',
  FunctionDecl:
    'isInlined= isInlineSpecified=inline isVirtualAsWritten=virtual isPureVirtual=pure isDeletedAsWritten=explicitlyDeleted ' +
    'isVariadic=variadic isImmediateFunction=',
  RecordDecl: '',
  EnumDecl: 'isScoped=scopedEnumTag isFixed=fixedUnderlyingType',
  NamespaceDecl: 'isInline isNested',
  LinkageSpecDecl: 'hasBraces',
  TemplateTypeParmDecl: 'isParameterPack',
  NonTypeTemplateParmDecl: 'isParameterPack',
  TemplateTemplateParmDecl: 'isParameterPack',
  Attr: 'isInherited=inherited isImplicit=implicit',
  IfStmt:
    'hasInitStorage=hasInit hasVarStorage=hasVar hasElseStorage=hasElse isConstexpr isNegatedConsteval=constevalIsNegated',
  SwitchStmt: 'hasInitStorage=hasInit hasVarStorage=hasVar',
  WhileStmt: 'hasVarStorage=hasVar',
  CaseStmt: 'caseStmtIsGNURange=isGNURange',
  UnaryOperator: 'isPostfix',
  MemberExpr: 'isArrow',
  CXXNewExpr: 'isGlobalNew=isGlobal isArray',
  CXXDeleteExpr: 'isGlobalDelete=isGlobal isArrayForm=isArray isArrayFormAsWritten=isArrayAsWritten',
  CXXConstructExpr:
    'isElidable=elidable isListInitialization=list requiresZeroInitialization=zeroing hadMultipleCandidates',
  CXXThisExpr: 'isImplicit=implicit',
  CXXDefaultArgExpr: 'hasRewrittenInit',
  CXXDefaultInitExpr: 'hasRewrittenInit',
  CXXBoolLiteralExpr: 'getValue=value',
  CXXDependentScopeMemberExpr: 'isArrow hasTemplateKeyword hasExplicitTemplateArgs',
  CallExpr: 'usesADL=adl',
  ExprWithCleanups: 'cleanupsHaveSideEffects',
  ImplicitCastExpr: 'isPartOfExplicitCast',
  MaterializeTemporaryExpr: 'isBoundToLvalueReference=boundToLValueRef',
  UnresolvedLookupExpr: 'requiresADL=usesADL',
  ObjCMethodDecl: 'isInstanceMethod=instance isVariadic=variadic',
  ObjCPropertyRefExpr: 'isImplicitProperty=',
  ObjCIvarRefExpr: 'isArrow isFreeIvar',
  GenericSelectionExpr: 'isResultDependent=resultDependent',
})) {
  for (const pair of words(pairs)) {
    const [method, member = method] = pair.split('=') as [string, string?];
    if (member === '') continue;
    add(`${owner}.${method}`, (node) => {
      const value = node[member];
      return value !== undefined && value !== false;
    });
  }
}

// --- Fields of a class's definition ------------------------------------------------------------------------------------

const definition: Record<string, string> = {
  '': 'isGenericLambda isLambda isEmpty isAggregate isStandardLayout isTriviallyCopyable isPOD isTrivial isPolymorphic isAbstract isLiteral canPassInRegisters hasUserDeclaredConstructor hasConstexprNonCopyMoveConstructor hasMutableFields hasVariantMembers allowConstDefaultInit=canConstDefaultInit',
  defaultCtor:
    'hasDefaultConstructor=exists hasTrivialDefaultConstructor=trivial hasNonTrivialDefaultConstructor=nonTrivial hasUserProvidedDefaultConstructor=userProvided hasConstexprDefaultConstructor=isConstexpr needsImplicitDefaultConstructor=needsImplicit defaultedDefaultConstructorIsConstexpr=defaultedIsConstexpr',
  copyCtor:
    'hasSimpleCopyConstructor=simple hasTrivialCopyConstructor=trivial hasNonTrivialCopyConstructor=nonTrivial hasUserDeclaredCopyConstructor=userDeclared hasCopyConstructorWithConstParam=hasConstParam implicitCopyConstructorHasConstParam=implicitHasConstParam needsImplicitCopyConstructor=needsImplicit needsOverloadResolutionForCopyConstructor=needsOverloadResolution',
  moveCtor:
    'hasMoveConstructor=exists hasSimpleMoveConstructor=simple hasTrivialMoveConstructor=trivial hasNonTrivialMoveConstructor=nonTrivial hasUserDeclaredMoveConstructor=userDeclared needsImplicitMoveConstructor=needsImplicit needsOverloadResolutionForMoveConstructor=needsOverloadResolution',
  copyAssign:
    'hasSimpleCopyAssignment=simple hasTrivialCopyAssignment=trivial hasNonTrivialCopyAssignment=nonTrivial hasCopyAssignmentWithConstParam=hasConstParam implicitCopyAssignmentHasConstParam=implicitHasConstParam hasUserDeclaredCopyAssignment=userDeclared needsImplicitCopyAssignment=needsImplicit needsOverloadResolutionForCopyAssignment=needsOverloadResolution',
  moveAssign:
    'hasMoveAssignment=exists hasSimpleMoveAssignment=simple hasTrivialMoveAssignment=trivial hasNonTrivialMoveAssignment=nonTrivial hasUserDeclaredMoveAssignment=userDeclared needsImplicitMoveAssignment=needsImplicit needsOverloadResolutionForMoveAssignment=needsOverloadResolution',
  dtor: 'hasSimpleDestructor=simple hasIrrelevantDestructor=irrelevant hasTrivialDestructor=trivial hasNonTrivialDestructor=nonTrivial hasUserDeclaredDestructor=userDeclared needsImplicitDestructor=needsImplicit needsOverloadResolutionForDestructor=needsOverloadResolution',
};
for (const [part, pairs] of Object.entries(definition)) {
  for (const pair of words(pairs)) {
    const [method, member = method] = pair.split('=') as [string, string?];
    add(`CXXRecordDecl.${method}`, ({ definitionData }) => {
      if (!definitionData) return undefined;
      const data = definitionData as Record<string, Record<string, unknown>>;
      return (part === '' ? data : (data[part] ?? {}))[member] === true;
    });
  }
}

// --- Names of enumerators ----------------------------------------------------------------------------------------------

const ends = (member: string, ifAbsent: string): Rule => {
  return (node) => ({ ends: String(node[member] ?? ifAbsent) });
};
for (const owner of ['VarDecl', 'FunctionDecl']) add(`${owner}.getStorageClass`, ends('storageClass', 'None'));
add(
  'VarDecl.getInitStyle',
  ({ init }) => init && { ends: { c: 'CInit', call: 'CallInit', list: 'ListInit' }[init as string] ?? 'ParenListInit' },
);
add('VarDecl.getTLSKind', ({ tls }) => ({ ends: { static: 'Static', dynamic: 'Dynamic' }[tls as string] ?? 'None' }));
add('Expr.getValueKind', ({ valueCategory }) => valueCategory && { ends: String(valueCategory) });
add('CastExpr.getCastKind', ends('castKind', ''));
add('CastExpr.getCastKindName', ({ castKind }) => castKind);
add('AccessSpecDecl.getAccess', ends('access', ''));
add('TagDecl.getKindName', ({ tagUsed }) => tagUsed);
add('LinkageSpecDecl.getLanguage', ({ language }) => ({ ends: language === 'C' ? 'C' : 'CXX' }));
add('MaterializeTemporaryExpr.getStorageDuration', ({ storageDuration }) => ({
  ends: String(storageDuration).replace('full expression', 'FullExpression').split(' ')[0],
}));
add('DeclRefExpr.isNonOdrUse', ends('nonOdrUseReason', 'None'));
add('ObjCIvarDecl.getAccessControl', ({ access }) => access && { ends: String(access) });
add('ArrayType.getSizeModifier', ({ sizeModifier }) => ({ ends: String(sizeModifier ?? 'normal') }));

// --- Texts and numbers -------------------------------------------------------------------------------------------------

for (const [owner, pairs] of Object.entries({
  BinaryOperator: 'getOpcodeStr=opcode',
  CXXDependentScopeMemberExpr: 'getMember=member',
  OverloadExpr: 'getName=name',
  PredefinedExpr: 'getIdentKindName=name',
  ObjCMethodDecl: '',
  ObjCEncodeExpr: 'getEncodedType=encodedType',
  ObjCMessageExpr: 'getSelector=selector',
  ObjCSelectorExpr: 'getSelector=selector',
  TemplateTypeParmDecl: 'getDepth=depth getIndex=index',
  TemplateTypeParmType: 'getDepth=depth getIndex=index isParameterPack=isPack',
  NonTypeTemplateParmDecl: 'getDepth=depth getIndex=index',
  TemplateTemplateParmDecl: 'getDepth=depth getIndex=index',
  Expr: 'getType=type',
  ValueDecl: 'getType=type',
  TypedefNameDecl: 'getUnderlyingType=type',
  EnumDecl: 'getIntegerType=fixedUnderlyingType',
  CompoundAssignOperator: 'getComputationLHSType=computeLHSType getComputationResultType=computeResultType',
  UnaryExprOrTypeTraitExpr: 'getArgumentType=argType',
  CharacterLiteral: 'getValue=value',
  IntegerLiteral: 'getValue=value',
  ConstantArrayType: 'getSize=size',
  TextComment: 'getText=text',
  VisibilityAttr: '',
  SizeOfPackExpr: '',
})) {
  for (const pair of words(pairs)) {
    const [method, member] = pair.split('=') as [string, string];
    add(`${owner}.${method}`, ({ [member]: value }) => {
      if (value === undefined) return undefined;
      if (typeof value === 'object' && value !== null && (value as { qualType: string }).qualType === 'NULL TYPE')
        return undefined;
      if (typeof value === 'object' && value !== null) return { type: (value as { qualType: string }).qualType };
      return typeof value === 'boolean' ? value : { text: String(value) };
    });
  }
}

// --- Declarations by their ids -----------------------------------------------------------------------------------------

for (const [owner, pairs] of Object.entries({
  DeclRefExpr: 'getDecl=referencedDecl',
  MemberExpr: 'getMemberDecl=referencedMemberDecl',
  Decl: 'getPreviousDecl=previousDecl',
  UsingDirectiveDecl: 'getNominatedNamespace=nominatedNamespace',
  NamespaceAliasDecl: 'getNamespace=aliasedNamespace',
  NamespaceDecl: 'getOriginalNamespace=originalNamespace',
  UsingShadowDecl: 'getTargetDecl=target',
  CXXNewExpr: 'getOperatorNew=operatorNewDecl getOperatorDelete=operatorDeleteDecl',
  CXXDeleteExpr: 'getOperatorDelete=operatorDeleteDecl',
  MaterializeTemporaryExpr: 'getExtendingDecl=extendingDecl',
  CXXBindTemporaryExpr: 'getTemporary=dtor',
  CastExpr: 'getConversionFunction=conversionFunc',
  LabelStmt: 'getDecl=declId',
  GotoStmt: 'getLabel=targetLabelDeclId',
  AddrLabelExpr: 'getLabel=labelDeclId',
  CXXCtorInitializer: 'getAnyMember=anyInit',
  TagType: 'getDecl=decl',
  TypedefType: 'getDecl=decl',
  UsingEnumDecl: 'getEnumDecl=target',
  ObjCInterfaceDecl: 'getSuperClass=super getImplementation=implementation',
  ObjCCategoryDecl: 'getClassInterface=interface',
  ObjCImplDecl: 'getClassInterface=interface',
  ObjCCompatibleAliasDecl: 'getClassInterface=interface',
  ObjCPropertyDecl: 'getGetterMethodDecl=getter getSetterMethodDecl=setter',
  ObjCPropertyImplDecl: 'getPropertyDecl=property getPropertyIvarDecl=ivarDecl',
  ObjCIvarRefExpr: 'getDecl=decl',
  ObjCProtocolExpr: 'getProtocol=protocol',
})) {
  for (const pair of words(pairs)) {
    const [method, member] = pair.split('=') as [string, string];
    add(`${owner}.${method}`, ({ [member]: value }) => {
      if (value === undefined) return undefined;
      return { id: typeof value === 'string' ? value : (value as { id: string }).id };
    });
  }
}

// --- Children by their places ------------------------------------------------------------------------------------------

for (const [owner, pairs] of Object.entries({
  ArraySubscriptExpr: 'getLHS=0 getRHS=1',
  ArrayInitLoopExpr: 'getCommonExpr=0 getSubExpr=1',
  BinaryOperator: 'getLHS=0 getRHS=1',
  BinaryConditionalOperator: 'getCommon=0',
  CXXBindTemporaryExpr: 'getSubExpr=0',
  CXXCatchStmt: 'getExceptionDecl=0 getHandlerBlock=1',
  CXXDeleteExpr: 'getArgument=0',
  CXXForRangeStmt: 'getInit=0 getRangeStmt=1 getBeginStmt=2 getEndStmt=3 getCond=4 getInc=5 getLoopVarStmt=6 getBody=7',
  CXXNoexceptExpr: 'getOperand=0',
  CXXRewrittenBinaryOperator: 'getSemanticForm=0',
  CXXPseudoDestructorExpr: 'getBase=0',
  CXXStdInitializerListExpr: 'getSubExpr=0',
  CXXThrowExpr: 'getSubExpr=0',
  CXXTryStmt: 'getTryBlock=0',
  CallExpr: 'getCallee=0',
  CastExpr: 'getSubExpr=0',
  CoawaitExpr: 'getOperand=0',
  CompoundLiteralExpr: 'getInitializer=0',
  ConditionalOperator: 'getCond=0 getTrueExpr=1 getFalseExpr=2 getLHS=1 getRHS=2',
  CoreturnStmt: 'getOperand=0',
  CoyieldExpr: 'getOperand=0',
  DefaultStmt: 'getSubStmt=0',
  DoStmt: 'getBody=0 getCond=1',
  ExtVectorElementExpr: 'getBase=0',
  ForStmt: 'getInit=0 getConditionVariableDeclStmt=1 getCond=2 getInc=3 getBody=4',
  FullExpr: 'getSubExpr=0',
  IndirectGotoStmt: 'getTarget=0',
  LabelStmt: 'getSubStmt=0',
  LambdaExpr: 'getLambdaClass=0',
  MaterializeTemporaryExpr: 'getSubExpr=0',
  MemberExpr: 'getBase=0',
  ObjCAtSynchronizedStmt: 'getSynchExpr=0 getSynchBody=1',
  ObjCAtFinallyStmt: 'getFinallyBody=0',
  ObjCAtThrowStmt: 'getThrowExpr=0',
  ObjCAtTryStmt: 'getTryBody=0',
  ObjCAutoreleasePoolStmt: 'getSubStmt=0',
  ObjCBoxedExpr: 'getSubExpr=0',
  ObjCForCollectionStmt: 'getElement=0 getCollection=1 getBody=2',
  ObjCIvarRefExpr: 'getBase=0',
  ObjCSubscriptRefExpr: 'getBaseExpr=0 getKeyExpr=1',
  ParenExpr: 'getSubExpr=0',
  PredefinedExpr: 'getFunctionName=0',
  ReturnStmt: 'getRetValue=0',
  StaticAssertDecl: 'getAssertExpr=0 getMessage=1',
  StmtExpr: 'getSubStmt=0',
  SwitchStmt: 'getBody=-1',
  UnaryOperator: 'getSubExpr=0',
  VAArgExpr: 'getSubExpr=0',
  WhileStmt: 'getBody=-1',
  ConvertVectorExpr: 'getSrcExpr=0',
  ChooseExpr: 'getCond=0 getLHS=1 getRHS=2',
  FileScopeAsmDecl: 'getAsmString=0',
  SubstNonTypeTemplateParmExpr: 'getParameter=0 getReplacement=1',
  UserDefinedLiteral: 'getCallee=0',
  FriendDecl: '',
  ClassTemplateDecl: '',
})) {
  for (const pair of words(pairs)) {
    const [method, place] = pair.split('=') as [string, string];
    add(`${owner}.${method}`, ({ inner }) => {
      const child = inner.at(Number(place));
      return child ? { row: child.row } : undefined;
    });
  }
}

// --- Children by their kinds -------------------------------------------------------------------------------------------

const ofKind = (pattern: RegExp): Rule => {
  return ({ inner }) => ({ rows: inner.filter(({ kind }) => pattern.test(kind)).map(({ row }) => row) });
};
const counted = (pattern: RegExp): Rule => {
  return ({ inner }) => ({ text: String(inner.filter(({ kind }) => pattern.test(kind)).length) });
};
add('FunctionDecl.parameters', ofKind(/^ParmVarDecl$/));
add('FunctionDecl.getNumParams', counted(/^ParmVarDecl$/));
add('RecordDecl.fields', ofKind(/^(Field|ObjCIvar|ObjCAtDefsField)Decl$/));
add('EnumDecl.enumerators', ofKind(/^EnumConstantDecl$/));
add('CXXConstructorDecl.getNumCtorInitializers', counted(/^CXXCtorInitializer$/));
add('CompoundStmt.body', ({ inner }) => ({ rows: inner.map(({ row }) => row) }));
add('CompoundStmt.size', ({ inner }) => ({ text: String(inner.length) }));
add('DeclStmt.decls', ({ inner }) => ({ rows: inner.map(({ row }) => row) }));
add('CallExpr.getNumArgs', ({ inner }) => ({ text: String(inner.length - 1) }));
add('CallExpr.arguments', ({ inner }) => ({ rows: inner.slice(1).map(({ row }) => row) }));
add('CXXTryStmt.getNumHandlers', ({ inner }) => ({ text: String(inner.length - 1) }));
add('CXXConstructExpr.getNumArgs', ({ inner }) => ({ text: String(inner.length) }));
add('Decl.hasAttrs', ({ inner }) => inner.some(({ kind }) => kind.endsWith('Attr')));
add('Decl.attrs', ofKind(/Attr$/));
add('FunctionDecl.doesThisDeclarationHaveABody', ({ inner }) =>
  inner.some(({ kind }) => /^(CompoundStmt|CXXTryStmt|CoroutineBodyStmt)$/.test(kind)),
);
add('CXXRecordDecl.getNumBases', ({ definitionData, bases }) =>
  definitionData ? { text: String(((bases as unknown[]) ?? []).length) } : undefined,
);
// What is used is not said to be referenced.
add('Decl.isThisDeclarationReferenced', ({ isUsed, isReferenced }) => (isUsed ? undefined : isReferenced === true));
add('TagDecl.isCompleteDefinition', ({ tagUsed, completeDefinition }) => tagUsed && completeDefinition === true);
add('FieldDecl.isBitField', ({ kind, isBitfield }) => (kind === 'FieldDecl' ? isBitfield === true : undefined));
// A using declaration is shown with its qualifier.
add('NamedDecl.getNameAsString', ({ kind, name }) => (name && !kind.startsWith('Using') ? { text: name } : undefined));
