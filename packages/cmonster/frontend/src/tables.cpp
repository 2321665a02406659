//===- tables.cpp - The columns of a snapshot, while they grow -------------===//
#include "tables.h"
#include "clang/AST/DeclarationName.h"
#include <algorithm>

namespace cmonster {

void Rows::grow() {
  Capacity = Capacity ? Capacity * 2 : 1 << 15;
  Kind.grow(Capacity);
  for (Column<uint32_t> *C : {&End, &Begin, &Last, &Type, &Bits, &A, &B})
    C->grow(Capacity);
  Pointer.grow(Capacity);
}

const void *Rows::second(uint32_t R) const {
  auto It = std::lower_bound(Second.begin(), Second.end(), R,
                             [](const auto &Entry, uint32_t Row) { return Entry.first < Row; });
  return It != Second.end() && It->first == R ? It->second : nullptr;
}

uint32_t Strings::add(llvm::StringRef S) {
  if (S.empty())
    return 0;
  auto [It, New] = Index.try_emplace(S, uint32_t(Ends.size()));
  if (New) {
    Bytes.insert(Bytes.end(), S.begin(), S.end());
    Ends.push_back(uint32_t(Bytes.size()));
  }
  return It->second;
}

uint32_t Strings::name(clang::DeclarationName N) {
  if (N.isEmpty())
    return 0;
  auto [It, New] = Names.try_emplace(N.getAsOpaquePtr(), 0);
  if (New) {
    const clang::IdentifierInfo *II = N.getAsIdentifierInfo();
    // Clang prints the mangled names of OpenMP's variants as they were written.
    bool Plain = II && !II->getName().contains('$');
    uint32_t I = Plain ? add(II->getName()) : add(N.getAsString());
    Names[N.getAsOpaquePtr()] = I;
    return I;
  }
  return It->second;
}

} // namespace cmonster
