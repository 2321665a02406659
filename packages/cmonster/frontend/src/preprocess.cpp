//===- preprocess.cpp - Preprocessing without a parser ---------------------===//
#include "preprocess.h"
#include "operations.h"
#include "snapshot.h"
#include "clang/Frontend/PreprocessorOutputOptions.h"
#include "clang/Frontend/Utils.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Rewrite/Frontend/Rewriters.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace cmonster {

namespace {
/// Sends what is printed in pieces, as events.
class EventStream final : public llvm::raw_ostream {
  Calls &Events;
  uint64_t Sent = 0;

  void write_impl(const char *Data, size_t Size) override {
    Writer W = Events.begin("output");
    W.bytes({Data, Size});
    Events.event(W, 2);
    Sent += Size;
  }
  uint64_t current_pos() const override { return Sent; }

public:
  explicit EventStream(Calls &Events) : Events(Events) { SetBufferSize(size_t(1) << 18); }
  ~EventStream() override { flush(); }
};
} // namespace

bool Preprocessing::answer(uint32_t Op, Reader &Arguments, Answer &A) {
  Value Argument;
  if (!Arguments.atEnd())
    Argument = Arguments.value();
  switch (Op) {
  case OP_NEXT_TOKENS: {
    const Value *Most = Argument.get("most");
    nextTokens(Most ? uint32_t(Most->Int) : 4096, Argument.flag("expand", true), A);
    return true;
  }
  case OP_PREPROCESS_TEXT:
    text(A);
    return true;
  case OP_PREPROCESS_REST:
    rest(A);
    return true;
  case OP_SOURCES:
    sources(A);
    return true;
  default:
    return false;
  }
}

void Preprocessing::start(bool Expand) {
  if (Started)
    return;
  Started = true;
  Preprocessor &PP = C.Instance->getPreprocessor();
  if (!Expand)
    PP.SetMacroExpansionOnlyInDirectives();
  // Those that only a parser knows are no reason to warn.
  PP.IgnorePragmas();
  PP.EnterMainSourceFile();
}

void Preprocessing::end() {
  Ended = true;
  C.endOfSource();
}

uint32_t Preprocessing::spelling(const Token &Tok) {
  if (Tok.isAnnotation())
    return 0;
  Preprocessor &PP = C.Instance->getPreprocessor();
  if (const IdentifierInfo *II = Tok.getIdentifierInfo()) {
    uint32_t &Known = Identifiers[II];
    if (!Known)
      Known = T.S.add(II->getName());
    return Known;
  }
  if (const char *Fixed = tok::getPunctuatorSpelling(Tok.getKind());
      Fixed && Tok.getLength() == std::strlen(Fixed) && !Tok.needsCleaning()) {
    uint32_t &Known = Punctuators[Tok.getKind()];
    // A digraph may be as long as what it stands for.
    SmallString<8> Buffer;
    if (Tok.getLength() == 1 && Known)
      return Known;
    StringRef Spelled = PP.getSpelling(Tok, Buffer);
    if (Spelled != Fixed)
      return T.S.add(Spelled);
    if (!Known)
      Known = T.S.add(Fixed);
    return Known;
  }
  SmallString<128> Buffer;
  return T.S.add(PP.getSpelling(Tok, Buffer));
}

void Preprocessing::nextTokens(uint32_t Most, bool Expand, Answer &A) {
  start(Expand);
  Preprocessor &PP = C.Instance->getPreprocessor();
  std::vector<uint32_t> Locations, Spellings, Kinds;
  Token Tok;
  while (!Ended && Locations.size() < Most) {
    PP.Lex(Tok);
    if (Tok.is(tok::eof)) {
      end();
      break;
    }
    Locations.push_back(Tok.getLocation().getRawEncoding());
    Spellings.push_back(spelling(Tok));
    Kinds.push_back(uint32_t(Tok.getKind()) | uint32_t(Tok.getFlags() & 3) << 16);
  }
  uint32_t Count = uint32_t(Locations.size());
  A.W.tag(Tag::Bytes);
  A.W.u32(8 + Count * 12);
  A.W.u32(Count);
  A.W.u32(Ended);
  for (const std::vector<uint32_t> *V : {&Locations, &Spellings, &Kinds})
    A.W.raw(V->data(), size_t(Count) * 4);
}

void Preprocessing::text(Answer &A) {
  if (Started)
    return A.undefined();
  Started = true;
  EventStream Out(Events);
  Preprocessor &PP = C.Instance->getPreprocessor();
  const PreprocessorOutputOptions &Options = C.Instance->getPreprocessorOutputOpts();
  if (Options.RewriteIncludes)
    RewriteIncludesInInput(PP, &Out, Options);
  else
    DoPrintPreprocessedInput(PP, &Out, Options);
  end();
  A.W.boolean(true);
}

void Preprocessing::rest(Answer &A) {
  start(true);
  Token Tok;
  while (!Ended) {
    C.Instance->getPreprocessor().Lex(Tok);
    if (Tok.is(tok::eof))
      end();
  }
  Files.collect(T.S);
  C.PreprocessingFacts.settle();
  SnapshotWriter Snapshot(T, Files, C.PreprocessingFacts);
  A.W.list(2);
  WriteMeta(A.W);
  A.W.tag(Tag::Bytes);
  A.W.u32(uint32_t(Snapshot.bytes()));
  Snapshot.write([&](const void *Data, size_t Size) { A.W.raw(Data, Size); });
}

/// The entries of the location table, and the files, that came since the last
/// time: docs/formats/protocol.md, SOURCES.
void Preprocessing::sources(Answer &A) {
  Files.collect(T.S);
  auto column = [&](const auto &Data, size_t From) {
    A.W.bytes({reinterpret_cast<const char *>(Data.data() + From),
               (Data.size() - From) * sizeof(Data[0])});
  };
  A.W.list(8);
  for (const std::vector<uint32_t> *V : {&Files.Offset, &Files.A, &Files.B, &Files.C})
    column(*V, SentEntries);
  column(Files.Flags, SentEntries);
  column(Files.LineEntries, 0);
  Files.writeFiles(A.W, SentFiles);
  A.W.integer(int64_t(C.Instance->getSourceManager().getNextLocalOffset()));
  SentEntries = uint32_t(Files.Offset.size());
  SentFiles = Files.fileCount();
}

} // namespace cmonster
