//===- script-events.cpp - What a script sees of preprocessing -------------===//
#include "script-events.h"
#include "clang/Lex/MacroArgs.h"
#include "clang/Lex/MacroInfo.h"

using namespace clang;
using llvm::StringRef;

namespace cmonster {

class ScriptDefinitions final : public PPCallbacks {
  Scripting &S;

public:
  explicit ScriptDefinitions(Scripting &S) : S(S) {}
  void MacroDefined(const Token &Name, const MacroDirective *MD) override {
    S.defined(Name, MD->getMacroInfo());
  }
  void LexedFileChanged(FileID ID, LexedFileChangeReason Reason, SrcMgr::CharacteristicKind, FileID,
                        SourceLocation) override {
    if (Reason == LexedFileChangeReason::EnterFile)
      S.entered(ID);
  }
};

std::unique_ptr<PPCallbacks> observeDefinitions(Scripting &S) {
  return std::make_unique<ScriptDefinitions>(S);
}

class ScriptEvents final : public PPCallbacks, public CommentHandler {
  Scripting &S;
  Preprocessor &PP;
  SourceManager &SM;

  StringRef text(SourceRange R) {
    return Lexer::getSourceText(CharSourceRange::getTokenRange(R), SM, PP.getLangOpts());
  }
  /// What is to be said of predefined macros: nothing.
  bool ours(const Token &Name) {
    return SM.getFileID(SM.getExpansionLoc(Name.getLocation())) == PP.getPredefinesFileID() ||
           Name.getIdentifierInfo()->getName() == ScriptMarker;
  }
  void conditional(StringRef Directive, SourceLocation L, StringRef Condition, Value Taken) {
    if (!S.wants("conditional"))
      return;
    Writer W = S.C.begin("conditional");
    S.place(W, L);
    W.string(Directive);
    W.string(Condition);
    if (Taken.T == Tag::Undefined)
      W.undefined();
    else
      W.boolean(Taken.T == Tag::True);
    S.C.event(W, 7);
  }
  static Value boolean(bool B) {
    Value V;
    V.T = B ? Tag::True : Tag::False;
    return V;
  }
  static Value value(ConditionValueKind K) {
    return K == CVK_NotEvaluated ? Value() : boolean(K == CVK_True);
  }
  std::string name(const Token &T) { return PP.getSpelling(T); }
  /// `At`: where in the file, as a pragma may make a system header of it.
  void file(StringRef Event, FileID File, SourceLocation At) {
    OptionalFileEntryRef Entry = File.isValid() ? SM.getFileEntryRefForID(File) : std::nullopt;
    if (!S.wants(Event) || !Entry)
      return;
    Writer W = S.C.begin(Event);
    S.place(W, SM.getIncludeLoc(File));
    W.string(Entry->getName());
    W.boolean(SrcMgr::isSystem(SM.getFileCharacteristic(At)));
    S.C.event(W, 6);
  }

public:
  ScriptEvents(Scripting &S, Preprocessor &PP) : S(S), PP(PP), SM(PP.getSourceManager()) {}

  void left(FileID File) {
    if (File.isValid())
      file("fileLeft", File, SM.getLocForEndOfFile(File));
  }

