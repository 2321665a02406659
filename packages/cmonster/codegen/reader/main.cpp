//===- main.cpp - From Clang's headers to the model of its classes ---------===//
//
// Writes to standard output, as JSON: `kinds` (the names in the order of
// kinds.h), `classes` (class-reader.h) and `enums`.
//
//===----------------------------------------------------------------------===//
#include "class-reader.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Sema/Sema.h"
#include "clang/Sema/SemaConsumer.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace clang;
namespace json = llvm::json;

namespace reader {

/// `NK_VarDecl` is the kind VarDecl; First, Before and After are marks.
static json::Array readKinds(const ASTContext &Ctx) {
  json::Array Kinds;
  for (const Decl *D : Ctx.getTranslationUnitDecl()->decls())
    if (const auto *Namespace = dyn_cast<NamespaceDecl>(D);
        Namespace && Namespace->getName() == "cmonster")
      for (const Decl *Member : Namespace->decls())
        if (const auto *Enum = dyn_cast<EnumDecl>(Member); Enum && Enum->getName() == "NodeKind")
          for (const EnumConstantDecl *Kind : Enum->enumerators()) {
            StringRef Name = Kind->getName().drop_front(strlen("NK_"));
            if (!Name.starts_with("First") && !Name.starts_with("Before") &&
                !Name.starts_with("After") && Name != "Count")
              Kinds.push_back(Name);
          }
  return Kinds;
}

static json::Object readEnum(const EnumDecl *Enum) {
  json::Array Enumerators;
  for (const EnumConstantDecl *Value : Enum->enumerators())
    Enumerators.push_back(json::Array{Value->getName(), Value->getInitVal().getExtValue()});
  return json::Object{{"scoped", Enum->isScoped()},
                      {"doc",
                       [&] {
                         const ASTContext &Ctx = Enum->getASTContext();
                         const RawComment *C = Ctx.getRawCommentForAnyRedecl(Enum);
                         return C ? std::string(C->getBriefText(Ctx)) : std::string();
                       }()},
                      {"enumerators", std::move(Enumerators)}};
}

class ModelWriter : public SemaConsumer {
public:
  void InitializeSema(Sema &S) override { TheSema = &S; }

  void HandleTranslationUnit(ASTContext &Ctx) override {
    ReturnKinds Returns(*TheSema);
    json::Array Classes = ClassReader(*TheSema, Returns).readAll();
    json::Object Enums;
    for (const auto &[Name, Enum] : Returns.enums())
      if (Enum)
        Enums[Name] = readEnum(Enum);
    llvm::outs() << llvm::formatv("{0:2}\n",
                                  json::Value(json::Object{{"kinds", readKinds(Ctx)},
                                                           {"classes", std::move(Classes)},
                                                           {"enums", std::move(Enums)}}));
  }

private:
  Sema *TheSema = nullptr;
};

class ReadAction : public ASTFrontendAction {
  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &, StringRef) override {
    return std::make_unique<ModelWriter>();
  }
};

} // namespace reader

int main() {
  auto Text = llvm::MemoryBuffer::getFile(AST_HEADERS);
  if (!Text) {
    llvm::errs() << "cannot read " AST_HEADERS "\n";
    return 1;
  }
  // -I rather than -isystem: comments of system headers are not kept.
  std::vector<std::string> Args = {"-std=c++17",         "-fno-rtti", "-I" LLVM_PREFIX "/include",
                                   "-I" KINDS_DIRECTORY, "-w",        "-D__STDC_CONSTANT_MACROS"};
  Args.push_back("-resource-dir=" LLVM_PREFIX "/lib/clang/19");
  return tooling::runToolOnCodeWithArgs(std::make_unique<reader::ReadAction>(),
                                        (*Text)->getBuffer(), Args, "ast-headers.cpp",
                                        "cmonster-reader")
             ? 0
             : 1;
}
