//===- script-includes.cpp - Includes that the parent answers --------------===//
//
// Clang asks its HeaderSearch once for each directive, and that remembers by
// name; so the question is taken before it is asked.
//
//===----------------------------------------------------------------------===//
#include "scripting.h"
#include "clang/Basic/FileManager.h"
#include "llvm/Support/Path.h"

using namespace clang;
using llvm::StringRef;
using Includers = llvm::ArrayRef<std::pair<OptionalFileEntryRef, DirectoryEntryRef>>;

#define LOOKUP_FILE                                                                                \
  "_ZN5clang12HeaderSearch10LookupFileEN4llvm9StringRefENS_14SourceLocationEbNS_"                  \
  "6detail21SearchDirIteratorImplILb1EEEPS6_NS1_"                                                  \
  "8ArrayRefISt4pairINS_20CustomizableOptionalINS_12FileEntryRefEEENS_"                            \
  "17DirectoryEntryRefEEEEPNS1_15SmallVectorImplIcEESI_PNS_6ModuleEPNS_9ModuleMap11KnownHeaderE"   \
  "PbSO_bbbb"
OptionalFileEntryRef realLookupFile(HeaderSearch *Search, StringRef Name, SourceLocation Loc,
                                    bool Angled, ConstSearchDirIterator From,
                                    ConstSearchDirIterator *CurDir, Includers In,
                                    llvm::SmallVectorImpl<char> *SearchPath,
                                    llvm::SmallVectorImpl<char> *RelativePath, Module *Requesting,
                                    ModuleMap::KnownHeader *Suggested, bool *Mapped,
                                    bool *Framework, bool SkipCache, bool BuildSystem, bool Open,
                                    bool CacheFailures) asm("__real_" LOOKUP_FILE);
OptionalFileEntryRef wrapLookupFile(HeaderSearch *Search, StringRef Name, SourceLocation Loc,
                                    bool Angled, ConstSearchDirIterator From,
                                    ConstSearchDirIterator *CurDir, Includers In,
                                    llvm::SmallVectorImpl<char> *SearchPath,
                                    llvm::SmallVectorImpl<char> *RelativePath, Module *Requesting,
                                    ModuleMap::KnownHeader *Suggested, bool *Mapped,
                                    bool *Framework, bool SkipCache, bool BuildSystem, bool Open,
                                    bool CacheFailures) asm("__wrap_" LOOKUP_FILE);
OptionalFileEntryRef
wrapLookupFile(HeaderSearch *Search, StringRef Name, SourceLocation Loc, bool Angled,
               ConstSearchDirIterator From, ConstSearchDirIterator *CurDir, Includers In,
               llvm::SmallVectorImpl<char> *SearchPath, llvm::SmallVectorImpl<char> *RelativePath,
               Module *Requesting, ModuleMap::KnownHeader *Suggested, bool *Mapped, bool *Framework,
               bool SkipCache, bool BuildSystem, bool Open, bool CacheFailures) {
  if (cmonster::Scripting *S = cmonster::Scripting::current())
    if (auto Found = S->lookUp({*Search, Name, Loc, Angled, CurDir, Suggested})) {
      if (SearchPath)
        SearchPath->clear();
      if (RelativePath) {
        RelativePath->clear();
        RelativePath->append(Name.begin(), Name.end());
      }
      return *Found;
    }
  return realLookupFile(Search, Name, Loc, Angled, From, CurDir, In, SearchPath, RelativePath,
                        Requesting, Suggested, Mapped, Framework, SkipCache, BuildSystem, Open,
                        CacheFailures);
}

