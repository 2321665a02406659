//===- scripting.h - Preprocessing decided by the parent --------*- C++ -*-===//
//
// Macros, includes and pragmas that the parent answers, in the middle of Clang's
// own preprocessing. docs/formats/protocol.md, "Calls".
//
// Clang has no way to do this. Macros and includes are taken where one of its
// object files calls another (CMakeLists.txt, --wrap): the preprocessor entering
// a macro's expansion, and asking for an included file. Pragmas are taken by
// putting another root in the place of the table of handlers.
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_SCRIPTING_H
#define CMONSTER_SCRIPTING_H

#include "calls.h"
#include "inline-macros.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/HeaderSearch.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Lex/ScratchBuffer.h"
#include "llvm/ADT/DenseSet.h"
#include <optional>

namespace cmonster {

class Scripting {
public:
  InlineMacros Inline;

  /// `Script` is the entry `script` of a PARSE request.
  Scripting(const Value &Script, Calls &C);

  /// What is at work in this process, if anything is.
  static Scripting *current() { return Current; }

  /// Between the preprocessor having been made and the main file being entered.
  void attach(clang::CompilerInstance &CI);

  /// Takes the expansion of a macro that a script answers; false for others.
  /// `Enter` is Clang's own Preprocessor::EnterMacro.
  using EnterMacro = void (*)(clang::Preprocessor *, clang::Token &, clang::SourceLocation,
                              clang::MacroInfo *, clang::MacroArgs *);
  bool expand(clang::Token &Name, clang::SourceLocation End, clang::MacroInfo *MI,
              clang::MacroArgs *Args, EnterMacro Enter);

  /// What the script has for an include; nothing when it goes on as usual.
  struct Lookup {
    clang::HeaderSearch &Search;
    llvm::StringRef Name;
    clang::SourceLocation Loc;
    bool Angled;
    clang::ConstSearchDirIterator *CurDir;
    /// Where the module that the file belongs to goes; null where none counts.
    clang::ModuleMap::KnownHeader *Module;
  };
  std::optional<clang::OptionalFileEntryRef> lookUp(const Lookup &L);

  /// Takes a pragma, whose name the current lexer is about to read; false when
  /// it is to be handled as usual.
  bool pragma(clang::PragmaIntroducer Introducer);

  /// An ASK frame that arrives while the parent works on a call.
  void answer(const Frame &Ask);
  Calls &calls() { return C; }

private:
  static Scripting *Current;
  Calls &C;
  clang::Preprocessor *PP = nullptr;
  clang::SourceManager *SM = nullptr;
  std::optional<clang::ScratchBuffer> Scratch;

  // As asked for.
  std::string Predefines;
  bool Includes = false;
  std::vector<std::pair<std::string, std::string>> Pragmas; // name space, name
  std::vector<std::string> Events;
  /// Macros whose result depends on their arguments' text alone, and what is
  /// known of them: by number and arguments as they are sent.
  llvm::DenseSet<int64_t> Pure;
  llvm::StringMap<Value> Known;
  /// How many of their uses are asked for at once, and up to which byte each
  /// file has been searched for more.
  unsigned AtOnce = 1;
  llvm::DenseMap<clang::FileID, unsigned> LookedAhead;

  /// The number that the parent knows a macro by.
  llvm::DenseMap<const clang::MacroInfo *, int64_t> Macros;
  int64_t NextPredefined = 0, NextInline = 1 << 20;
  clang::IdentifierInfo *Marker = nullptr;
  unsigned LastLookup = 0; // raw location
  unsigned VirtualFiles = 0;

  /// Tokens that the parent may name by number while it works on a call; of
  /// the innermost call.
  struct Pending {
    std::vector<clang::Token> Tokens;
    clang::MacroArgs *Args = nullptr;
    Pending *Outer = nullptr;
    bool AskedForMore = false; // than was sent with the call
  };
  Pending *Innermost = nullptr;

  friend class ScriptEvents;
  friend class ScriptDefinitions;

  Value ask(Writer &W, uint32_t Count);
  /// The same for a pure macro; `Arguments` is where their list's count is.
  Value askPure(int64_t Id, Writer &W, size_t Arguments, Pending &P);
  void lookAhead(Writer &W, std::vector<std::string> &Keys);
  /// Where something is, as three items.
  void place(Writer &W, clang::SourceLocation L);
  /// A list of two items for a token: kind and flags, text.
  void tokens(Writer &W, llvm::ArrayRef<clang::Token> Tokens, Pending *P);
  /// A use of tokens in place of what stands from `Begin` to `End`.
  struct Place {
    clang::SourceLocation Begin, End, Definition;
  };
  /// The tokens that an answer means; an error at the place when it means none.
  bool materialize(const Value &Answer, const Pending &P, const Place &At, llvm::StringRef What,
                   std::vector<clang::Token> &Result);
  bool lexText(llvm::StringRef Text, const Place &At, llvm::StringRef What,
               std::vector<clang::Token> &Result);
  /// Puts tokens before what is read next; `Again`: as they were read.
  void enter(std::vector<clang::Token> Tokens, bool Again = false);
  void error(clang::SourceLocation L, llvm::StringRef Message);
  /// Tells an answer that is an error; false for any other.
  bool failed(const Value &Answer, clang::SourceLocation At, llvm::StringRef What,
              clang::SourceLocation Definition = {});
  clang::OptionalFileEntryRef virtualFile(const Value &Answer, llvm::StringRef DefaultName);
  std::string directiveAt(clang::SourceLocation L);
  bool wants(llvm::StringRef Event) const;
  void defined(const clang::Token &Name, const clang::MacroInfo *MI);
  void entered(clang::FileID ID);
};

} // namespace cmonster
#endif
