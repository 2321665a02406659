//===- compile.cpp - From a compiler's arguments to an AST -----------------===//
#include "compile.h"
#include "scripting.h"
#include "sources.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/FileManager.h"
#include "clang/Driver/Compilation.h"
#include "clang/Driver/Driver.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Frontend/Utils.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Sema/Sema.h"
#include "clang/Tooling/ArgumentsAdjusters.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/TargetParser/Host.h"
#include <ctime>

extern "C" {
void LLVMInitializeX86TargetInfo();
void LLVMInitializeX86TargetMC();
void LLVMInitializeX86AsmParser();
}

using namespace clang;

namespace cmonster {

namespace {

void startObserving(Compilation &C, CompilerInstance &CI) {
  Preprocessor &PP = CI.getPreprocessor();
  PP.addPPCallbacks(C.PreprocessingFacts.observe(PP));
  if (C.Script)
    C.Script->attach(CI);
}

/// Leaves the preprocessor where the main file would be entered.
class PreprocessAction final : public PreprocessorFrontendAction {
  Compilation &C;

public:
  explicit PreprocessAction(Compilation &C) : C(C) {}

protected:
  bool BeginSourceFileAction(CompilerInstance &CI) override {
    startObserving(C, CI);
    return true;
  }
  void ExecuteAction() override {}
};

/// Parses, and leaves everything standing.
class ParseAction final : public ASTFrontendAction {
  Compilation &C;

public:
  explicit ParseAction(Compilation &C) : C(C) {}

protected:
  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &, StringRef) override {
    return std::make_unique<ASTConsumer>();
  }
  bool BeginSourceFileAction(CompilerInstance &CI) override {
    startObserving(C, CI);
    if (C.Keep) {
      C.Keep->started(CI);
      CI.getPreprocessor().addPPCallbacks(C.Keep->callbacks(CI));
    }
    return true;
  }
};

/// Whether a flag says how far the compiler goes, in how many steps, and what
/// it keeps of them: a parser goes its own way, in one.
bool saysWhatToDo(StringRef Flag) {
  static const llvm::StringSet<> Flags = {"-c",
                                          "-S",
                                          "-E",
                                          "-fsyntax-only",
                                          "-save-temps",
                                          "--save-temps",
                                          "-no-integrated-cpp",
                                          "-via-file-asm",
                                          "-emit-interface-stubs",
                                          "-fdriver-only"};
  return Flags.contains(Flag) || Flag.starts_with("-save-temps=") ||
         Flag.starts_with("--save-temps=");
}

} // namespace

double cpuMilliseconds() {
  timespec T;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &T);
  return double(T.tv_sec) * 1e3 + double(T.tv_nsec) / 1e6;
}

