//===- session.h - One translation unit's conversation ----------*- C++ -*-===//
#ifndef CMONSTER_SESSION_H
#define CMONSTER_SESSION_H

#include "operations.h"
#include "preprocess.h"
#include "scripting.h"
#include "snapshot.h"

namespace cmonster {

/// Says which versions this program speaks.
void sendReady(Channel &C);

/// Parses one translation unit, sends its snapshot, and answers questions until
/// the parent closes the channel.
class Session {
public:
  /// `Parse` carries the PARSE request and its outcome, `Questions`, over `F`,
  /// questions, answers and the snapshot's bytes.
  Session(Channel &Parse, Channel &Questions, Fifos &F)
      : Parse(&Parse), Questions(&Questions), Ends(&F) {}
  /// Returns the process's exit status.
  int run();

private:
  Channel *Parse, *Questions;
  Fifos *Ends;
  Calls Asking;
  Preprocessing *Alone = nullptr; // when nothing is parsed
  int fail(llvm::StringRef Code, llvm::StringRef Message);
  std::optional<Value> request();
  std::optional<Value> reconnect(const std::string &Dir);
  void meta(Writer &W, const Compilation &C, const Tree &T, const Sources &Files,
            double SnapshotMilliseconds);
  int preprocess(Compilation &C, Strings &S);
  int serve(Tree &T, Operations &Ops, Sent &Known);
  void answer(const Frame &Ask, Tree &T, Operations &Ops, Sent &Known);
};

} // namespace cmonster
#endif
