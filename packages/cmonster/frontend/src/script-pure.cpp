//===- script-pure.cpp - Macros that can be asked before they are used -----===//
//
// What a pure macro answers depends on its arguments' tokens alone. So a use with
// tokens that were there before is no question; and when there is one, uses that
// stand further on in the file are asked for with it. A guess that turns out not
// to be a use, or one with other tokens, is an answer that nobody looks up.
//
//===----------------------------------------------------------------------===//
#include "scripting.h"
#include "clang/Lex/MacroInfo.h"

using namespace clang;
using llvm::StringRef;

namespace cmonster {

/// Uses that are asked for in one message, at most. It begins with few, and
/// doubles: no more is asked in vain than was asked for good.
static constexpr unsigned MostAtOnce = 256;
/// How far ahead is looked for them, in bytes.
static constexpr size_t MostBytes = size_t(1) << 16;

static std::string keyOf(int64_t Id, const Writer &W, size_t Arguments) {
  return std::to_string(Id) + ":" +
         std::string(W.Buffer.begin() + ptrdiff_t(Arguments), W.Buffer.end());
}

Value Scripting::askPure(int64_t Id, Writer &W, size_t Arguments, Pending &P) {
  std::vector<std::string> Keys = {keyOf(Id, W, Arguments)};
  if (auto Found = Known.find(Keys[0]); Found != Known.end())
    return Found->second;
  size_t At = W.beginList();
  lookAhead(W, Keys);
  W.endList(At, uint32_t(Keys.size() - 1) * 2);
  AtOnce = std::min(AtOnce * 2, MostAtOnce);
  Value Answer = ask(W, 7);
  if (Answer.T != Tag::List || Answer.Items.size() != Keys.size())
    return Answer;
  for (size_t I = P.AskedForMore ? 1 : 0; I < Keys.size(); ++I)
    if (Answer.Items[I].T != Tag::Null)
      Known[Keys[I]] = Answer.Items[I];
  return std::move(Answer.Items[0]);
}

/// The arguments of a use of `MI`, whose name `L` has just read; false when it
/// is none that could be told without preprocessing.
static bool readArguments(Lexer &L, Preprocessor &PP, const MacroInfo &MI,
                          std::vector<std::vector<Token>> &Lists) {
  Token T;
  L.LexFromRawLexer(T);
  if (T.isNot(tok::l_paren))
    return false;
  Lists.emplace_back();
  for (unsigned Depth = 0;;) {
    L.LexFromRawLexer(T);
    if (T.is(tok::eof) || (T.is(tok::hash) && T.isAtStartOfLine()))
      return false;
    if (T.is(tok::r_paren) && Depth-- == 0)
      break;
    Depth += T.is(tok::l_paren);
    if (T.is(tok::comma) && Depth == 0 && !(MI.isVariadic() && Lists.size() == MI.getNumParams())) {
      Lists.emplace_back();
      continue;
    }
    if (T.is(tok::raw_identifier))
      PP.LookUpIdentifierInfo(T);
    Lists.back().push_back(T);
  }
  if (Lists.size() == 1 && Lists[0].empty() && (MI.getNumParams() == 0 || MI.isVariadic()))
    Lists.clear();
  return Lists.size() == MI.getNumParams() ||
         (MI.isVariadic() && Lists.size() + 1 == MI.getNumParams());
}

void Scripting::lookAhead(Writer &W, std::vector<std::string> &Keys) {
  auto *Reading = static_cast<Lexer *>(PP->getCurrentFileLexer());
  if (!Reading || Reading->getFileLoc().isMacroID())
    return;
  StringRef Text = Reading->getBuffer();
  unsigned &Looked = LookedAhead[Reading->getFileID()];
  size_t From = std::max<size_t>(Looked, size_t(Reading->getBufferLocation() - Text.begin()));
  const char *Until = Text.begin() + std::min(Text.size(), From + MostBytes);
  Lexer L(Reading->getFileLoc(), PP->getLangOpts(), Text.begin(), Text.begin() + From, Text.end());
  while (Keys.size() < AtOnce && L.getBufferLocation() < Until) {
    Token T;
    L.LexFromRawLexer(T);
    const IdentifierInfo *II = T.is(tok::raw_identifier) ? PP->LookUpIdentifierInfo(T) : nullptr;
    const MacroInfo *MI = II && II->hasMacroDefinition() ? PP->getMacroInfo(II) : nullptr;
    auto Macro = MI ? Macros.find(MI) : Macros.end();
    if (Macro == Macros.end() || !Pure.contains(Macro->second) || !MI->isFunctionLike())
      continue;
    std::vector<std::vector<Token>> Lists;
    if (!readArguments(L, *PP, *MI, Lists))
      continue;
    Writer Arguments;
    Pending P;
    size_t At = Arguments.beginList();
    for (const std::vector<Token> &List : Lists)
      tokens(Arguments, List, &P);
    Arguments.endList(At, uint32_t(Lists.size()));
    std::string Key = keyOf(Macro->second, Arguments, At);
    if (Known.contains(Key) || llvm::is_contained(Keys, Key))
      continue;
    Keys.push_back(std::move(Key));
    W.integer(Macro->second);
    W.raw(Arguments.Buffer.data(), Arguments.Buffer.size());
  }
  Looked = unsigned(L.getBufferLocation() - Text.begin());
}

} // namespace cmonster