std::optional<Compilation::Error>
Compilation::invocation(const Value &Request, std::shared_ptr<CompilerInvocation> &Result) {
  // The driver finds its headers relative to where it is installed: it is
  // told that it is the installed clang.
  std::string Driver = Request.str("driver");
  std::vector<std::string> Args{std::string(CMONSTER_CLANG_BIN) + "/" +
                                (Driver == "clang++" ? "clang++" : "clang")};
  std::vector<std::string> Given;
  llvm::BumpPtrAllocator Allocator;
  SmallVector<const char *, 32> Expanded;
  if (const Value *A = Request.get("arguments"))
    for (const Value &V : A->Items)
      Expanded.push_back(V.Text.c_str());
  // Response files, as the clang program itself reads them.
  llvm::cl::ExpansionContext Expansion(Allocator, llvm::cl::TokenizeGNUCommandLine);
  if (llvm::Error E = Expansion.expandResponseFiles(Expanded))
    return Error{"BAD_ARGUMENTS", llvm::toString(std::move(E))};
  for (const char *A : Expanded)
    if (A)
      Given.push_back(A);
  // What asks for outputs is none of a parser's business.
  Given.insert(Given.begin(), Args[0]);
  // What stands behind -Xclang is not the driver's, whatever it looks like.
  for (size_t I = 1; I < Given.size(); ++I)
    if (Given[I - 1] == "-Xclang")
      Given[I].insert(0, 1, '\1');
  for (auto Adjust :
       {tooling::getClangStripOutputAdjuster(), tooling::getClangStripDependencyFileAdjuster()})
    Given = Adjust(Given, "");
  // Of what is compiled for several machines at once (OpenMP's targets, CUDA,
  // HIP) the host's part, unless the arguments say otherwise: theirs come later.
  Args.push_back("--offload-host-only");
  Args.insert(Args.end(), PreprocessOnly ? "-E" : "-fsyntax-only");
  for (size_t I = 1; I < Given.size(); ++I)
    if (StringRef(Given[I]).starts_with("\1"))
      Args.push_back(Given[I].substr(1));
    else if (!saysWhatToDo(Given[I]))
      Args.push_back(Given[I]);

  std::vector<const char *> Raw;
  for (const std::string &A : Args)
    Raw.push_back(A.c_str());
  // What asks the driver for an invocation adds it to whatever there is.
  if (PreprocessOnly)
    Diags->Ignored = "argument unused during compilation: '-fsyntax-only'";
  CreateInvocationOptions Options;
  Options.Diags = &Instance->getDiagnostics();
  Options.VFS = &Instance->getFileManager().getVirtualFileSystem();
  Options.CC1Args = &Command;
  Options.RecoverOnError = false;
  std::unique_ptr<CompilerInvocation> I = createInvocation(Raw, Options);
  if (!I || Diags->Errors) {
    std::string Why = Diags->FirstError.empty() ? "the arguments name no single C or C++ input"
                                                : Diags->FirstError;
    StringRef W = Why;
    if (PreprocessOnly && W.contains("expected exactly one compiler job"))
      return Error{"BAD_ARGUMENTS",
                   "there is nothing to preprocess: the input has been preprocessed, "
                   "or is not C, C++ or Objective-C (say which it is with -x)"};
    if (W.contains("expected exactly one compiler job in ''"))
      return Error{"BAD_ARGUMENTS", "there is nothing to parse: the input is not C, C++ or "
                                    "Objective-C (say which it is with -x), or the flag before it "
                                    "takes it as its value"};
    return Error{W.contains("no such file or directory") ? "INPUT_UNREADABLE" : "BAD_ARGUMENTS",
                 Why};
  }
  if (I->getFrontendOpts().Inputs.size() != 1)
    return Error{"BAD_ARGUMENTS", "exactly one input is needed, not " +
                                      std::to_string(I->getFrontendOpts().Inputs.size())};
  Result = std::move(I);
  return std::nullopt;
}