namespace cmonster {

/// The word that asks: `include`, `include_next`, `import`, `__has_include`, …
/// Clang says only whether the search starts in the middle.
std::string Scripting::directiveAt(SourceLocation L) {
  auto [File, Offset] = SM->getDecomposedLoc(SM->getExpansionLoc(L));
  StringRef Text = SM->getBufferData(File);
  size_t Begin = Offset;
  for (;;) {
    size_t Break = Text.take_front(Begin).rfind('\n');
    if (Break == StringRef::npos) {
      Begin = 0;
      break;
    }
    StringRef Before = Text.take_front(Break).rtrim('\r');
    Begin = Break + 1;
    if (!Before.ends_with("\\"))
      break;
    Begin = Break;
  }
  Lexer Line(SourceLocation(), PP->getLangOpts(), Text.begin(), Text.begin() + Begin, Text.end());
  std::string Directive, Has;
  for (Token T;;) {
    Line.LexFromRawLexer(T);
    if (T.is(tok::eof) || Line.getBufferLocation() > Text.begin() + Offset)
      break;
    if (T.isNot(tok::raw_identifier))
      continue;
    StringRef Word = T.getRawIdentifier();
    if (Directive.empty())
      Directive = Word.str();
    if (Word.starts_with("__has_"))
      Has = Word.str();
  }
  if (Directive == "if" || Directive == "elif")
    return Has.empty() ? "__has_include" : Has;
  return Directive.empty() ? "include" : Directive;
}

static std::string joined(StringRef Directory, StringRef Name) {
  SmallString<256> Path(Directory);
  llvm::sys::path::append(Path, Name);
  return Path.str().str();
}

/// As if a search had found the file: what its directory and its module mean for it.
static void foundThere(const Scripting::Lookup &L, FileEntryRef File, StringRef Path,
                       OptionalFileEntryRef From) {
  HeaderSearch &Search = L.Search;
  const DirectoryEntry *Root = From ? &From->getDir().getDirEntry() : nullptr;
  OptionalFileEntryRef Beside;
  if (From && !L.Angled)
    Beside = Search.getFileMgr().getOptionalFileRef(joined(From->getDir().getName(), L.Name));
  if (Beside && *Beside == File) {
    Search.getFileInfo(File).DirInfo = Search.getFileInfo(*From).DirInfo;
  } else {
    for (auto Dir = Search.search_dir_begin(), E = Search.search_dir_end(); Dir != E; ++Dir) {
      if (Path != joined(Dir->getName(), L.Name))
        continue;
      Search.getFileInfo(File).DirInfo = Dir->getDirCharacteristic();
      if (L.CurDir)
        *L.CurDir = Dir;
      if (Dir->isNormalDir())
        Root = &Dir->getDirRef()->getDirEntry();
      break;
    }
  }
  if (!L.Module)
    return;
  bool IsSystem = Search.getFileDirFlavor(File) != SrcMgr::C_User;
  Search.hasModuleMap(File.getNameAsRequested(), Root, IsSystem);
  ModuleMap::KnownHeader Known = Search.findModuleForHeader(File, /*AllowTextual=*/true);
  *L.Module = Known.getRole() & ModuleMap::TextualHeader ? ModuleMap::KnownHeader() : Known;
}

std::optional<OptionalFileEntryRef> Scripting::lookUp(const Lookup &L) {
  // A name that is not found is looked up again for what Clang might propose.
  if (!Includes || L.Loc.isInvalid() || L.Loc.getRawEncoding() == LastLookup)
    return std::nullopt;
  LastLookup = L.Loc.getRawEncoding();
  Writer W = C.begin("include");
  W.string(L.Name);
  W.boolean(L.Angled);
  W.string(directiveAt(L.Loc));
  SourceLocation At = SM->getExpansionLoc(L.Loc);
  OptionalFileEntryRef From = SM->getFileEntryRefForID(SM->getFileID(At));
  W.string(From ? From->getName() : StringRef());
  place(W, L.Loc);
  Value Answer = ask(W, 8);
  if (Answer.T == Tag::Undefined || Answer.T == Tag::Null)
    return std::nullopt;
  std::string What = ("include of '" + L.Name + "'").str();
  if (failed(Answer, At, What))
    return std::nullopt;
  if (Answer.T == Tag::False)
    return OptionalFileEntryRef();
  OptionalFileEntryRef File;
  if (Answer.T == Tag::Map && Answer.get("text")) {
    File = virtualFile(Answer, joined(From ? From->getDir().getName() : "", L.Name));
  } else {
    std::string Path = Answer.T == Tag::Map ? Answer.str("path") : Answer.Text;
    auto Found = SM->getFileManager().getFileRef(Path, /*OpenFile=*/true, /*CacheFailure=*/false);
    if (!Found) {
      error(At, What + ": the script's answer '" + Path +
                    "' cannot be read: " + llvm::toString(Found.takeError()));
      return std::nullopt;
    }
    File = *Found;
    foundThere(L, *File, Path, From);
  }
  if (Answer.flag("system"))
    L.Search.getFileInfo(*File).DirInfo = SrcMgr::C_System;
  return File;
}

} // namespace cmonster
