//===- answer.h - Any getter's result as one protocol value -----*- C++ -*-===//
//
// `put(Answer, x)` for everything that a generated getter may return. Pointers
// may be null; ranges become lists.
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_ANSWER_H
#define CMONSTER_ANSWER_H

#include "entities.h"
#include "value.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/CanonicalType.h"
#include "clang/AST/DeclObjC.h"
#include "clang/AST/TemplateName.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APSInt.h"
#include "llvm/ADT/PointerUnion.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/VersionTuple.h"
#include <optional>
#include <type_traits>
#include <utility>

namespace cmonster {

/// Takes exactly one value for one question.
class Answer {
public:
  Writer &W;
  Entities &E;
  Answer(Writer &W, Entities &E) : W(W), E(E) {}
  void undefined() { W.undefined(); }
};

inline void put(Answer &A, llvm::StringRef S) { A.W.string(S); }
inline void put(Answer &A, const std::string &S) { A.W.string(S); }
inline void put(Answer &A, const char *S) { S ? A.W.string(S) : A.W.null(); }
inline void put(Answer &A, const clang::IdentifierInfo *I) {
  I ? A.W.string(I->getName()) : A.W.null();
}
inline void put(Answer &A, clang::DeclarationName N) { A.W.string(N.getAsString()); }
inline void put(Answer &A, clang::DeclarationNameInfo N) { A.W.string(N.getAsString()); }
inline void put(Answer &A, clang::Selector S) { A.W.string(S.getAsString()); }
inline void put(Answer &A, clang::SourceLocation L) { A.W.location(L.getRawEncoding()); }
inline void put(Answer &A, clang::SourceRange R) {
  A.W.range(R.getBegin().getRawEncoding(), R.getEnd().getRawEncoding());
}
inline void put(Answer &A, const llvm::VersionTuple &V) {
  V.empty() ? A.W.null() : A.W.string(V.getAsString());
}
inline void put(Answer &A, const llvm::APSInt &V) {
  llvm::SmallString<40> S;
  V.toString(S, 10);
  A.W.text(Tag::BigInteger, S);
}
inline void put(Answer &A, const llvm::APInt &V) {
  llvm::SmallString<40> S;
  V.toString(S, 10, /*Signed=*/false);
  A.W.text(Tag::BigInteger, S);
}
inline void put(Answer &A, const llvm::APFloat &V) {
  llvm::APFloat D = V;
  bool Lost;
  D.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &Lost);
  A.W.number(D.convertToDouble());
}
inline void put(Answer &A, clang::QualType T) { A.W.type(A.E.typeOf(T)); }
inline void put(Answer &A, clang::TypeLoc T) { A.W.node(A.E.rowOf(T)); }
inline void put(Answer &A, const clang::TypeSourceInfo *T) {
  T ? A.W.node(A.E.rowOf(T->getTypeLoc())) : A.W.null();
}
inline void put(Answer &A, clang::NestedNameSpecifierLoc N) {
  N ? A.W.node(A.E.rowOf(N)) : A.W.null();
}
inline void put(Answer &A, const clang::NestedNameSpecifier *N) {
  if (!N)
    return A.W.null();
  llvm::SmallString<64> S;
  llvm::raw_svector_ostream OS(S);
  N->print(OS, A.E.context().getPrintingPolicy());
  A.W.string(S);
}
inline void put(Answer &A, clang::TemplateName N) {
  if (N.isNull())
    return A.W.null();
  if (const clang::TemplateDecl *D = N.getAsTemplateDecl())
    return A.W.node(A.E.rowOf(static_cast<const clang::Decl *>(D)));
  llvm::SmallString<64> S;
  llvm::raw_svector_ostream OS(S);
  N.print(OS, A.E.context().getPrintingPolicy());
  A.W.string(S);
}
inline void put(Answer &A, const clang::TemplateArgument &T) { A.W.node(A.E.rowOf(T)); }
inline void put(Answer &A, const clang::TemplateArgumentLoc &T) { A.W.node(A.E.rowOf(T)); }

template <typename T> void put(Answer &A, const T &V);

