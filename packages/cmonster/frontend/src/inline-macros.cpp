//===- inline-macros.cpp - TypeScript between ts_def and ts_end ------------===//
#include "inline-macros.h"
#include "clang/Basic/CharInfo.h"
#include "clang/Lex/Lexer.h"
#include "llvm/Support/MemoryBuffer.h"
#include <algorithm>
#include <utility>

using namespace clang;
using llvm::StringRef;

namespace cmonster {

namespace {

constexpr llvm::StringLiteral Opening = "ts_def", Closing = "ts_end";

/// One line of `Text` from `At`, its end included; moves `At` behind it.
StringRef takeLine(StringRef Text, size_t &At) {
  size_t End = Text.find('\n', At);
  End = End == StringRef::npos ? Text.size() : End + 1;
  StringRef Line = Text.slice(At, End);
  At = End;
  return Line;
}

/// `NAME(a, b, ...rest)` as the head of a C macro, of the same length; empty
/// when it is none.
std::string head(StringRef Signature, std::string &Name, size_t &NameAt) {
  auto Identifier = [](StringRef S) {
    return S.take_while([](char C) { return isAsciiIdentifierContinue(C, true) || (C & 0x80); });
  };
  StringRef S = Signature.ltrim(" \t");
  NameAt = size_t(S.begin() - Signature.begin());
  Name = Identifier(S).str();
  if (Name.empty() || isDigit(Name[0]))
    return {};
  S = S.drop_front(Name.size());
  size_t Gap = S.size() - S.ltrim(" \t").size();
  S = S.drop_front(Gap);
  if (!S.consume_front("("))
    return {};
  size_t ListAt = size_t(S.begin() - Signature.begin());
  if (!S.rtrim(" \t").ends_with(")"))
    return {};
  StringRef List = S.rtrim(" \t").drop_back();
  std::string Result = Signature.str();
  // C wants the parenthesis right behind the name.
  std::swap(Result[NameAt + Name.size()], Result[NameAt + Name.size() + Gap]);
  for (bool Rest = false; !List.trim(" \t").empty();) {
    StringRef Parameter = List.ltrim(" \t");
    if (Rest)
      return {}; // behind ...rest
    size_t At = ListAt + size_t(Parameter.begin() - S.begin());
    Rest = Parameter.consume_front("...");
    StringRef Word = Identifier(Parameter);
    if (Word.empty() || isDigit(Word[0]))
      return {};
    if (Rest)
      std::fill_n(Result.begin() + At + 3, Word.size(), ' ');
    List = Parameter.drop_front(Word.size()).ltrim(" \t");
    if (List.empty())
      break;
    if (!List.consume_front(",") || List.trim(" \t").empty())
      return {};
  }
  return Result;
}

/// What follows `Start` in the place of a block: as many bytes and lines, lines
/// where they were if that can be.
std::string blank(StringRef Block, StringRef Start) {
  std::string Rest = Block.drop_front(Start.size()).str();
  for (char &C : Rest)
    if (C != '\n' && C != '\r')
      C = ' ';
  // Short lines at the block's start are under what it is replaced with.
  size_t Missing = Block.count('\n') - StringRef(Rest).count('\n') - Start.count('\n');
  for (size_t At = 0; Missing && At < Rest.size(); ++At)
    if (Rest[At] == ' ') {
      Rest[At] = '\n';
      --Missing;
    }
  return Rest;
}

class ReplacedFile final : public llvm::vfs::File {
  std::unique_ptr<llvm::vfs::File> Under;
  InlineMacros &Macros;
  std::string Path;

public:
  ReplacedFile(std::unique_ptr<llvm::vfs::File> Under, InlineMacros &Macros, std::string Path)
      : Under(std::move(Under)), Macros(Macros), Path(std::move(Path)) {}
  llvm::ErrorOr<llvm::vfs::Status> status() override { return Under->status(); }
  llvm::ErrorOr<std::string> getName() override { return Under->getName(); }
  std::error_code close() override { return Under->close(); }
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>>
  getBuffer(const llvm::Twine &Name, int64_t Size, bool Terminated, bool Volatile) override {
    auto Buffer = Under->getBuffer(Name, Size, Terminated, Volatile);
    if (!Buffer || !Macros.Active || !(*Buffer)->getBuffer().contains(Opening))
      return Buffer;
    std::string Text = (*Buffer)->getBuffer().str();
    if (!Macros.replace(Text, Path))
      return Buffer;
    return llvm::MemoryBuffer::getMemBufferCopy(Text, (*Buffer)->getBufferIdentifier());
  }
};

class ReplacedFiles final : public llvm::vfs::ProxyFileSystem {
  InlineMacros &Macros;

public:
  ReplacedFiles(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> FS, InlineMacros &Macros)
      : ProxyFileSystem(std::move(FS)), Macros(Macros) {}
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>>
  openFileForRead(const llvm::Twine &Path) override {
    auto File = ProxyFileSystem::openFileForRead(Path);
    if (!File)
      return File;
    return std::make_unique<ReplacedFile>(std::move(*File), Macros, Path.str());
  }
};

} // namespace

bool InlineMacros::replace(std::string &Text, StringRef FileName) {
  File Found;
  Found.Original = Text;
  size_t From = 0;
  // Tokens say what is code: neither comments nor strings hold definitions.
  for (bool More = true; More;) {
    More = false;
    Lexer L(SourceLocation(), Lang, Text.data(), Text.data() + From, Text.data() + Text.size());
    Token T;
    do {
      L.LexFromRawLexer(T);
      if (T.isNot(tok::raw_identifier) || T.getRawIdentifier() != Opening ||
          !(T.isAtStartOfLine() || From == size_t(T.getRawIdentifier().data() - Text.data())))
        continue;
      size_t Begin = size_t(T.getRawIdentifier().data() - Text.data()), At = Begin;
      StringRef All = Text, First = takeLine(All, At).rtrim(" \t\r\n");
      if (!StringRef(First).drop_front(Opening.size()).starts_with("("))
        continue;
      size_t BodyBegin = At, BodyEnd = At, End = StringRef::npos;
      while (At < All.size() && End == StringRef::npos) {
        BodyEnd = At;
        StringRef Line = takeLine(All, At);
        if (Line.trim(" \t\r\n") == Closing)
          End = BodyEnd + Line.find(Closing) + Closing.size();
      }
      std::string Name, Head;
      size_t NameAt = 0;
      if (First.ends_with(")"))
        Head = head(First.drop_front(Opening.size() + 1).drop_back(), Name, NameAt);
      bool Closed = End != StringRef::npos;
      if (!Closed)
        End = All.size();
      StringRef Block = All.slice(Begin, End);
      if (!Closed)
        Found.Problems.push_back(
            {uint32_t(Begin), "ts_def has no ts_end: a line with nothing else"});
      else if (Head.empty())
        Found.Problems.push_back(
            {uint32_t(Begin), "not a signature: ts_def(NAME(a, b, ...rest)) is"});
      std::string New;
      if (Closed && !Head.empty()) {
        Found.Definitions.push_back({uint32_t(Begin + 8 + NameAt), Name,
                                     First.drop_front(Opening.size() + 1).drop_back().str(),
                                     All.slice(BodyBegin, BodyEnd).str(),
                                     uint32_t(1 + All.take_front(BodyBegin).count('\n'))});
        bool Carriage = Block[Block.find('\n') - 1] == '\r';
        New = "#define " + Head + "\\" + (Carriage ? "\r\n" : "\n") + ScriptMarker.str();
      }
      New += blank(Block, New);
      Text.replace(Begin, Block.size(), New);
      From = End;
      More = true;
    } while (!More && T.isNot(tok::eof));
  }
  if (Found.Definitions.empty() && Found.Problems.empty())
    return false;
  Files[FileName] = std::move(Found);
  return true;
}

InlineMacros::File *InlineMacros::file(StringRef Name) {
  auto It = Files.find(Name);
  return It == Files.end() ? nullptr : &It->second;
}

llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>
InlineMacros::over(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> FS) {
  return new ReplacedFiles(std::move(FS), *this);
}

} // namespace cmonster
