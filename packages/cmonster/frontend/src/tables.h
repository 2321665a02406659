//===- tables.h - The columns of a snapshot, while they grow ----*- C++ -*-===//
//
// docs/formats/snapshot.md. Everything here is append-only.
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_TABLES_H
#define CMONSTER_TABLES_H

#include "kinds.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include <cstdlib>
#include <memory>
#include <vector>

namespace cmonster {

/// An array of trivial elements that grows without initialising them.
template <typename T> class Column {
  T *Data = nullptr;

public:
  Column() = default;
  Column(const Column &) = delete;
  Column &operator=(const Column &) = delete;
  ~Column() { std::free(Data); }
  void grow(size_t Capacity) {
    T *New = static_cast<T *>(std::realloc(Data, Capacity * sizeof(T)));
    if (!New)
      llvm::report_bad_alloc_error("out of memory for a snapshot column");
    Data = New;
  }
  T &operator[](size_t I) { return Data[I]; }
  const T &operator[](size_t I) const { return Data[I]; }
  const T *data() const { return Data; }
};

/// The rows of docs/formats/snapshot.md, and what identifies each in Clang.
struct Rows {
  uint32_t Count = 0, Capacity = 0;
  Column<uint16_t> Kind;
  Column<uint32_t> End, Begin, Last, Type, Bits, A, B;
  Column<const void *> Pointer;
  /// Second pointer of NestedNameSpecifierLocs; by row.
  std::vector<std::pair<uint32_t, const void *>> Second;

  uint32_t add(NodeKind K, const void *P) {
    if (Count == Capacity)
      grow();
    uint32_t R = Count++;
    Kind[R] = K;
    End[R] = Begin[R] = Last[R] = Type[R] = Bits[R] = A[R] = B[R] = 0;
    Pointer[R] = P;
    return R;
  }
  const void *second(uint32_t R) const;
  void grow();
};

/// From pointers to numbers. AST nodes come out of a bump allocator, so nearby
/// nodes share a page of the table: a lookup costs little more than an array's.
/// A slot stands for 16 bytes: no two objects of at least that size begin in
/// the same ones.
class PointerMap {
  static constexpr unsigned PageBits = 16, GrainBits = 4;
  llvm::DenseMap<uintptr_t, uint32_t *> Pages;
  uintptr_t LastKey = ~uintptr_t(0);
  uint32_t *LastPage = nullptr;

  uint32_t *page(uintptr_t Key) {
    if (Key == LastKey)
      return LastPage;
    uint32_t *&P = Pages[Key];
    if (!P)
      P = static_cast<uint32_t *>(
          std::calloc(size_t(1) << (PageBits - GrainBits), sizeof(uint32_t)));
    LastKey = Key;
    return LastPage = P;
  }

public:
  static constexpr size_t LeastSize = size_t(1) << GrainBits;

  ~PointerMap() {
    for (auto &Entry : Pages)
      std::free(Entry.second);
  }
  /// The slot of `P`; 0 until somebody fills it. Valid for ever.
  uint32_t &operator[](const void *P) {
    uintptr_t V = reinterpret_cast<uintptr_t>(P);
    return page(V >> PageBits)[(V & ((uintptr_t(1) << PageBits) - 1)) >> GrainBits];
  }
};

/// Interned strings; index 0 is the empty one.
class Strings {
  llvm::StringMap<uint32_t> Index;
  llvm::DenseMap<const void *, uint32_t> Names;

public:
  std::vector<uint32_t> Ends{0};
  std::vector<char> Bytes;

  uint32_t add(llvm::StringRef S);
  /// A declaration's name, printed as Clang prints it.
  uint32_t name(clang::DeclarationName N);
};

/// docs/formats/snapshot.md, "Types".
struct Types {
  std::vector<clang::QualType> Type;
  std::vector<uint16_t> Kind, Qualifiers;
  std::vector<uint32_t> Inner, Decl, Canonical;
  std::vector<uint32_t> Row; // of the node that shows it; not sent

  void reserve(size_t N) {
    Type.reserve(N);
    for (std::vector<uint16_t> *C : {&Kind, &Qualifiers})
      C->reserve(N);
    for (std::vector<uint32_t> *C : {&Inner, &Decl, &Canonical, &Row})
      C->reserve(N);
  }
  uint32_t count() const { return uint32_t(Type.size()); }
};

} // namespace cmonster
#endif
