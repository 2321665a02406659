//===- tree.cpp - Rows: identity, visiting by family, growth ---------------===//
#include "tree.h"
#include "columns.h"
#include "memory.h"
#include "row-filler.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Comment.h"
#include "clang/AST/ExprObjC.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace clang;

namespace cmonster {

Tree::Tree(ASTContext &Context, Strings &S)
    : S(S), Context(Context), SM(Context.getSourceManager()) {
  R.add(NK_Null, nullptr);
  reserveType(QualType());
}

namespace {
constexpr bool IsSmallStmt[] = {
    false, // NoStmtClass
#define ABSTRACT_STMT(STMT)
#define STMT(CLASS, PARENT) sizeof(CLASS) < PointerMap::LeastSize,
#include "clang/AST/StmtNodes.inc"
};
#define ABSTRACT_DECL(DECL)
#define DECL(CLASS, BASE) static_assert(sizeof(CLASS##Decl) >= PointerMap::LeastSize);
#include "clang/AST/DeclNodes.inc"
#define TYPE(CLASS, BASE) static_assert(sizeof(CLASS##Type) >= PointerMap::LeastSize);
#include "clang/AST/TypeNodes.inc"
static_assert(sizeof(Attr) >= PointerMap::LeastSize);
} // namespace

uint32_t &Tree::numberOf(const Stmt *S) {
  return LLVM_UNLIKELY(IsSmallStmt[S->getStmtClass()]) ? SmallStmts[S] : Numbers[S];
}

//===----------------------------------------------------------------------===//
// Cells
//===----------------------------------------------------------------------===//

void Tree::fill(uint32_t Row, const Decl *D) {
  setRange(Row, D->getSourceRange());
  if (const auto *V = dyn_cast<ValueDecl>(D))
    R.Type[Row] = typeOf(V->getType());
  else if (const auto *N = dyn_cast<TypedefNameDecl>(D))
    R.Type[Row] = typeOf(N->getUnderlyingType());
  else if (const auto *N = dyn_cast<TypeDecl>(D))
    R.Type[Row] = typeOf(QualType(N->getTypeForDecl(), 0));
  RowFiller F{*this, Row};
  fillColumns(D, F);
}

void Tree::leaf(NodeKind K, uint32_t Target) {
  uint32_t Row = add(K, nullptr);
  R.A[Row] = Target;
  close(Row);
}

//===----------------------------------------------------------------------===//
// Visiting, by family
//===----------------------------------------------------------------------===//

void Tree::Visit(const Decl *D) {
  if (!D)
    return null();
  uint32_t &Slot = numberOf(D);
  if (Slot)
    return link(Slot);
  uint32_t Row = Slot = add(kindOf(D), D);
  fill(Row, D);
  children(D);
  close(Row);
}

void Tree::children(const Decl *D) {
  if (TypeLocs)
    written(D);
  ConstDeclVisitor<Tree>::Visit(D);
  if (D->hasAttrs())
    for (const Attr *A : D->getAttrs())
      Visit(A);
  if (Comments)
    if (const comments::FullComment *C = Context.getLocalCommentForDeclUncached(D))
      Visit(static_cast<const comments::Comment *>(C));
  // The declarations of a function are reached through its body.
  if (!isa<FunctionDecl, ObjCMethodDecl, BlockDecl>(D))
    declContext(dyn_cast<DeclContext>(D));
}

void Tree::declContext(const DeclContext *DC) {
  if (!DC)
    return;
  if (isa<TranslationUnitDecl>(DC) && Range != Scope::All) {
    for (const Decl *D : DC->noload_decls())
      if (inScope(D))
        Visit(D);
    return;
  }
  for (const Decl *D : DC->noload_decls())
    Visit(D);
}

bool Tree::inScope(const Decl *D) const {
  SourceLocation L = D->getLocation();
  if (L.isInvalid())
    L = D->getBeginLoc();
  if (L.isInvalid())
    return false;
  L = SM.getExpansionLoc(L);
  return Range == Scope::Main ? SM.isInMainFile(L) || SM.isWrittenInMainFile(L)
                              : !SM.isInSystemHeader(L);
}

void Tree::templateParameters(const TemplateParameterList *L) {
  if (!L)
    return;
  for (const NamedDecl *P : *L)
    Visit(static_cast<const Decl *>(P));
  if (const Expr *E = L->getRequiresClause())
    Visit(static_cast<const Stmt *>(E));
}

void Tree::Visit(const Stmt *S) {
  if (!S)
    return null();
  uint32_t &Slot = numberOf(S);
  if (Slot)
    return link(Slot);
  uint32_t Row = Slot = add(kindOf(S), S);
  if (const auto *E = dyn_cast<Expr>(S))
    R.Type[Row] = typeOf(E->getType());
  RowFiller F{*this, Row};
  fillColumns(S, F);
  if (TypeLocs)
    written(S);
  ConstStmtVisitor<Tree>::Visit(S);
  // These have shown all of their children above.
  if (!isa<DeclStmt, GenericSelectionExpr, RequiresExpr>(S))
    for (const Stmt *Child : S->children())
      Visit(Child);
  setRange(Row, computeRange(S));
  close(Row);
}

void Tree::Visit(QualType Q) {
  SplitQualType Split = Q.split();
  if (!Split.Quals.hasQualifiers())
    return Visit(Split.Ty);
  uint32_t Index = typeOf(Q);
  if (T.Row[Index])
    return link(T.Row[Index]);
  uint32_t Row = T.Row[Index] = add(NK_QualType, Q.getAsOpaquePtr());
  R.Type[Row] = Index;
  Visit(Split.Ty);
  close(Row);
}

void Tree::Visit(const Type *P) {
  if (!P)
    return null();
  QualType Q(P, 0);
  uint32_t Index = typeOf(Q);
  if (T.Row[Index])
    return link(T.Row[Index]);
  uint32_t Row = T.Row[Index] = add(kindOf(P), Q.getAsOpaquePtr());
  R.Type[Row] = Index;
  RowFiller F{*this, Row};
  fillColumns(P, F);
  TypeVisitor<Tree>::Visit(P);
  QualType Desugared = P->getLocallyUnqualifiedSingleStepDesugaredType();
  if (Desugared != Q)
    Visit(Desugared);
  close(Row);
}

void Tree::Visit(const Attr *A) {
  if (!A)
    return null();
  uint32_t &Slot = numberOf(A);
  if (Slot)
    return link(Slot);
  uint32_t Row = Slot = add(kindOf(A), A);
  setRange(Row, A->getRange());
  RowFiller F{*this, Row};
  fillColumns(A, F);
  if (TypeLocs)
    written(A);
  ConstAttrVisitor<Tree>::Visit(A);
  close(Row);
}

void Tree::Visit(const CXXCtorInitializer *I) {
  uint32_t Row = add(NK_CXXCtorInitializer, I);
  RowFiller F{*this, Row};
  setRange(Row, I->getSourceRange());
  if (const TypeSourceInfo *Info = I->getTypeSourceInfo()) {
    R.Type[Row] = typeOf(Info->getType());
    if (TypeLocs)
      writtenLoc(Info);
  }
  fillColumns(I, F);
  R.B[Row] = I->getMemberLocation().getRawEncoding();
  Visit(static_cast<const Stmt *>(I->getInit()));
  close(Row);
}

void Tree::Visit(const TemplateArgument &A, SourceRange Where, const Decl *From) {
  uint32_t Row = add(NK_TemplateArgument, &A);
  setRange(Row, Where);
  RowFiller F{*this, Row};
  fillColumns(&A, F);
  if (A.getKind() == TemplateArgument::Type)
    R.Type[Row] = typeOf(A.getAsType());
  else if (A.getKind() == TemplateArgument::Integral)
    R.Type[Row] = typeOf(A.getIntegralType());
  F.bDecl(From);
  ConstTemplateArgumentVisitor<Tree>::Visit(A);
  close(Row);
}

void Tree::argumentPack(const TemplateArgument &A, const Type *, const Expr *) {
  Visit(*new (Context) TemplateArgument(A));
}

void Tree::Visit(const BlockDecl::Capture &C) {
  uint32_t Row = add(NK_BlockCapture, &C);
  R.Bits[Row] = (C.isByRef() ? 1 : 0) | (C.isNested() ? 2 : 0);
  R.A[Row] = RowFiller{*this, Row}.reference(C.getVariable(), false);
  if (C.hasCopyExpr())
    Visit(static_cast<const Stmt *>(C.getCopyExpr()));
  close(Row);
}

void Tree::Visit(const OMPClause *C) {
  if (!C)
    return null();
  uint32_t Row = add(kindOf(C), C);
  setRange(Row, {C->getBeginLoc(), C->getEndLoc()});
  for (const Stmt *Child : const_cast<OMPClause *>(C)->children())
    Visit(Child);
  close(Row);
}

void Tree::Visit(const OpenACCClause *C) {
  if (!C)
    return null();
  uint32_t Row = add(kindOf(C), C);
  setRange(Row, {C->getBeginLoc(), C->getEndLoc()});
  for (const Stmt *Child : const_cast<OpenACCClause *>(C)->children())
    Visit(Child);
  close(Row);
}

void Tree::Visit(const GenericSelectionExpr *E, unsigned Index) {
  auto A = E->getAssociation(Index);
  uint32_t Row = add(NK_GenericAssociation, E);
  const TypeSourceInfo *Info = A.getTypeSourceInfo();
  R.Bits[Row] = (A.isSelected() ? 1 : 0) | (Info ? 2 : 0);
  R.B[Row] = Index;
  if (Info) {
    R.Type[Row] = typeOf(Info->getType());
    if (TypeLocs)
      writtenLoc(Info);
    Visit(Info->getType());
  }
  Visit(static_cast<const Stmt *>(A.getAssociationExpr()));
  if (A.getAssociationExpr())
    setRange(Row, rangeOf(A.getAssociationExpr()));
  close(Row);
}

void Tree::Visit(const concepts::Requirement *Q) {
  if (!Q)
    return null();
  NodeKind K = isa<concepts::TypeRequirement>(Q)   ? NK_TypeRequirement
               : isa<concepts::ExprRequirement>(Q) ? NK_ExprRequirement
                                                   : NK_NestedRequirement;
  uint32_t Row = add(K, Q);
  R.Bits[Row] = uint32_t(Q->getKind()) | (Q->isDependent() ? 8 : 0);
  if (!Q->isDependent() && Q->isSatisfied())
    R.Bits[Row] |= 16;
  if (Q->containsUnexpandedParameterPack())
    R.Bits[Row] |= 32;
  if (const auto *TR = dyn_cast<concepts::TypeRequirement>(Q)) {
    if (!TR->isSubstitutionFailure()) {
      if (TypeLocs)
        writtenLoc(TR->getType());
      Visit(TR->getType()->getType().getTypePtr());
    }
  } else if (const auto *ER = dyn_cast<concepts::ExprRequirement>(Q)) {
    if (ER->hasNoexceptRequirement())
      R.Bits[Row] |= 64;
    if (!ER->isExprSubstitutionFailure())
      Visit(static_cast<const Stmt *>(ER->getExpr()));
    if (!ER->getReturnTypeRequirement().isEmpty())
      Visit(static_cast<const Stmt *>(
          ER->getReturnTypeRequirement().getTypeConstraint()->getImmediatelyDeclaredConstraint()));
  } else if (const auto *NR = dyn_cast<concepts::NestedRequirement>(Q)) {
    if (!NR->hasInvalidConstraint())
      Visit(static_cast<const Stmt *>(NR->getConstraintExpr()));
  }
  close(Row);
}

void Tree::Visit(const comments::Comment *C) {
  if (!C)
    return null();
  uint32_t Row = add(kindOf(C), C);
  setRange(Row, C->getSourceRange());
  RowFiller F{*this, Row};
  fillColumns(C, F);
  R.B[Row] = C->getLocation().getRawEncoding();
  for (auto I = C->child_begin(), E = C->child_end(); I != E; ++I)
    Visit(*I);
  close(Row);
}

//===----------------------------------------------------------------------===//
// The whole tree, and what is added later
//===----------------------------------------------------------------------===//

/// Of Clang's AST for each row: 36 in sqlite3.c, 69 in five STL headers, 80
/// in nlohmann-json.
constexpr size_t FewestBytes = 32;
/// Beyond this the columns grow by and by: they count against the limit.
constexpr size_t MostPrepared = size_t(1) << 22;

void Tree::build(Scope S) {
  Range = S;
  // Room for all of it at once: columns that grow are copied. What is not
  // needed is not touched.
  if (S == Scope::All) {
    chooseCheaperPages();
    size_t Expected = std::min(Context.getASTAllocatedMemory() / FewestBytes, MostPrepared);
    R.Capacity = std::max(R.Capacity, uint32_t(Expected / 2));
    R.grow(); // doubles
    T.reserve(Context.getTypes().size() + Context.getTypes().size() / 8);
  }
  Visit(static_cast<const Decl *>(Context.getTranslationUnitDecl()));
  resolvePending();
}

uint32_t Tree::stub(const Decl *D) {
  uint32_t &Slot = numberOf(D);
  if (!Slot) {
    uint32_t Row = Slot = add(kindOf(D), D);
    fill(Row, D); // End stays 0: not expanded
    return Row;
  }
  return Slot;
}

/// Gives every declaration that a column names a row. Rows that this appends
/// may name further ones, so the list may grow while it is worked off.
void Tree::resolvePending() {
  for (size_t I = 0; I < Unresolved.size(); ++I) {
    Pending P = Unresolved[I];
    uint32_t Row = stub(P.D);
    if (P.TypeColumn)
      (*P.TypeColumn)[P.At] = Row;
    else
      (P.IsB ? R.B : R.A)[P.At] = Row;
  }
  Unresolved.clear();
}

std::pair<uint32_t, uint32_t> Tree::expand(uint32_t Row) {
  const auto *D = static_cast<const Decl *>(R.Pointer[Row]);
  uint32_t First = R.Count;
  // A whole translation unit is asked for when its declarations are wanted
  // after all, whatever the scope was.
  llvm::SaveAndRestore Restore(Range, Scope::All);
  children(D);
  uint32_t Last = R.Count;
  R.End[Row] = Row + 1;
  resolvePending();
  return {First, Last};
}

Subject Tree::subject(uint32_t Row) const {
  if (Row >= R.Count)
    return {};
  Subject Sub{NodeKind(R.Kind[Row]), R.Pointer[Row], nullptr};
  if (Sub.isTypeLoc()) {
    Sub.B = Sub.A;
    Sub.A = T.Type[R.Type[Row]].getAsOpaquePtr();
  } else if (Sub.Kind == NK_NestedNameSpecifierLoc)
    Sub.B = R.second(Row);
  return Sub;
}

} // namespace cmonster
