//===- class-reader.h - A class of the AST and its getters ------*- C++ -*-===//
#ifndef CMONSTER_CODEGEN_CLASS_READER_H
#define CMONSTER_CODEGEN_CLASS_READER_H

#include "return-kind.h"
#include "clang/AST/DeclCXX.h"
#include <set>

namespace reader {

/// Reads every class of the AST's families in the translation unit.
class ClassReader {
public:
  ClassReader(clang::Sema &S, ReturnKinds &Returns) : S(S), Returns(Returns) {}

  llvm::json::Array readAll();

private:
  void visit(const clang::DeclContext *Scope);
  void readClass(const clang::CXXRecordDecl *Record, llvm::StringRef Root);
  void readBases(const clang::CXXRecordDecl *Record, llvm::StringRef Root, std::string &Parent,
                 llvm::json::Array &Methods, std::set<std::string> &Seen);
  void readMethods(const clang::CXXRecordDecl *Record, const clang::CXXRecordDecl *Mixin,
                   llvm::json::Array &Methods, std::set<std::string> &Seen);
  bool readMethod(clang::CXXMethodDecl *Method, llvm::json::Object &Out);

  clang::Sema &S;
  ReturnKinds &Returns;
  llvm::json::Array Classes;
};

} // namespace reader
#endif
