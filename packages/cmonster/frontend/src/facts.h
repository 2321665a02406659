//===- facts.h - What happened while preprocessing --------------*- C++ -*-===//
#ifndef CMONSTER_FACTS_H
#define CMONSTER_FACTS_H

#include "tables.h"
#include <memory>
#include <vector>

namespace clang {
class PPCallbacks;
class Preprocessor;
class MacroInfo;
} // namespace clang

namespace cmonster {

/// docs/formats/snapshot.md, "Preprocessing".
class Facts {
public:
  std::vector<uint32_t> Macros, Expansions, Includes, Skipped, Conditionals, Visits, VisitTimes;
  Strings &S;
  std::vector<const clang::MacroInfo *> Infos; // by macro index
  llvm::DenseMap<const clang::MacroInfo *, uint32_t> Index;

  std::vector<uint32_t> Open; // visits that have not ended

  explicit Facts(Strings &S) : S(S) {}
  /// Says of files that are not left, the main file among them, that they are
  /// until now.
  void settle();
  /// Observes `PP` from now on; the preprocessor owns what is returned.
  std::unique_ptr<clang::PPCallbacks> observe(clang::Preprocessor &PP);
};

} // namespace cmonster
#endif
