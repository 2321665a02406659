//===- script-macros.cpp - Macros that the parent answers ------------------===//
#include "operations.h"
#include "scripting.h"
#include "clang/Lex/MacroArgs.h"
#include "clang/Lex/MacroInfo.h"
#include "llvm/ADT/ScopeExit.h"

using namespace clang;
using llvm::StringRef;

// Clang's own function, and what the linker calls in its place wherever another
// object file of Clang's refers to it.
#define ENTER_MACRO                                                                                \
  "_ZN5clang12Preprocessor10EnterMacroERNS_5TokenENS_14SourceLocationEPNS_9MacroInfoEPNS_"         \
  "9MacroArgsE"
void realEnterMacro(Preprocessor *PP, Token &Tok, SourceLocation End, MacroInfo *MI,
                    MacroArgs *Args) asm("__real_" ENTER_MACRO);
void wrapEnterMacro(Preprocessor *PP, Token &Tok, SourceLocation End, MacroInfo *MI,
                    MacroArgs *Args) asm("__wrap_" ENTER_MACRO);
void wrapEnterMacro(Preprocessor *PP, Token &Tok, SourceLocation End, MacroInfo *MI,
                    MacroArgs *Args) {
  cmonster::Scripting *S = cmonster::Scripting::current();
  if (!S || !S->expand(Tok, End, MI, Args, realEnterMacro))
    realEnterMacro(PP, Tok, End, MI, Args);
}

