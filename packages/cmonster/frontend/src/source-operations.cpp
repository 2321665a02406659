//===- source-operations.cpp - Questions about the source -----------------===//
#include "operations.h"
#include "scripting.h"
#include "clang/AST/ASTContext.h"
#include "clang/Lex/Lexer.h"
#include "clang/Lex/Preprocessor.h"

using namespace clang;

namespace cmonster {

void Operations::tokenLengths(const Value &Locations, Answer &A) {
  const SourceManager &SM = T.context().getSourceManager();
  std::string Bytes;
  for (const Value &L : Locations.Items) {
    uint32_t Length = 0;
    SourceLocation Loc = SourceLocation::getFromRawEncoding(uint32_t(L.Int));
    if (Loc.isValid())
      Length = Lexer::MeasureTokenLength(Loc, SM, T.context().getLangOpts());
    Bytes.append(reinterpret_cast<const char *>(&Length), 4);
  }
  A.W.bytes(Bytes);
}

void Operations::fileTokens(uint32_t File, Answer &A) {
  if (File >= Files.fileCount())
    return A.undefined();
  const SourceManager &SM = T.context().getSourceManager();
  FileID ID = Files.fileID(File);
  Lexer Lex(ID, SM.getBufferOrFake(ID), SM, T.context().getLangOpts());
  Lex.SetCommentRetentionState(true);
  IdentifierTable &Identifiers = C.Instance->getPreprocessor().getIdentifierTable();
  A.W.tag(Tag::Bytes);
  size_t At = A.W.size();
  A.W.u32(0);
  Token Tok;
  SmallString<64> Clean;
  for (;;) {
    Lex.LexFromRawLexer(Tok);
    if (Tok.is(tok::eof))
      break;
    tok::TokenKind Kind = Tok.getKind();
    if (Kind == tok::raw_identifier) {
      StringRef Name = Tok.getRawIdentifier();
      if (Tok.needsCleaning() || Tok.hasUCN()) {
        Clean = Lexer::getSpelling(Tok, SM, T.context().getLangOpts());
        Name = Clean;
      }
      // Only looks: a new entry in the table would be harmless but waste.
      auto Found = Identifiers.find(Name);
      Kind = Found == Identifiers.end() ? tok::identifier : Found->second->getTokenID();
    }
    A.W.u32(SM.getFileOffset(Tok.getLocation()));
    A.W.u32(Tok.getLength());
    A.W.u32(Kind);
  }
  A.W.patch(At, uint32_t(A.W.size() - At - 4));
}

void Operations::macroTokens(uint32_t Macro, Answer &A) {
  if (Macro >= C.PreprocessingFacts.Infos.size())
    return A.undefined();
  A.W.tag(Tag::Bytes);
  size_t At = A.W.size();
  A.W.u32(0);
  for (const Token &Tok : C.PreprocessingFacts.Infos[Macro]->tokens()) {
    A.W.u32(Tok.getLocation().getRawEncoding());
    A.W.u32(Tok.isAnnotation() ? 0 : Tok.getLength());
    A.W.u32(Tok.getKind());
  }
  A.W.patch(At, uint32_t(A.W.size() - At - 4));
}

void tokenize(Preprocessor &PP, const std::string &Text, Writer &W) {
  Lexer Lex(SourceLocation(), PP.getLangOpts(), Text.data(), Text.data(),
            Text.data() + Text.size());
  size_t At = W.beginList();
  uint32_t Items = 0;
  for (Token Tok;;) {
    Lex.LexFromRawLexer(Tok);
    if (Tok.is(tok::eof))
      break;
    StringRef Spelled(Lex.getBufferLocation() - Tok.getLength(), Tok.getLength());
    if (Tok.is(tok::raw_identifier))
      PP.LookUpIdentifierInfo(Tok);
    W.integer(-1);
    W.integer(int64_t(Tok.getKind()) | int64_t(Tok.getFlags() & 3) << 16);
    W.string(Spelled);
    Items += 3;
  }
  W.endList(At, Items);
}

/// As it is written: what a script's macros were replaced with is Clang's alone.
StringRef Operations::fileText(uint32_t File) const {
  if (Scripting *S = Scripting::current())
    if (const InlineMacros::File *Replaced = S->Inline.file(Files.name(File)))
      return Replaced->Original;
  return Files.bytes(File);
}

void Operations::fileLines(uint32_t File, Answer &A) {
  if (File >= Files.fileCount())
    return A.undefined();
  StringRef Text = fileText(File);
  SrcMgr::LineOffsetMapping Lines;
  if (Text.data() == Files.bytes(File).data())
    Lines = Files.lines(File);
  llvm::BumpPtrAllocator Memory;
  if (!Lines)
    Lines = findLines(Text, Memory);
  A.W.bytes({reinterpret_cast<const char *>(Lines.begin()), Lines.size() * sizeof(unsigned)});
}

void Operations::comments(uint32_t File, Answer &A) {
  if (File >= Files.fileCount())
    return A.undefined();
  const SourceManager &SM = T.context().getSourceManager();
  FileID ID = Files.fileID(File);
  Lexer Lex(ID, SM.getBufferOrFake(ID), SM, T.context().getLangOpts());
  Lex.SetCommentRetentionState(true);
  A.W.tag(Tag::Bytes);
  size_t At = A.W.size();
  A.W.u32(0);
  Token Tok;
  do {
    Lex.LexFromRawLexer(Tok);
    if (Tok.is(tok::comment)) {
      A.W.u32(SM.getFileOffset(Tok.getLocation()));
      A.W.u32(Tok.getLength());
    }
  } while (Tok.isNot(tok::eof));
  A.W.patch(At, uint32_t(A.W.size() - At - 4));
}

} // namespace cmonster
