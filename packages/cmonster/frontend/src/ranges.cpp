//===- ranges.cpp - Source ranges from the children's ----------------------===//
//
// Clang computes a range by descending to the first and last leaf, so asking
// every node costs time quadratic in the depth. Here a node's range is put
// together from its children's, which are in their rows already; the rules per
// class are those of Clang's getBeginLoc and getEndLoc.
//
//===----------------------------------------------------------------------===//
#include "tree.h"
#include "clang/AST/ExprObjC.h"

using namespace clang;

namespace cmonster {

SourceLocation Tree::beginOf(const Stmt *S) {
  if (uint32_t Row = numberOf(S); Row && R.End[Row])
    return SourceLocation::getFromRawEncoding(R.Begin[Row]);
  return S->getBeginLoc();
}

SourceLocation Tree::endOf(const Stmt *S) {
  if (uint32_t Row = numberOf(S); Row && R.End[Row])
    return SourceLocation::getFromRawEncoding(R.Last[Row]);
  return S->getEndLoc();
}

SourceRange Tree::rangeOf(const Stmt *S) { return {beginOf(S), endOf(S)}; }

SourceRange Tree::computeRange(const Stmt *S) {
  switch (S->getStmtClass()) {
  case Stmt::ImplicitCastExprClass: {
    const Expr *E = cast<ImplicitCastExpr>(S)->getSubExpr();
    return rangeOf(E);
  }
  case Stmt::BinaryOperatorClass:
  case Stmt::CompoundAssignOperatorClass: {
    const auto *E = cast<BinaryOperator>(S);
    return {beginOf(E->getLHS()), endOf(E->getRHS())};
  }
  case Stmt::UnaryOperatorClass: {
    const auto *E = cast<UnaryOperator>(S);
    return E->isPostfix() ? SourceRange(beginOf(E->getSubExpr()), E->getOperatorLoc())
                          : SourceRange(E->getOperatorLoc(), endOf(E->getSubExpr()));
  }
  case Stmt::CallExprClass:
  case Stmt::CXXMemberCallExprClass:
  case Stmt::CUDAKernelCallExprClass: {
    const auto *E = cast<CallExpr>(S);
    SourceLocation Begin = beginOf(E->getCallee()), End = E->getRParenLoc();
    unsigned N = E->getNumArgs();
    if (Begin.isInvalid() && N && E->getArg(0))
      Begin = beginOf(E->getArg(0));
    if (End.isInvalid() && N && E->getArg(N - 1))
      End = endOf(E->getArg(N - 1));
    return {Begin, End};
  }
  case Stmt::MemberExprClass: {
    const auto *E = cast<MemberExpr>(S);
    SourceLocation Begin, End = E->getMemberNameInfo().getEndLoc();
    if (E->isImplicitAccess())
      Begin = E->hasQualifier() ? E->getQualifierLoc().getBeginLoc() : E->getMemberLoc();
    else if (Begin = beginOf(E->getBase()); Begin.isInvalid())
      Begin = E->getMemberLoc();
    if (E->hasExplicitTemplateArgs())
      End = E->getRAngleLoc();
    else if (End.isInvalid())
      End = endOf(E->getBase());
    return {Begin, End};
  }
  case Stmt::ArraySubscriptExprClass: {
    const auto *E = cast<ArraySubscriptExpr>(S);
    return {beginOf(E->getLHS()), E->getRBracketLoc()};
  }
  case Stmt::ConditionalOperatorClass: {
    const auto *E = cast<ConditionalOperator>(S);
    return {beginOf(E->getCond()), endOf(E->getRHS())};
  }
  case Stmt::BinaryConditionalOperatorClass: {
    const auto *E = cast<BinaryConditionalOperator>(S);
    return {beginOf(E->getCommon()), endOf(E->getFalseExpr())};
  }
  case Stmt::CStyleCastExprClass: {
    const auto *E = cast<CStyleCastExpr>(S);
    return {E->getLParenLoc(), endOf(E->getSubExpr())};
  }
  case Stmt::ConstantExprClass:
  case Stmt::ExprWithCleanupsClass:
    return rangeOf(cast<FullExpr>(S)->getSubExpr());
  case Stmt::MaterializeTemporaryExprClass:
    return rangeOf(cast<MaterializeTemporaryExpr>(S)->getSubExpr());
  case Stmt::CXXBindTemporaryExprClass:
    return rangeOf(cast<CXXBindTemporaryExpr>(S)->getSubExpr());
  case Stmt::IfStmtClass: {
    const auto *I = cast<IfStmt>(S);
    return {I->getIfLoc(), endOf(I->getElse() ? I->getElse() : I->getThen())};
  }
  case Stmt::ForStmtClass: {
    const auto *F = cast<ForStmt>(S);
    return {F->getForLoc(), endOf(F->getBody())};
  }
  case Stmt::WhileStmtClass: {
    const auto *W = cast<WhileStmt>(S);
    return {W->getWhileLoc(), endOf(W->getBody())};
  }
  case Stmt::CXXForRangeStmtClass: {
    const auto *F = cast<CXXForRangeStmt>(S);
    return {F->getBeginLoc(), endOf(F->getBody())};
  }
  case Stmt::LabelStmtClass: {
    const auto *L = cast<LabelStmt>(S);
    return {L->getIdentLoc(), endOf(L->getSubStmt())};
  }
  case Stmt::CaseStmtClass: {
    const auto *C = cast<CaseStmt>(S);
    // Clang descends through a chain of cases and asks what is below it.
    if (const Stmt *Sub = C->getSubStmt())
      return {C->getKeywordLoc(), endOf(Sub)};
    return S->getSourceRange();
  }
  case Stmt::DefaultStmtClass: {
    const auto *D = cast<DefaultStmt>(S);
    return {D->getKeywordLoc(), endOf(D->getSubStmt())};
  }
  default:
    return S->getSourceRange();
  }
}

namespace {
/// How a TypeLoc takes part in where a chain of them ends.
enum class Affix { None, Prefix, Suffix, Reset, Last };
} // namespace

static Affix affixOf(TypeLoc L) {
  switch (L.getTypeLocClass()) {
  case TypeLoc::Paren:
  case TypeLoc::ConstantArray:
  case TypeLoc::DependentSizedArray:
  case TypeLoc::IncompleteArray:
  case TypeLoc::VariableArray:
  case TypeLoc::FunctionNoProto:
    return Affix::Suffix;
  case TypeLoc::FunctionProto:
    return L.castAs<FunctionProtoTypeLoc>().getTypePtr()->hasTrailingReturn() ? Affix::Reset
                                                                              : Affix::Suffix;
  case TypeLoc::ObjCObjectPointer:
    return L.castAs<ObjCObjectPointerTypeLoc>().getStarLoc().isInvalid() ? Affix::None
                                                                         : Affix::Prefix;
  case TypeLoc::Pointer:
  case TypeLoc::BlockPointer:
  case TypeLoc::MemberPointer:
  case TypeLoc::LValueReference:
  case TypeLoc::RValueReference:
  case TypeLoc::PackExpansion:
    return Affix::Prefix;
  case TypeLoc::Qualified:
  case TypeLoc::Elaborated:
    return Affix::None;
  default:
    return Affix::Last;
  }
}

/// A TypeLoc begins where the innermost one that was written does, and ends
/// with its innermost suffix (brackets, parameters), or else where it ends
/// itself. `Inner` is the row of the next TypeLoc, 0 when there is none. Bit 0
/// of a TypeLoc's `bits` says that it has a suffix or is inside of one.
SourceRange Tree::computeRange(TypeLoc L, uint32_t Row, uint32_t Inner) {
  SourceRange Local = L.getLocalSourceRange();
  if (!Inner) {
    R.Bits[Row] |= affixOf(L) == Affix::Suffix || affixOf(L) == Affix::Reset;
    return Local;
  }
  SourceRange In(SourceLocation::getFromRawEncoding(R.Begin[Inner]),
                 SourceLocation::getFromRawEncoding(R.Last[Inner]));
  bool InHasSuffix = R.Bits[Inner] & 1;

  SourceLocation Begin = In.getBegin();
  bool Written = L.getTypeLocClass() == TypeLoc::Elaborated && Local.getBegin().isValid();
  Affix A = affixOf(L);
  if (Written || A == Affix::Reset || Begin.isInvalid())
    Begin = Local.getBegin();

  SourceLocation End = Local.getEnd();
  if (A == Affix::None || A == Affix::Reset || (InHasSuffix && A != Affix::Last))
    End = In.getEnd();
  if (A == Affix::Suffix || A == Affix::Reset || (InHasSuffix && A != Affix::Last))
    R.Bits[Row] |= 1;
  return {Begin, End};
}

} // namespace cmonster