  void MacroDefined(const Token &Name, const MacroDirective *MD) override {
    if (!S.wants("macroDefined") || ours(Name))
      return;
    const MacroInfo *MI = MD->getMacroInfo();
    Writer W = S.C.begin("macroDefined");
    S.place(W, Name.getLocation());
    W.string(name(Name));
    W.string(text({MI->getDefinitionLoc(), MI->getDefinitionEndLoc()}));
    S.C.event(W, 6);
  }
  void MacroUndefined(const Token &Name, const MacroDefinition &MD,
                      const MacroDirective *) override {
    if (!S.wants("macroUndefined") || ours(Name))
      return;
    Writer W = S.C.begin("macroUndefined");
    S.place(W, Name.getLocation());
    W.string(name(Name));
    W.boolean(MD.getMacroInfo() != nullptr);
    S.C.event(W, 6);
  }
  void MacroExpands(const Token &Name, const MacroDefinition &MD, SourceRange,
                    const MacroArgs *Args) override {
    if (!S.wants("macroExpanded") || Name.getIdentifierInfo() == S.Marker)
      return;
    Writer W = S.C.begin("macroExpanded");
    S.place(W, Name.getLocation());
    W.string(name(Name));
    unsigned Count = Args ? Args->getNumMacroArguments() : 0;
    W.list(Count);
    for (unsigned I = 0; I < Count; ++I) {
      std::string Text;
      const Token *T = Args->getUnexpArgument(I);
      for (unsigned N = MacroArgs::getArgLength(T); N; --N, ++T)
        Text += (T->hasLeadingSpace() && !Text.empty() ? " " : "") + PP.getSpelling(*T);
      W.string(Text);
    }
    S.C.event(W, 6);
  }
  void If(SourceLocation L, SourceRange R, ConditionValueKind K) override {
    conditional("if", L, text(R), value(K));
  }
  void Elif(SourceLocation L, SourceRange R, ConditionValueKind K, SourceLocation) override {
    conditional("elif", L, text(R), value(K));
  }
  void Ifdef(SourceLocation L, const Token &N, const MacroDefinition &MD) override {
    conditional("ifdef", L, name(N), boolean(bool(MD)));
  }
  void Ifndef(SourceLocation L, const Token &N, const MacroDefinition &MD) override {
    conditional("ifndef", L, name(N), boolean(!MD));
  }
  void Elifdef(SourceLocation L, const Token &N, const MacroDefinition &MD) override {
    conditional("elifdef", L, name(N), boolean(bool(MD)));
  }
  void Elifdef(SourceLocation L, SourceRange R, SourceLocation) override {
    conditional("elifdef", L, text(R), Value());
  }
  void Elifndef(SourceLocation L, const Token &N, const MacroDefinition &MD) override {
    conditional("elifndef", L, name(N), boolean(!MD));
  }
  void Elifndef(SourceLocation L, SourceRange R, SourceLocation) override {
    conditional("elifndef", L, text(R), Value());
  }
  void Else(SourceLocation L, SourceLocation) override { conditional("else", L, "", Value()); }
  void Endif(SourceLocation L, SourceLocation) override { conditional("endif", L, "", Value()); }
  void SourceRangeSkipped(SourceRange R, SourceLocation) override {
    if (!S.wants("skipped"))
      return;
    Writer W = S.C.begin("skipped");
    S.place(W, R.getBegin());
    W.integer(SM.getPresumedLineNumber(R.getEnd()));
    S.C.event(W, 5);
  }
  void LexedFileChanged(FileID ID, LexedFileChangeReason Reason, SrcMgr::CharacteristicKind,
                        FileID Left, SourceLocation) override {
    if (Reason == LexedFileChangeReason::EnterFile)
      file("fileEntered", ID, SM.getLocForStartOfFile(ID));
    else
      left(Left);
  }
  // Clang only leaves a file for the one that includes it.
  void EndOfMainFile() override { left(SM.getMainFileID()); }
  bool HandleComment(Preprocessor &, SourceRange R) override {
    if (!S.wants("comment"))
      return false;
    Writer W = S.C.begin("comment");
    S.place(W, R.getBegin());
    W.string(Lexer::getSourceText(CharSourceRange::getCharRange(R), SM, PP.getLangOpts()));
    S.C.event(W, 5);
    return false;
  }
};

void observeEvents(Scripting &S, Preprocessor &PP) {
  auto Events = std::make_unique<ScriptEvents>(S, PP);
  PP.addCommentHandler(Events.get()); // lives as long as the preprocessor
  PP.addPPCallbacks(std::move(Events));
}

} // namespace cmonster
