//===- tree.h - The AST as rows ---------------------------------*- C++ -*-===//
//
// Walks Clang's AST once, in the order of Clang's own dump (the children per
// class are in traverse.cpp, the written-type parts in written.cpp), and gives
// every entity one row: its first occurrence. Later occurrences are links.
//
// Recursion follows the AST's depth; main.cpp runs everything on a stack made
// for that.
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_TREE_H
#define CMONSTER_TREE_H

#include "entities.h"
#include "tables.h"
#include "clang/AST/AttrVisitor.h"
#include "clang/AST/DeclVisitor.h"
#include "clang/AST/StmtVisitor.h"
#include "clang/AST/TemplateArgumentVisitor.h"
#include "clang/AST/TypeVisitor.h"

namespace cmonster {

// Clang's generated AttrNodeTraverse.inc, included below, expects its names.
using namespace clang;

enum class Scope { Main, User, All };

class Tree final : public Entities,
                   public clang::ConstDeclVisitor<Tree>,
                   public clang::ConstStmtVisitor<Tree>,
                   public clang::TypeVisitor<Tree>,
                   public clang::ConstAttrVisitor<Tree>,
                   public clang::ConstTemplateArgumentVisitor<Tree> {
public:
  Rows R;
  Strings &S;
  Types T;
  bool TypeLocs = true, Comments = true;

  Tree(clang::ASTContext &Context, Strings &S);

  /// The whole snapshot's tree, then a row for each declaration that is
  /// referred to and outside of `Range`.
  void build(Scope Range);

  /// Appends the children of an unexpanded declaration; their range of rows.
  std::pair<uint32_t, uint32_t> expand(uint32_t Row);

  // Entities: every node that an answer names gets a row.
  uint32_t rowOf(const clang::Decl *D) override;
  uint32_t rowOf(const clang::Stmt *S) override;
  uint32_t rowOf(const clang::Attr *A) override;
  uint32_t rowOf(clang::TypeLoc T) override;
  uint32_t rowOf(clang::NestedNameSpecifierLoc N) override;
  uint32_t rowOf(const clang::TemplateArgument &A) override;
  uint32_t rowOf(const clang::TemplateArgumentLoc &A) override;
  uint32_t rowOf(const clang::CXXBaseSpecifier *B) override;
  uint32_t rowOf(const clang::CXXCtorInitializer *I) override;
  uint32_t rowOf(const clang::DesignatedInitExpr::Designator *D) override;
  uint32_t rowOf(const clang::ConceptReference *C) override;
  uint32_t rowOf(const clang::LambdaCapture *C) override;
  uint32_t rowOf(const clang::BlockDecl::Capture *C) override;
  uint32_t rowOf(const clang::concepts::Requirement *R) override;
  uint32_t rowOf(const clang::comments::Comment *C) override;
  uint32_t rowOf(const clang::OMPClause *C) override;
  uint32_t rowOf(const clang::OpenACCClause *C) override;
  uint32_t typeOf(clang::QualType T) override;
  Subject subject(uint32_t Row) const override;
  clang::QualType typeAt(uint32_t Index) const override {
    return Index < T.count() ? T.Type[Index] : clang::QualType();
  }
  clang::ASTContext &context() const override { return Context; }

  // Visiting appends a row (or a link, or a null row) and what is below it.
  void Visit(const clang::Decl *D);
  void Visit(const clang::Stmt *S);
  void Visit(clang::QualType T);
  void Visit(const clang::Type *T);
  void Visit(clang::TypeLoc T);
  void Visit(const clang::Attr *A);
  void Visit(const clang::CXXCtorInitializer *I);
  void Visit(const clang::TemplateArgument &A, clang::SourceRange Range = {},
             const clang::Decl *From = nullptr);
  void Visit(const clang::BlockDecl::Capture &C);
  void Visit(const clang::OMPClause *C);
  void Visit(const clang::OpenACCClause *C);
  void Visit(const clang::GenericSelectionExpr *E, unsigned Association);
  void Visit(const clang::concepts::Requirement *R);
  void Visit(const clang::ConceptReference *C);
  void Visit(const clang::comments::Comment *C);
  void Visit(clang::NestedNameSpecifierLoc N);
  void Visit(const clang::TemplateArgumentLoc &A);
  void Visit(const clang::CXXBaseSpecifier &B);
  void Visit(const clang::DesignatedInitExpr::Designator &D);
  void Visit(const clang::LambdaCapture &C);

#include "traverse.inc"
#include "clang/AST/AttrNodeTraverse.inc"

private:
  friend struct RowFiller;
  clang::ASTContext &Context;
  const clang::SourceManager &SM;
  Scope Range = Scope::All;

  /// The row of a Decl, Stmt or Attr, the index of an unqualified Type.
  PointerMap Numbers;
  llvm::DenseMap<const clang::Stmt *, uint32_t> SmallStmts; // too small for it
  llvm::DenseMap<const void *, uint32_t> QualifiedTypes;    // by opaque pointer
  /// Everything else, by pointer and kind (an object and its first member have
  /// one address). TypeLocs and the like: by their data pointer and type.
  llvm::DenseMap<std::pair<const void *, const void *>, uint32_t> Others;
  uint32_t Indexed = 1; // rows below are in Others

  /// A column that names a declaration which had no row yet.
  struct Pending {
    std::vector<uint32_t> *TypeColumn; // null: the row column A or B
    uint32_t At;
    bool IsB;
    const clang::Decl *D;
  };
  std::vector<Pending> Unresolved;

  uint32_t &numberOf(const clang::Decl *D) { return Numbers[D]; }
  uint32_t &numberOf(const clang::Stmt *S);
  uint32_t &numberOf(const clang::Attr *A) { return Numbers[A]; }
  uint32_t &numberOf(const clang::Type *P) { return Numbers[P]; }

  uint32_t add(NodeKind K, const void *P) { return R.add(K, P); }
  void close(uint32_t Row) { R.End[Row] = R.Count; }
  void leaf(NodeKind K, uint32_t Target);
  void null() { leaf(NK_Null, 0); }
  void link(uint32_t Target) { leaf(NK_Link, Target); }
  void setRange(uint32_t Row, clang::SourceRange Range) {
    R.Begin[Row] = Range.getBegin().getRawEncoding();
    R.Last[Row] = Range.getEnd().getRawEncoding();
  }
  void fill(uint32_t Row, const clang::Decl *D);
  uint32_t reserveType(clang::QualType T);

  bool inScope(const clang::Decl *D) const;
  void children(const clang::Decl *D);
  void declContext(const clang::DeclContext *DC);
  void templateParameters(const clang::TemplateParameterList *L);
  void resolvePending();
  uint32_t stub(const clang::Decl *D);
  void indexOthers();
  uint32_t &other(const void *P, const void *Q);
  template <typename Emit> uint32_t appended(uint32_t &Slot, Emit E);

  // Ranges in constant time from the children's, where Clang's own take time
  // proportional to the depth.
  clang::SourceRange rangeOf(const clang::Stmt *S);
  clang::SourceLocation beginOf(const clang::Stmt *S);
  clang::SourceLocation endOf(const clang::Stmt *S);
  clang::SourceRange computeRange(const clang::Stmt *S);
  clang::SourceRange computeRange(clang::TypeLoc T, uint32_t Row, uint32_t Inner);

  void written(const clang::Decl *D);
  void written(const clang::Stmt *S);
  void written(const clang::Attr *A);
  void writtenLoc(const clang::TypeSourceInfo *I);
  void writtenArguments(const clang::ASTTemplateArgumentListInfo *L);
  template <typename Range> void writtenArguments(const Range &L) {
    for (const clang::TemplateArgumentLoc &A : L)
      Visit(A);
  }
  void writtenName(const clang::DeclarationNameInfo &N);
};

} // namespace cmonster
#endif
