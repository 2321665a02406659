//===- scripting.cpp - Preprocessing decided by the parent -----------------===//
#include "scripting.h"
#include "script-events.h"
#include "clang/Basic/FileManager.h"
#include "clang/Lex/MacroInfo.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace clang;
using llvm::StringRef;

namespace cmonster {

Scripting *Scripting::Current = nullptr;

Scripting::Scripting(const Value &Script, Calls &C) : C(C) {
  Predefines = Script.str("predefines");
  Includes = Script.flag("includes");
  Inline.Active = false;
  if (const Value *P = Script.get("pragmas"))
    for (const Value &Pair : P->Items)
      if (Pair.Items.size() == 2)
        Pragmas.push_back({Pair.Items[0].Text, Pair.Items[1].Text});
  if (const Value *Numbers = Script.get("pure"))
    for (const Value &Number : Numbers->Items)
      Pure.insert(Number.Int);
  if (const Value *E = Script.get("events"))
    for (const Value &Name : E->Items)
      Events.push_back(Name.Text);
}

bool Scripting::wants(StringRef Event) const {
  return std::find(Events.begin(), Events.end(), Event) != Events.end();
}

void Scripting::attach(CompilerInstance &CI) {
  Current = this;
  PP = &CI.getPreprocessor();
  SM = &CI.getSourceManager();
  Scratch.emplace(*SM);
  Marker = PP->getIdentifierInfo(ScriptMarker);
  PP->setPredefines(PP->getPredefines() + "# 1 \"<script>\" 1\n#define " + ScriptMarker.str() +
                    "\n" + Predefines + "# 1 \"<built-in>\" 2\n");
  PP->addPPCallbacks(observeDefinitions(*this));
  if (!Events.empty())
    observeEvents(*this, *PP);
  if (!Pragmas.empty())
    takePragmas(*this, *PP);
}

Value Scripting::ask(Writer &W, uint32_t Count) {
  return C.call(W, Count, [this](const Frame &F) { answer(F); });
}

void Scripting::place(Writer &W, SourceLocation L) {
  PresumedLoc P = SM->getPresumedLoc(SM->getExpansionLoc(L));
  W.string(P.isValid() ? P.getFilename() : "");
  W.integer(P.isValid() ? P.getLine() : 0);
  W.integer(P.isValid() ? P.getColumn() : 0);
}

void Scripting::tokens(Writer &W, ArrayRef<Token> Tokens, Pending *P) {
  size_t At = W.beginList();
  uint32_t Items = 0;
  SmallString<64> Buffer;
  for (const Token &T : Tokens) {
    if (T.is(tok::eof) || T.is(tok::eod))
      continue;
    if (P)
      P->Tokens.push_back(T);
    W.integer(P ? int64_t(P->Tokens.size()) - 1 : -1);
    W.integer(int64_t(T.getKind()) | int64_t(T.getFlags() & 3) << 16);
    Buffer.clear();
    W.string(T.isAnnotation() ? StringRef() : PP->getSpelling(T, Buffer));
    Items += 3;
  }
  W.endList(At, Items);
}

void Scripting::error(SourceLocation L, StringRef Message) {
  DiagnosticsEngine &D = PP->getDiagnostics();
  PP->Diag(L, D.getCustomDiagID(DiagnosticsEngine::Error, "%0")) << Message;
}

bool Scripting::failed(const Value &Answer, SourceLocation At, StringRef What,
                       SourceLocation Definition) {
  if (Answer.T != Tag::Map || !Answer.get("error"))
    return false;
  error(At, (What + " failed: " + Answer.str("error")).str());
  const Value *Line = Answer.get("line");
  if (!Line || Definition.isInvalid())
    return true;
  FileID File = SM->getFileID(SM->getExpansionLoc(Definition));
  // The lexer's own text has spaces there: the line's code is in what was read.
  OptionalFileEntryRef Entry = SM->getFileEntryRefForID(File);
  InlineMacros::File *Inside = Entry ? Inline.file(Entry->getName()) : nullptr;
  if (!Inside)
    return true;
  StringRef Text = Inside->Original;
  size_t Begin = 0;
  for (int64_t N = 1; N < Line->Int && Begin != StringRef::npos; ++N)
    Begin = Text.find('\n', Begin == 0 && N == 1 ? 0 : Begin + 1);
  Begin = Begin == StringRef::npos ? Begin : Text.find_first_not_of(" \t\r\n", Begin);
  if (Begin == StringRef::npos)
    return true;
  SourceLocation Thrown = SM->getLocForStartOfFile(File).getLocWithOffset(int(Begin));
  if (Thrown.isValid()) {
    DiagnosticsEngine &D = PP->getDiagnostics();
    PP->Diag(Thrown,
             D.getCustomDiagID(DiagnosticsEngine::Note, "thrown in this line of the macro"));
  }
  return true;
}

OptionalFileEntryRef Scripting::virtualFile(const Value &Answer, StringRef DefaultName) {
  std::string Text = Answer.str("text"), Wanted = Answer.str("name");
  if (Wanted.empty())
    Wanted = DefaultName.str();
  FileManager &Files = SM->getFileManager();
  // A file is known by its name: the same name with another text is another.
  std::string Name = Wanted;
  for (unsigned N = 2;; ++N) {
    if (auto Known = Files.getOptionalFileRef(Name, /*OpenFile=*/false, /*CacheFailure=*/false)) {
      if (SM->isFileOverridden(*Known)) {
        auto Buffer = SM->getMemoryBufferForFileOrNone(*Known);
        if (Buffer && Buffer->getBuffer() == Text)
          return Known;
      }
    } else
      break;
    Name = Wanted + " (" + std::to_string(N) + ")";
  }
  if (Inline.Active)
    Inline.replace(Text, Name);
  FileEntryRef Entry = Files.getVirtualFileRef(Name, off_t(Text.size()), 0);
  SM->overrideFileContents(Entry, llvm::MemoryBuffer::getMemBufferCopy(Text, Name));
  return Entry;
}

} // namespace cmonster
