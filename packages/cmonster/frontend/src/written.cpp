//===- written.cpp - Parts as written: types, qualifiers, arguments --------===//
//
// What Clang's dump leaves out: TypeLocs, nested-name specifiers, template
// arguments as written, base specifiers, designators, concept references and
// captures, where Clang's RecursiveASTVisitor meets them.
//
//===----------------------------------------------------------------------===//
#include "columns.h"
#include "row-filler.h"
#include "tree.h"
#include "clang/AST/DeclFriend.h"
#include "clang/AST/DeclObjC.h"
#include "clang/AST/ExprObjC.h"

using namespace clang;

namespace cmonster {

void Tree::writtenLoc(const TypeSourceInfo *I) {
  if (I)
    Visit(I->getTypeLoc());
}

void Tree::writtenArguments(const ASTTemplateArgumentListInfo *L) {
  if (L)
    writtenArguments(L->arguments());
}

void Tree::writtenName(const DeclarationNameInfo &N) {
  switch (N.getName().getNameKind()) {
  case DeclarationName::CXXConstructorName:
  case DeclarationName::CXXDestructorName:
  case DeclarationName::CXXConversionFunctionName:
    writtenLoc(N.getNamedTypeInfo());
    break;
  default:
    break;
  }
}

void Tree::Visit(NestedNameSpecifierLoc N) {
  if (!N)
    return;
  uint32_t Row = add(NK_NestedNameSpecifierLoc, N.getNestedNameSpecifier());
  R.Second.push_back({Row, N.getOpaqueData()});
  setRange(Row, N.getSourceRange());
  R.Bits[Row] = uint32_t(N.getNestedNameSpecifier()->getKind());
  if (NestedNameSpecifierLoc Prefix = N.getPrefix())
    Visit(Prefix);
  if (TypeLoc L = N.getTypeLoc())
    Visit(L);
  close(Row);
}

void Tree::Visit(const TemplateArgumentLoc &A) {
  uint32_t Row = add(NK_TemplateArgumentLoc, &A);
  setRange(Row, A.getSourceRange());
  R.Bits[Row] = uint32_t(A.getArgument().getKind());
  switch (A.getArgument().getKind()) {
  case TemplateArgument::Type:
    R.Type[Row] = typeOf(A.getArgument().getAsType());
    writtenLoc(A.getTypeSourceInfo());
    break;
  case TemplateArgument::Template:
  case TemplateArgument::TemplateExpansion:
    Visit(A.getTemplateQualifierLoc());
    break;
  case TemplateArgument::Expression:
    Visit(static_cast<const Stmt *>(A.getSourceExpression()));
    break;
  default:
    break;
  }
  close(Row);
}

void Tree::Visit(const CXXBaseSpecifier &B) {
  uint32_t Row = add(NK_CXXBaseSpecifier, &B);
  setRange(Row, B.getSourceRange());
  R.Type[Row] = typeOf(B.getType());
  RowFiller F{*this, Row};
  fillColumns(&B, F);
  writtenLoc(B.getTypeSourceInfo());
  close(Row);
}

void Tree::Visit(const DesignatedInitExpr::Designator &D) {
  uint32_t Row = add(NK_Designator, &D);
  setRange(Row, D.getSourceRange());
  RowFiller F{*this, Row};
  fillColumns(&D, F);
  close(Row);
}

void Tree::Visit(const LambdaCapture &C) {
  uint32_t Row = add(NK_LambdaCapture, &C);
  setRange(Row, C.getLocation());
  RowFiller F{*this, Row};
  fillColumns(&C, F);
  close(Row);
}

void Tree::Visit(const ConceptReference *C) {
  if (!C)
    return;
  uint32_t Row = add(NK_ConceptReference, C);
  setRange(Row, C->getSourceRange());
  Visit(C->getNestedNameSpecifierLoc());
  writtenArguments(C->getTemplateArgsAsWritten());
  close(Row);
}

void Tree::Visit(TypeLoc L) {
  if (L.isNull())
    return;
  uint32_t Row = add(kindOf(L), L.getOpaqueData());
  R.Type[Row] = typeOf(L.getType());
  auto expr = [&](const Expr *E) {
    if (E)
      Visit(static_cast<const Stmt *>(E));
  };
  // What is written before the inner type …
  switch (L.getTypeLocClass()) {
  case TypeLoc::Elaborated:
    Visit(L.castAs<ElaboratedTypeLoc>().getQualifierLoc());
    break;
  case TypeLoc::DependentName:
    Visit(L.castAs<DependentNameTypeLoc>().getQualifierLoc());
    break;
  case TypeLoc::MemberPointer:
    writtenLoc(L.castAs<MemberPointerTypeLoc>().getClassTInfo());
    break;
  case TypeLoc::DependentTemplateSpecialization: {
    auto T = L.castAs<DependentTemplateSpecializationTypeLoc>();
    Visit(T.getQualifierLoc());
    for (unsigned I = 0; I < T.getNumArgs(); ++I)
      Visit(*static_cast<const TemplateArgumentLoc *>(new (Context)
                                                          TemplateArgumentLoc(T.getArgLoc(I))));
    break;
  }
  case TypeLoc::TemplateSpecialization: {
    // Argument locations are made on demand: they are kept with the AST.
    auto T = L.castAs<TemplateSpecializationTypeLoc>();
    for (unsigned I = 0; I < T.getNumArgs(); ++I)
      Visit(*static_cast<const TemplateArgumentLoc *>(new (Context)
                                                          TemplateArgumentLoc(T.getArgLoc(I))));
    break;
  }
  case TypeLoc::Auto:
    Visit(static_cast<const ConceptReference *>(L.castAs<AutoTypeLoc>().getConceptReference()));
    break;
  case TypeLoc::TypeOfExpr:
    expr(L.castAs<TypeOfExprTypeLoc>().getUnderlyingExpr());
    break;
  case TypeLoc::TypeOf:
    writtenLoc(L.castAs<TypeOfTypeLoc>().getUnmodifiedTInfo());
    break;
  case TypeLoc::Decltype:
    expr(L.castAs<DecltypeTypeLoc>().getUnderlyingExpr());
    break;
  case TypeLoc::PackIndexing:
    expr(L.castAs<PackIndexingTypeLoc>().getIndexExpr());
    break;
  case TypeLoc::UnaryTransform:
    writtenLoc(L.castAs<UnaryTransformTypeLoc>().getUnderlyingTInfo());
    break;
  case TypeLoc::DependentAddressSpace:
    expr(L.castAs<DependentAddressSpaceTypeLoc>().getTypePtr()->getAddrSpaceExpr());
    break;
  case TypeLoc::DependentSizedExtVector:
    expr(L.castAs<DependentSizedExtVectorTypeLoc>().getTypePtr()->getSizeExpr());
    break;
  case TypeLoc::DependentVector:
    expr(L.castAs<DependentVectorTypeLoc>().getTypePtr()->getSizeExpr());
    break;
  case TypeLoc::DependentBitInt:
    expr(L.castAs<DependentBitIntTypeLoc>().getTypePtr()->getNumBitsExpr());
    break;
  case TypeLoc::ConstantMatrix:
  case TypeLoc::DependentSizedMatrix: {
    auto T = L.getAs<MatrixTypeLoc>();
    expr(T.getAttrRowOperand());
    expr(T.getAttrColumnOperand());
    break;
  }
  case TypeLoc::ObjCObject: {
    auto T = L.castAs<ObjCObjectTypeLoc>();
    for (unsigned I = 0; I < T.getNumTypeArgs(); ++I)
      writtenLoc(T.getTypeArgTInfo(I));
    break;
  }
  default:
    break;
  }
  uint32_t Inner = 0;
  if (TypeLoc Next = L.getNextTypeLoc()) {
    Inner = R.Count;
    Visit(Next);
  }
  // … and after it.
  if (auto T = L.getAs<FunctionProtoTypeLoc>()) {
    for (const ParmVarDecl *P : T.getParams())
      // A function declaration's own parameters are its children.
      if (P && !P->getDeclContext()->isFunctionOrMethod())
        Visit(static_cast<const Decl *>(P));
    expr(T.getTypePtr()->getNoexceptExpr());
  } else if (auto T = L.getAs<ArrayTypeLoc>())
    expr(T.getSizeExpr());
  setRange(Row, computeRange(L, Row, Inner));
  close(Row);
}

void Tree::written(const Decl *D) {
  if (const auto *T = dyn_cast<TagDecl>(D)) {
    Visit(T->getQualifierLoc());
    if (const auto *E = dyn_cast<EnumDecl>(D))
      writtenLoc(E->getIntegerTypeSourceInfo());
    else if (const auto *C = dyn_cast<CXXRecordDecl>(D)) {
      if (const auto *S = dyn_cast<ClassTemplateSpecializationDecl>(D))
        writtenArguments(S->getTemplateArgsAsWritten());
      if (C->isThisDeclarationADefinition())
        for (const CXXBaseSpecifier &B : C->bases())
          Visit(B);
    }
  } else if (const auto *V = dyn_cast<DeclaratorDecl>(D)) {
    Visit(V->getQualifierLoc());
    if (const auto *F = dyn_cast<FunctionDecl>(D)) {
      writtenName(F->getNameInfo());
      if (F->getTemplateSpecializationInfo())
        writtenArguments(F->getTemplateSpecializationArgsAsWritten());
    } else if (const auto *S = dyn_cast<VarTemplateSpecializationDecl>(D))
      writtenArguments(S->getTemplateArgsAsWritten());
    writtenLoc(V->getTypeSourceInfo());
    if (const auto *P = dyn_cast<NonTypeTemplateParmDecl>(D))
      if (P->hasDefaultArgument() && !P->defaultArgumentWasInherited())
        Visit(P->getDefaultArgument());
  } else if (const auto *T = dyn_cast<TypedefNameDecl>(D))
    writtenLoc(T->getTypeSourceInfo());
  else if (const auto *P = dyn_cast<TemplateTypeParmDecl>(D)) {
    if (const TypeConstraint *C = P->getTypeConstraint())
      Visit(static_cast<const ConceptReference *>(C->getConceptReference()));
    if (P->hasDefaultArgument() && !P->defaultArgumentWasInherited())
      Visit(P->getDefaultArgument());
  } else if (const auto *P = dyn_cast<TemplateTemplateParmDecl>(D)) {
    if (P->hasDefaultArgument() && !P->defaultArgumentWasInherited())
      Visit(P->getDefaultArgument());
  } else if (const auto *F = dyn_cast<FriendDecl>(D))
    writtenLoc(F->getFriendType());
  else if (const auto *U = dyn_cast<UsingDecl>(D)) {
    Visit(U->getQualifierLoc());
    writtenName(U->getNameInfo());
  } else if (const auto *U = dyn_cast<UsingEnumDecl>(D))
    writtenLoc(U->getEnumType());
  else if (const auto *U = dyn_cast<UsingDirectiveDecl>(D))
    Visit(U->getQualifierLoc());
  else if (const auto *N = dyn_cast<NamespaceAliasDecl>(D))
    Visit(N->getQualifierLoc());
  else if (const auto *U = dyn_cast<UnresolvedUsingValueDecl>(D)) {
    Visit(U->getQualifierLoc());
    writtenName(U->getNameInfo());
  } else if (const auto *U = dyn_cast<UnresolvedUsingTypenameDecl>(D))
    Visit(U->getQualifierLoc());
  else if (const auto *B = dyn_cast<BlockDecl>(D))
    writtenLoc(B->getSignatureAsWritten());
  else if (const auto *M = dyn_cast<ObjCMethodDecl>(D))
    writtenLoc(M->getReturnTypeSourceInfo());
  else if (const auto *P = dyn_cast<ObjCPropertyDecl>(D))
    writtenLoc(P->getTypeSourceInfo());
  else if (const auto *I = dyn_cast<ObjCInterfaceDecl>(D)) {
    if (I->isThisDeclarationADefinition())
      writtenLoc(I->getSuperClassTInfo());
  }
}

/// The types among an attribute's arguments.
void Tree::written(const Attr *A) {
  if (const auto *X = dyn_cast<AlignedAttr>(A)) {
    if (!X->isAlignmentExpr())
      writtenLoc(X->getAlignmentType());
  } else if (const auto *X = dyn_cast<IBOutletCollectionAttr>(A))
    writtenLoc(X->getInterfaceLoc());
  else if (const auto *X = dyn_cast<OwnerAttr>(A))
    writtenLoc(X->getDerefTypeLoc());
  else if (const auto *X = dyn_cast<PointerAttr>(A))
    writtenLoc(X->getDerefTypeLoc());
  else if (const auto *X = dyn_cast<PreferredNameAttr>(A))
    writtenLoc(X->getTypedefTypeLoc());
  else if (const auto *X = dyn_cast<PreferredTypeAttr>(A))
    writtenLoc(X->getTypeLoc());
  else if (const auto *X = dyn_cast<TypeTagForDatatypeAttr>(A))
    writtenLoc(X->getMatchingCTypeLoc());
  else if (const auto *X = dyn_cast<VecTypeHintAttr>(A))
    writtenLoc(X->getTypeHintLoc());
}

void Tree::written(const Stmt *S) {
  if (const auto *E = dyn_cast<ExplicitCastExpr>(S))
    return writtenLoc(E->getTypeInfoAsWritten());
  switch (S->getStmtClass()) {
  case Stmt::DeclRefExprClass: {
    const auto *E = cast<DeclRefExpr>(S);
    if (E->hasQualifier())
      Visit(E->getQualifierLoc());
    if (E->hasExplicitTemplateArgs())
      writtenArguments(E->template_arguments());
    return;
  }
  case Stmt::MemberExprClass: {
    const auto *E = cast<MemberExpr>(S);
    if (E->hasQualifier())
      Visit(E->getQualifierLoc());
    writtenName(E->getMemberNameInfo());
    if (E->hasExplicitTemplateArgs())
      writtenArguments(E->template_arguments());
    return;
  }
  case Stmt::DependentScopeDeclRefExprClass: {
    const auto *E = cast<DependentScopeDeclRefExpr>(S);
    Visit(E->getQualifierLoc());
    writtenName(E->getNameInfo());
    if (E->hasExplicitTemplateArgs())
      writtenArguments(E->template_arguments());
    return;
  }
  case Stmt::CXXDependentScopeMemberExprClass: {
    const auto *E = cast<CXXDependentScopeMemberExpr>(S);
    Visit(E->getQualifierLoc());
    writtenName(E->getMemberNameInfo());
    if (E->hasExplicitTemplateArgs())
      writtenArguments(E->template_arguments());
    return;
  }
  case Stmt::UnresolvedLookupExprClass:
  case Stmt::UnresolvedMemberExprClass: {
    const auto *E = cast<OverloadExpr>(S);
    Visit(E->getQualifierLoc());
    writtenName(E->getNameInfo());
    if (E->hasExplicitTemplateArgs())
      writtenArguments(E->template_arguments());
    return;
  }
  case Stmt::CXXPseudoDestructorExprClass: {
    const auto *E = cast<CXXPseudoDestructorExpr>(S);
    Visit(E->getQualifierLoc());
    writtenLoc(E->getScopeTypeInfo());
    writtenLoc(E->getDestroyedTypeInfo());
    return;
  }
  case Stmt::UnaryExprOrTypeTraitExprClass: {
    const auto *E = cast<UnaryExprOrTypeTraitExpr>(S);
    if (E->isArgumentType())
      writtenLoc(E->getArgumentTypeInfo());
    return;
  }
  case Stmt::CompoundLiteralExprClass:
    return writtenLoc(cast<CompoundLiteralExpr>(S)->getTypeSourceInfo());
  case Stmt::OffsetOfExprClass:
    return writtenLoc(cast<OffsetOfExpr>(S)->getTypeSourceInfo());
  case Stmt::MSDependentExistsStmtClass: {
    const auto *E = cast<MSDependentExistsStmt>(S);
    Visit(E->getQualifierLoc());
    return writtenName(E->getNameInfo());
  }
  case Stmt::SYCLUniqueStableNameExprClass:
    return writtenLoc(cast<SYCLUniqueStableNameExpr>(S)->getTypeSourceInfo());
  case Stmt::ObjCMessageExprClass:
    return writtenLoc(cast<ObjCMessageExpr>(S)->getClassReceiverTypeInfo());
  case Stmt::VAArgExprClass:
    return writtenLoc(cast<VAArgExpr>(S)->getWrittenTypeInfo());
  case Stmt::ConvertVectorExprClass:
    return writtenLoc(cast<ConvertVectorExpr>(S)->getTypeSourceInfo());
  case Stmt::TypeTraitExprClass:
    for (const TypeSourceInfo *A : cast<TypeTraitExpr>(S)->getArgs())
      writtenLoc(A);
    return;
  case Stmt::ArrayTypeTraitExprClass:
    return writtenLoc(cast<ArrayTypeTraitExpr>(S)->getQueriedTypeSourceInfo());
  case Stmt::CXXTemporaryObjectExprClass:
    return writtenLoc(cast<CXXTemporaryObjectExpr>(S)->getTypeSourceInfo());
  case Stmt::CXXScalarValueInitExprClass:
    return writtenLoc(cast<CXXScalarValueInitExpr>(S)->getTypeSourceInfo());
  case Stmt::CXXUnresolvedConstructExprClass:
    return writtenLoc(cast<CXXUnresolvedConstructExpr>(S)->getTypeSourceInfo());
  case Stmt::CXXNewExprClass:
    return writtenLoc(cast<CXXNewExpr>(S)->getAllocatedTypeSourceInfo());
  case Stmt::CXXTypeidExprClass: {
    const auto *E = cast<CXXTypeidExpr>(S);
    if (E->isTypeOperand())
      writtenLoc(E->getTypeOperandSourceInfo());
    return;
  }
  case Stmt::CXXUuidofExprClass: {
    const auto *E = cast<CXXUuidofExpr>(S);
    if (E->isTypeOperand())
      writtenLoc(E->getTypeOperandSourceInfo());
    return;
  }
  case Stmt::ObjCEncodeExprClass:
    return writtenLoc(cast<ObjCEncodeExpr>(S)->getEncodedTypeSourceInfo());
  case Stmt::GenericSelectionExprClass: {
    const auto *E = cast<GenericSelectionExpr>(S);
    if (E->isTypePredicate())
      writtenLoc(E->getControllingType());
    return;
  }
  case Stmt::DesignatedInitExprClass:
    for (const auto &D : cast<DesignatedInitExpr>(S)->designators())
      Visit(D);
    return;
  case Stmt::LambdaExprClass:
    for (const LambdaCapture &C : cast<LambdaExpr>(S)->captures())
      Visit(C);
    return;
  case Stmt::ConceptSpecializationExprClass:
    Visit(static_cast<const ConceptReference *>(
        cast<ConceptSpecializationExpr>(S)->getConceptReference()));
    return;
  default:
    return;
  }
}

} // namespace cmonster
