//===- operations.h - Questions that are not a getter of one class ---------===//
//
// docs/formats/protocol.md, "Operations": numbers, subjects, arguments, answers.
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_OPERATIONS_H
#define CMONSTER_OPERATIONS_H

#include "answer.h"
#include "compile.h"
#include "details.h"
#include "sources.h"
#include "tree.h"

namespace cmonster {

enum Operation : uint32_t {
  OP_EXPAND = 0x10000,
  OP_TOKEN_LENGTHS,
  OP_FILE_BYTES,
  OP_FILE_TOKENS,
  OP_PRINT,
  OP_EVALUATE,
  OP_LAYOUT,
  OP_TYPE_FACTS,
  OP_MANGLED,
  OP_USR,
  OP_LOOKUP,
  OP_TOKEN_KINDS,
  OP_COMMENT,
  OP_PARENT,
  OP_MACRO_TOKENS,
  OP_COMMENTS,
  OP_DETAILS,
  OP_EXPAND_ARGUMENT,
  OP_TOKENIZE,
  OP_NEXT_TOKENS,
  OP_PREPROCESS_TEXT,
  OP_PREPROCESS_REST,
  OP_SOURCES,
  OP_TYPE_TEXTS,
  OP_FILE_LINES,
};

/// The tokens of a text by itself: a list of three items for each, the first -1.
void tokenize(clang::Preprocessor &PP, const std::string &Text, Writer &W);

/// Answers one question; knows the whole translation unit.
class Operations {
public:
  Operations(Compilation &C, Tree &T, Sources &Files) : C(C), T(T), Files(Files), D(T) {}
  void answer(uint32_t Op, uint32_t Handle, Reader &Arguments, Answer &A);

private:
  Compilation &C;
  Tree &T;
  Sources &Files;
  Details D;
  llvm::DenseMap<uint32_t, std::pair<uint32_t, uint32_t>> Expanded;

  void expand(uint32_t Row, Answer &A);
  void tokenLengths(const Value &Locations, Answer &A);
  void fileTokens(uint32_t File, Answer &A);
  void print(const Subject &S, const Value &Options, Answer &A);
  void evaluate(const Subject &S, const std::string &As, Answer &A);
  void put(const clang::APValue &V, Answer &A);
  void recordLayout(const clang::RecordDecl *D, Answer &A);
  void typeLayout(clang::QualType Q, Answer &A);
  void typeFacts(clang::QualType Q, Answer &A);
  void typeTexts(llvm::StringRef Types, Answer &A);
  void mangled(const clang::NamedDecl *D, Answer &A);
  void lookup(const clang::DeclContext *DC, llvm::StringRef Path, Answer &A);
  void macroTokens(uint32_t Macro, Answer &A);
  llvm::StringRef fileText(uint32_t File) const;
  void fileLines(uint32_t File, Answer &A);
  void comments(uint32_t File, Answer &A);
};

} // namespace cmonster
#endif
