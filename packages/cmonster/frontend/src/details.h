//===- details.h - What a dump says of a node and no column holds *- C++ -*-===//
//
// docs/formats/protocol.md, "Details": a list of values by class.
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_DETAILS_H
#define CMONSTER_DETAILS_H

#include "answer.h"
#include "tree.h"
#include "clang/AST/Mangle.h"
#include <memory>

namespace cmonster {

class Details {
public:
  explicit Details(Tree &T) : T(T) {}

  /// Answers for many rows at once: a list of row, list of its details, row, …
  /// without the rows that have nothing but defaults. Names of unnamed entities
  /// are numbered in the order of the questions.
  void of(llvm::StringRef Rows, Answer &A);

  /// The name in the object file that Clang's own dump gives; empty without.
  std::string mangled(const clang::NamedDecl *D);

private:
  Tree &T;
  std::unique_ptr<clang::ASTNameGenerator> Names;
};

} // namespace cmonster
#endif
