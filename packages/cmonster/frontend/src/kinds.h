//===- kinds.h - One numbering of every kind of AST node --------*- C++ -*-===//
//
// A node's kind is the number of its concrete class. The families follow one
// another; within a family the order is Clang's own. The numbering is checked
// against TypeScript's by the schema hash (docs/formats/protocol.md).
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_KINDS_H
#define CMONSTER_KINDS_H

#include "clang/AST/Attr.h"
#include "clang/AST/Comment.h"
#include "clang/AST/DeclBase.h"
#include "clang/AST/OpenACCClause.h"
#include "clang/AST/OpenMPClause.h"
#include "clang/AST/Stmt.h"
#include "clang/AST/Type.h"
#include "clang/AST/TypeLoc.h"
#include <cstdint>

namespace cmonster {

/// Kinds that are not a class of one of the numbered families.
#define CMONSTER_MISC_KINDS(X)                                                                     \
  X(QualType)                                                                                      \
  X(TemplateArgument)                                                                              \
  X(TemplateArgumentLoc)                                                                           \
  X(NestedNameSpecifierLoc)                                                                        \
  X(CXXBaseSpecifier)                                                                              \
  X(CXXCtorInitializer)                                                                            \
  X(Designator)                                                                                    \
  X(ConceptReference)                                                                              \
  X(LambdaCapture)                                                                                 \
  X(BlockCapture)                                                                                  \
  X(GenericAssociation)                                                                            \
  X(TypeRequirement)                                                                               \
  X(ExprRequirement)                                                                               \
  X(NestedRequirement)

enum NodeKind : uint16_t {
  NK_Null,
  NK_Link,
#define ABSTRACT_DECL(DECL)
#define DECL(DERIVED, BASE) NK_##DERIVED##Decl,
#include "clang/AST/DeclNodes.inc"
  NK_AfterDecls,
  NK_FirstStmt = NK_AfterDecls,
  NK_BeforeStmts = NK_AfterDecls - 1,
#define ABSTRACT_STMT(STMT)
#define STMT(CLASS, PARENT) NK_##CLASS,
#include "clang/AST/StmtNodes.inc"
#define ABSTRACT_TYPE(CLASS, BASE)
#define TYPE(CLASS, BASE) NK_##CLASS##Type,
#include "clang/AST/TypeNodes.inc"
#define ABSTRACT_TYPE(CLASS, BASE)
#define TYPE(CLASS, BASE) NK_##CLASS##TypeLoc,
#include "clang/AST/TypeNodes.inc"
  NK_QualifiedTypeLoc,
#define ATTR(X) NK_##X##Attr,
#include "clang/Basic/AttrList.inc"
  NK_AfterAttrs,
  NK_BeforeComments = NK_AfterAttrs - 1, // CommentKind::None
#define ABSTRACT_COMMENT(COMMENT)
#define COMMENT(CLASS, PARENT) NK_##CLASS,
#include "clang/AST/CommentNodes.inc"
  NK_FirstOMPClause,
  NK_BeforeOMPClauses = NK_FirstOMPClause - 1,
#define GEN_CLANG_CLAUSE_CLASS
#define CLAUSE_CLASS(Enum, Str, Class) NK_##Class,
#include "llvm/Frontend/OpenMP/OMP.inc"
  NK_FirstOpenACCClause,
  NK_BeforeOpenACCClauses = NK_FirstOpenACCClause - 1,
#define VISIT_CLAUSE(NAME) NK_OpenACC##NAME##Clause,
#define CLAUSE_ALIAS(ALIAS, NAME, DEPRECATED)
#include "clang/Basic/OpenACCClauses.def"
#define X(NAME) NK_##NAME,
  CMONSTER_MISC_KINDS(X)
#undef X
      NK_Count
};

/// The class's name, by kind; what TypeScript's classes are called too.
const char *nodeKindName(NodeKind Kind);

// Within these families Clang's enumerators are consecutive, in the order of
// the same .inc file, so that a kind is the family's first plus the enumerator
// (asserted in kinds.cpp).
inline NodeKind kindOf(const clang::Decl *D) {
  return NodeKind(unsigned(D->getKind()) + NK_Link + 1);
}
inline NodeKind kindOf(const clang::Stmt *S) {
  return NodeKind(unsigned(S->getStmtClass()) + NK_FirstStmt - 1);
}
inline NodeKind kindOf(const clang::Type *T) {
  return NodeKind(unsigned(T->getTypeClass()) + NK_AdjustedType);
}
inline NodeKind kindOf(clang::TypeLoc T) {
  return NodeKind(unsigned(T.getTypeLocClass()) + NK_AdjustedTypeLoc);
}
inline NodeKind kindOf(const clang::Attr *A) {
  return NodeKind(unsigned(A->getKind()) + NK_QualifiedTypeLoc + 1);
}
inline NodeKind kindOf(const clang::comments::Comment *C) {
  return NodeKind(unsigned(C->getCommentKind()) + NK_BeforeComments);
}
NodeKind kindOf(const clang::OMPClause *C);
NodeKind kindOf(const clang::OpenACCClause *C);

} // namespace cmonster
#endif
