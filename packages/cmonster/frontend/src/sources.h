//===- sources.h - Files, locations, lines of a translation unit -*- C++ -*-===//
#ifndef CMONSTER_SOURCES_H
#define CMONSTER_SOURCES_H

#include "tables.h"
#include "value.h"
#include "clang/Basic/SourceManager.h"
#include <vector>

namespace cmonster {

/// What LineOffsetMapping::get finds; in a file without carriage returns, which most are, in a
/// quarter of the time.
clang::SrcMgr::LineOffsetMapping findLines(llvm::StringRef Text, llvm::BumpPtrAllocator &Memory);

/// docs/formats/snapshot.md, "Source locations".
class Sources {
public:
  std::vector<uint32_t> Offset, A, B, C;
  std::vector<uint8_t> Flags;
  std::vector<uint32_t> LineEntries;

  explicit Sources(clang::SourceManager &SM) : SM(SM) {}
  /// Takes in what there is; called again, what has come since.
  void collect(Strings &S);
  /// The list `files` of the snapshot's meta.
  void writeFiles(Writer &W, uint32_t From = 0) const;
  uint32_t mainFile() const { return MainFile; }
  uint32_t fileCount() const { return uint32_t(Files.size()); }
  /// A file's bytes as the compiler saw them.
  llvm::StringRef bytes(uint32_t File) const;
  /// Where their lines start, if Clang has looked for them.
  const clang::SrcMgr::LineOffsetMapping &lines(uint32_t File) const;
  clang::FileID fileID(uint32_t File) const { return Files[File].ID; }
  llvm::StringRef name(uint32_t File) const { return Files[File].Name; }

private:
  struct File {
    clang::FileID ID;
    std::string Name, Path;
    bool IsFile;
  };
  clang::SourceManager &SM;
  std::vector<File> Files;
  uint32_t MainFile = 0;
  unsigned Collected = 0;                       // local entries
  llvm::DenseMap<const void *, uint32_t> Index; // by content
  uint32_t fileOf(clang::FileID ID, const clang::SrcMgr::FileInfo &Info);
  void entry(const clang::SrcMgr::SLocEntry &E, clang::FileID ID);
};

} // namespace cmonster
#endif
