//===- traverse.cpp - Children per class: what needs a body ----------------===//
#include "tree.h"
#include "clang/AST/DeclFriend.h"
#include "clang/AST/DeclObjC.h"
#include "clang/AST/DeclOpenMP.h"
#include "clang/AST/StmtOpenACC.h"
#include "clang/AST/StmtOpenMP.h"

using namespace clang;

namespace cmonster {

void Tree::VisitFunctionDecl(const FunctionDecl *D) {
  if (const FunctionTemplateSpecializationInfo *I = D->getTemplateSpecializationInfo())
    templateArguments(I->TemplateArguments->asArray());
  else if (const DependentFunctionTemplateSpecializationInfo *I =
               D->getDependentSpecializationInfo())
    if (const ASTTemplateArgumentListInfo *L = I->TemplateArgumentsAsWritten)
      for (const TemplateArgumentLoc &A : L->arguments())
        Visit(A.getArgument(), A.getSourceRange());
  if (D->param_begin())
    for (const ParmVarDecl *P : D->parameters())
      Visit(static_cast<const Decl *>(P));
  if (const Expr *E = D->getTrailingRequiresClause())
    Visit(static_cast<const Stmt *>(E));
  if (const auto *C = dyn_cast<CXXConstructorDecl>(D))
    for (const CXXCtorInitializer *I : C->inits())
      Visit(I);
  if (D->doesThisDeclarationHaveABody())
    Visit(static_cast<const Stmt *>(D->getBody()));
}

void Tree::VisitOMPThreadPrivateDecl(const OMPThreadPrivateDecl *D) {
  for (const Expr *E : D->varlists())
    Visit(static_cast<const Stmt *>(E));
}

void Tree::VisitOMPDeclareReductionDecl(const OMPDeclareReductionDecl *D) {
  Visit(static_cast<const Stmt *>(D->getCombiner()));
  if (const Expr *Initializer = D->getInitializer())
    Visit(static_cast<const Stmt *>(Initializer));
}

void Tree::VisitOMPDeclareMapperDecl(const OMPDeclareMapperDecl *D) {
  for (const OMPClause *C : D->clauselists())
    Visit(C);
}

void Tree::VisitOMPCapturedExprDecl(const OMPCapturedExprDecl *D) {
  Visit(static_cast<const Stmt *>(D->getInit()));
}

void Tree::VisitOMPAllocateDecl(const OMPAllocateDecl *D) {
  for (const Expr *E : D->varlists())
    Visit(static_cast<const Stmt *>(E));
  for (const OMPClause *C : D->clauselists())
    Visit(C);
}

void Tree::VisitTemplateTypeParmDecl(const TemplateTypeParmDecl *D) {
  if (const TypeConstraint *C = D->getTypeConstraint())
    Visit(static_cast<const Stmt *>(C->getImmediatelyDeclaredConstraint()));
  if (D->hasDefaultArgument())
    Visit(D->getDefaultArgument().getArgument(), SourceRange(),
          D->getDefaultArgStorage().getInheritedFrom());
}

void Tree::VisitNonTypeTemplateParmDecl(const NonTypeTemplateParmDecl *D) {
  if (const Expr *E = D->getPlaceholderTypeConstraint())
    Visit(static_cast<const Stmt *>(E));
  if (D->hasDefaultArgument()) {
    const TemplateArgumentLoc &A = D->getDefaultArgument();
    Visit(A.getArgument(), A.getSourceRange(), D->getDefaultArgStorage().getInheritedFrom());
  }
}

void Tree::VisitTemplateTemplateParmDecl(const TemplateTemplateParmDecl *D) {
  templateParameters(D->getTemplateParameters());
  if (D->hasDefaultArgument()) {
    const TemplateArgumentLoc &A = D->getDefaultArgument();
    Visit(A.getArgument(), A.getSourceRange(), D->getDefaultArgStorage().getInheritedFrom());
  }
}

void Tree::VisitFriendDecl(const FriendDecl *D) {
  const TypeSourceInfo *T = D->getFriendType();
  if (!T)
    return Visit(static_cast<const Decl *>(D->getFriendDecl()));
  // A class first declared by the friend declaration is in no other context.
  if (const auto *E = T->getType()->getAs<ElaboratedType>())
    if (const TagDecl *Owned = E->getOwnedTagDecl())
      Visit(static_cast<const Decl *>(Owned));
}

void Tree::VisitObjCMethodDecl(const ObjCMethodDecl *D) {
  if (D->isThisDeclarationADefinition())
    declContext(D);
  else
    for (const ParmVarDecl *P : D->parameters())
      Visit(static_cast<const Decl *>(P));
  if (D->hasBody())
    Visit(static_cast<const Stmt *>(D->getBody()));
}

static ArrayRef<ObjCTypeParamDecl *> typeParameters(const ObjCTypeParamList *L) {
  if (!L)
    return {};
  return {L->begin(), L->end()};
}

void Tree::VisitObjCCategoryDecl(const ObjCCategoryDecl *D) {
  for (const ObjCTypeParamDecl *P : typeParameters(D->getTypeParamList()))
    Visit(static_cast<const Decl *>(P));
}

void Tree::VisitObjCInterfaceDecl(const ObjCInterfaceDecl *D) {
  for (const ObjCTypeParamDecl *P : typeParameters(D->getTypeParamListAsWritten()))
    Visit(static_cast<const Decl *>(P));
}

void Tree::VisitObjCImplementationDecl(const ObjCImplementationDecl *D) {
  for (const CXXCtorInitializer *I : D->inits())
    Visit(I);
}

void Tree::VisitOMPExecutableDirective(const OMPExecutableDirective *S) {
  for (const OMPClause *C : S->clauses())
    Visit(C);
}

void Tree::VisitOpenACCConstructStmt(const OpenACCConstructStmt *S) {
  for (const OpenACCClause *C : S->clauses())
    Visit(C);
}

} // namespace cmonster
