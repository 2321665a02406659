//===- snapshot.h - The container that is sent ------------------*- C++ -*-===//
#ifndef CMONSTER_SNAPSHOT_H
#define CMONSTER_SNAPSHOT_H

#include "channel.h"
#include "facts.h"
#include "sources.h"
#include "tree.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace cmonster {

constexpr uint32_t ProtocolVersion = 1, SnapshotVersion = 1;

/// How far the parent's copy of the growing tables reaches.
struct Sent {
  uint32_t Rows = 0, Types = 0, Strings = 0, StringBytes = 0;
};

/// The container of docs/formats/snapshot.md as pieces of memory to write.
class SnapshotWriter {
  struct Section {
    uint32_t Id, ElementSize;
    const void *Data;
    uint64_t Bytes;
  };
  std::vector<Section> Sections;
  void add(uint32_t Id, uint32_t ElementSize, const void *Data, uint64_t Count) {
    Sections.push_back({Id, ElementSize, Data, Count * ElementSize});
  }

public:
  SnapshotWriter(const Tree &T, const Sources &Files, const Facts &F);
  uint64_t bytes() const;
  using Sink = llvm::function_ref<void(const void *Data, size_t Size)>;
  void write(Sink To) const;
  void send(Channel &C) const {
    write([&](const void *Data, size_t Size) { C.writeRaw(Data, Size); });
  }
};

/// Appends what grew since `S` (docs/formats/snapshot.md, "Delta") to `W`, and
/// moves `S` forward. Nothing when nothing grew.
void writeDelta(const Tree &T, Sent &S, Writer &W);
Sent sentSoFar(const Tree &T);

} // namespace cmonster
#endif
