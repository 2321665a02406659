//===- sources.cpp - Files, locations, lines of a translation unit ---------===//
#include "sources.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManagerInternals.h"

using namespace clang;

namespace cmonster {

SrcMgr::LineOffsetMapping findLines(StringRef Text, llvm::BumpPtrAllocator &Memory) {
  if (Text.contains('\r'))
    return SrcMgr::LineOffsetMapping::get(llvm::MemoryBufferRef(Text, ""), Memory);
  std::vector<unsigned> Starts;
  Starts.reserve(Text.size() / 32 + 1);
  Starts.push_back(0);
  for (size_t At = 0; (At = Text.find('\n', At)) != StringRef::npos;)
    Starts.push_back(unsigned(++At));
  return SrcMgr::LineOffsetMapping(Starts, Memory);
}

uint32_t Sources::fileOf(FileID ID, const SrcMgr::FileInfo &Info) {
  const SrcMgr::ContentCache &Content = Info.getContentCache();
  auto [It, New] = Index.try_emplace(&Content, uint32_t(Files.size()));
  if (!New)
    return It->second;
  File F{ID, "", "", false};
  if (OptionalFileEntryRef Entry = Content.OrigEntry) {
    F.Name = Entry->getName().str();
    F.IsFile = true;
    SmallString<256> Path(F.Name);
    SM.getFileManager().makeAbsolutePath(Path);
    F.Path = Path.str().str();
  } else
    F.Name = SM.getBufferOrFake(ID).getBufferIdentifier().str();
  Files.push_back(std::move(F));
  return uint32_t(Files.size() - 1);
}

void Sources::entry(const SrcMgr::SLocEntry &E, FileID ID) {
  Offset.push_back(E.getOffset());
  if (E.isFile()) {
    const SrcMgr::FileInfo &F = E.getFile();
    uint32_t Index = fileOf(ID, F);
    if (ID == SM.getMainFileID())
      MainFile = Index;
    A.push_back(Index);
    B.push_back(F.getIncludeLoc().getRawEncoding());
    C.push_back(0xFFFFFFFFu);
    uint8_t Bits = 0;
    if (SrcMgr::isSystem(F.getFileCharacteristic()))
      Bits |= 4;
    if (F.getFileCharacteristic() == SrcMgr::C_ExternCSystem)
      Bits |= 8;
    if (F.hasLineDirectives())
      Bits |= 16;
    Flags.push_back(Bits);
    return;
  }
  const SrcMgr::ExpansionInfo &X = E.getExpansion();
  A.push_back(X.getSpellingLoc().getRawEncoding());
  B.push_back(X.getExpansionLocStart().getRawEncoding());
  C.push_back(X.isMacroArgExpansion() ? 0 : X.getExpansionLocEnd().getRawEncoding());
  Flags.push_back(1 | (X.isExpansionTokenRange() ? 2 : 0));
}

void Sources::collect(Strings &S) {
  unsigned Local = SM.local_sloc_entry_size();
  unsigned Loaded = SM.loaded_sloc_entry_size();
  Offset.reserve(Local + Loaded);
  A.reserve(Local + Loaded);
  B.reserve(Local + Loaded);
  C.reserve(Local + Loaded);
  Flags.reserve(Local + Loaded);
  // Entries loaded from a precompiled header stand behind the local ones: with
  // them there is only one time.
  for (unsigned I = Collected; I < Local; ++I) {
    const SrcMgr::SLocEntry &E = SM.getLocalSLocEntry(I);
    // A FileID is the entry's index; only files need one here.
    FileID ID = E.isFile() && I ? SM.getFileID(SourceLocation::getFromRawEncoding(E.getOffset()))
                                : FileID();
    if (I)
      entry(E, ID);
  }
  bool First = Collected == 0;
  Collected = Local;
  if (!First)
    Loaded = 0;
  // Entries loaded from a precompiled preamble: the last loaded is the lowest.
  for (unsigned I = Loaded; I-- > 0;) {
    bool Invalid = false;
    const SrcMgr::SLocEntry &E = SM.getLoadedSLocEntry(I, &Invalid);
    if (Invalid || !E.getOffset())
      continue;
    FileID ID =
        E.isFile() ? SM.getFileID(SourceLocation::getFromRawEncoding(E.getOffset())) : FileID();
    entry(E, ID);
  }
  LineEntries.clear();
  if (!SM.hasLineTable())
    return;
  LineTableInfo &Lines = SM.getLineTable();
  for (const auto &[ID, Entries] : Lines) {
    if (Entries.empty())
      continue;
    uint32_t Start = SM.getLocForStartOfFile(ID).getRawEncoding();
    auto It = std::lower_bound(Offset.begin(), Offset.end(), Start);
    uint32_t Row = uint32_t(It - Offset.begin());
    for (const LineEntry &L : Entries) {
      LineEntries.push_back(Row);
      LineEntries.push_back(L.FileOffset);
      LineEntries.push_back(L.LineNo);
      LineEntries.push_back(L.FilenameID == -1 ? 0 : S.add(Lines.getFilename(L.FilenameID)));
      LineEntries.push_back((SrcMgr::isSystem(L.FileKind) ? 1 : 0) |
                            (L.FileKind == SrcMgr::C_ExternCSystem ? 2 : 0));
      LineEntries.push_back(L.IncludeOffset);
    }
  }
}

llvm::StringRef Sources::bytes(uint32_t File) const {
  if (File >= Files.size())
    return {};
  return SM.getBufferOrFake(Files[File].ID).getBuffer();
}

const SrcMgr::LineOffsetMapping &Sources::lines(uint32_t File) const {
  return SM.getSLocEntry(Files[File].ID).getFile().getContentCache().SourceLineCache;
}

void Sources::writeFiles(Writer &W, uint32_t From) const {
  W.list(uint32_t(Files.size()) - From);
  for (const File &F : llvm::ArrayRef(Files).drop_front(From)) {
    W.tag(Tag::Map);
    W.u32(4);
    W.string("name");
    W.string(F.Name);
    W.string("path");
    W.string(F.Path);
    W.string("size");
    W.integer(int64_t(SM.getBufferOrFake(F.ID).getBufferSize()));
    W.string("kind");
    W.string(F.IsFile ? "file" : "buffer");
  }
}

} // namespace cmonster
