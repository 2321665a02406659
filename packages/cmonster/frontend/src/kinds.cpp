//===- kinds.cpp - Names of the node kinds ---------------------------------===//
#include "kinds.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"

using namespace clang;

namespace cmonster {

static const char *const Names[] = {"Null", "Link",
#define ABSTRACT_DECL(DECL)
#define DECL(DERIVED, BASE) #DERIVED "Decl",
#include "clang/AST/DeclNodes.inc"
#define ABSTRACT_STMT(STMT)
#define STMT(CLASS, PARENT) #CLASS,
#include "clang/AST/StmtNodes.inc"
#define ABSTRACT_TYPE(CLASS, BASE)
#define TYPE(CLASS, BASE) #CLASS "Type",
#include "clang/AST/TypeNodes.inc"
#define ABSTRACT_TYPE(CLASS, BASE)
#define TYPE(CLASS, BASE) #CLASS "TypeLoc",
#include "clang/AST/TypeNodes.inc"
                                    "QualifiedTypeLoc",
#define ATTR(X) #X "Attr",
#include "clang/Basic/AttrList.inc"
#define ABSTRACT_COMMENT(COMMENT)
#define COMMENT(CLASS, PARENT) #CLASS,
#include "clang/AST/CommentNodes.inc"
#define GEN_CLANG_CLAUSE_CLASS
#define CLAUSE_CLASS(Enum, Str, Class) #Class,
#include "llvm/Frontend/OpenMP/OMP.inc"
#define VISIT_CLAUSE(NAME) "OpenACC" #NAME "Clause",
#define CLAUSE_ALIAS(ALIAS, NAME, DEPRECATED)
#include "clang/Basic/OpenACCClauses.def"
#define X(NAME) #NAME,
                                    CMONSTER_MISC_KINDS(X)
#undef X
};
static_assert(sizeof(Names) / sizeof(*Names) == NK_Count);

// The arithmetic of kindOf rests on Clang's enumerators being consecutive.
#define ABSTRACT_DECL(DECL)
#define DECL(DERIVED, BASE)                                                                        \
  static_assert(unsigned(Decl::DERIVED) + NK_Link + 1 == NK_##DERIVED##Decl);
#include "clang/AST/DeclNodes.inc"
#define ABSTRACT_STMT(STMT)
#define STMT(CLASS, PARENT)                                                                        \
  static_assert(unsigned(Stmt::CLASS##Class) + NK_FirstStmt - 1 == NK_##CLASS);
#include "clang/AST/StmtNodes.inc"
#define ABSTRACT_TYPE(CLASS, BASE)
#define TYPE(CLASS, BASE)                                                                          \
  static_assert(unsigned(Type::CLASS) + NK_AdjustedType == NK_##CLASS##Type);
#include "clang/AST/TypeNodes.inc"
#define ATTR(X) static_assert(unsigned(attr::X) + NK_QualifiedTypeLoc + 1 == NK_##X##Attr);
#include "clang/Basic/AttrList.inc"
#define ABSTRACT_COMMENT(COMMENT)
#define COMMENT(CLASS, PARENT)                                                                     \
  static_assert(unsigned(comments::CommentKind::CLASS) + NK_BeforeComments == NK_##CLASS);
#include "clang/AST/CommentNodes.inc"

const char *nodeKindName(NodeKind Kind) { return Names[Kind]; }

NodeKind kindOf(const OMPClause *C) {
  switch (C->getClauseKind()) {
#define GEN_CLANG_CLAUSE_CLASS
#define CLAUSE_CLASS(Enum, Str, Class)                                                             \
  case llvm::omp::Clause::Enum:                                                                    \
    return NK_##Class;
#include "llvm/Frontend/OpenMP/OMP.inc"
  default:
    return NK_Null;
  }
}

NodeKind kindOf(const OpenACCClause *C) {
  switch (C->getClauseKind()) {
#define VISIT_CLAUSE(NAME)                                                                         \
  case OpenACCClauseKind::NAME:                                                                    \
    return NK_OpenACC##NAME##Clause;
#define CLAUSE_ALIAS(ALIAS, NAME, DEPRECATED)                                                      \
  case OpenACCClauseKind::ALIAS:                                                                   \
    return NK_OpenACC##NAME##Clause;
#include "clang/Basic/OpenACCClauses.def"
  default:
    return NK_Null;
  }
}

} // namespace cmonster
