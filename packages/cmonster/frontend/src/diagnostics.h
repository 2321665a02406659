//===- diagnostics.h - Diagnostics as values --------------------*- C++ -*-===//
#ifndef CMONSTER_DIAGNOSTICS_H
#define CMONSTER_DIAGNOSTICS_H

#include "value.h"
#include "clang/Basic/Diagnostic.h"

namespace cmonster {

/// Keeps every diagnostic as a value of the snapshot's meta, in order.
class Diagnostics final : public clang::DiagnosticConsumer {
public:
  Writer W;
  uint32_t Count = 0;
  bool Errors = false, Fatal = false;
  /// The first error without a place in the source: what is wrong with the
  /// arguments or the input itself.
  std::string FirstError;
  /// Not said: it is about an argument that is not the user's.
  std::string Ignored;

  void HandleDiagnostic(clang::DiagnosticsEngine::Level Level,
                        const clang::Diagnostic &Info) override;

private:
  void range(const clang::CharSourceRange &R, const std::string *Code);
};

} // namespace cmonster
#endif
