// What must hold before a getter may be called, where the getter itself doesn't look. `N` points to the node (C++, namespace
// cmonster); where the condition is false the answer is undefined.
//
// The generated C++ keeps the assertions of Clang's headers, and one that fails means undefined too. Here stand the conditions
// that Clang's libraries, built without assertions, would miss: found in their source, and by calling every getter on every
// node of Clang's own tests.

/** CXXRecordDecl keeps these facts with the definition. */
const ofDefinition = [
  'allowConstDefaultInit',
  'bases',
  'calculateInheritanceModel',
  'defaultedCopyConstructorIsDeleted',
  'defaultedDefaultConstructorIsConstexpr',
  'defaultedDestructorIsConstexpr',
  'defaultedDestructorIsDeleted',
  'defaultedMoveConstructorIsDeleted',
  'friends',
  'getNumBases',
  'getNumVBases',
  'getODRHash',
  'getStandardLayoutBaseWithFields',
  'getVisibleConversionFunctions',
  'hasAnyDependentBases',
  'hasConstexprDefaultConstructor',
  'hasConstexprDestructor',
  'hasConstexprNonCopyMoveConstructor',
  'hasCopyAssignmentWithConstParam',
  'hasCopyConstructorWithConstParam',
  'hasDefaultConstructor',
  'hasDirectFields',
  'hasFriends',
  'hasInClassInitializer',
  'hasInheritedAssignment',
  'hasInheritedConstructor',
  'hasInitMethod',
  'hasIrrelevantDestructor',
  'hasMoveAssignment',
  'hasMoveConstructor',
  'hasMutableFields',
  'hasNonLiteralTypeFieldsOrBases',
  'hasNonTrivialCopyAssignment',
  'hasNonTrivialCopyConstructor',
  'hasNonTrivialCopyConstructorForCall',
  'hasNonTrivialDefaultConstructor',
  'hasNonTrivialDestructor',
  'hasNonTrivialDestructorForCall',
  'hasNonTrivialMoveAssignment',
  'hasNonTrivialMoveConstructor',
  'hasNonTrivialMoveConstructorForCall',
  'hasPrivateFields',
  'hasProtectedFields',
  'hasSimpleCopyAssignment',
  'hasSimpleCopyConstructor',
  'hasSimpleDestructor',
  'hasSimpleMoveAssignment',
  'hasSimpleMoveConstructor',
  'hasTrivialCopyAssignment',
  'hasTrivialCopyConstructor',
  'hasTrivialCopyConstructorForCall',
  'hasTrivialDefaultConstructor',
  'hasTrivialDestructor',
  'hasTrivialDestructorForCall',
  'hasTrivialMoveAssignment',
  'hasTrivialMoveConstructor',
  'hasTrivialMoveConstructorForCall',
  'hasUninitializedReferenceMember',
  'hasUserDeclaredConstructor',
  'hasUserDeclaredCopyAssignment',
  'hasUserDeclaredCopyConstructor',
  'hasUserDeclaredDestructor',
  'hasUserDeclaredMoveAssignment',
  'hasUserDeclaredMoveConstructor',
  'hasUserDeclaredMoveOperation',
  'hasUserProvidedDefaultConstructor',
  'hasVariantMembers',
  'implicitCopyAssignmentHasConstParam',
  'implicitCopyConstructorHasConstParam',
  'isAbstract',
  'isAggregate',
  'isAnyDestructorNoReturn',
  'isCXX11StandardLayout',
  'isDynamicClass',
  'isEmpty',
  'isLiteral',
  'isPOD',
  'isParsingBaseSpecifiers',
  'isPolymorphic',
  'isStandardLayout',
  'isStructural',
  'isTrivial',
  'isTriviallyCopyConstructible',
  'isTriviallyCopyable',
  'mayBeAbstract',
  'needsImplicitCopyAssignment',
  'needsImplicitCopyConstructor',
  'needsImplicitDefaultConstructor',
  'needsImplicitDestructor',
  'needsImplicitMoveAssignment',
  'needsImplicitMoveConstructor',
  'needsOverloadResolutionForCopyAssignment',
  'needsOverloadResolutionForCopyConstructor',
  'needsOverloadResolutionForDestructor',
  'needsOverloadResolutionForMoveAssignment',
  'needsOverloadResolutionForMoveConstructor',
  'vbases',
];

