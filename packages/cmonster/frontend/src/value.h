//===- value.h - The protocol's values and frames, encoded ------*- C++ -*-===//
//
// docs/formats/protocol.md, "Values". Little-endian hosts only.
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_VALUE_H
#define CMONSTER_VALUE_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace cmonster {

enum class Tag : uint8_t {
  Undefined,
  False,
  True,
  Int,
  BigInt64,
  Double,
  String,
  Node,
  Type,
  Location,
  Range,
  List,
  Null,
  Map,
  BigInteger,
  Bytes,
  Error,
};

/// Appends values to a growing buffer.
class Writer {
public:
  std::vector<char> Buffer;

  size_t size() const { return Buffer.size(); }
  void clear() { Buffer.clear(); }
  void raw(const void *Data, size_t Size) {
    const char *P = static_cast<const char *>(Data);
    Buffer.insert(Buffer.end(), P, P + Size);
  }
  void u8(uint8_t V) { Buffer.push_back(char(V)); }
  void u32(uint32_t V) { raw(&V, 4); }
  void f64(double V) { raw(&V, 8); }
  /// Overwrites the `u32` at `At`, for counts known only afterwards.
  void patch(size_t At, uint32_t V) { std::memcpy(&Buffer[At], &V, 4); }

  void tag(Tag T) { u8(uint8_t(T)); }
  void undefined() { tag(Tag::Undefined); }
  void null() { tag(Tag::Null); }
  void boolean(bool V) { tag(V ? Tag::True : Tag::False); }
  void integer(int64_t V) {
    if (V >= INT32_MIN && V <= INT32_MAX) {
      int32_t Small = int32_t(V);
      tag(Tag::Int);
      raw(&Small, 4);
    } else {
      tag(Tag::BigInt64);
      raw(&V, 8);
    }
  }
  void number(double V) {
    tag(Tag::Double);
    f64(V);
  }
  void text(Tag T, llvm::StringRef S) {
    tag(T);
    u32(uint32_t(S.size()));
    raw(S.data(), S.size());
  }
  void string(llvm::StringRef S) { text(Tag::String, S); }
  void bytes(llvm::StringRef S) { text(Tag::Bytes, S); }
  void node(uint32_t Row) {
    tag(Tag::Node);
    u32(Row);
  }
  void type(uint32_t Index) {
    tag(Tag::Type);
    u32(Index);
  }
  void location(uint32_t Raw) {
    tag(Tag::Location);
    u32(Raw);
  }
  void range(uint32_t Begin, uint32_t End) {
    tag(Tag::Range);
    u32(Begin);
    u32(End);
  }
  /// Starts a list (or map) whose count is patched by `endList`.
  size_t beginList(Tag T = Tag::List) {
    tag(T);
    u32(0);
    return size() - 4;
  }
  void endList(size_t At, uint32_t Count) { patch(At, Count); }
  void list(uint32_t Count) {
    tag(Tag::List);
    u32(Count);
  }
};

/// A decoded value: what the parent sends is small, so a plain tree will do.
struct Value {
  Tag T = Tag::Undefined;
  int64_t Int = 0;
  double Double = 0;
  std::string Text;
  std::vector<Value> Items; // list; map: key, value, key, value, …

  const Value *get(llvm::StringRef Key) const {
    if (T == Tag::Map)
      for (size_t I = 0; I + 1 < Items.size(); I += 2)
        if (Items[I].Text == Key)
          return &Items[I + 1];
    return nullptr;
  }
  bool flag(llvm::StringRef Key, bool Default = false) const {
    const Value *V = get(Key);
    return V ? V->T == Tag::True : Default;
  }
  std::string str(llvm::StringRef Key) const {
    const Value *V = get(Key);
    return V ? V->Text : std::string();
  }
};

/// Reads values out of a frame; `Bad` is set on anything malformed.
class Reader {
  const char *P, *End;

public:
  bool Bad = false;
  Reader(const char *Data, size_t Size) : P(Data), End(Data + Size) {}

  bool atEnd() const { return P == End; }
  const char *take(size_t Size) {
    if (size_t(End - P) < Size) {
      Bad = true;
      P = End;
      return nullptr;
    }
    const char *Result = P;
    P += Size;
    return Result;
  }
  uint8_t u8() {
    const char *D = take(1);
    return D ? uint8_t(*D) : 0;
  }
  uint32_t u32() {
    uint32_t V = 0;
    if (const char *D = take(4))
      std::memcpy(&V, D, 4);
    return V;
  }
  uint64_t u64() {
    uint64_t V = 0;
    if (const char *D = take(8))
      std::memcpy(&V, D, 8);
    return V;
  }
  Value value(unsigned Depth = 0);
};

} // namespace cmonster
#endif
