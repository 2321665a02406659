//===- snapshot.cpp - The container that is sent ---------------------------===//
#include "snapshot.h"

namespace cmonster {

static uint64_t aligned(uint64_t N) { return (N + 7) & ~uint64_t(7); }

SnapshotWriter::SnapshotWriter(const Tree &T, const Sources &Files, const Facts &F) {
  const Rows &R = T.R;
  add(1, 2, R.Kind.data(), R.Count);
  add(2, 4, R.End.data(), R.Count);
  add(3, 4, R.Begin.data(), R.Count);
  add(4, 4, R.Last.data(), R.Count);
  add(5, 4, R.Type.data(), R.Count);
  add(6, 4, R.Bits.data(), R.Count);
  add(7, 4, R.A.data(), R.Count);
  add(8, 4, R.B.data(), R.Count);
  add(16, 2, T.T.Kind.data(), T.T.count());
  add(17, 2, T.T.Qualifiers.data(), T.T.count());
  add(18, 4, T.T.Inner.data(), T.T.count());
  add(19, 4, T.T.Decl.data(), T.T.count());
  add(20, 4, T.T.Canonical.data(), T.T.count());
  add(24, 4, T.S.Ends.data(), T.S.Ends.size());
  add(25, 1, T.S.Bytes.data(), T.S.Bytes.size());
  add(32, 4, Files.Offset.data(), Files.Offset.size());
  add(33, 4, Files.A.data(), Files.A.size());
  add(34, 4, Files.B.data(), Files.B.size());
  add(35, 4, Files.C.data(), Files.C.size());
  add(36, 1, Files.Flags.data(), Files.Flags.size());
  add(37, 4, Files.LineEntries.data(), Files.LineEntries.size());
  add(48, 4, F.Macros.data(), F.Macros.size());
  add(49, 4, F.Expansions.data(), F.Expansions.size());
  add(50, 4, F.Includes.data(), F.Includes.size());
  add(51, 4, F.Skipped.data(), F.Skipped.size());
  add(52, 4, F.Conditionals.data(), F.Conditionals.size());
  add(53, 4, F.Visits.data(), F.Visits.size());
  add(54, 4, F.VisitTimes.data(), F.VisitTimes.size());
}

uint64_t SnapshotWriter::bytes() const {
  uint64_t N = 16 + 24 * Sections.size();
  for (const Section &S : Sections)
    N = aligned(N) + S.Bytes;
  return N;
}

void SnapshotWriter::write(Sink To) const {
  Writer Header;
  Header.u32(0x4e534d43);
  Header.u32(SnapshotVersion);
  Header.u32(uint32_t(Sections.size()));
  Header.u32(0);
  uint64_t At = 16 + 24 * Sections.size();
  for (const Section &S : Sections) {
    At = aligned(At);
    Header.u32(S.Id);
    Header.u32(S.ElementSize);
    Header.raw(&At, 8);
    Header.raw(&S.Bytes, 8);
    At += S.Bytes;
  }
  To(Header.Buffer.data(), Header.size());
  At = Header.size();
  static const char Zeros[8] = {};
  for (const Section &S : Sections) {
    To(Zeros, aligned(At) - At);
    To(S.Data, S.Bytes);
    At = aligned(At) + S.Bytes;
  }
}

Sent sentSoFar(const Tree &T) {
  return {T.R.Count, T.T.count(), uint32_t(T.S.Ends.size()), uint32_t(T.S.Bytes.size())};
}

void writeDelta(const Tree &T, Sent &S, Writer &W) {
  Sent Now = sentSoFar(T);
  if (Now.Rows == S.Rows && Now.Types == S.Types && Now.Strings == S.Strings)
    return;
  W.u32(Now.Rows - S.Rows);
  W.u32(Now.Types - S.Types);
  W.u32(Now.Strings - S.Strings);
  W.u32(Now.StringBytes - S.StringBytes);
  W.u32(0);
  auto column = [&](const auto *Data, uint32_t From, uint32_t To) {
    W.raw(Data + From, size_t(To - From) * sizeof(*Data));
    while (W.size() % 4)
      W.u8(0);
  };
  const Rows &R = T.R;
  column(R.Kind.data(), S.Rows, Now.Rows);
  for (const Column<uint32_t> *C : {&R.End, &R.Begin, &R.Last, &R.Type, &R.Bits, &R.A, &R.B})
    column(C->data(), S.Rows, Now.Rows);
  column(T.T.Kind.data(), S.Types, Now.Types);
  column(T.T.Qualifiers.data(), S.Types, Now.Types);
  column(T.T.Inner.data(), S.Types, Now.Types);
  column(T.T.Decl.data(), S.Types, Now.Types);
  column(T.T.Canonical.data(), S.Types, Now.Types);
  column(T.S.Ends.data(), S.Strings, Now.Strings);
  column(T.S.Bytes.data(), S.StringBytes, Now.StringBytes);
  S = Now;
}

} // namespace cmonster
