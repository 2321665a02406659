//===- facts.cpp - What happened while preprocessing -----------------------===//
#include "facts.h"
#include "inline-macros.h"
#include "clang/Lex/MacroArgs.h"
#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include <ctime>

using namespace clang;

namespace cmonster {
namespace {

/// Of this thread's CPU time.
uint32_t microseconds() {
  timespec T;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &T);
  return uint32_t(uint64_t(T.tv_sec) * 1000000 + uint64_t(T.tv_nsec) / 1000);
}

class Observer final : public PPCallbacks {
  Facts &F;
  Preprocessor &PP;

  enum Directive : uint32_t { If_, Ifdef_, Ifndef_, Elif_, Elifdef_, Elifndef_, Else_, Endif_ };

  void conditional(Directive D, SourceLocation L, SourceRange Condition, ConditionValueKind Value,
                   SourceLocation IfLoc = {}) {
    uint32_t Known = Value == CVK_True ? 2 : Value == CVK_False ? 1 : 0;
    for (uint32_t V :
         {L.getRawEncoding(), uint32_t(D) | Known << 8, Condition.getBegin().getRawEncoding(),
          Condition.getEnd().getRawEncoding(), IfLoc.getRawEncoding()})
      F.Conditionals.push_back(V);
  }
  static ConditionValueKind value(bool V) { return V ? CVK_True : CVK_False; }

  uint32_t macro(StringRef Name, const MacroInfo *I, SourceLocation NameLoc) {
    auto [It, New] = F.Index.try_emplace(I, uint32_t(F.Infos.size()));
    if (New) {
      F.Infos.push_back(I);
      SourceLocation L = I->getDefinitionLoc();
      bool Predefined = L.isValid() && PP.getSourceManager().isWrittenInBuiltinFile(L);
      Predefined |= L.isValid() && PP.getSourceManager().isWrittenInCommandLineFile(L);
      Predefined |= L.isValid() && PP.getSourceManager().getFileID(L) == PP.getPredefinesFileID();
      for (uint32_t V :
           {F.S.add(Name), L.getRawEncoding(), I->getDefinitionEndLoc().getRawEncoding(),
            (I->isFunctionLike() ? 1u : 0) | (I->isC99Varargs() ? 2u : 0) |
                (I->isGNUVarargs() ? 4u : 0) | (I->isBuiltinMacro() ? 8u : 0) |
                (Predefined ? 16u : 0) | (isScripted(I) ? 32u : 0),
            0u, 0u})
        F.Macros.push_back(V);
    }
    return It->second;
  }

  static bool isMarker(const IdentifierInfo *II) { return II && II->getName() == ScriptMarker; }
  /// Answered by a script.
  static bool isScripted(const MacroInfo *I) {
    return I->getNumTokens() == 1 && isMarker(I->getReplacementToken(0).getIdentifierInfo());
  }

public:
  Observer(Facts &F, Preprocessor &PP) : F(F), PP(PP) {}

  void MacroDefined(const Token &Name, const MacroDirective *MD) override {
    if (isMarker(Name.getIdentifierInfo()))
      return;
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
    if (isMarker(Name.getIdentifierInfo()))
      return;
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
  void If(SourceLocation L, SourceRange R, ConditionValueKind V) override {
    conditional(If_, L, R, V);
  }
  void Elif(SourceLocation L, SourceRange R, ConditionValueKind V, SourceLocation If) override {
    conditional(Elif_, L, R, V, If);
  }
  void Ifdef(SourceLocation L, const Token &Name, const MacroDefinition &MD) override {
    conditional(Ifdef_, L, Name.getLocation(), value(bool(MD)));
  }
  void Ifndef(SourceLocation L, const Token &Name, const MacroDefinition &MD) override {
    conditional(Ifndef_, L, Name.getLocation(), value(!MD));
  }
  void Elifdef(SourceLocation L, const Token &Name, const MacroDefinition &MD) override {
    conditional(Elifdef_, L, Name.getLocation(), value(bool(MD)));
  }
  void Elifdef(SourceLocation L, SourceRange R, SourceLocation If) override {
    conditional(Elifdef_, L, R, CVK_NotEvaluated, If);
  }
  void Elifndef(SourceLocation L, const Token &Name, const MacroDefinition &MD) override {
    conditional(Elifndef_, L, Name.getLocation(), value(!MD));
  }
  void Elifndef(SourceLocation L, SourceRange R, SourceLocation If) override {
    conditional(Elifndef_, L, R, CVK_NotEvaluated, If);
  }
  void Else(SourceLocation L, SourceLocation If) override {
    conditional(Else_, L, {}, CVK_NotEvaluated, If);
  }
  void Endif(SourceLocation L, SourceLocation If) override {
    conditional(Endif_, L, {}, CVK_NotEvaluated, If);
  }
  void LexedFileChanged(FileID ID, LexedFileChangeReason Reason, SrcMgr::CharacteristicKind, FileID,
                        SourceLocation) override {
    const SourceManager &SM = PP.getSourceManager();
    if (Reason == LexedFileChangeReason::ExitFile) {
      if (!F.Open.empty()) {
        F.VisitTimes[F.Open.back() * 2 + 1] = microseconds();
        F.Open.pop_back();
      }
      return;
    }
    // The last directive, when it is the one that brought us here.
    SourceLocation From = SM.getIncludeLoc(ID);
    uint32_t Include = 0xFFFFFFFFu;
    if (From.isValid() && F.Includes.size() >= 5 &&
        SM.getFileID(SourceLocation::getFromRawEncoding(F.Includes[F.Includes.size() - 5])) ==
            SM.getFileID(From))
      Include = uint32_t(F.Includes.size() / 5 - 1);
    uint32_t Now = microseconds();
    F.Open.push_back(uint32_t(F.Visits.size() / 2));
    F.Visits.push_back(SM.getLocForStartOfFile(ID).getRawEncoding());
    F.Visits.push_back(Include);
    F.VisitTimes.push_back(Now);
    F.VisitTimes.push_back(Now);
  }
};

} // namespace

void Facts::settle() {
  for (uint32_t Visit : Open)
    VisitTimes[size_t(Visit) * 2 + 1] = microseconds();
}

std::unique_ptr<PPCallbacks> Facts::observe(Preprocessor &PP) {
  return std::make_unique<Observer>(*this, PP);
}

} // namespace cmonster