namespace cmonster {

static ArrayRef<Token> upToEof(const Token *T) { return {T, MacroArgs::getArgLength(T)}; }

/// A definition whose body is the marker: of the script's own, in their order,
/// or of a file's inline macros, by their place.
void Scripting::defined(const Token &Name, const MacroInfo *MI) {
  if (MI->getNumTokens() != 1 || MI->getReplacementToken(0).getIdentifierInfo() != Marker)
    return;
  auto [File, Offset] = SM->getDecomposedLoc(MI->getDefinitionLoc());
  if (File == PP->getPredefinesFileID()) {
    Macros[MI] = NextPredefined++;
    return;
  }
  OptionalFileEntryRef Entry = SM->getFileEntryRefForID(File);
  InlineMacros::File *Found = Entry ? Inline.file(Entry->getName()) : nullptr;
  if (!Found)
    return;
  for (const InlineMacros::Definition &D : Found->Definitions) {
    if (D.NameOffset != Offset)
      continue;
    int64_t Id = NextInline++;
    Macros[MI] = Id;
    Writer W = C.begin("inline");
    W.integer(Id);
    W.string(D.Signature);
    W.string(D.Body);
    W.string(Entry->getName());
    W.integer(D.BodyLine);
    failed(ask(W, 6), Name.getLocation(), ("macro '" + D.Name + "'").c_str(), Name.getLocation());
    return;
  }
}

/// Says what is wrong with a file's blocks when the file is entered.
void Scripting::entered(FileID ID) {
  OptionalFileEntryRef Entry = SM->getFileEntryRefForID(ID);
  InlineMacros::File *Found = Entry ? Inline.file(Entry->getName()) : nullptr;
  if (!Found)
    return;
  for (InlineMacros::Problem &P : Found->Problems) {
    if (!P.Told)
      error(SM->getLocForStartOfFile(ID).getLocWithOffset(int(P.Offset)), P.Message);
    P.Told = true;
  }
}

bool Scripting::expand(Token &Name, SourceLocation End, MacroInfo *MI, MacroArgs *Args,
                       EnterMacro Enter) {
  auto It = Macros.find(MI);
  if (It == Macros.end())
    return false;
  Pending P;
  P.Args = Args;
  P.Outer = Innermost;
  Innermost = &P;
  bool IsPure = Pure.contains(It->second);
  Writer W = C.begin(IsPure ? "pure" : "macro");
  W.integer(It->second);
  place(W, Name.getLocation());
  unsigned Count = Args ? Args->getNumMacroArguments() : 0;
  // Without any variable argument Clang adds an empty one.
  bool Elided = Args && MI->isVariadic() && Args->isVarargsElidedUse();
  size_t At = W.beginList();
  unsigned Written = Elided && Count == MI->getNumParams() ? Count - 1 : Count;
  for (unsigned I = 0; I < Written; ++I)
    tokens(W, upToEof(Args->getUnexpArgument(I)), &P);
  W.endList(At, Written);
  Value Answer = IsPure ? askPure(It->second, W, At, P) : ask(W, 6);
  Innermost = P.Outer;

  std::string What = "macro '" + Name.getIdentifierInfo()->getName().str() + "'";
  SourceLocation Definition = MI->getDefinitionLoc();
  std::vector<Token> Result;
  if (failed(Answer, Name.getLocation(), What, Definition) ||
      !materialize(Answer, P, {Name.getLocation(), End, MI->getReplacementToken(0).getLocation()},
                   What, Result))
    Result.clear();

  // The marker, which expands to nothing, stays behind the result, so that the
  // macro is disabled while that is scanned again: a macro's own name in its
  // expansion is not expanded.
  Token Use = Name;
  if (!Result.empty()) {
    for (Token::TokenFlags F : {Token::StartOfLine, Token::LeadingSpace}) {
      Result.front().setFlagValue(F, Name.getFlags() & F);
      Use.clearFlag(F);
    }
  }
  Enter(PP, Use, End, MI, Args);
  enter(std::move(Result));
  return true;
}

void Scripting::enter(std::vector<Token> Tokens, bool Again) {
  if (Tokens.empty())
    return;
  auto Copy = std::make_unique<Token[]>(Tokens.size());
  std::copy(Tokens.begin(), Tokens.end(), Copy.get());
  PP->EnterTokenStream(std::move(Copy), unsigned(Tokens.size()), /*DisableMacroExpansion=*/Again,
                       /*IsReinject=*/Again);
}

bool Scripting::lexText(StringRef Text, const Place &At, StringRef What,
                        std::vector<Token> &Result) {
  const char *Copy = nullptr;
  SourceLocation Spelled = Scratch->getToken(Text.data(), unsigned(Text.size()), Copy);
  SourceLocation Used =
      SM->createExpansionLoc(Spelled, At.Begin, At.End, unsigned(Text.size()) + 1);
  Lexer L(Spelled, PP->getLangOpts(), Copy, Copy, Copy + Text.size());
  // So that a comment which is never closed can be told.
  L.SetKeepWhitespaceMode(true);
  bool Space = false;
  for (Token T;;) {
    L.LexFromRawLexer(T);
    if (T.is(tok::eof))
      return true;
    unsigned Offset = T.getLocation().getRawEncoding() - Spelled.getRawEncoding();
    if (T.is(tok::comment) || (T.is(tok::unknown) && isWhitespace(Text[Offset]))) {
      Space = true;
      continue;
    }
    if (T.is(tok::unknown) &&
        (Text[Offset] == '"' || Text[Offset] == '\'' || Text[Offset] == 0 || T.getLength() > 1)) {
      std::string Shown = Text.substr(Offset, 40).str();
      error(At.Begin, (What + " returned what is no token: " +
                       (Text[Offset] == 0 ? std::string("a null character") : Shown))
                          .str());
      return false;
    }
    if (T.is(tok::raw_identifier))
      PP->LookUpIdentifierInfo(T);
    // A result is on one line, wherever its text breaks.
    T.clearFlag(Token::StartOfLine);
    T.setFlagValue(Token::LeadingSpace, Space && !Result.empty());
    Space = false;
    T.setLocation(Used.getLocWithOffset(int(Offset)));
    Result.push_back(T);
  }
}

bool Scripting::materialize(const Value &Answer, const Pending &P, const Place &At, StringRef What,
                            std::vector<Token> &Result) {
  if (Answer.T == Tag::String)
    return lexText(Answer.Text, At, What, Result);
  if (Answer.T == Tag::Undefined || Answer.T == Tag::Null)
    return true;
  if (Answer.T != Tag::List) {
    error(At.Begin, (What + " returned neither text nor tokens").str());
    return false;
  }
  SourceLocation Body;
  bool Space = false; // a text ended in one
  for (const Value &Item : Answer.Items) {
    size_t Before = Result.size();
    auto Spaced = llvm::make_scope_exit([&] {
      if (Result.size() > Before && Space)
        Result[Before].setFlag(Token::LeadingSpace);
      bool Ends = Item.T == Tag::String && !Item.Text.empty() && isWhitespace(Item.Text.back());
      Space = Ends || (Result.size() == Before && Space);
    });
    if (Item.T == Tag::String) {
      size_t First = Result.size();
      if (!lexText(Item.Text, At, What, Result))
        return false;
      if (Result.size() > First && !Item.Text.empty() && isWhitespace(Item.Text[0]))
        Result[First].setFlag(Token::LeadingSpace);
      continue;
    }
    // A token of the call's own: its number, and whether a space goes before it.
    size_t Number = size_t(Item.Int >> 1);
    if (Item.T != Tag::Int || Number >= P.Tokens.size()) {
      error(At.Begin, (What + " returned a token that is not of this use").str());
      return false;
    }
    Token T = P.Tokens[Number];
    T.clearFlag(Token::StartOfLine);
    T.setFlagValue(Token::LeadingSpace, Item.Int & 1);
    if (At.Definition.isValid()) {
      if (Body.isInvalid())
        Body = SM->createExpansionLoc(At.Definition, At.Begin, At.End, ScriptMarker.size());
      T.setLocation(SM->createMacroArgExpansionLoc(T.getLocation(), Body, T.getLength()));
    }
    Result.push_back(T);
  }
  return true;
}

// --- Questions while the parent works on a call ----------------------------------------------

void Scripting::answer(const Frame &Ask) {
  Reader In(Ask.Payload.data(), Ask.Payload.size());
  uint32_t Count = In.u32();
  Writer Out;
  Out.u32(0); // no delta
  for (uint32_t I = 0; I < Count && !In.Bad; ++I) {
    uint32_t Op = In.u32(), Handle = In.u32(), Size = In.u32();
    const char *Data = In.take(Size);
    if (In.Bad)
      break;
    if (Op == OP_TOKEN_KINDS) {
      Out.list(tok::NUM_TOKENS);
      for (unsigned K = 0; K < tok::NUM_TOKENS; ++K)
        Out.string(tok::getTokenName(tok::TokenKind(K)));
    } else if (Op == OP_EXPAND_ARGUMENT && Innermost && Innermost->Args &&
               Handle < Innermost->Args->getNumMacroArguments()) {
      Pending *P = Innermost;
      P->AskedForMore = true;
      const Token *Argument = P->Args->getUnexpArgument(Handle);
      // Expanding may end in calls of its own, for which this one waits.
      if (P->Args->ArgNeedsPreexpansion(Argument, *PP)) {
        std::vector<Token> Expanded = P->Args->getPreExpArgument(Handle, *PP);
        while (!Expanded.empty() && Expanded.back().is(tok::eof))
          Expanded.pop_back();
        tokens(Out, Expanded, P);
      } else
        tokens(Out, upToEof(Argument), P);
    } else if (Op == OP_TOKENIZE) {
      Reader Argument(Data, Size);
      tokenize(*PP, Argument.value().Text, Out);
    } else
      Out.undefined();
  }
  C.answer(Out);
}

} // namespace cmonster
