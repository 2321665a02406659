//===- guard.h - Calling what may fail an assertion or fault ----*- C++ -*-===//
//
// Clang's getters state their preconditions as assertions. The generated getters
// are compiled with the headers' assertions on, and an assertion that fails
// there means "this question does not apply": the call is left and the answer is
// `undefined`. A fault (a null or dangling pointer behind a precondition that
// nobody wrote down) leaves the same way, as an error.
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_GUARD_H
#define CMONSTER_GUARD_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include <cstddef>
#include <string>

namespace cmonster {

enum class Outcome { Done, Assertion, Fault };

/// Runs `F`; what it allocated is lost when it does not come back. Not
/// re-entrant, one thread only.
Outcome guarded(llvm::function_ref<void()> F, std::string &Why);

/// Installs the handlers for faults, on a stack of their own so that running
/// out of stack is reported too.
void installFaultHandlers();

/// From here on this thread's stack grows by about so much at most: a recursion
/// without end (Clang's mangler has some) faults within a second or two instead
/// of filling the gigabytes that a deep source may need.
void limitStack(size_t Bytes);

} // namespace cmonster
#endif
