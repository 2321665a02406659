//===- diagnostics.cpp - Diagnostics as values -----------------------------===//
#include "diagnostics.h"
#include "clang/Basic/DiagnosticIDs.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/SmallString.h"

using namespace clang;

namespace cmonster {

static const char *levelName(DiagnosticsEngine::Level L) {
  switch (L) {
  case DiagnosticsEngine::Ignored:
    return "ignored";
  case DiagnosticsEngine::Note:
    return "note";
  case DiagnosticsEngine::Remark:
    return "remark";
  case DiagnosticsEngine::Warning:
    return "warning";
  case DiagnosticsEngine::Error:
    return "error";
  case DiagnosticsEngine::Fatal:
    return "fatal";
  }
  return "error";
}

void Diagnostics::range(const CharSourceRange &R, const std::string *Code) {
  W.tag(Tag::Map);
  W.u32(Code ? 4 : 3);
  W.string("begin");
  W.location(R.getBegin().getRawEncoding());
  W.string("end");
  W.location(R.getEnd().getRawEncoding());
  W.string("tokenRange");
  W.boolean(R.isTokenRange());
  if (Code) {
    W.string("code");
    W.string(*Code);
  }
}

void Diagnostics::HandleDiagnostic(DiagnosticsEngine::Level Level, const Diagnostic &Info) {
  SmallString<256> Message;
  Info.FormatDiagnostic(Message);
  if (!Ignored.empty() && Message == Ignored)
    return;
  DiagnosticConsumer::HandleDiagnostic(Level, Info);
  if (Level >= DiagnosticsEngine::Error)
    Errors = true;
  if (Level == DiagnosticsEngine::Fatal)
    Fatal = true;
  if (Level >= DiagnosticsEngine::Error && FirstError.empty() && Info.getLocation().isInvalid())
    FirstError = Message.str().str();

  ++Count;
  size_t At = W.beginList(Tag::Map);
  uint32_t Entries = 2;
  W.string("level");
  W.string(levelName(Level));
  W.string("message");
  W.string(Message);
  if (Info.getLocation().isValid() && Info.hasSourceManager()) {
    const SourceManager &SM = Info.getSourceManager();
    W.string("location");
    W.location(Info.getLocation().getRawEncoding());
    ++Entries;
    PresumedLoc P = SM.getPresumedLoc(SM.getExpansionLoc(Info.getLocation()));
    if (P.isValid()) {
      W.string("file");
      W.string(P.getFilename());
      W.string("line");
      W.integer(P.getLine());
      W.string("column");
      W.integer(P.getColumn());
      Entries += 3;
    }
  }
  StringRef Flag = DiagnosticIDs::getWarningOptionForDiag(Info.getID());
  if (!Flag.empty()) {
    W.string("flag");
    W.string(("-W" + Flag).str());
    ++Entries;
  }
  if (Level == DiagnosticsEngine::Error &&
      DiagnosticIDs::isBuiltinWarningOrExtension(Info.getID()) &&
      !DiagnosticIDs::isDefaultMappingAsError(Info.getID())) {
    W.string("promoted");
    W.boolean(true);
    ++Entries;
  }
  unsigned Category = DiagnosticIDs::getCategoryNumberForDiag(Info.getID());
  if (Category) {
    W.string("category");
    W.string(DiagnosticIDs::getCategoryNameFromID(Category));
    ++Entries;
  }
  if (Info.getNumRanges()) {
    W.string("ranges");
    W.list(Info.getNumRanges());
    for (const CharSourceRange &R : Info.getRanges())
      range(R, nullptr);
    ++Entries;
  }
  if (Info.getNumFixItHints()) {
    W.string("fixIts");
    W.list(Info.getNumFixItHints());
    for (const FixItHint &H : Info.getFixItHints())
      range(H.RemoveRange, &H.CodeToInsert);
    ++Entries;
  }
  W.endList(At, Entries);
}

} // namespace cmonster
