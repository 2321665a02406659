//===- return-kind.h - What a getter returns, in a few words ----*- C++ -*-===//
#ifndef CMONSTER_CODEGEN_RETURN_KIND_H
#define CMONSTER_CODEGEN_RETURN_KIND_H

#include "clang/AST/Type.h"
#include "llvm/Support/JSON.h"
#include <map>
#include <string>

namespace clang {
class EnumDecl;
class Sema;
} // namespace clang

namespace reader {

/// Sorts return types into the categories the generator knows. An answer is a
/// JSON object: `k` is the category, `of` its class, enum or element, and
/// `nullable` says that the C++ type has a null value.
class ReturnKinds {
public:
  explicit ReturnKinds(clang::Sema &S) : S(S) {}

  llvm::json::Object classify(clang::QualType T);

  /// Every enum met so far, by qualified name.
  const std::map<std::string, const clang::EnumDecl *> &enums() const { return Enums; }

private:
  llvm::json::Object classifyRecord(clang::QualType T, const clang::CXXRecordDecl *Record,
                                    bool Pointer);
  clang::QualType elementOf(clang::QualType Range);

  clang::Sema &S;
  std::map<std::string, const clang::EnumDecl *> Enums;
  unsigned Depth = 0;
};

/// Is `Record` the class named `Root`, or derived from it?
bool derivesFrom(const clang::CXXRecordDecl *Record, llvm::StringRef Root);

} // namespace reader
#endif
