//===- facts.cpp - What happened while preprocessing -----------------------===//
#include "facts.h"
#include "clang/Lex/MacroArgs.h"
#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"

using namespace clang;

namespace cmonster {
namespace {

class Observer final : public PPCallbacks {
  Facts &F;
  Preprocessor &PP;

  uint32_t macro(StringRef Name, const MacroInfo *I, SourceLocation NameLoc) {
    auto [It, New] = F.Index.try_emplace(I, uint32_t(F.Infos.size()));
    if (New) {
      F.Infos.push_back(I);
      SourceLocation L = I->getDefinitionLoc();
      bool Predefined = L.isValid() && PP.getSourceManager().isWrittenInBuiltinFile(L);
      Predefined |= L.isValid() && PP.getSourceManager().isWrittenInCommandLineFile(L);
      for (uint32_t V :
           {F.S.add(Name), L.getRawEncoding(), I->getDefinitionEndLoc().getRawEncoding(),
            (I->isFunctionLike() ? 1u : 0) | (I->isC99Varargs() ? 2u : 0) |
                (I->isGNUVarargs() ? 4u : 0) | (I->isBuiltinMacro() ? 8u : 0) |
                (Predefined ? 16u : 0),
            0u, 0u})
        F.Macros.push_back(V);
    }
    return It->second;
  }

public:
  Observer(Facts &F, Preprocessor &PP) : F(F), PP(PP) {}

  void MacroDefined(const Token &Name, const MacroDirective *MD) override {
    macro(Name.getIdentifierInfo()->getName(), MD->getMacroInfo(), Name.getLocation());
  }
  void MacroUndefined(const Token &Name, const MacroDefinition &MD,
                      const MacroDirective *) override {
    if (const MacroInfo *I = MD.getMacroInfo())
      F.Macros[size_t(macro(Name.getIdentifierInfo()->getName(), I, {})) * 6 + 4] =
          Name.getLocation().getRawEncoding();
  }
  void MacroExpands(const Token &Name, const MacroDefinition &MD, SourceRange R,
                    const MacroArgs *) override {
    const MacroInfo *I = MD.getMacroInfo();
    F.Expansions.push_back(I ? macro(Name.getIdentifierInfo()->getName(), I, {}) : 0xFFFFFFFFu);
    F.Expansions.push_back(R.getBegin().getRawEncoding());
    F.Expansions.push_back(R.getEnd().getRawEncoding());
  }
  void InclusionDirective(SourceLocation Hash, const Token &IncludeToken, StringRef Name,
                          bool Angled, CharSourceRange Range, OptionalFileEntryRef File, StringRef,
                          StringRef, const Module *, bool ModuleImported,
                          SrcMgr::CharacteristicKind) override {
    uint32_t Flags = Angled ? 1 : 0;
    if (const IdentifierInfo *I = IncludeToken.getIdentifierInfo()) {
      if (I->getName() == "import" || I->getName() == "__import")
        Flags |= 2;
      if (I->getName() == "include_next")
        Flags |= 4;
    }
    if (ModuleImported)
      Flags |= 8;
    for (uint32_t V : {Hash.getRawEncoding(), F.S.add(Name), File ? F.S.add(File->getName()) : 0u,
                       Flags, Range.getBegin().getRawEncoding()})
      F.Includes.push_back(V);
  }
  void FileSkipped(const FileEntryRef &, const Token &, SrcMgr::CharacteristicKind) override {
    if (F.Includes.size() >= 5)
      F.Includes[F.Includes.size() - 2] |= 16;
  }
  void SourceRangeSkipped(SourceRange R, SourceLocation) override {
    F.Skipped.push_back(R.getBegin().getRawEncoding());
    F.Skipped.push_back(R.getEnd().getRawEncoding());
  }
};

} // namespace

std::unique_ptr<PPCallbacks> Facts::observe(Preprocessor &PP) {
  return std::make_unique<Observer>(*this, PP);
}

} // namespace cmonster