/** These only with the class of a lambda. */
const ofLambda = [
  'capture_size',
  'getDeviceLambdaManglingNumber',
  'getLambdaCaptureDefault',
  'getLambdaContextDecl',
  'getLambdaIndexInContext',
  'getLambdaManglingNumber',
  'getLambdaStaticInvoker',
  'getLambdaTypeInfo',
  'hasKnownLambdaInternalLinkage',
  'lambdaIsDefaultConstructibleAndAssignable',
];

const basesKnown = '!N->hasAnyDependentBases()';

/** Some declarations have no context: the translation unit. */
const hasContext = 'N->getDeclContext()';

/** In erroneous Objective-C the redeclarations of a method can form a chain without an end. */
const redeclarationsEnd = `!llvm::isa<clang::ObjCMethodDecl>(N) || [&] {
        unsigned Steps = 0;
        for (auto I = N->redecls_begin(), E = N->redecls_end(); I != E; ++I)
          if (++Steps > 10000)
            return false;
        return true;
      }()`;

/** A class that contains itself, which is an error, contains itself without end. */
const fieldsEnd = `[&] {
        llvm::SmallVector<const clang::RecordDecl *> Work{N};
        llvm::SmallPtrSet<const clang::RecordDecl *, 16> Seen;
        while (!Work.empty()) {
          const clang::RecordDecl *D = Work.pop_back_val()->getDefinition();
          if (!D || !Seen.insert(D).second)
            continue;
          if (D->isInvalidDecl())
            return false;
          for (const clang::FieldDecl *F : D->fields())
            if (const auto *T = F->getType()->getAs<clang::RecordType>())
              Work.push_back(T->getDecl());
        }
        return true;
      }()`;

/** A parenthesised list that initialises, and a string that is no expression, have no type. */
const hasType = '!N->getType().isNull()';

const exceptionSpecificationKnown =
  'N->getExceptionSpecType() != clang::EST_Unparsed && !clang::isUnresolvedExceptionSpec(N->getExceptionSpecType())';

/** A conversion by constructor is expected to have the constructor's call below it, under what Sema may put around it. */
const constructorBelow = `[&] {
        for (const clang::CastExpr *C = N; C;) {
          const clang::Expr *E = C->getSubExpr();
          for (const clang::Expr *Before = nullptr; E != Before;) {
            Before = E;
            if (const auto *M = llvm::dyn_cast<clang::MaterializeTemporaryExpr>(E))
              E = M->getSubExpr();
            else if (const auto *B = llvm::dyn_cast<clang::CXXBindTemporaryExpr>(E))
              E = B->getSubExpr();
            else if (const auto *F = llvm::dyn_cast<clang::FullExpr>(E))
              E = F->getSubExpr();
            else if (const auto *P = llvm::dyn_cast<clang::CXXParenListInitExpr>(E))
              E = P->getInitExprs().size() == 1 ? P->getInitExprs()[0] : E;
          }
          if (C->getCastKind() == clang::CK_ConstructorConversion)
            return llvm::isa<clang::CXXConstructExpr>(E);
          C = llvm::dyn_cast<clang::ImplicitCastExpr>(E);
        }
        return true;
      }()`;

/** Of the innermost element type. */
const recordIsDefined =
  '!N->getBaseElementTypeUnsafe()->getAsCXXRecordDecl() || N->getBaseElementTypeUnsafe()->getAsCXXRecordDecl()->hasDefinition()';

const hasAssociatedStatement = 'N->hasAssociatedStmt() && N->getAssociatedStmt()';

const hasCapturedStatement =
  'N->hasAssociatedStmt() && llvm::isa_and_nonnull<clang::CapturedStmt>(N->getAssociatedStmt())';

const isScan = 'N->getModifier() == clang::OMPC_REDUCTION_inscan';

const isNotInterfaceLoc = '!N->getAs<clang::ObjCInterfaceTypeLoc>()';
const ofObjectTypeLoc = [
  'getBaseLoc',
  'getProtocolLAngleLoc',
  'getProtocolLocs',
  'getProtocolRAngleLoc',
  'getTypeArgsLAngleLoc',
  'getTypeArgsRAngleLoc',
  'hasBaseTypeAsWritten',
];

