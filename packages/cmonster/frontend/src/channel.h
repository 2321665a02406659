//===- channel.h - Frames to and from the parent ----------------*- C++ -*-===//
//
// docs/formats/protocol.md, "Frames".
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_CHANNEL_H
#define CMONSTER_CHANNEL_H

#include "value.h"
#include <string>
#include <vector>

namespace cmonster {

enum class FrameType : uint8_t {
  Ready = 1,
  Parse,
  Parsed,
  Failed,
  Ask,
  Answer,
  Call,
  Return,
  Event,
};

struct Frame {
  FrameType Type;
  std::vector<char> Payload;
};

/// A pair of descriptors. Ends the process when the parent is gone: there is
/// nobody left to answer.
class Channel {
public:
  /// `Written`, if there is one, is told how many frames have been written.
  Channel(int In, int Out, uint32_t *Written = nullptr) : In(In), Out(Out), Written(Written) {}

  /// Blocks for the next frame; false at end of file.
  bool read(Frame &F);
  /// Like read, but looks for input for a while before it sleeps.
  bool readSpinning(Frame &F);
  void write(FrameType Type, const std::vector<char> &Payload);
  /// Bytes that no frame surrounds.
  void writeRaw(const void *Data, size_t Size);

private:
  int In, Out;
  uint32_t *Written;
  bool fill(size_t Wanted);
  std::vector<char> Input; // read ahead: [At, End) of it
  size_t At = 0, End = 0;
  bool Spin = false;
};

/// The two FIFOs of a conversation, made in a directory of its own
/// (docs/formats/protocol.md, "Start").
struct Fifos {
  int Ask = -1, Answer = -1;
  /// The answers' reading end, held until the parent has opened its own.
  int Hold = -1;
  /// How many frames have been answered, in memory shared with the parent, which
  /// looks there for a while before it sleeps; null where that is not to be had.
  uint32_t *Answered = nullptr;
  std::string Directory;

  /// Makes and opens them; false with `errno` set when that fails.
  bool make(const std::string &Dir);
  /// Blocks until the parent has opened its end of the questions.
  void await() const;
  void release();
};

} // namespace cmonster
#endif
