//===- script-pragmas.cpp - Pragmas that the parent answers ----------------===//
#include "script-events.h"
#include "clang/Lex/Pragma.h"

using namespace clang;
using llvm::StringRef;

namespace cmonster {

// The table of handlers has no way in for somebody who is asked first; naming a
// private member is allowed in an explicit instantiation ([temp.spec.general]).
namespace {
template <typename Tag, typename Tag::Type Member> struct Reveal {
  friend typename Tag::Type reveal(Tag) { return Member; }
};
struct Root {
  using Type = std::unique_ptr<PragmaNamespace> Preprocessor::*;
  friend Type reveal(Root);
};
template struct Reveal<Root, &Preprocessor::PragmaHandlers>;
struct Table {
  using Type = llvm::StringMap<std::unique_ptr<PragmaHandler>> PragmaNamespace::*;
  friend Type reveal(Table);
};
template struct Reveal<Table, &PragmaNamespace::Handlers>;

class ScriptedPragmas final : public PragmaNamespace {
  Scripting &S;

public:
  explicit ScriptedPragmas(Scripting &S) : PragmaNamespace(""), S(S) {}
  void HandlePragma(Preprocessor &PP, PragmaIntroducer Introducer, Token &Tok) override {
    if (!S.pragma(Introducer))
      PragmaNamespace::HandlePragma(PP, Introducer, Tok);
  }
};
} // namespace

void takePragmas(Scripting &S, Preprocessor &PP) {
  auto Mine = std::make_unique<ScriptedPragmas>(S);
  std::unique_ptr<PragmaNamespace> &Handlers = PP.*reveal(Root());
  std::swap((*Mine).*reveal(Table()), (*Handlers).*reveal(Table()));
  Handlers = std::move(Mine);
}

/// The rest of a directive's line. Only looked at: what is not taken is read by
/// Clang's own handler.
static std::vector<Token> peekLine(Preprocessor &PP, const Lexer &Reading,
                                   PragmaIntroducer Introducer) {
  SourceManager &SM = PP.getSourceManager();
  // The text of a _Pragma is a copy, mapped to where that stands.
  bool Copy = Reading.getFileLoc().isMacroID();
  Lexer Peek(Copy ? SM.getSpellingLoc(Reading.getFileLoc()) : Reading.getFileLoc(),
             PP.getLangOpts(), Reading.getBuffer().begin(), Reading.getBufferLocation(),
             Reading.getBuffer().end());
  Peek.setParsingPreprocessorDirective(true);
  std::vector<Token> Line;
  for (Token T;;) {
    Peek.LexFromRawLexer(T);
    if (T.is(tok::eod) || T.is(tok::eof))
      return Line;
    if (T.is(tok::raw_identifier))
      PP.LookUpIdentifierInfo(T);
    T.clearFlag(Token::StartOfLine);
    if (Copy)
      T.setLocation(
          SM.createExpansionLoc(T.getLocation(), Introducer.Loc, Introducer.Loc, T.getLength()));
    Line.push_back(T);
  }
}

/// An answer may hold pragmas, which are asked for in turn. Files in files end
/// where Clang's includes do; macros in macros may be more.
static constexpr unsigned MostFiles = 200, MostPlaces = 1000;

static bool isTooDeep(const SourceManager &SM, SourceLocation L) {
  for (unsigned Places = 0, Files = 0; L.isValid(); ++Places) {
    if (Files == MostFiles || Places == MostPlaces)
      return true;
    if (L.isMacroID()) {
      L = SM.getImmediateExpansionRange(L).getBegin();
    } else {
      L = SM.getIncludeLoc(SM.getFileID(L));
      ++Files;
    }
  }
  return false;
}

bool Scripting::pragma(PragmaIntroducer Introducer) {
  std::vector<Token> Line;
  // What stands in a __pragma are tokens, no text: they are taken, up to the
  // end that Clang puts behind them, and given back when they are not wanted.
  Token End;
  bool Taken = Introducer.Kind == PIK___pragma;
  if (Taken) {
    for (PP->LexUnexpandedToken(End); End.isNot(tok::eod) && End.isNot(tok::eof);
         PP->LexUnexpandedToken(End))
      Line.push_back(End);
  } else if (auto *Reading = static_cast<Lexer *>(PP->getCurrentLexer()))
    Line = peekLine(*PP, *Reading, Introducer);
  else
    return false;
  auto asUsual = [&] {
    if (Taken) {
      Line.push_back(End);
      enter(std::move(Line), /*Again=*/true);
    }
    return false;
  };
  auto word = [&](size_t I) {
    const IdentifierInfo *II = I < Line.size() ? Line[I].getIdentifierInfo() : nullptr;
    return II ? II->getName() : StringRef();
  };
  bool Wanted = false;
  size_t Skip = 0;
  std::string Space, Name;
  for (const auto &[WantedSpace, WantedName] : Pragmas) {
    bool Any = WantedSpace == "*";
    if (!Any && !(WantedSpace.empty()
                      ? word(0) == WantedName
                      : word(0) == WantedSpace && (WantedName == "*" || word(1) == WantedName)))
      continue;
    Wanted = true;
    Skip = Any ? 0 : WantedSpace.empty() ? 1 : WantedName == "*" ? 1 : 2;
    Space = WantedSpace;
    Name = WantedName;
    break;
  }
  if (!Wanted)
    return asUsual();

  std::string What = "pragma '" + (Space.empty() || Space == "*" ? "" : Space + " ") +
                     (Name == "*" || Name.empty() ? word(0).str() : Name) + "'";
  if (isTooDeep(*SM, Introducer.Loc)) {
    error(Introducer.Loc, What + " is in its own answer, without end");
    if (!Taken)
      PP->DiscardUntilEndOfDirective();
    return true;
  }
  Pending P;
  P.Outer = Innermost;
  Innermost = &P;
  Writer W = C.begin("pragma");
  W.string(Space);
  W.string(Name);
  place(W, Introducer.Loc);
  tokens(W, ArrayRef<Token>(Line).drop_front(std::min(Skip, Line.size())), &P);
  Value Answer = ask(W, 7);
  Innermost = P.Outer;
  if (Answer.T == Tag::Undefined)
    return asUsual();

  SourceLocation Begin = Introducer.Loc, Last = Line.empty() ? Begin : Line.back().getLocation();
  if (!Taken)
    PP->DiscardUntilEndOfDirective();
  if (failed(Answer, Begin, What))
    return true;
  if (Answer.T == Tag::Map && Answer.get("text")) {
    OptionalFileEntryRef File = virtualFile(Answer, "<" + What + ">");
    PP->EnterSourceFile(SM->createFileID(*File, Begin, SrcMgr::C_User), nullptr, Begin);
    return true;
  }
  std::vector<Token> Result;
  if (materialize(Answer, P, {Begin, Last, {}}, What, Result) && !Result.empty()) {
    Result.front().setFlag(Token::StartOfLine);
    Result.front().clearFlag(Token::LeadingSpace);
    enter(std::move(Result));
  }
  return true;
}

} // namespace cmonster
