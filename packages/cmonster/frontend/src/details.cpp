//===- details.cpp - What a dump says of a node and no column holds --------===//
#include "details.h"
#include "detail-writer.h"
#include "clang/AST/Comment.h"
#include "clang/AST/CommentCommandTraits.h"
#include "clang/AST/ExprObjC.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;

namespace cmonster {

std::string printed(const NestedNameSpecifier *N, const PrintingPolicy &Policy, bool Resolve) {
  std::string S;
  llvm::raw_string_ostream OS(S);
  if (N)
    N->print(OS, Policy, Resolve);
  return S;
}

namespace {

std::string printed(Selector Sel) {
  std::string S;
  llvm::raw_string_ostream OS(S);
  Sel.print(OS);
  return S;
}

int64_t lowWord(const llvm::APSInt &V) {
  return V.getBitWidth() > 64 ? int64_t(V.getRawData()[0]) : V.getSExtValue();
}

} // namespace

void DetailWriter::argument(const TemplateArgumentLoc &L) {
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

void DetailWriter::cast_(const CastExpr *E) {
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

void DetailWriter::stmt(const Stmt *S) {
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

void DetailWriter::type_(const Type *P) {
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

void DetailWriter::attr(const Attr *P) {
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

StringRef DetailWriter::command(unsigned ID) {
  return Context.getCommentCommandTraits().getCommandInfo(ID)->Name;
}

void DetailWriter::comment(const comments::Comment *C, const comments::FullComment *Full) {
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
    DetailWriter W(A, Row);
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
