//===- subject.h - What a question is about ---------------------*- C++ -*-===//
//
// A Subject is one AST node of any family, by its kind and the one or two
// pointers that identify it in Clang. Getters ask it for the class they need.
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_SUBJECT_H
#define CMONSTER_SUBJECT_H

#include "kinds.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/ExprConcepts.h"
#include "clang/AST/LambdaCapture.h"
#include "clang/AST/NestedNameSpecifier.h"
#include "clang/AST/TemplateBase.h"
#include <type_traits>

namespace cmonster {

/// `A` is a `const Decl *`, `const Stmt *`, `const Attr *`, … as the kind says;
/// for types and TypeLocs the QualType's opaque pointer, for a TypeLoc and a
/// NestedNameSpecifierLoc `B` is the location data.
struct Subject {
  NodeKind Kind = NK_Null;
  const void *A = nullptr;
  const void *B = nullptr;

  clang::QualType type() const { return clang::QualType::getFromOpaquePtr(A); }
  clang::TypeLoc typeLoc() const { return clang::TypeLoc(type(), const_cast<void *>(B)); }
  clang::NestedNameSpecifierLoc nestedNameSpecifierLoc() const {
    return {static_cast<clang::NestedNameSpecifier *>(const_cast<void *>(A)),
            const_cast<void *>(B)};
  }

  bool isDecl() const { return Kind > NK_Link && Kind < NK_FirstStmt; }
  bool isStmt() const { return Kind >= NK_FirstStmt && Kind < NK_AdjustedType; }
  bool isType() const {
    return (Kind >= NK_AdjustedType && Kind < NK_AdjustedTypeLoc) || Kind == NK_QualType;
  }
  bool isTypeLoc() const { return Kind >= NK_AdjustedTypeLoc && Kind <= NK_QualifiedTypeLoc; }
  bool isAttr() const { return Kind > NK_QualifiedTypeLoc && Kind < NK_AfterAttrs; }
  bool isComment() const { return Kind >= NK_AfterAttrs && Kind < NK_FirstOMPClause; }
  bool isOMPClause() const { return Kind >= NK_FirstOMPClause && Kind < NK_FirstOpenACCClause; }
  bool isOpenACCClause() const { return Kind >= NK_FirstOpenACCClause && Kind < NK_QualType; }

  /// The node as a `const T *`, null when it isn't one. For every class that is
  /// passed by pointer; DeclContext too.
  template <typename T> const T *as() const {
    using namespace clang;
    if constexpr (std::is_base_of_v<Decl, T> || std::is_same_v<T, DeclContext>)
      return isDecl() ? llvm::dyn_cast<T>(static_cast<const Decl *>(A)) : nullptr;
    else if constexpr (std::is_base_of_v<Stmt, T>)
      return isStmt() ? llvm::dyn_cast<T>(static_cast<const Stmt *>(A)) : nullptr;
    else if constexpr (std::is_base_of_v<Type, T>)
      return isType() ? llvm::dyn_cast<T>(type().getTypePtr()) : nullptr;
    else if constexpr (std::is_base_of_v<Attr, T>)
      return isAttr() ? llvm::dyn_cast<T>(static_cast<const Attr *>(A)) : nullptr;
    else if constexpr (std::is_base_of_v<comments::Comment, T>)
      return isComment() ? llvm::dyn_cast<T>(static_cast<const comments::Comment *>(A)) : nullptr;
    else if constexpr (std::is_base_of_v<OMPClause, T>)
      return isOMPClause() ? llvm::dyn_cast<T>(static_cast<const OMPClause *>(A)) : nullptr;
    else if constexpr (std::is_base_of_v<OpenACCClause, T>)
      return isOpenACCClause() ? llvm::dyn_cast<T>(static_cast<const OpenACCClause *>(A)) : nullptr;
    else if constexpr (std::is_base_of_v<concepts::Requirement, T>)
      return Kind >= NK_TypeRequirement && Kind <= NK_NestedRequirement
                 ? llvm::dyn_cast<T>(static_cast<const concepts::Requirement *>(A))
                 : nullptr;
    else
      return Kind == miscKindOf<T>() ? static_cast<const T *>(A) : nullptr;
  }

  /// A TypeLoc as the class `T`, null TypeLoc when it isn't one.
  template <typename T> T asLoc() const { return isTypeLoc() ? typeLoc().getAs<T>() : T(); }

  template <typename T> static constexpr NodeKind miscKindOf() {
    using namespace clang;
    if constexpr (std::is_same_v<T, TemplateArgument>)
      return NK_TemplateArgument;
    else if constexpr (std::is_same_v<T, TemplateArgumentLoc>)
      return NK_TemplateArgumentLoc;
    else if constexpr (std::is_same_v<T, CXXBaseSpecifier>)
      return NK_CXXBaseSpecifier;
    else if constexpr (std::is_same_v<T, CXXCtorInitializer>)
      return NK_CXXCtorInitializer;
    else if constexpr (std::is_same_v<T, DesignatedInitExpr::Designator>)
      return NK_Designator;
    else if constexpr (std::is_same_v<T, ConceptReference>)
      return NK_ConceptReference;
    else if constexpr (std::is_same_v<T, LambdaCapture>)
      return NK_LambdaCapture;
    else if constexpr (std::is_same_v<T, BlockDecl::Capture>)
      return NK_BlockCapture;
    else
      static_assert(!sizeof(T), "no kind for this class");
  }
};

} // namespace cmonster
#endif
