//===- calls.cpp - Asking the parent in the middle of work -----------------===//
#include "calls.h"
#include <unistd.h>

namespace cmonster {

/// Behind the call's number and the list's tag.
static constexpr size_t CountAt = 5;

Writer Calls::begin(llvm::StringRef Name) {
  Writer W;
  W.u32(0);
  W.list(0);
  W.string(Name);
  return W;
}

Value Calls::call(Writer &W, uint32_t Count, const Answerer &OnAsk) {
  uint32_t Id = ++Last;
  W.patch(0, Id);
  W.patch(CountAt, Count);
  Via->write(FrameType::Call, W.Buffer);
  Frame F;
  while (Via->readSpinning(F)) {
    if (F.Type == FrameType::Ask) {
      OnAsk(F);
      continue;
    }
    if (F.Type != FrameType::Return)
      _exit(70);
    Reader In(F.Payload.data(), F.Payload.size());
    if (In.u32() != Id)
      _exit(70);
    Value V = In.value();
    if (In.Bad)
      _exit(70);
    return V;
  }
  _exit(0); // nobody is there to go on for
}

void Calls::event(Writer &W, uint32_t Count) {
  W.patch(0, 0);
  W.patch(CountAt, Count);
  Via->write(FrameType::Event, W.Buffer);
}

} // namespace cmonster
