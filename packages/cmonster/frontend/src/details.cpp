//===- details.cpp - What a dump says of a node and no column holds --------===//
#include "details.h"
#include "clang/AST/Comment.h"
#include "clang/AST/CommentCommandTraits.h"
#include "clang/AST/DeclFriend.h"
#include "clang/AST/ExprObjC.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;

namespace cmonster {

namespace {

// A redeclarable declaration knows the one before it, a mergeable one the first.
struct Earlier {
  const Decl *D = nullptr;
  bool IsFirst = false;
};
Earlier earlierImpl(...) { return {}; }
template <typename T> Earlier earlierImpl(const Mergeable<T> *D) {
  const T *First = D->getFirstDecl();
  const Decl *Plain = First;
  return {First != D ? Plain : nullptr, true};
}
template <typename T> Earlier earlierImpl(const Redeclarable<T> *D) {
  return {D->getPreviousDecl(), false};
}
Earlier earlier(const Decl *D) {
  switch (D->getKind()) {
#define DECL(DERIVED, BASE)                                                                        \
  case Decl::DERIVED:                                                                              \
    return earlierImpl(cast<DERIVED##Decl>(D));
#define ABSTRACT_DECL(DECL)
#include "clang/AST/DeclNodes.inc"
  }
  return {};
}

/// One bit per flag, the first the lowest.
template <typename... Flags> uint32_t mask(Flags... F) {
  uint32_t Result = 0, Bit = 0;
  ((Result |= uint32_t(bool(F)) << Bit++), ...);
  return Result;
}

/// One row's list. What is written only with `seen` does not count as a reason
/// to send it.
class List {
  Answer &A;
  size_t Start, At;
  uint32_t Count = 0;
  bool Any = false;

public:
  List(Answer &A, uint32_t Row) : A(A), Start(A.W.size()) {
    A.W.integer(Row);
    At = A.W.beginList();
  }
  /// Whether the list stays.
  bool end() {
    if (!Any)
      A.W.Buffer.resize(Start);
    else
      A.W.endList(At, Count);
    return Any;
  }
  void none() {
    A.W.null();
    ++Count;
  }
  template <typename V> void some(const V &Value) {
    put(A, Value);
    ++Count;
    Any = true;
  }
  void node(const Decl *D) { D ? some(D) : none(); }
  void type(QualType Q) { Q.isNull() ? none() : some(Q); }
  void text(StringRef S) { S.empty() ? none() : some(S); }
  void flag(bool B) { B ? some(true) : none(); }
  void number(int64_t V) {
    A.W.integer(V);
    ++Count;
    Any = true;
  }
  void numberUnlessZero(int64_t V) { V ? number(V) : none(); }
  /// A list in the list; `Each` writes one value.
  template <typename Range, typename Each> void items(const Range &R, Each E) {
    size_t Inner = A.W.beginList();
    uint32_t N = 0;
    for (const auto &Item : R) {
      E(Item);
      ++N;
    }
    A.W.endList(Inner, N);
    ++Count;
    if (N)
      Any = true;
  }
  Answer &answer() { return A; }
};

std::string printed(const NestedNameSpecifier *N, const PrintingPolicy &Policy,
                    bool Resolve = false) {
  std::string S;
  llvm::raw_string_ostream OS(S);
  if (N)
    N->print(OS, Policy, Resolve);
  return S;
}

std::string printed(Selector Sel) {
  std::string S;
  llvm::raw_string_ostream OS(S);
  Sel.print(OS);
  return S;
}

int64_t lowWord(const llvm::APSInt &V) {
  return V.getBitWidth() > 64 ? int64_t(V.getRawData()[0]) : V.getSExtValue();
}

class Writing : public List {
  const ASTContext &Context;
  const PrintingPolicy &Policy;

public:
  Writing(Answer &A, uint32_t Row)
      : List(A, Row), Context(A.E.context()), Policy(A.E.context().getPrintingPolicy()) {}

  void decl(const Decl *D, StringRef Mangled) {
    const DeclContext *Semantic = D->getDeclContext();
    node(Semantic != D->getLexicalDeclContext() ? cast<Decl>(Semantic) : nullptr);
    Earlier E = earlier(D);
    node(E.D);
    E.D &&E.IsFirst ? some(true) : none();
    text(Mangled);
    declOfClass(D);
  }

  template <typename Range> void nodes(const Range &R) {
    items(R, [&](const Decl *D) { put(answer(), D); });
  }

  void declOfClass(const Decl *D) {
    if (const auto *N = dyn_cast<NamespaceDecl>(D))
      node(N->isFirstDecl() ? nullptr : N->getFirstDecl());
    else if (const auto *N = dyn_cast<UsingDirectiveDecl>(D))
      node(N->getNominatedNamespace());
    else if (const auto *N = dyn_cast<NamespaceAliasDecl>(D))
      node(N->getAliasedNamespace());
    else if (const auto *N = dyn_cast<UsingDecl>(D))
      text(printed(N->getQualifier(), Policy));
    else if (const auto *N = dyn_cast<UsingEnumDecl>(D))
      node(N->getEnumDecl());
    else if (const auto *N = dyn_cast<UsingShadowDecl>(D))
      node(N->getTargetDecl());
    else if (const auto *N = dyn_cast<FunctionDecl>(D)) {
      const StringLiteral *Message = N->getDeletedMessage();
      Message ? some(Message->getString()) : none();
    } else if (const auto *N = dyn_cast<NonTypeTemplateParmDecl>(D)) {
      number(N->getDepth());
      number(N->getIndex());
      flag(N->hasDefaultArgument() && N->defaultArgumentWasInherited());
    } else if (const auto *N = dyn_cast<VarDecl>(D))
      numberUnlessZero(N->getTLSKind());
    else if (const auto *N = dyn_cast<EnumDecl>(D))
      type(N->isFixed() ? N->getIntegerType() : QualType());
    else if (const auto *N = dyn_cast<CXXRecordDecl>(D)) {
      if (N->isCompleteDefinition())
        definition(N);
    } else if (const auto *N = dyn_cast<TemplateTypeParmDecl>(D)) {
      number(N->getDepth());
      number(N->getIndex());
      flag(N->hasDefaultArgument() && N->defaultArgumentWasInherited());
    } else if (const auto *N = dyn_cast<TemplateTemplateParmDecl>(D)) {
      number(N->getDepth());
      number(N->getIndex());
      flag(N->hasDefaultArgument() && N->defaultArgumentWasInherited());
      const Decl *From =
          N->hasDefaultArgument() ? N->getDefaultArgStorage().getInheritedFrom() : nullptr;
      From ? some(From->getSourceRange()) : none();
    } else if (const auto *N = dyn_cast<FriendDecl>(D))
      type(N->getFriendType() ? N->getFriendType()->getType() : QualType());
    else if (const auto *N = dyn_cast<ObjCMethodDecl>(D))
      type(N->getReturnType());
    else if (const auto *N = dyn_cast<ObjCCategoryDecl>(D)) {
      node(N->getClassInterface());
      node(N->getImplementation());
      nodes(N->protocols());
    } else if (const auto *N = dyn_cast<ObjCCategoryImplDecl>(D)) {
      node(N->getClassInterface());
      node(N->getCategoryDecl());
    } else if (const auto *N = dyn_cast<ObjCProtocolDecl>(D))
      nodes(N->protocols());
    else if (const auto *N = dyn_cast<ObjCInterfaceDecl>(D)) {
      node(N->getSuperClass());
      node(N->getImplementation());
      nodes(N->protocols());
    } else if (const auto *N = dyn_cast<ObjCImplementationDecl>(D)) {
      node(N->getSuperClass());
      node(N->getClassInterface());
    } else if (const auto *N = dyn_cast<ObjCCompatibleAliasDecl>(D))
      node(N->getClassInterface());
    else if (const auto *N = dyn_cast<ObjCPropertyDecl>(D)) {
      type(N->getType());
      node(N->getGetterMethodDecl());
      node(N->getSetterMethodDecl());
    } else if (const auto *N = dyn_cast<ObjCPropertyImplDecl>(D)) {
      node(N->getPropertyDecl());
      node(N->getPropertyIvarDecl());
    }
  }

  void definition(const CXXRecordDecl *R) {
    number(mask(R->isGenericLambda(), R->isLambda(), R->isEmpty(), R->isAggregate(),
                R->isStandardLayout(), R->isTriviallyCopyable(), R->isPOD(), R->isTrivial(),
                R->isPolymorphic(), R->isAbstract(), R->isLiteral(), R->canPassInRegisters(),
                R->hasUserDeclaredConstructor(), R->hasConstexprNonCopyMoveConstructor(),
                R->hasMutableFields(), R->hasVariantMembers(), R->allowConstDefaultInit()));
    number(mask(R->hasDefaultConstructor(), R->hasTrivialDefaultConstructor(),
                R->hasNonTrivialDefaultConstructor(), R->hasUserProvidedDefaultConstructor(),
                R->hasConstexprDefaultConstructor(), R->needsImplicitDefaultConstructor(),
                R->defaultedDefaultConstructorIsConstexpr()));
    bool Resolve = R->needsOverloadResolutionForCopyConstructor();
    number(mask(R->hasSimpleCopyConstructor(), R->hasTrivialCopyConstructor(),
                R->hasNonTrivialCopyConstructor(), R->hasUserDeclaredCopyConstructor(),
                R->hasCopyConstructorWithConstParam(), R->implicitCopyConstructorHasConstParam(),
                R->needsImplicitCopyConstructor(), Resolve,
                !Resolve && R->defaultedCopyConstructorIsDeleted()));
    Resolve = R->needsOverloadResolutionForMoveConstructor();
    number(mask(R->hasMoveConstructor(), R->hasSimpleMoveConstructor(),
                R->hasTrivialMoveConstructor(), R->hasNonTrivialMoveConstructor(),
                R->hasUserDeclaredMoveConstructor(), R->needsImplicitMoveConstructor(), Resolve,
                !Resolve && R->defaultedMoveConstructorIsDeleted()));
    number(mask(R->hasSimpleCopyAssignment(), R->hasTrivialCopyAssignment(),
                R->hasNonTrivialCopyAssignment(), R->hasCopyAssignmentWithConstParam(),
                R->implicitCopyAssignmentHasConstParam(), R->hasUserDeclaredCopyAssignment(),
                R->needsImplicitCopyAssignment(), R->needsOverloadResolutionForCopyAssignment()));
    number(mask(R->hasMoveAssignment(), R->hasSimpleMoveAssignment(), R->hasTrivialMoveAssignment(),
                R->hasNonTrivialMoveAssignment(), R->hasUserDeclaredMoveAssignment(),
                R->needsImplicitMoveAssignment(), R->needsOverloadResolutionForMoveAssignment()));
    Resolve = R->needsOverloadResolutionForDestructor();
    number(mask(R->hasSimpleDestructor(), R->hasIrrelevantDestructor(), R->hasTrivialDestructor(),
                R->hasNonTrivialDestructor(), R->hasUserDeclaredDestructor(),
                R->needsImplicitDestructor(), Resolve,
                !Resolve && R->defaultedDestructorIsDeleted()));
    items(R->bases(), [&](const CXXBaseSpecifier &B) {
      Answer &A = answer();
      A.W.list(5);
      put(A, B.getType());
      A.W.integer(B.getAccessSpecifier());
      A.W.integer(B.getAccessSpecifierAsWritten());
      A.W.boolean(B.isVirtual());
      A.W.boolean(B.isPackExpansion());
    });
  }

  void argument(const TemplateArgumentLoc &L) {
    Answer &A = answer();
    const TemplateArgument &TA = L.getArgument();
    A.W.list(3);
    A.W.integer(TA.getKind());
    put(A, L.getSourceRange());
    switch (TA.getKind()) {
    case TemplateArgument::Type:
      return put(A, TA.getAsType());
    case TemplateArgument::Declaration:
      return put(A, static_cast<const Decl *>(TA.getAsDecl()));
    case TemplateArgument::Integral:
      return A.W.integer(lowWord(TA.getAsIntegral()));
    default:
      return A.W.null();
    }
  }

  void cast_(const CastExpr *E) {
    // Looks through implicit casts below.
    const NamedDecl *Function = E->getConversionFunction();
    if (E->path_empty() && !Function)
      return;
    items(E->path(), [&](const CXXBaseSpecifier *B) {
      const auto *R = cast<CXXRecordDecl>(B->getType()->castAs<RecordType>()->getDecl());
      answer().W.list(2);
      put(answer(), R->getName());
      answer().W.boolean(B->isVirtual());
    });
    node(Function);
  }

  void stmt(const Stmt *S) {
    if (const auto *E = dyn_cast<CastExpr>(S))
      return cast_(E);
    std::string Text;
    llvm::raw_string_ostream OS(Text);
    switch (S->getStmtClass()) {
    case Stmt::DeclRefExprClass: {
      const auto *E = cast<DeclRefExpr>(S);
      return node(E->getFoundDecl() != E->getDecl() ? E->getFoundDecl() : nullptr);
    }
    case Stmt::StringLiteralClass:
      cast<StringLiteral>(S)->outputString(OS);
      return some(Text);
    case Stmt::IntegerLiteralClass: {
      const auto *E = cast<IntegerLiteral>(S);
      if (E->getType()->isSignedIntegerType() && E->getValue().isNegative())
        some(llvm::toString(E->getValue(), 10, true));
      return;
    }
    case Stmt::FixedPointLiteralClass:
      return some(cast<FixedPointLiteral>(S)->getValueAsString(10));
    case Stmt::FloatingLiteralClass: {
      SmallString<16> Buffer;
      cast<FloatingLiteral>(S)->getValue().toString(Buffer);
      return some(Buffer.str());
    }
    case Stmt::CompoundAssignOperatorClass: {
      const auto *E = cast<CompoundAssignOperator>(S);
      type(E->getComputationLHSType());
      return type(E->getComputationResultType());
    }
    case Stmt::AtomicExprClass:
      return text(cast<AtomicExpr>(S)->getOpAsString());
    case Stmt::CXXNewExprClass:
      return flag(cast<CXXNewExpr>(S)->getNumPlacementArgs() != 0);
    case Stmt::UnaryExprOrTypeTraitExprClass:
      return text(getTraitSpelling(cast<UnaryExprOrTypeTraitExpr>(S)->getKind()));
    case Stmt::UnresolvedLookupExprClass:
      return nodes(cast<UnresolvedLookupExpr>(S)->decls());
    case Stmt::CXXTypeidExprClass: {
      const auto *E = cast<CXXTypeidExpr>(S);
      if (!E->isTypeOperand())
        return;
      QualType Written = E->getTypeOperandSourceInfo()->getType();
      QualType Adjusted = E->getTypeOperand(const_cast<ASTContext &>(Context));
      type(Written);
      return type(Adjusted != Written ? Adjusted : QualType());
    }
    case Stmt::ConstantExprClass: {
      const auto *E = cast<ConstantExpr>(S);
      if (E->getResultAPValueKind() == APValue::None)
        return;
      E->getAPValueResult().printPretty(OS, Context, E->getType());
      return some(Text);
    }
    case Stmt::CXXUnresolvedConstructExprClass: {
      const auto *E = cast<CXXUnresolvedConstructExpr>(S);
      return type(E->getType() != E->getTypeAsWritten() ? E->getTypeAsWritten() : QualType());
    }
    case Stmt::ExprWithCleanupsClass:
      return items(cast<ExprWithCleanups>(S)->getObjects(),
                   [&](const ExprWithCleanups::CleanupObject &O) {
                     if (const auto *B = dyn_cast<BlockDecl *>(O))
                       put(answer(), static_cast<const Decl *>(B));
                     else
                       put(answer(), static_cast<const Stmt *>(cast<CompoundLiteralExpr *>(O)));
                   });
    case Stmt::CXXBindTemporaryExprClass:
      return node(cast<CXXBindTemporaryExpr>(S)->getTemporary()->getDestructor());
    case Stmt::CXXDependentScopeMemberExprClass:
      return items(cast<CXXDependentScopeMemberExpr>(S)->template_arguments(),
                   [&](const TemplateArgumentLoc &L) { argument(L); });
    case Stmt::RequiresExprClass: {
      const auto *E = cast<RequiresExpr>(S);
      return flag(!E->isValueDependent() && E->isSatisfied());
    }
    case Stmt::CompoundStmtClass: {
      const auto *C = cast<CompoundStmt>(S);
      if (!C->hasStoredFPFeatures())
        return;
      FPOptionsOverride O = C->getStoredFPFeatures();
#define OPTION(NAME, TYPE, WIDTH, PREVIOUS)                                                        \
  if (O.has##NAME##Override()) {                                                                   \
    text(#NAME);                                                                                   \
    number(unsigned(O.get##NAME##Override()));                                                     \
  }
#include "clang/Basic/FPOptions.def"
      return;
    }
    case Stmt::CXXParenListInitExprClass:
      return flag(cast<CXXParenListInitExpr>(S)->getArrayFiller());
    case Stmt::InitListExprClass:
      return flag(cast<InitListExpr>(S)->getArrayFiller());
    case Stmt::ObjCAtCatchStmtClass:
      return flag(!cast<ObjCAtCatchStmt>(S)->getCatchParamDecl());
    case Stmt::ObjCEncodeExprClass:
      return type(cast<ObjCEncodeExpr>(S)->getEncodedType());
    case Stmt::ObjCMessageExprClass: {
      const auto *E = cast<ObjCMessageExpr>(S);
      some(printed(E->getSelector()));
      switch (E->getReceiverKind()) {
      case ObjCMessageExpr::Instance:
        none();
        break;
      case ObjCMessageExpr::Class:
        type(E->getClassReceiver());
        break;
      default:
        type(E->getSuperType());
      }
      QualType Returned = E->getCallReturnType(const_cast<ASTContext &>(Context));
      return type(E->getType() != Returned ? Returned : QualType());
    }
    case Stmt::ObjCBoxedExprClass: {
      const ObjCMethodDecl *M = cast<ObjCBoxedExpr>(S)->getBoxingMethod();
      return M ? some(printed(M->getSelector())) : none();
    }
    case Stmt::ObjCSelectorExprClass:
      return some(printed(cast<ObjCSelectorExpr>(S)->getSelector()));
    case Stmt::ObjCPropertyRefExprClass: {
      const auto *E = cast<ObjCPropertyRefExpr>(S);
      if (!E->isImplicitProperty())
        return node(E->getExplicitProperty());
      node(E->getImplicitPropertyGetter());
      return node(E->getImplicitPropertySetter());
    }
    case Stmt::ObjCSubscriptRefExprClass: {
      const auto *E = cast<ObjCSubscriptRefExpr>(S);
      flag(E->isArraySubscriptRefExpr());
      node(E->getAtIndexMethodDecl());
      return node(E->setAtIndexMethodDecl());
    }
    case Stmt::SYCLUniqueStableNameExprClass:
      return type(cast<SYCLUniqueStableNameExpr>(S)->getTypeSourceInfo()->getType());
    default:
      return;
    }
  }

  void type_(const Type *P) {
    flag(P->containsErrors());
    if (const auto *F = dyn_cast<FunctionType>(P)) {
      FunctionType::ExtInfo I = F->getExtInfo();
      StringRef Convention = FunctionType::getNameForCallConv(I.getCC());
      text(Convention == "cdecl" ? StringRef() : Convention);
      flag(I.getProducesResult());
      numberUnlessZero(I.getHasRegParm() ? I.getRegParm() : 0);
      if (const auto *Proto = dyn_cast<FunctionProtoType>(F))
        items(Proto->exceptions(), [&](QualType Q) { put(answer(), Q); });
    } else if (const auto *A = dyn_cast<ConstantArrayType>(P))
      number(A->getSExtSize());
    else if (const auto *V = dyn_cast<DependentSizedExtVectorType>(P))
      some(V->getAttributeLoc());
    else if (const auto *V = dyn_cast<VectorType>(P))
      number(V->getNumElements());
    else if (const auto *U = dyn_cast<TypedefType>(P))
      type(U->typeMatchesDecl() ? QualType() : U->desugar());
    else if (const auto *U = dyn_cast<UsingType>(P))
      type(U->typeMatchesDecl() ? QualType() : U->desugar());
    else if (const auto *U = dyn_cast<UnaryTransformType>(P)) {
      switch (U->getUTTKind()) {
#define TRANSFORM_TYPE_TRAIT_DEF(Enum, Trait)                                                      \
  case UnaryTransformType::Enum:                                                                   \
    text(#Trait);                                                                                  \
    break;
#include "clang/Basic/TransformTypeTraits.def"
      }
    } else if (const auto *U = dyn_cast<TemplateTypeParmType>(P)) {
      number(U->getDepth());
      number(U->getIndex());
    } else if (const auto *U = dyn_cast<SubstTemplateTypeParmType>(P)) {
      number(U->getIndex());
      U->getPackIndex() ? number(*U->getPackIndex()) : none();
    } else if (const auto *U = dyn_cast<SubstTemplateTypeParmPackType>(P))
      number(U->getIndex());
    else if (const auto *U = dyn_cast<TemplateSpecializationType>(P)) {
      std::string Text;
      llvm::raw_string_ostream OS(Text);
      U->getTemplateName().print(OS, Policy);
      some(Text);
    } else if (const auto *U = dyn_cast<PackExpansionType>(P))
      U->getNumExpansions() ? number(*U->getNumExpansions()) : none();
    else if (const auto *U = dyn_cast<ElaboratedType>(P)) {
      U->getQualifier() ? some(printed(U->getQualifier(), Policy, true)) : none();
      node(U->getOwnedTagDecl());
    } else if (const auto *U = dyn_cast<MacroQualifiedType>(P))
      text(U->getMacroIdentifier()->getName());
  }

  void attr(const Attr *P) {
    if (const auto *N = dyn_cast<AliasAttr>(P))
      some(N->getAliasee());
    else if (const auto *N = dyn_cast<CleanupAttr>(P))
      node(N->getFunctionDecl());
    else if (const auto *N = dyn_cast<DeprecatedAttr>(P)) {
      text(N->getMessage());
      text(N->getReplacement());
    } else if (const auto *N = dyn_cast<UnavailableAttr>(P))
      text(N->getMessage());
    else if (const auto *N = dyn_cast<SectionAttr>(P))
      some(N->getName());
    else if (const auto *N = dyn_cast<VisibilityAttr>(P))
      some(VisibilityAttr::ConvertVisibilityTypeToStr(N->getVisibility()));
    else if (const auto *N = dyn_cast<TLSModelAttr>(P))
      some(N->getModel());
  }

  StringRef command(unsigned ID) {
    return Context.getCommentCommandTraits().getCommandInfo(ID)->Name;
  }

  void comment(const comments::Comment *C, const comments::FullComment *Full) {
    using namespace comments;
    auto arguments = [&](const auto *N) {
      items(llvm::seq<unsigned>(0, N->getNumArgs()),
            [&](unsigned I) { put(answer(), N->getArgText(I)); });
    };
    if (const auto *N = dyn_cast<TextComment>(C))
      some(N->getText());
    else if (const auto *N = dyn_cast<InlineCommandComment>(C)) {
      some(command(N->getCommandID()));
      arguments(N);
    } else if (const auto *N = dyn_cast<HTMLStartTagComment>(C)) {
      some(N->getTagName());
      items(llvm::seq<unsigned>(0, N->getNumAttrs()), [&](unsigned I) {
        answer().W.list(2);
        put(answer(), N->getAttr(I).Name);
        put(answer(), N->getAttr(I).Value);
      });
    } else if (const auto *N = dyn_cast<HTMLEndTagComment>(C))
      some(N->getTagName());
    else if (const auto *N = dyn_cast<ParamCommandComment>(C)) {
      if (N->hasParamName())
        some(N->isParamIndexValid() ? N->getParamName(Full) : N->getParamNameAsWritten());
      else
        none();
      N->isParamIndexValid() && !N->isVarArgParam() ? number(N->getParamIndex()) : none();
    } else if (const auto *N = dyn_cast<TParamCommandComment>(C)) {
      if (N->hasParamName())
        some(N->isPositionValid() ? N->getParamName(Full) : N->getParamNameAsWritten());
      else
        none();
      if (N->isPositionValid())
        items(llvm::seq<unsigned>(0, N->getDepth()),
              [&](unsigned I) { answer().W.integer(N->getIndex(I)); });
    } else if (const auto *N = dyn_cast<VerbatimBlockComment>(C)) {
      some(command(N->getCommandID()));
      some(N->getCloseName());
    } else if (const auto *N = dyn_cast<VerbatimBlockLineComment>(C))
      some(N->getText());
    else if (const auto *N = dyn_cast<VerbatimLineComment>(C))
      some(N->getText());
    else if (const auto *N = dyn_cast<BlockCommandComment>(C)) {
      some(command(N->getCommandID()));
      arguments(N);
    }
  }
};

} // namespace

std::string Details::mangled(const NamedDecl *D) {
  if (!isa<FunctionDecl, VarDecl, ObjCMethodDecl, ObjCInterfaceDecl>(D) || !D->getDeclName())
    return {};
  if (isa<RequiresExprBodyDecl>(D->getDeclContext()) || D->isTemplated() ||
      isa<CXXDeductionGuideDecl>(D))
    return {};
  if (const auto *V = dyn_cast<VarDecl>(D); V && V->hasLocalStorage())
    return {};
  if (!Names)
    Names = std::make_unique<ASTNameGenerator>(T.context());
  return Names->getName(D);
}

void Details::of(StringRef Rows, Answer &A) {
  size_t At = A.W.beginList();
  uint32_t Count = 0;
  for (; Rows.size() >= 4; Rows = Rows.drop_front(4)) {
    uint32_t Row;
    std::memcpy(&Row, Rows.data(), 4);
    Subject S = T.subject(Row);
    Writing W(A, Row);
    if (const auto *D = S.as<Decl>()) {
      const auto *N = dyn_cast<NamedDecl>(D);
      W.decl(D, N ? mangled(N) : std::string());
    } else if (const auto *P = S.as<Stmt>())
      W.stmt(P);
    else if (S.Kind == NK_QualType)
      W.some(S.type().split().Quals.getAsString());
    else if (S.isType())
      W.type_(S.type().getTypePtr());
    else if (const auto *P = S.as<Attr>())
      W.attr(P);
    else if (S.isComment()) {
      uint32_t Full = Row;
      while (T.R.Kind[Full] != NK_FullComment)
        --Full;
      W.comment(static_cast<const comments::Comment *>(S.A),
                static_cast<const comments::FullComment *>(
                    static_cast<const comments::Comment *>(T.R.Pointer[Full])));
    } else if (S.Kind == NK_TemplateArgument) {
      const auto *TA = S.as<TemplateArgument>();
      if (TA->getKind() == TemplateArgument::Integral)
        W.number(lowWord(TA->getAsIntegral()));
    }
    if (W.end())
      Count += 2;
  }
  A.W.endList(At, Count);
}

} // namespace cmonster
