//===- compile.h - From a compiler's arguments to an AST --------*- C++ -*-===//
#ifndef CMONSTER_COMPILE_H
#define CMONSTER_COMPILE_H

#include "checkpoint.h"
#include "diagnostics.h"
#include "facts.h"
#include "value.h"
#include "clang/Frontend/CompilerInstance.h"
#include <memory>
#include <string>
#include <vector>

namespace cmonster {

class Scripting;

/// CPU time of this process so far.
double cpuMilliseconds();

/// One parsed translation unit. What it owns is never freed: the process ends
/// with it.
class Compilation {
public:
  Strings &S;
  Facts PreprocessingFacts;
  Diagnostics *Diags = nullptr;
  std::unique_ptr<clang::CompilerInstance> Instance;
  std::vector<std::string> Command; // the resolved cc1 arguments
  double ParseMilliseconds = 0;
  /// What a script decides, when there is one.
  Scripting *Script = nullptr;
  /// Only the preprocessor: it is left standing at the main file's start.
  bool PreprocessOnly = false;
  /// When the parse is to be resumable.
  Checkpoint *Keep = nullptr;

  struct Error {
    std::string Code, Message;
  };

  explicit Compilation(Strings &S) : S(S), PreprocessingFacts(S) {}

  /// Runs the driver and the parser on `Request` (docs/formats/protocol.md,
  /// "Parse request"). Errors in the source are diagnostics, not errors.
  std::optional<Error> run(const Value &Request);
  /// Says to a script that the main file has been read to its end.
  void endOfSource();

private:
  std::optional<Error> invocation(const Value &Request,
                                  std::shared_ptr<clang::CompilerInvocation> &);
  std::optional<Error> preprocess();
  /// Clang looks for the main file's lines sooner or later, slower than this.
  void findMainLines();
  llvm::BumpPtrAllocator LineMemory;
};

} // namespace cmonster
#endif
