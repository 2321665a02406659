//===- preprocess.h - Preprocessing without a parser ------------*- C++ -*-===//
//
// Questions to a child whose PARSE request had the mode `preprocess`: tokens in
// batches, the text that `clang -E` prints, and the facts once all is read.
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_PREPROCESS_H
#define CMONSTER_PREPROCESS_H

#include "answer.h"
#include "calls.h"
#include "compile.h"
#include "sources.h"
#include "tree.h"

namespace cmonster {

class Preprocessing {
public:
  /// Writes the map `meta` of what has been read.
  using Meta = std::function<void(Writer &)>;
  Preprocessing(Compilation &C, Tree &T, Sources &Files, Calls &Events, Meta WriteMeta)
      : C(C), T(T), Files(Files), Events(Events), WriteMeta(std::move(WriteMeta)),
        SentEntries(uint32_t(Files.Offset.size())), SentFiles(Files.fileCount()) {}

  /// False for questions of another kind.
  bool answer(uint32_t Op, Reader &Arguments, Answer &A);

private:
  Compilation &C;
  Tree &T;
  Sources &Files;
  Calls &Events;
  Meta WriteMeta;
  uint32_t SentEntries, SentFiles;
  bool Started = false, Ended = false;
  /// Numbers of spellings, by identifier and by kind.
  llvm::DenseMap<const clang::IdentifierInfo *, uint32_t> Identifiers;
  uint32_t Punctuators[clang::tok::NUM_TOKENS] = {};

  void start(bool Expand);
  void end();
  uint32_t spelling(const clang::Token &T);
  void nextTokens(uint32_t Most, bool Expand, Answer &A);
  void text(Answer &A);
  void rest(Answer &A);
  void sources(Answer &A);
};

} // namespace cmonster
#endif
