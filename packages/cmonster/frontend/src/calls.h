//===- calls.h - Asking the parent in the middle of work --------*- C++ -*-===//
//
// docs/formats/protocol.md, "Calls". While the parent works on a call it may
// ask questions of its own; the answers may need further calls.
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_CALLS_H
#define CMONSTER_CALLS_H

#include "channel.h"
#include <functional>

namespace cmonster {

/// Ends the process by SIGALRM when its work takes too long: a parent that
/// waits for it needs nobody else to look at the clock. There is one for the
/// process; one timer runs for many spans of work, as setting it anew for each
/// would cost as much as a question does.
class Deadline {
  uint64_t Milliseconds = 0; // 0: none
  int64_t Left = 0;          // nanoseconds, while it is paused

public:
  void limit(uint64_t Limit) { Milliseconds = Limit; }
  void arm() const;
  void disarm() const;
  /// While the parent works on a call. Work that calls without end ends all the
  /// same: what counts is the work's own time.
  void pause();
  void resume() const;
};

class Calls {
public:
  /// Stops while the parent works on a call.
  Deadline Limit;

  /// Answers an ASK frame that arrives instead of a RETURN.
  using Answerer = std::function<void(const Frame &)>;

  /// Where the parent listens at this time.
  void attach(Channel *C) { Via = C; }
  bool attached() const { return Via; }

  /// Starts a call or an event: a list whose first item is its name. Items are
  /// written to the result; `count` says how many, the name among them.
  Writer begin(llvm::StringRef Name);
  /// Sends what `begin` started and waits for what the parent makes of it.
  Value call(Writer &W, uint32_t Count, const Answerer &OnAsk);
  /// Answers a question that was asked in the middle of a call.
  void answer(const Writer &W) { Via->write(FrameType::Answer, W.Buffer); }
  /// Sends it and expects nothing.
  void event(Writer &W, uint32_t Count);

private:
  Channel *Via = nullptr;
  uint32_t Last = 0;
};

} // namespace cmonster
#endif
