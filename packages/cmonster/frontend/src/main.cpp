//===- main.cpp - The frontend process -------------------------------------===//
//
// One translation unit per process. docs/formats/protocol.md says how it starts
// and what it speaks.
//
//===----------------------------------------------------------------------===//
#include "guard.h"
#include "memory.h"
#include "session.h"
#include "llvm/Support/Compiler.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/TargetSelect.h"
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <malloc.h>
#include <new>
#include <pthread.h>
#include <string>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace cmonster;

#if LLVM_ADDRESS_SANITIZER_BUILD
// A build with CMONSTER_SANITIZE: Clang's libraries know nothing of it, and a
// limit of address space would be less than it takes.
extern "C" const char *__asan_default_options() {
  return "allow_user_poisoning=0:detect_container_overflow=0:detect_leaks=0:"
         "use_sigaltstack=0:allow_user_segv_handler=1";
}
static constexpr bool Sanitized = true;
#else
static constexpr bool Sanitized = false;
#endif

namespace {

constexpr int ExitUsage = 64, ExitInternal = 70, ExitMemory = 71;

struct Options {
  std::string Directory;
  bool OverFifo = false;
  uint64_t MemoryLimit = 0; // bytes; 0 is none
};

[[noreturn]] void usage(const char *What) {
  std::fprintf(stderr,
               "cmonster-frontend: %s\nusage: cmonster-frontend --dir DIR "
               "--parse stdio|fifo [--memory-limit MIB]\n",
               What);
  std::exit(ExitUsage);
}

Options parse(int Argc, char **Argv) {
  Options O;
  std::string Channel;
  for (int I = 1; I < Argc; ++I) {
    std::string A = Argv[I];
    if (I + 1 >= Argc)
      usage(("nothing after " + A).c_str());
    std::string V = Argv[++I];
    if (A == "--dir")
      O.Directory = V;
    else if (A == "--parse")
      Channel = V;
    else if (A == "--memory-limit")
      O.MemoryLimit = std::strtoull(V.c_str(), nullptr, 10) << 20;
    else
      usage(("unknown option " + A).c_str());
  }
  if (O.Directory.empty())
    usage("--dir is missing");
  if (Channel != "stdio" && Channel != "fifo")
    usage("--parse takes stdio or fifo");
  O.OverFifo = Channel == "fifo";
  return O;
}

void outOfMemory() {
  static const char Text[] = "cmonster-frontend: out of memory\n";
  ssize_t Ignored = write(2, Text, sizeof Text - 1);
  (void)Ignored;
  _exit(ExitMemory);
}

int die(const char *What, const std::string &Name) {
  std::fprintf(stderr, "cmonster-frontend: %s %s: %s\n", What, Name.c_str(), std::strerror(errno));
  return ExitInternal;
}

int serve(const Options &O) {
  installFaultHandlers();
  Fifos F;
  if (!F.make(O.Directory))
    return die("making FIFOs in", O.Directory);
  // Some flags let Clang print (-fdump-record-layouts): that must not come
  // between the frames.
  int Frames = ::fcntl(1, F_DUPFD_CLOEXEC, 3);
  if (Frames < 0 || ::dup2(2, 1) < 0)
    return die("taking over", "standard output");
  Channel Stdio(0, Frames), Fifo(F.Ask, F.Answer, F.Answered);
  sendReady(Stdio);
  if (O.OverFifo)
    F.await();
  Session S(O.OverFifo ? Fifo : Stdio, Fifo, F);
  return S.run();
}

struct Start {
  const Options *O;
  int Status = 0;
};

void *run(void *P) {
  auto *S = static_cast<Start *>(P);
  S->Status = serve(*S->O);
  return nullptr;
}

} // namespace

int main(int Argc, char **Argv) {
  noteHeap();
  // The thread below is the only one that allocates: it shares the first heap,
  // the one that grows in huge pages (docs/decisions/0003-frontend-process.md).
  // A growing vector stays in it, and what was freed at its end is kept.
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  Options O = parse(Argc, Argv);
  std::signal(SIGPIPE, SIG_IGN);
  // The parent may die without closing anything in order.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::set_new_handler(outOfMemory);
  llvm::install_bad_alloc_error_handler([](void *, const char *, bool) { outOfMemory(); });
  // No core files of hostile inputs.
  rlimit NoCore = {0, 0};
  setrlimit(RLIMIT_CORE, &NoCore);

  // Clang recurses with the depth of its input. Address space is free: what is
  // not touched costs nothing.
  size_t StackSize = size_t(8) << 30;
  if (O.MemoryLimit && O.MemoryLimit < StackSize)
    StackSize = O.MemoryLimit & ~size_t(0xFFFF);
  void *Stack;
  for (;; StackSize /= 2) {
    Stack = mmap(nullptr, StackSize, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (Stack != MAP_FAILED || StackSize < (size_t(8) << 20))
      break;
  }
  if (Stack == MAP_FAILED)
    return die("mmap of the", "stack");
  mprotect(Stack, 1 << 16, PROT_NONE); // overflow faults
  if (O.MemoryLimit && !Sanitized) {
    rlimit Limit = {O.MemoryLimit + StackSize, O.MemoryLimit + StackSize};
    setrlimit(RLIMIT_AS, &Limit);
  }
  pthread_attr_t Attributes;
  pthread_attr_init(&Attributes);
  pthread_attr_setstack(&Attributes, Stack, StackSize);
  pthread_t Thread;
  Start S{&O};
  if (int E = pthread_create(&Thread, &Attributes, run, &S)) {
    errno = E;
    return die("pthread_create on the", "large stack");
  }
  pthread_join(Thread, nullptr);
  // Nothing is worth taking down in order.
  _exit(S.Status);
}
