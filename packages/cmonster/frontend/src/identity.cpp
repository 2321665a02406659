//===- identity.cpp - The row of an entity that a question names -----------===//
//
// What has no row yet gets one behind the others.
//
//===----------------------------------------------------------------------===//
#include "tree.h"
#include "clang/AST/Comment.h"

using namespace clang;

namespace cmonster {

template <typename Emit> uint32_t Tree::appended(uint32_t &Slot, Emit E) {
  if (Slot)
    return Slot;
  uint32_t Row = R.Count;
  E();
  // Emitting may have registered the node itself, or moved the table.
  resolvePending();
  return Row;
}

uint32_t Tree::rowOf(const Decl *D) {
  if (!D)
    return 0;
  uint32_t Row = stub(D);
  resolvePending();
  return Row;
}
uint32_t Tree::rowOf(const Stmt *S) {
  return S ? appended(numberOf(S), [&] { Visit(S); }) : 0;
}
uint32_t Tree::rowOf(const Attr *A) {
  return A ? appended(numberOf(A), [&] { Visit(A); }) : 0;
}

/// The identity of everything that is not a Decl, Stmt, Attr or type is only
/// asked for by questions: the index is made when the first one does.
void Tree::indexOthers() {
  for (; Indexed < R.Count; ++Indexed) {
    Subject Sub = subject(Indexed);
    if (Sub.Kind <= NK_Link || Sub.isDecl() || Sub.isStmt() || Sub.isAttr() || Sub.isType())
      continue;
    bool HasData = Sub.isTypeLoc() || Sub.Kind == NK_NestedNameSpecifierLoc;
    const void *Key = HasData ? Sub.B : reinterpret_cast<const void *>(uintptr_t(Sub.Kind));
    Others.try_emplace({Sub.A, Key}, Indexed);
  }
}

uint32_t &Tree::other(const void *P, const void *Q) {
  indexOthers();
  return Others[{P, Q}];
}

#define OTHER(TYPE, KIND, POINTER)                                                                 \
  uint32_t Tree::rowOf(TYPE X) {                                                                   \
    if (!(POINTER))                                                                                \
      return 0;                                                                                    \
    const void *Key = reinterpret_cast<const void *>(uintptr_t(KIND));                             \
    if (uint32_t Row = other(POINTER, Key))                                                        \
      return Row;                                                                                  \
    uint32_t Row = R.Count;                                                                        \
    Visit(EMIT);                                                                                   \
    other(POINTER, Key) = Row;                                                                     \
    resolvePending();                                                                              \
    return Row;                                                                                    \
  }
#define EMIT X
OTHER(const TemplateArgument &, NK_TemplateArgument, &X)
OTHER(const TemplateArgumentLoc &, NK_TemplateArgumentLoc, &X)
OTHER(const CXXCtorInitializer *, NK_CXXCtorInitializer, X)
OTHER(const ConceptReference *, NK_ConceptReference, X)
OTHER(const concepts::Requirement *,
      isa<concepts::TypeRequirement>(X)   ? NK_TypeRequirement
      : isa<concepts::ExprRequirement>(X) ? NK_ExprRequirement
                                          : NK_NestedRequirement,
      X)
OTHER(const comments::Comment *, kindOf(X), X)
OTHER(const OMPClause *, kindOf(X), X)
OTHER(const OpenACCClause *, kindOf(X), X)
#undef EMIT
#define EMIT *X
OTHER(const CXXBaseSpecifier *, NK_CXXBaseSpecifier, X)
OTHER(const DesignatedInitExpr::Designator *, NK_Designator, X)
OTHER(const LambdaCapture *, NK_LambdaCapture, X)
OTHER(const BlockDecl::Capture *, NK_BlockCapture, X)
#undef EMIT
#undef OTHER

uint32_t Tree::rowOf(TypeLoc L) {
  if (L.isNull())
    return 0;
  const void *Type = L.getType().getAsOpaquePtr(), *Data = L.getOpaqueData();
  if (uint32_t Row = other(Type, Data))
    return Row;
  uint32_t Row = R.Count;
  Visit(L);
  other(Type, Data) = Row;
  resolvePending();
  return Row;
}

uint32_t Tree::rowOf(NestedNameSpecifierLoc N) {
  if (!N)
    return 0;
  if (uint32_t Row = other(N.getNestedNameSpecifier(), N.getOpaqueData()))
    return Row;
  uint32_t Row = R.Count;
  Visit(N);
  other(N.getNestedNameSpecifier(), N.getOpaqueData()) = Row;
  resolvePending();
  return Row;
}

} // namespace cmonster
