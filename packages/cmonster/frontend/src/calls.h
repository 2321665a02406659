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

class Calls {
public:
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
