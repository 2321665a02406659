//===- detail-writer.h - Writes the details of one row ---------*- C++ -*-===//
//
// docs/formats/protocol.md, "Details". What belongs to declarations is in
// details-decl.cpp, the rest in details.cpp.
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_DETAIL_WRITER_H
#define CMONSTER_DETAIL_WRITER_H

#include "answer.h"

namespace cmonster {

/// One row's list. What is written only with `seen` does not count as a reason
/// to send it.
class List {
  Answer &A;
  size_t Start, At;
  uint32_t Count = 0;
  bool Any = false;

public:
  List(Answer &A, uint32_t Row) : A(A), Start(A.W.size()) {
    A.W.integer(Row);
    At = A.W.beginList();
  }
  /// Whether the list stays.
  bool end() {
    if (!Any)
      A.W.Buffer.resize(Start);
    else
      A.W.endList(At, Count);
    return Any;
  }
  void none() {
    A.W.null();
    ++Count;
  }
  template <typename V> void some(const V &Value) {
    put(A, Value);
    ++Count;
    Any = true;
  }
  void node(const clang::Decl *D) { D ? some(D) : none(); }
  void type(clang::QualType Q) { Q.isNull() ? none() : some(Q); }
  void text(llvm::StringRef S) { S.empty() ? none() : some(S); }
  void flag(bool B) { B ? some(true) : none(); }
  void number(int64_t V) {
    A.W.integer(V);
    ++Count;
    Any = true;
  }
  void numberUnlessZero(int64_t V) { V ? number(V) : none(); }
  /// A list in the list; `Each` writes one value.
  template <typename Range, typename Each> void items(const Range &R, Each E) {
    size_t Inner = A.W.beginList();
    uint32_t N = 0;
    for (const auto &Item : R) {
      E(Item);
      ++N;
    }
    A.W.endList(Inner, N);
    ++Count;
    if (N)
      Any = true;
  }
  Answer &answer() { return A; }
};

class DetailWriter : public List {
  const clang::ASTContext &Context;
  const clang::PrintingPolicy &Policy;

public:
  DetailWriter(Answer &A, uint32_t Row)
      : List(A, Row), Context(A.E.context()), Policy(A.E.context().getPrintingPolicy()) {}

  void decl(const clang::Decl *D, llvm::StringRef Mangled);
  void stmt(const clang::Stmt *S);
  void type_(const clang::Type *P);
  void attr(const clang::Attr *P);
  void comment(const clang::comments::Comment *C, const clang::comments::FullComment *Full);

private:
  template <typename Range> void nodes(const Range &R) {
    items(R, [&](const clang::Decl *D) { put(answer(), D); });
  }
  void declOfClass(const clang::Decl *D);
  void definition(const clang::CXXRecordDecl *R);
  void argument(const clang::TemplateArgumentLoc &L);
  void cast_(const clang::CastExpr *E);
  llvm::StringRef command(unsigned ID);
};

/// As Clang writes it in source, `std::` for instance.
std::string printed(const clang::NestedNameSpecifier *N, const clang::PrintingPolicy &Policy,
                    bool Resolve = false);

} // namespace cmonster
#endif