std::optional<Compilation::Error> Compilation::run(const Value &Request) {
  // Microsoft's inline assembly is parsed by the target's own assembler.
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86AsmParser();
  double Start = cpuMilliseconds();
  IntrusiveRefCntPtr<llvm::vfs::OverlayFileSystem> FS(
      new llvm::vfs::OverlayFileSystem(llvm::vfs::getRealFileSystem()));
  if (const Value *Unsaved = Request.get("unsaved");
      Unsaved && Unsaved->T == Tag::Map && !Unsaved->Items.empty()) {
    IntrusiveRefCntPtr<llvm::vfs::InMemoryFileSystem> Memory(new llvm::vfs::InMemoryFileSystem);
    SmallString<256> Cwd;
    llvm::sys::fs::current_path(Cwd);
    Memory->setCurrentWorkingDirectory(Cwd);
    for (size_t I = 0; I + 1 < Unsaved->Items.size(); I += 2)
      Memory->addFile(
          Unsaved->Items[I].Text, 0,
          llvm::MemoryBuffer::getMemBufferCopy(Unsaved->Items[I + 1].Text, Unsaved->Items[I].Text));
    FS->pushOverlay(Memory);
  }
  IntrusiveRefCntPtr<llvm::vfs::FileSystem> Seen = FS;
  if (Script)
    Seen = Script->Inline.over(FS);

  Instance = std::make_unique<CompilerInstance>();
  Diags = new Diagnostics;
  Instance->createDiagnostics(Diags, /*ShouldOwnClient=*/true);
  Instance->createFileManager(Seen);
  std::shared_ptr<CompilerInvocation> I;
  if (auto E = invocation(Request, I))
    return E;

  FrontendInputFile &Input = I->getFrontendOpts().Inputs[0];
  if (Input.isFile()) {
    // A directory, a vanished or an unreadable file is said before anything is
    // parsed; "-" is standard input, which belongs to the protocol.
    if (Input.getFile() == "-")
      return Error{"BAD_ARGUMENTS", "standard input can't be parsed: pass its text as an unsaved "
                                    "buffer"};
    auto Status = FS->status(Input.getFile());
    if (!Status)
      return Error{"INPUT_UNREADABLE", Input.getFile().str() + ": " + Status.getError().message()};
    if (Status->isDirectory())
      return Error{"INPUT_UNREADABLE", Input.getFile().str() + ": Is a directory"};
    auto Buffer = FS->getBufferForFile(Input.getFile());
    if (!Buffer)
      return Error{Buffer.getError() == std::errc::not_enough_memory ? "OUT_OF_MEMORY"
                                                                     : "INPUT_UNREADABLE",
                   Input.getFile().str() + ": " + Buffer.getError().message()};
  }
  if (Input.getKind().getFormat() == InputKind::Precompiled ||
      Input.getKind().getLanguage() == Language::LLVM_IR || Input.getKind().isUnknown())
    return Error{"BAD_ARGUMENTS",
                 Input.getFile().str() + ": not C, C++ or Objective-C source (say which with -x)"};

  I->getFrontendOpts().DisableFree = false;
  I->getFrontendOpts().ProgramAction =
      PreprocessOnly ? frontend::RunPreprocessorOnly : frontend::ParseSyntaxOnly;
  I->getFrontendOpts().SkipFunctionBodies = false;
  // With -gmodules a compiler puts modules into object files, for their debug
  // information; who only reads has no use for that.
  I->getHeaderSearchOpts().ModuleFormat = "raw";
  // Debian's libraries are built without assertions, but a broken input may
  // still upset what runs after the parser.
  I->getDiagnosticOpts().ShowCarets = false;
  Instance->setInvocation(std::move(I));
  // -W options are only known now; errors count from here.
  ProcessWarningOptions(Instance->getDiagnostics(), Instance->getDiagnosticOpts());
  if (!Instance->createTarget())
    return Error{"BAD_ARGUMENTS", Diags->FirstError.empty() ? "unknown target" : Diags->FirstError};
  Instance->createSourceManager(Instance->getFileManager());
  if (Script)
    Script->Inline.Lang = Instance->getLangOpts();
  if (PreprocessOnly)
    return preprocess();

  auto *Action = new ParseAction(*this);
  const FrontendInputFile &In = Instance->getFrontendOpts().Inputs[0];
  if (Keep) {
    auto Main = Instance->getFileManager().getFileRef(In.getFile());
    if (!Main) {
      llvm::consumeError(Main.takeError());
      Keep = nullptr;
    } else if (!Keep->prepare(*Instance, *Main))
      Keep = nullptr;
  }
  if (!Action->BeginSourceFile(*Instance, In))
    return Error{"BAD_ARGUMENTS", Diags->FirstError.empty()
                                      ? In.getFile().str() + ": can't be parsed"
                                      : Diags->FirstError};
  // A resumable parse's text may be replaced, and has room behind it.
  if (!Keep)
    findMainLines();
  if (llvm::Error E = Action->Execute())
    return Error{"INTERNAL", llvm::toString(std::move(E))};
  // No EndSourceFile of the action's: it would take the AST down.
  endOfSource();
  // A resumed copy's clock starts with it.
  ParseMilliseconds = cpuMilliseconds() - (Keep && Keep->resumed() ? 0 : Start);
  return std::nullopt;
}

void Compilation::findMainLines() {
  const SourceManager &SM = Instance->getSourceManager();
  FileID Main = SM.getMainFileID();
  SM.getSLocEntry(Main).getFile().getContentCache().SourceLineCache =
      findLines(SM.getBufferData(Main), LineMemory);
}

void Compilation::endOfSource() {
  if (Script)
    Instance->getPreprocessor().EndSourceFile();
}

std::optional<Compilation::Error> Compilation::preprocess() {
  auto *Action = new PreprocessAction(*this);
  const FrontendInputFile &In = Instance->getFrontendOpts().Inputs[0];
  if (!Action->BeginSourceFile(*Instance, In))
    return Error{"BAD_ARGUMENTS", Diags->FirstError.empty()
                                      ? In.getFile().str() + ": can't be preprocessed"
                                      : Diags->FirstError};
  // Nothing is put into it; the tables that answers refer to want one.
  if (!Instance->hasASTContext())
    Instance->createASTContext();
  return std::nullopt;
}

} // namespace cmonster
