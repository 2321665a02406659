//===- script-events.h - What a script sees of preprocessing ----*- C++ -*-===//
#ifndef CMONSTER_SCRIPT_EVENTS_H
#define CMONSTER_SCRIPT_EVENTS_H

#include "scripting.h"

namespace cmonster {

/// Notices the definitions that a script answers, and files with inline macros.
std::unique_ptr<clang::PPCallbacks> observeDefinitions(Scripting &S);
/// Tells the parent the events that it wants (docs/formats/protocol.md).
void observeEvents(Scripting &S, clang::Preprocessor &PP);
/// Puts the script before Clang's own handlers of pragmas.
void takePragmas(Scripting &S, clang::Preprocessor &PP);

} // namespace cmonster
#endif
