//===- entities.h - From Clang's pointers to rows and types, and back ------===//
//
// What getters and operations need to name an AST node in an answer. Asking for
// a node that has no row yet gives it one (docs/formats/snapshot.md, "Delta").
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_ENTITIES_H
#define CMONSTER_ENTITIES_H

#include "subject.h"

namespace cmonster {

class Entities {
public:
  virtual ~Entities() = default;
  virtual uint32_t rowOf(const clang::Decl *D) = 0;
  virtual uint32_t rowOf(const clang::Stmt *S) = 0;
  virtual uint32_t rowOf(const clang::Attr *A) = 0;
  virtual uint32_t rowOf(clang::TypeLoc T) = 0;
  virtual uint32_t rowOf(clang::NestedNameSpecifierLoc N) = 0;
  virtual uint32_t rowOf(const clang::TemplateArgument &A) = 0;
  virtual uint32_t rowOf(const clang::TemplateArgumentLoc &A) = 0;
  virtual uint32_t rowOf(const clang::CXXBaseSpecifier *B) = 0;
  virtual uint32_t rowOf(const clang::CXXCtorInitializer *I) = 0;
  virtual uint32_t rowOf(const clang::DesignatedInitExpr::Designator *D) = 0;
  virtual uint32_t rowOf(const clang::ConceptReference *C) = 0;
  virtual uint32_t rowOf(const clang::LambdaCapture *C) = 0;
  virtual uint32_t rowOf(const clang::BlockDecl::Capture *C) = 0;
  virtual uint32_t rowOf(const clang::concepts::Requirement *R) = 0;
  virtual uint32_t rowOf(const clang::comments::Comment *C) = 0;
  virtual uint32_t rowOf(const clang::OMPClause *C) = 0;
  virtual uint32_t rowOf(const clang::OpenACCClause *C) = 0;
  virtual uint32_t typeOf(clang::QualType T) = 0;
  virtual Subject subject(uint32_t Row) const = 0;
  virtual clang::QualType typeAt(uint32_t Index) const = 0;
  virtual clang::ASTContext &context() const = 0;
};

} // namespace cmonster
#endif
