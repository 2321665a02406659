//===- checkpoint.cpp - A parse that can be resumed after the includes -----===//
#include "checkpoint.h"
#include "memory.h"
#include "scripting.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace clang;

namespace cmonster {

/// How much longer than the first parse's text an edited one may be, at least.
static constexpr size_t Room = size_t(1) << 20;

class MainBuffer final : public llvm::MemoryBuffer {
  std::string Name;
  std::vector<char> Bytes;

public:
  size_t Length;

  MainBuffer(StringRef Text, std::string Name, size_t Capacity)
      : Name(std::move(Name)), Bytes(Capacity + 1), Length(Text.size()) {
    std::memcpy(Bytes.data(), Text.data(), Text.size());
    // The FileID gets the whole capacity in the address space of locations.
    init(Bytes.data(), Bytes.data() + Capacity, false);
  }
  /// From now on only as long as the text.
  void settle() { init(Bytes.data(), Bytes.data() + Length, false); }
  bool replace(StringRef Text) {
    if (Text.size() >= Bytes.size())
      return false;
    std::memcpy(Bytes.data(), Text.data(), Text.size());
    Bytes[Text.size()] = 0;
    Length = Text.size();
    settle();
    return true;
  }
  StringRef text() const { return {Bytes.data(), Length}; }
  BufferKind getBufferKind() const override { return MemoryBuffer_Malloc; }
  StringRef getBufferIdentifier() const override { return Name; }
};

// The lexer of a file that has grown must end where the new text does. Clang
// has no way to say so; naming a private member is allowed in an explicit
// instantiation ([temp.spec.general]).
namespace {
template <typename Tag, typename Tag::Type Member> struct Reveal {
  friend typename Tag::Type reveal(Tag) { return Member; }
};
struct LexerEnd {
  using Type = const char *Lexer::*;
  friend Type reveal(LexerEnd);
};
template struct Reveal<LexerEnd, &Lexer::BufferEnd>;
} // namespace

bool Checkpoint::prepare(CompilerInstance &CI, FileEntryRef Main) {
  auto Text = CI.getFileManager().getBufferForFile(Main);
  if (!Text)
    return false;
  size_t Size = (*Text)->getBufferSize();
  if (!Capacity)
    Capacity = Size + Room;
  if (Size > Capacity)
    return false;
  auto Own = std::make_unique<MainBuffer>((*Text)->getBuffer(), Main.getName().str(), Capacity);
  Buffer = Own.get();
  CI.getSourceManager().overrideFileContents(Main, std::move(Own));
  return true;
}

void Checkpoint::started(CompilerInstance &CI) {
  Buffer->settle();
  PreambleEnd = Lexer::ComputePreamble(Buffer->text(), CI.getLangOpts()).Size;
}

/// Whether an #include may still come in `Text`, a part of a preamble.
static bool mayInclude(StringRef Text) {
  while (!Text.empty()) {
    auto [Line, Rest] = Text.split('\n');
    Text = Rest;
    Line = Line.ltrim();
    if (!Line.consume_front("#"))
      continue;
    Line = Line.ltrim();
    if (Line.starts_with("include") || Line.starts_with("import"))
      return true;
  }
  return false;
}

namespace {
/// Tells the checkpoint after each directive that the main file may end its
/// includes with.
class Watcher final : public PPCallbacks {
  Checkpoint &C;
  CompilerInstance &CI;

public:
  Watcher(Checkpoint &C, CompilerInstance &CI) : C(C), CI(CI) {}
  void FileChanged(SourceLocation, FileChangeReason Reason, SrcMgr::CharacteristicKind,
                   FileID) override {
    if (Reason == ExitFile)
      C.reached(CI);
  }
  void FileSkipped(const FileEntryRef &, const Token &, SrcMgr::CharacteristicKind) override {
    C.reached(CI);
  }
  void Endif(SourceLocation, SourceLocation) override { C.reached(CI); }
};
} // namespace

std::unique_ptr<PPCallbacks> Checkpoint::callbacks(CompilerInstance &CI) {
  return std::make_unique<Watcher>(*this, CI);
}

void Checkpoint::reached(CompilerInstance &CI) {
  if (Done || Dir.empty())
    return;
  Preprocessor &PP = CI.getPreprocessor();
  if (!PP.isInPrimaryFile())
    return;
  auto *L = static_cast<Lexer *>(PP.getCurrentFileLexer());
  if (!L || L->getFileID() != CI.getSourceManager().getMainFileID())
    return;
  unsigned At = L->getCurrentBufferOffset();
  if (At > PreambleEnd) {
    Done = true;
    return;
  }
  if (mayInclude(Buffer->text().slice(At, PreambleEnd)))
    return;
  Done = true;
  keep(CI);
}

void Checkpoint::keep(CompilerInstance &CI) {
  SourceManager &SM = CI.getSourceManager();
  for (auto I = SM.fileinfo_begin(), E = SM.fileinfo_end(); I != E; ++I) {
    FileEntryRef Entry = I->first;
    struct stat Now;
    if (Entry.getName() != Buffer->getBufferIdentifier() && !SM.isFileOverridden(Entry) &&
        !stat(Entry.getName().str().c_str(), &Now))
      Included.push_back({Entry.getName().str(), Now.st_size, Now.st_mtim});
  }
  std::string Fifo = Dir + "/reparse";
  if (mkfifo(Fifo.c_str(), 0600))
    return;
  pid_t Owner = getppid();
  int In = open(Fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (In < 0)
    return;
  pid_t Keeper = fork();
  if (Keeper != 0) {
    close(In);
    KeeperId = Keeper > 0 ? int(Keeper) : 0;
    if (KeeperId)
      ownHeap();
    return;
  }
  KeeperId = int(getpid()); // also what its copies say
  // The keeper. It must hold nothing of the first parse's conversation: its end
  // has to be noticed.
  int Null = open("/dev/null", O_RDWR);
  for (int D : {0, 1, 2})
    dup2(Null, D);
  if (In != 3) {
    dup2(In, 3);
    In = 3;
  }
  for (int D = 4; D < 1024; ++D)
    close(D);
  fcntl(In, F_SETFD, FD_CLOEXEC);
  std::signal(SIGCHLD, SIG_IGN); // nobody waits for the copies
  std::vector<char> Input;
  for (;;) {
    pollfd P = {In, POLLIN, 0};
    int N = poll(&P, 1, 1000);
    if (N < 0 && errno != EINTR)
      _exit(70);
    // Before the owner opens its end there is no end of file to wait for.
    if (N <= 0) {
      if (kill(Owner, 0) && errno == ESRCH)
        _exit(0);
      continue;
    }
    char Chunk[4096];
    ssize_t Got = read(In, Chunk, sizeof Chunk);
    if (Got == 0)
      _exit(0);
    if (Got < 0)
      continue;
    Input.insert(Input.end(), Chunk, Chunk + Got);
    // One request: u32 length, the directory of the conversation to open.
    while (Input.size() >= 4) {
      uint32_t Size;
      std::memcpy(&Size, Input.data(), 4);
      if (Input.size() < 4 + size_t(Size))
        break;
      std::string Session(Input.data() + 4, Size);
      Input.erase(Input.begin(), Input.begin() + 4 + Size);
      if (fork() == 0) {
        close(In);
        std::signal(SIGCHLD, SIG_DFL);
        ownHeap();
        return resume(CI, Session);
      }
    }
  }
}

void Checkpoint::resume(CompilerInstance &CI, const std::string &SessionDir) {
  Resumed = true;
  std::optional<Value> Request = Connected(SessionDir);
  if (!Request)
    _exit(0);
  SourceManager &SM = CI.getSourceManager();
  auto *L = static_cast<Lexer *>(CI.getPreprocessor().getCurrentFileLexer());
  std::string Text = Request->str("text");
  if (Scripting *S = Scripting::current(); S && S->Inline.Active)
    S->Inline.replace(Text, Buffer->getBufferIdentifier());
  unsigned Read = L->getCurrentBufferOffset();
  if (StringRef(Text).substr(0, Read) != Buffer->text().substr(0, Read))
    return Refused("what comes before the end of the includes has changed");
  unsigned End = Lexer::ComputePreamble(Text, CI.getLangOpts()).Size;
  if (End > Read && mayInclude(StringRef(Text).slice(Read, End)))
    return Refused("an include was added");
  for (const File &F : Included) {
    struct stat Now;
    if (stat(F.Name.c_str(), &Now) || Now.st_size != F.Size ||
        Now.st_mtim.tv_sec != F.Modified.tv_sec || Now.st_mtim.tv_nsec != F.Modified.tv_nsec)
      return Refused(F.Name + " has changed");
  }
  if (!Buffer->replace(Text))
    return Refused("the file has grown too long");
  (L->*reveal(LexerEnd())) = Buffer->text().end();
  SM.getSLocEntry(SM.getMainFileID()).getFile().getContentCache().SourceLineCache =
      SrcMgr::LineOffsetMapping();
}

} // namespace cmonster
