//===- return-kind.cpp - What a getter returns, in a few words -------------===//
#include "return-kind.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/Expr.h"
#include "clang/Sema/EnterExpressionEvaluationContext.h"
#include "clang/Sema/Lookup.h"
#include "clang/Sema/Overload.h"
#include "clang/Sema/Sema.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;
namespace json = llvm::json;

namespace reader {

bool derivesFrom(const CXXRecordDecl *Record, llvm::StringRef Root) {
  if (!Record)
    return false;
  if (Record->getQualifiedNameAsString() == Root)
    return true;
  if (!Record->hasDefinition())
    return false;
  for (const CXXBaseSpecifier &Base : Record->getDefinition()->bases())
    if (derivesFrom(Base.getType()->getAsCXXRecordDecl(), Root))
      return true;
  return false;
}

/// The families whose members travel as a node, with the category's name.
static const struct {
  const char *Root, *Kind;
} Families[] = {
    {"clang::Decl", "decl"},
    {"clang::DeclContext", "decl"},
    {"clang::Stmt", "stmt"},
    {"clang::Attr", "attr"},
    {"clang::TypeLoc", "typeloc"},
    {"clang::comments::Comment", "node"},
    {"clang::OMPClause", "node"},
    {"clang::OpenACCClause", "node"},
    {"clang::concepts::Requirement", "node"},
    {"clang::TemplateArgument", "node"},
    {"clang::TemplateArgumentLoc", "node"},
    {"clang::NestedNameSpecifierLoc", "node"},
    {"clang::CXXBaseSpecifier", "node"},
    {"clang::CXXCtorInitializer", "node"},
    {"clang::DesignatedInitExpr::Designator", "node"},
    {"clang::ConceptReference", "node"},
    {"clang::LambdaCapture", "node"},
    {"clang::BlockDecl::Capture", "node"},
};

static json::Object unsupported(QualType T) {
  PrintingPolicy Policy{LangOptions()};
  Policy.SuppressTagKeyword = true;
  Policy.Bool = true;
  return json::Object{{"k", "unsupported"}, {"of", T.getCanonicalType().getAsString(Policy)}};
}

/// The type of `*range.begin()`, null when there is no such expression.
QualType ReturnKinds::elementOf(QualType Range) {
  ASTContext &Ctx = S.Context;
  EnterExpressionEvaluationContext Unevaluated(S, Sema::ExpressionEvaluationContext::Unevaluated);
  Sema::SFINAETrap Trap(S, true);
  SourceLocation Loc = Range->getAsCXXRecordDecl()->getLocation();
  if (!S.isCompleteType(Loc, Range))
    return {};
  OpaqueValueExpr Object(Loc, Range.getNonReferenceType(), VK_LValue);
  DeclarationNameInfo Begin(&Ctx.Idents.get("begin"), Loc);
  LookupResult Members(S, Begin, Sema::LookupMemberName);
  S.LookupQualifiedName(Members, Range->getAsCXXRecordDecl());
  if (Members.empty())
    return {};
  OverloadCandidateSet Candidates(Loc, OverloadCandidateSet::CSK_Normal);
  ExprResult Call;
  if (S.BuildForRangeBeginEndCall(Loc, Loc, Begin, Members, &Candidates, &Object, &Call) !=
          Sema::FRS_Success ||
      Call.isInvalid())
    return {};
  ExprResult Element = S.BuildUnaryOp(nullptr, Loc, UO_Deref, Call.get());
  return Element.isInvalid() ? QualType() : Element.get()->getType();
}

json::Object ReturnKinds::classifyRecord(QualType T, const CXXRecordDecl *Record, bool Pointer) {
  if (const CXXRecordDecl *Definition = Record->getDefinition())
    Record = Definition;
  std::string Name = Record->getQualifiedNameAsString();

  const char *Plain =
      llvm::StringSwitch<const char *>(Name)
          .Cases("llvm::StringRef", "std::basic_string", "clang::DeclarationName", "string")
          .Cases("clang::DeclarationNameInfo", "clang::Selector", "clang::IdentifierInfo",
                 "llvm::VersionTuple", "string")
          .Cases("clang::NestedNameSpecifier", "clang::IdentifierLoc", "string")
          .Cases("llvm::APInt", "llvm::APSInt", "llvm::FixedPointSemantics", "bigint")
          .Case("llvm::APFloat", "double")
          .Case("clang::SourceLocation", "location")
          .Case("clang::SourceRange", "range")
          .Case("clang::TemplateName", "templateName")
          .Default(nullptr);
  if (Name == "llvm::FixedPointSemantics")
    Plain = nullptr;
  if (Name == "clang::IdentifierLoc")
    Plain = nullptr;
  if (Plain)
    return json::Object{{"k", Plain},
                        {"nullable", Pointer || Name == "clang::DeclarationName" ||
                                         Name == "clang::Selector" ||
                                         Name == "clang::TemplateName"}};

  if (Name == "clang::QualType" || Name == "clang::CanQual" || derivesFrom(Record, "clang::Type")) {
    std::string Of = "clang::Type";
    if (derivesFrom(Record, "clang::Type"))
      Of = Name;
    else if (auto *Special = dyn_cast<ClassTemplateSpecializationDecl>(Record))
      Of = Special->getTemplateArgs()[0]
               .getAsType()
               ->getAsCXXRecordDecl()
               ->getQualifiedNameAsString();
    return json::Object{{"k", "type"}, {"of", Of}, {"nullable", true}};
  }
  if (Name == "clang::TypeSourceInfo")
    return json::Object{{"k", "typeloc"}, {"of", "clang::TypeLoc"}, {"nullable", true}};
  for (const auto &Family : Families)
    if (derivesFrom(Record, Family.Root))
      return json::Object{{"k", Family.Kind},
                          {"of", Name},
                          {"nullable", Pointer || Name == "clang::NestedNameSpecifierLoc" ||
                                           StringRef(Family.Kind) == "typeloc"}};

  if (auto *Special = dyn_cast<ClassTemplateSpecializationDecl>(Record)) {
    const TemplateArgumentList &Args = Special->getTemplateArgs();
    if (Name == "std::optional") {
      json::Object Inner = classify(Args[0].getAsType());
      if (Inner["k"] == "unsupported")
        return unsupported(T);
      Inner["nullable"] = true;
      return Inner;
    }
    if (Name == "std::pair" || Name == "llvm::PointerUnion") {
      json::Array Parts;
      ArrayRef<TemplateArgument> Types = Args.asArray();
      if (Name == "llvm::PointerUnion")
        Types = Args[0].getPackAsArray();
      for (const TemplateArgument &Arg : Types) {
        Parts.push_back(classify(Arg.getAsType()));
        if (*Parts.back().getAsObject()->getString("k") == "unsupported")
          return unsupported(T);
      }
      return json::Object{{"k", Name == "std::pair" ? "tuple" : "union"},
                          {"of", std::move(Parts)},
                          {"nullable", Name != "std::pair"}};
    }
  }
  if (Name == "clang::ASTTemplateArgumentListInfo")
    return json::Object{{"k", "list"},
                        {"of", json::Object{{"k", "node"}, {"of", "clang::TemplateArgumentLoc"}}},
                        {"nullable", Pointer}};
  // An iterator_range or container; iterators have no begin().
  QualType Element = elementOf(S.Context.getRecordType(Record));
  if (Name == "clang::TemplateArgumentList")
    Element = S.Context.getRecordType(Record->getLookupParent()
                                          ->lookup(&S.Context.Idents.get("TemplateArgument"))
                                          .find_first<CXXRecordDecl>());
  if (!Element.isNull() && Depth < 4) {
    json::Object Of = classify(Element);
    if (Of["k"] == "unsupported")
      return json::Object{{"k", "unsupported"}, {"of", "range of " + Of.getString("of")->str()}};
    return json::Object{{"k", "list"}, {"of", std::move(Of)}, {"nullable", Pointer}};
  }
  return unsupported(T);
}

json::Object ReturnKinds::classify(QualType T) {
  struct Nesting {
    unsigned &Depth;
    explicit Nesting(unsigned &D) : Depth(D) { ++Depth; }
    ~Nesting() { --Depth; }
  } Nested(Depth);

  T = T.getNonReferenceType().getUnqualifiedType();
  if (T->isBooleanType())
    return json::Object{{"k", "bool"}};
  if (const auto *Enum = T->getAs<EnumType>()) {
    std::string Name = Enum->getDecl()->getQualifiedNameAsString();
    Enums[Name] = Enum->getDecl()->getDefinition();
    return json::Object{{"k", "enum"}, {"of", Name}};
  }
  if (T->isIntegerType())
    return json::Object{{"k", "int"}, {"bits", int64_t(S.Context.getTypeSize(T))}};
  if (T->isFloatingType())
    return json::Object{{"k", "double"}};
  if (const CXXRecordDecl *Record = T->getAsCXXRecordDecl())
    return classifyRecord(T, Record, false);
  if (T->isPointerType()) {
    QualType Pointee = T->getPointeeType();
    if (Pointee->isCharType() && Pointee.isConstQualified())
      return json::Object{{"k", "string"}, {"nullable", true}};
    if (const CXXRecordDecl *Record = Pointee->getAsCXXRecordDecl())
      return classifyRecord(T, Record, true);
  }
  return unsupported(T);
}

} // namespace reader