namespace detail {
template <typename Union, typename... Members> void putUnion(Answer &A, const Union &U) {
  bool Found = false;
  ((!Found && llvm::isa<Members>(U) ? (Found = true, put(A, llvm::cast<Members>(U))) : void()),
   ...);
}

/// Pointers to AST nodes, by family.
template <typename T> void putNode(Answer &A, const T *P) {
  using namespace clang;
  if (!P)
    return A.W.null();
  if constexpr (std::is_base_of_v<Decl, T>)
    A.W.node(A.E.rowOf(static_cast<const Decl *>(P)));
  else if constexpr (std::is_same_v<DeclContext, T>)
    A.W.node(A.E.rowOf(static_cast<const Decl *>(cast<Decl>(P))));
  else if constexpr (std::is_base_of_v<Stmt, T>)
    A.W.node(A.E.rowOf(static_cast<const Stmt *>(P)));
  else if constexpr (std::is_base_of_v<Type, T>)
    A.W.type(A.E.typeOf(QualType(static_cast<const Type *>(P), 0)));
  else if constexpr (std::is_base_of_v<Attr, T>)
    A.W.node(A.E.rowOf(static_cast<const Attr *>(P)));
  else if constexpr (std::is_base_of_v<comments::Comment, T>)
    A.W.node(A.E.rowOf(static_cast<const comments::Comment *>(P)));
  else if constexpr (std::is_base_of_v<OMPClause, T>)
    A.W.node(A.E.rowOf(static_cast<const OMPClause *>(P)));
  else if constexpr (std::is_base_of_v<OpenACCClause, T>)
    A.W.node(A.E.rowOf(static_cast<const OpenACCClause *>(P)));
  else if constexpr (std::is_base_of_v<concepts::Requirement, T>)
    A.W.node(A.E.rowOf(static_cast<const concepts::Requirement *>(P)));
  else if constexpr (std::is_base_of_v<TemplateArgumentList, T>)
    put(A, P->asArray());
  else if constexpr (std::is_base_of_v<ASTTemplateArgumentListInfo, T>)
    put(A, P->arguments());
  else if constexpr (std::is_same_v<TemplateParameterList, T>)
    put(A, P->asArray());
  else if constexpr (std::is_same_v<ObjCTypeParamList, T>)
    put(A, llvm::make_range(P->begin(), P->end()));
  else if constexpr (std::is_same_v<TemplateArgument, T> || std::is_same_v<TemplateArgumentLoc, T>)
    A.W.node(A.E.rowOf(*P));
  else
    A.W.node(A.E.rowOf(P));
}

template <typename T, typename = void> struct IsRange : std::false_type {};
template <typename T>
struct IsRange<
    T, std::void_t<decltype(std::declval<const T &>().begin() != std::declval<const T &>().end())>>
    : std::true_type {};
template <typename T> struct IsOptional : std::false_type {};
template <typename T> struct IsOptional<std::optional<T>> : std::true_type {};
template <typename T> struct IsPair : std::false_type {};
template <typename A, typename B> struct IsPair<std::pair<A, B>> : std::true_type {};
template <typename T> struct IsCanQual : std::false_type {};
template <typename T> struct IsCanQual<clang::CanQual<T>> : std::true_type {};
} // namespace detail

template <typename T> void put(Answer &A, const T &V) {
  using D = std::decay_t<T>;
  if constexpr (std::is_same_v<D, bool>)
    A.W.boolean(V);
  else if constexpr (std::is_floating_point_v<D>)
    A.W.number(V);
  else if constexpr (std::is_enum_v<D>)
    A.W.integer(int64_t(V));
  else if constexpr (std::is_same_v<D, uint64_t> || std::is_same_v<D, unsigned long long>) {
    if (V > uint64_t(INT64_MAX))
      put(A, llvm::APInt(64, V));
    else
      A.W.integer(int64_t(V));
  } else if constexpr (std::is_integral_v<D>)
    A.W.integer(int64_t(V));
  else if constexpr (std::is_same_v<D, clang::CharUnits>)
    A.W.integer(V.getQuantity());
  else if constexpr (std::is_pointer_v<D>) {
    using P = std::remove_pointer_t<D>;
    if constexpr (!std::is_const_v<P>)
      put(A, static_cast<const P *>(V)); // the overloads above take pointers to const
    else
      detail::putNode(A, V);
  } else if constexpr (detail::IsOptional<D>::value)
    V ? put(A, *V) : A.W.undefined();
  else if constexpr (detail::IsPair<D>::value) {
    A.W.list(2);
    put(A, V.first);
    put(A, V.second);
  } else if constexpr (detail::IsCanQual<D>::value)
    put(A, clang::QualType(V));
  else if constexpr (std::is_base_of_v<clang::TypeLoc, D>)
    put(A, static_cast<const clang::TypeLoc &>(V));
  else if constexpr (std::is_same_v<D, clang::CXXBaseSpecifier> ||
                     std::is_same_v<D, clang::LambdaCapture> ||
                     std::is_same_v<D, clang::BlockDecl::Capture> ||
                     std::is_same_v<D, clang::DesignatedInitExpr::Designator>)
    A.W.node(A.E.rowOf(&V));
  else if constexpr (detail::IsRange<D>::value) {
    size_t At = A.W.beginList();
    uint32_t Count = 0;
    for (const auto &Item : V) {
      put(A, Item);
      ++Count;
    }
    A.W.endList(At, Count);
  } else
    static_assert(!sizeof(T), "no put() for this type");
}

template <typename... Members> void put(Answer &A, const llvm::PointerUnion<Members...> &U) {
  if (U.isNull())
    return A.W.null();
  detail::putUnion<llvm::PointerUnion<Members...>, Members...>(A, U);
}

} // namespace cmonster
#endif
