//===- row-filler.h - What the generated fillColumns writes into *- C++ -*-===//
#ifndef CMONSTER_ROW_FILLER_H
#define CMONSTER_ROW_FILLER_H

#include "tree.h"

namespace cmonster {

/// What the generated fillColumns writes into.
struct RowFiller {
  Tree &T;
  uint32_t Row;

  void bits(uint32_t V) { T.R.Bits[Row] = V; }
  void aString(llvm::StringRef S) { T.R.A[Row] = T.S.add(S); }
  void aName(DeclarationName N) { T.R.A[Row] = T.S.name(N); }
  void aDecl(const Decl *D) { T.R.A[Row] = reference(D, false); }
  void bDecl(const Decl *D) { T.R.B[Row] = reference(D, true); }
  void bLocation(SourceLocation L) { T.R.B[Row] = L.getRawEncoding(); }
  void bType(QualType Q) { T.R.B[Row] = T.typeOf(Q); }
  void bNumber(uint32_t V) { T.R.B[Row] = V; }

  uint32_t reference(const Decl *D, bool IsB) {
    if (!D)
      return 0;
    uint32_t Target = T.numberOf(D);
    if (!Target)
      T.Unresolved.push_back({nullptr, Row, IsB, D});
    return Target;
  }
};

} // namespace cmonster
#endif
