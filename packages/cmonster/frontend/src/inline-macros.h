//===- inline-macros.h - TypeScript between ts_def and ts_end ---*- C++ -*-===//
//
//   ts_def(REVERSED(token))
//     return JSON.stringify([...String(token)].reverse().join(''));
//   ts_end
//
// The block never reaches Clang's lexer. As a file is loaded it is replaced, in
// as many bytes and lines, by the definition of an ordinary macro whose body is
// the marker that says who answers for it:
//
//   #define REVERSED(token)\
//   __ts_
//
// so that conditionals, include guards, #undef and redefinition are Clang's.
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_INLINE_MACROS_H
#define CMONSTER_INLINE_MACROS_H

#include "clang/Basic/LangOptions.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <string>
#include <vector>

namespace cmonster {

/// The body of every macro that is answered by a script: itself a macro that
/// expands to nothing. Not longer than what a block leaves room for.
constexpr llvm::StringLiteral ScriptMarker = "__ts_";

class InlineMacros {
public:
  struct Definition {
    uint32_t NameOffset; // of the macro's name in the replaced text
    std::string Name;
    std::string Signature; // as written: NAME(a, b, ...rest)
    std::string Body;
    uint32_t BodyLine; // of the file, from 1
  };
  struct Problem {
    uint32_t Offset;
    std::string Message;
    bool Told = false;
  };
  struct File {
    std::vector<Definition> Definitions;
    std::vector<Problem> Problems;
    std::string Original;
  };

  clang::LangOptions Lang;
  /// Whether files are looked at: only once the language is known.
  bool Active = false;

  /// Replaces the blocks in a file's text; false when there are none.
  bool replace(std::string &Text, llvm::StringRef FileName);
  /// What was found in a file, by the name it was opened with.
  File *file(llvm::StringRef Name);
  /// A view of `FS` with every block replaced.
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>
  over(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> FS);

private:
  llvm::StringMap<File> Files;
};

} // namespace cmonster
#endif
