//===- session.h - One translation unit's conversation ----------*- C++ -*-===//
#ifndef CMONSTER_SESSION_H
#define CMONSTER_SESSION_H

#include "operations.h"
#include "snapshot.h"

namespace cmonster {

/// Parses one translation unit, sends its snapshot, and answers questions until
/// the parent closes the channel. Returns the process's exit status.
class Session {
public:
  /// `ParseIn`/`ParseOut` carry the PARSE request and its outcome, `Ask` and
  /// `Bulk` questions, answers and the snapshot's bytes.
  Session(Channel &Parse, Channel &Questions) : Parse(Parse), Questions(Questions) {}
  int run();

private:
  Channel &Parse, &Questions;
  int fail(llvm::StringRef Code, llvm::StringRef Message);
  void meta(Writer &W, const Compilation &C, const Tree &T, const Sources &Files,
            double SnapshotMilliseconds);
  void answer(const Frame &Ask, Tree &T, Operations &Ops, Sent &Known);
};

} // namespace cmonster
#endif
