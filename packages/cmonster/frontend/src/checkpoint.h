//===- checkpoint.h - A parse that can be resumed after the includes -------===//
//
// A keeper is a fork of the frontend, made when the main file's last #include
// has been read and nothing after it. Asked to, it forks again: the copy gets
// the main file's new text, of which the part already read must be the same,
// and goes on parsing. So an edit costs what the main file itself costs, and
// the result is what a parse from the beginning would give.
//
// docs/formats/protocol.md, "Reparse".
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_CHECKPOINT_H
#define CMONSTER_CHECKPOINT_H

#include "value.h"
#include "clang/Frontend/CompilerInstance.h"
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace clang {
class PPCallbacks;
}

namespace cmonster {

/// The main file's text with room behind it to grow.
class MainBuffer;

class Checkpoint {
public:
  /// Opens the conversation of a resumed parse in its directory, and returns
  /// its PARSE request; nothing when the parent has gone.
  using Connect = std::function<std::optional<Value>(const std::string &Dir)>;
  /// Tells the parent why it can't be resumed, and ends the process.
  using Refuse = std::function<void(const std::string &Why)>;

  /// The keeper reads its requests from the FIFO `Dir`/reparse; with no
  /// directory there is none, only its main file's `Capacity` (0: enough),
  /// which locations depend on.
  Checkpoint(std::string Dir, size_t Capacity, Connect C, Refuse R)
      : Dir(std::move(Dir)), Capacity(Capacity), Connected(std::move(C)), Refused(std::move(R)) {}

  /// Puts a buffer that can grow in the main file's place.
  bool prepare(clang::CompilerInstance &CI, clang::FileEntryRef Main);
  /// Between the main file's FileID having been made and its lexer.
  void started(clang::CompilerInstance &CI);
  std::unique_ptr<clang::PPCallbacks> callbacks(clang::CompilerInstance &CI);

  /// The keeper's process, 0 when there is none.
  int keeper() const { return KeeperId; }
  bool resumed() const { return Resumed; }
  /// Bytes of the address space of locations that the main file takes.
  size_t capacity() const { return Capacity; }

  /// To be called whenever the preprocessor has done with a directive of the
  /// main file: forks when it was the last that matters.
  void reached(clang::CompilerInstance &CI);

private:
  std::string Dir;
  size_t Capacity;
  Connect Connected;
  Refuse Refused;
  MainBuffer *Buffer = nullptr; // owned by the SourceManager
  struct File {
    std::string Name;
    off_t Size;
    timespec Modified;
  };
  std::vector<File> Included;
  unsigned PreambleEnd = 0;
  bool Resumed = false, Done = false;
  int KeeperId = 0;

  void keep(clang::CompilerInstance &CI);
  void resume(clang::CompilerInstance &CI, const std::string &SessionDir);
};

} // namespace cmonster
#endif
