//===- class-reader.cpp - A class of the AST and its getters ---------------===//
#include "class-reader.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/RawCommentList.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "clang/Sema/Sema.h"
#include <map>

using namespace clang;
namespace json = llvm::json;

namespace reader {

/// The roots of the families, and the classes that are nodes without one.
static const char *const Roots[] = {
    "clang::Decl",
    "clang::Stmt",
    "clang::Type",
    "clang::QualType",
    "clang::TypeLoc",
    "clang::Attr",
    "clang::comments::Comment",
    "clang::OMPClause",
    "clang::OpenACCClause",
    "clang::concepts::Requirement",
    "clang::TemplateArgument",
    "clang::TemplateArgumentLoc",
    "clang::NestedNameSpecifierLoc",
    "clang::CXXBaseSpecifier",
    "clang::CXXCtorInitializer",
    "clang::DesignatedInitExpr::Designator",
    "clang::ConceptReference",
    "clang::LambdaCapture",
    "clang::BlockDecl::Capture",
};

json::Array ClassReader::readAll() {
  visit(S.Context.getTranslationUnitDecl());
  return std::move(Classes);
}

void ClassReader::visit(const DeclContext *Scope) {
  for (const Decl *D : Scope->decls()) {
    if (const auto *Namespace = dyn_cast<NamespaceDecl>(D)) {
      // clang itself, its comments and its concepts.
      StringRef Name = Namespace->getName();
      if (Name == "clang" || Name == "comments" || Name == "concepts")
        visit(Namespace);
      continue;
    }
    const auto *Record = dyn_cast<CXXRecordDecl>(D);
    if (!Record || !Record->isThisDeclarationADefinition() || Record->getDescribedClassTemplate() ||
        isa<ClassTemplateSpecializationDecl>(Record))
      continue;
    for (const char *Root : Roots)
      if (derivesFrom(Record, Root)) {
        readClass(Record, Root);
        break;
      }
    visit(Record);
  }
}

void ClassReader::readClass(const CXXRecordDecl *Record, llvm::StringRef Root) {
  if (Record->getAccess() == AS_private || Record->getAccess() == AS_protected)
    return;
  json::Array Methods;
  std::set<std::string> Seen;
  std::string Parent;
  readMethods(Record, nullptr, Methods, Seen);
  readBases(Record, Root, Parent, Methods, Seen);
  SourceManager &SM = S.getSourceManager();
  StringRef File = SM.getFilename(SM.getExpansionLoc(Record->getLocation()));
  size_t Include = File.rfind("/include/");
  Classes.push_back(
      json::Object{{"name", Record->getQualifiedNameAsString()},
                   {"root", Root},
                   {"parent", Parent},
                   {"header", Include == StringRef::npos ? File : File.drop_front(Include + 9)},
                   {"methods", std::move(Methods)}});
}

/// The parent is the first base of the family that is a class of its own; class
/// templates between the two, and all other bases, are mixins.
void ClassReader::readBases(const CXXRecordDecl *Record, llvm::StringRef Root, std::string &Parent,
                            json::Array &Methods, std::set<std::string> &Seen) {
  if (Record->getQualifiedNameAsString() == Root)
    Root = "";
  for (const CXXBaseSpecifier &Base : Record->bases()) {
    if (Base.getAccessSpecifier() != AS_public)
      continue;
    const CXXRecordDecl *B = Base.getType()->getAsCXXRecordDecl();
    if (!B || !B->hasDefinition())
      continue;
    B = B->getDefinition();
    bool InFamily = !Root.empty() && derivesFrom(B, Root);
    if (InFamily && !isa<ClassTemplateSpecializationDecl>(B)) {
      if (Parent.empty())
        Parent = B->getQualifiedNameAsString();
      continue;
    }
    readMethods(B, B, Methods, Seen);
    readBases(B, InFamily ? Root : StringRef(), Parent, Methods, Seen);
  }
}

void ClassReader::readMethods(const CXXRecordDecl *Record, const CXXRecordDecl *Mixin,
                              json::Array &Methods, std::set<std::string> &Seen) {
  std::vector<std::string> Order;
  std::map<std::string, std::vector<CXXMethodDecl *>> ByName;
  for (Decl *D : Record->decls()) {
    AccessSpecifier Access = D->getAccess();
    if (auto *Shadow = dyn_cast<UsingShadowDecl>(D))
      D = Shadow->getTargetDecl();
    auto *Method = dyn_cast<CXXMethodDecl>(D);
    if (!Method || Access != AS_public || !Method->getDeclName().isIdentifier())
      continue;
    auto &Overloads = ByName[Method->getNameAsString()];
    if (Overloads.empty())
      Order.push_back(Method->getNameAsString());
    Overloads.push_back(Method);
  }
  for (const std::string &Name : Order) {
    // A name declared in the class hides the mixins' methods of that name.
    if (!Seen.insert(Name).second)
      continue;
    json::Object Best;
    for (CXXMethodDecl *Method : ByName[Name])
      if (readMethod(Method, Best) && Method->getNumParams() == 0)
        break;
    if (Best.empty())
      continue;
    if (Mixin)
      Best["mixin"] = Mixin->getNameAsString();
    Methods.push_back(std::move(Best));
  }
}

static std::string firstSentence(const ASTContext &Ctx, const CXXMethodDecl *Method) {
  const RawComment *Comment = Ctx.getRawCommentForAnyRedecl(Method);
  return Comment ? Comment->getBriefText(Ctx) : "";
}

bool ClassReader::readMethod(CXXMethodDecl *Method, json::Object &Out) {
  if (Method->isStatic() || Method->isDeleted() || Method->getMinRequiredArguments() != 0 ||
      Method->isVariadic())
    return false;
  QualType Returned = Method->getReturnType();
  if (Returned->isVoidType())
    return false;
  if (!Method->isConst()) {
    // Worth knowing, but not a getter.
    if (Out.empty())
      return false;
    return false;
  }
  if (Returned->getContainedAutoType() || Returned->isUndeducedType()) {
    if (S.DeduceReturnType(Method, Method->getLocation(), /*Diagnose=*/false))
      return false;
    Returned = Method->getReturnType();
  }
  bool Asserts = false;
  SourceManager &SM = S.getSourceManager();
  if (const FunctionDecl *Definition = Method->getDefinition()) {
    StringRef Text = Lexer::getSourceText(
        CharSourceRange::getTokenRange(Definition->getSourceRange()), SM, S.getLangOpts());
    Asserts = Text.contains("assert(") || Text.contains("unreachable(");
  }
  Out = json::Object{{"name", Method->getNameAsString()},
                     {"returns", Returns.classify(Returned)},
                     {"cpp", Returned.getAsString(S.getPrintingPolicy())},
                     {"virtual", Method->isVirtual()},
                     {"inline", Method->getDefinition() != nullptr},
                     {"asserts", Asserts},
                     {"parameters", int64_t(Method->getNumParams())},
                     {"doc", firstSentence(S.Context, Method)}};
  return true;
}

} // namespace reader