/** `Class.method` → condition. */
export const preconditions: Record<string, string> = {
  ...Object.fromEntries(ofDefinition.map((method) => [`CXXRecordDecl.${method}`, 'N->hasDefinition()'])),
  ...Object.fromEntries(ofLambda.map((method) => [`CXXRecordDecl.${method}`, 'N->isLambda()'])),

  'AtomicExpr.getValueType': 'N->getPtr()->getType()->isPointerType()',
  'Attr.getNormalizedFullName': 'N->getAttrName()',
  'AutoTypeLoc.getConceptNameInfo': 'N->getConceptReference()',
  'CXXConstructorDecl.getTargetConstructor': 'N->isDelegatingConstructor()',
  'CXXCtorInitializer.isBaseVirtual': 'N->isBaseInitializer()',
  'CXXDeleteExpr.getDestroyedType': `[&] {
        const clang::Expr *E = N->getArgument();
        while (const auto *C = llvm::dyn_cast<clang::ImplicitCastExpr>(E))
          E = C->getSubExpr();
        return E->getType()->isDependentType() ||
               (E->getType()->isPointerType() && N->getArgument()->getType()->isPointerType());
      }()`,
  'CXXMethodDecl.getThisType': 'N->isInstance()',
  'CXXNewExpr.shouldNullCheckAllocation': 'N->getOperatorNew()',
  'CXXRecordDecl.calculateInheritanceModel': `!N->hasDefinition() || ${basesKnown}`,
  'CXXRecordDecl.getMSInheritanceModel': 'N->hasAttr<clang::MSInheritanceAttr>()',
  'CXXRecordDecl.isInterfaceLike': `N->hasDefinition() && ${basesKnown}`,
  'CXXRecordDecl.nullFieldOffsetIsZero': 'N->hasAttr<clang::MSInheritanceAttr>()',
  'CastExpr.getConversionFunction': constructorBelow,
  'ConstantExpr.getResultAsAPSInt': `N->getResultStorageKind() == clang::ConstantResultStorageKind::Int64 ||
      (N->getResultStorageKind() == clang::ConstantResultStorageKind::APValue &&
       N->getResultAPValueKind() == clang::APValue::Int)`,
  'Decl.getExternalSourceSymbolAttr': hasContext,
  'Decl.getMaxAlignment': `llvm::none_of(N->specific_attrs<clang::AlignedAttr>(),
                    [](const auto *A) { return A->isAlignmentDependent() || A->isAlignmentErrorDependent(); })`,
  'Decl.getNonTransparentDeclContext': hasContext,
  // A structured binding has no type before its template is instantiated.
  'Decl.isFunctionPointerType':
    '!llvm::isa<clang::ValueDecl>(N) || !llvm::cast<clang::ValueDecl>(N)->getType().isNull()',
  'Decl.isInLocalScopeForInstantiation': hasContext,
  'Decl.isReferenced': redeclarationsEnd,
  'Decl.redecls': redeclarationsEnd,
  // Neither a name nor a field when the initialiser is in error: the word that holds either is empty.
  'Designator.getFieldName': 'N->isFieldDesignator() && reinterpret_cast<const uintptr_t *>(N)[1]',
  'Expr.getBestDynamicClassType': `${hasType} && [&] {
        clang::QualType T = N->getBestDynamicClassTypeExpr()->getType();
        if (T.isNull())
          return false;
        if (const auto *P = T->getAs<clang::PointerType>())
          T = P->getPointeeType();
        return T->isDependentType() || T->isRecordType();
      }()`,
  'Expr.getObjCProperty': 'N->isLValue() && N->getObjectKind() == clang::OK_ObjCProperty',
  'Expr.isKnownToHaveBooleanValue': `${hasType} &&
      (!llvm::isa<clang::OpaqueValueExpr>(N->IgnoreParens()) ||
       llvm::cast<clang::OpaqueValueExpr>(N->IgnoreParens())->getSourceExpr())`,
  'Expr.isReadIfDiscardedInCPlusPlus11': hasType,
  'FieldDecl.getFieldIndex':
    '!llvm::isa<clang::ObjCIvarDecl>(N) && llvm::isa<clang::RecordDecl>(N->getDeclContext()) && N->getParent()->getDefinition()',
  'FunctionDecl.doesDeclarationForceExternallyVisibleDefinition': '!N->doesThisDeclarationHaveABody()',
  'FunctionDecl.isInlineDefinitionExternallyVisible': `N->isInlined() &&
      (N->doesThisDeclarationHaveABody() || N->willHaveBody() || N->hasAttr<clang::AliasAttr>()) &&
      (!A.E.context().getLangOpts().CPlusPlus || N->hasAttr<clang::GNUInlineAttr>())`,
  'FunctionDecl.isMSExternInline': 'N->isInlined()',
  'FunctionProtoType.canThrow': exceptionSpecificationKnown,
  'FunctionProtoType.isNothrow': exceptionSpecificationKnown,
  'IfStmt.isObjCAvailabilityCheck': 'N->getCond()',
  'InitListExpr.isTransparent': 'N->isSemanticForm() && (!N->isGLValue() || N->getNumInits() == 1)',
  'LambdaExpr.getCompoundStmtBody':
    'llvm::isa_and_nonnull<clang::CompoundStmt, clang::CoroutineBodyStmt>(N->getBody())',
  'MacroQualifiedType.getModifiedType': 'llvm::isa<clang::AttributedType>(N->getUnderlyingType())',
  'MemberPointerType.getMostRecentCXXRecordDecl': 'N->getClass()->getAsCXXRecordDecl()',
  'NamedDecl.getVisibility':
    '!llvm::isa<clang::TemplateDecl>(N) || llvm::cast<clang::TemplateDecl>(N)->getTemplatedDecl()',
  'OMPExecutableDirective.getInnermostCapturedStmt': hasCapturedStatement,
  'OMPExecutableDirective.getRawStmt': hasAssociatedStatement,
  'OMPExecutableDirective.getStructuredBlock': `!N->isStandaloneDirective() && ${hasAssociatedStatement}`,
  // Their storage is there for that modifier alone.
  'OMPReductionClause.copy_array_elems': isScan,
  'OMPReductionClause.copy_array_temps': isScan,
  'OMPReductionClause.copy_ops': isScan,
  'ObjCInterfaceDecl.declaresOrInheritsDesignatedInitializers': 'N->hasDefinition()',
  // The location of a mere interface is of this class too, and has less behind it.
  ...Object.fromEntries(ofObjectTypeLoc.map((method) => [`ObjCObjectTypeLoc.${method}`, isNotInterfaceLoc])),
  'ObjCPropertyRefExpr.getGetterSelector': '!N->isImplicitProperty() || N->getImplicitPropertyGetter()',
  'ObjCPropertyRefExpr.getSetterSelector': '!N->isImplicitProperty() || N->getImplicitPropertySetter()',
  'OwnerAttr.getDerefType': 'N->getDerefTypeLoc()',
  'ParmVarDecl.getDefaultArg': '!N->hasUnparsedDefaultArg() && !N->hasUninstantiatedDefaultArg()',
  'ParmVarDecl.getUninstantiatedDefaultArg': 'N->hasUninstantiatedDefaultArg()',
  'PointerAttr.getDerefType': 'N->getDerefTypeLoc()',
  'RecordDecl.isOrContainsUnion': fieldsEnd,
  'TemplateArgument.containsUnexpandedParameterPack': '!N->isNull()',
  'TemplateArgument.getDependence': '!N->isNull()',
  'TemplateArgument.getNumTemplateExpansions': 'N->getKind() == clang::TemplateArgument::TemplateExpansion',
  'TemplateArgument.getPackExpansionPattern': 'N->isPackExpansion()',
  'TemplateArgument.getStructuralValueType': 'N->getKind() == clang::TemplateArgument::StructuralValue',
  'TemplateArgument.isDependent': '!N->isNull()',
  'TemplateArgument.isInstantiationDependent': '!N->isNull()',
  'TemplateSpecializationType.getAliasedType': 'N->isTypeAlias()',
  'Type.getObjCARCImplicitLifetime': 'N->isObjCLifetimeType()',
  'Type.getScalarTypeKind': 'N->isScalarType()',
  'Type.isAggregateType': recordIsDefined,
  'Type.isConstantSizeType': '!N->isIncompleteType() && !N->isDependentType()',
  'Type.isObjCARCImplicitlyUnretainedType': 'N->isObjCLifetimeType()',
  'Type.isStructuralType': recordIsDefined,
  'UserDefinedLiteral.getLiteralOperatorKind': 'llvm::isa_and_nonnull<clang::FunctionDecl>(N->getCalleeDecl())',
  'UserDefinedLiteral.getUDSuffix': 'llvm::isa_and_nonnull<clang::FunctionDecl>(N->getCalleeDecl())',
};
