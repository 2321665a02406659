//===- value.cpp - Decoding of the protocol's values -----------------------===//
#include "value.h"

namespace cmonster {

Value Reader::value(unsigned Depth) {
  Value V;
  V.T = Tag(u8());
  switch (V.T) {
  case Tag::Undefined:
  case Tag::False:
  case Tag::True:
  case Tag::Null:
    break;
  case Tag::Int:
    V.Int = int32_t(u32());
    break;
  case Tag::BigInt64:
    V.Int = int64_t(u64());
    break;
  case Tag::Double: {
    uint64_t Bits = u64();
    std::memcpy(&V.Double, &Bits, 8);
    break;
  }
  case Tag::Node:
  case Tag::Type:
  case Tag::Location:
    V.Int = u32();
    break;
  case Tag::Range:
    V.Int = int64_t(u64());
    break;
  case Tag::String:
  case Tag::BigInteger:
  case Tag::Bytes: {
    uint32_t Size = u32();
    if (const char *D = take(Size))
      V.Text.assign(D, Size);
    break;
  }
  case Tag::List:
  case Tag::Map: {
    uint64_t Count = uint64_t(u32()) * (V.T == Tag::Map ? 2 : 1);
    if (Depth > 64)
      Bad = true;
    for (uint64_t I = 0; I < Count && !Bad; ++I)
      V.Items.push_back(value(Depth + 1));
    break;
  }
  case Tag::Error:
    return value(Depth + 1);
  default:
    Bad = true;
  }
  return V;
}

} // namespace cmonster
