//===- guard.cpp - Calling what may fail an assertion or fault -------------===//
#include "guard.h"
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

sigjmp_buf Return;
volatile sig_atomic_t Guarding = 0;
char Reason[512];

void onFault(int Signal) {
  if (Guarding) {
    Guarding = 0;
    std::snprintf(Reason, sizeof Reason, "signal %d", Signal);
    siglongjmp(Return, 2);
  }
  // Die of the same signal: the parent reads it off the exit status.
  std::signal(Signal, SIG_DFL);
  std::raise(Signal);
}

} // namespace

// Overrides libc's: only code compiled with assertions refers to it, and that
// is the generated getters.
extern "C" [[noreturn]] void __assert_fail(const char *Assertion, const char *File, unsigned Line,
                                           const char *Function) noexcept {
  if (Guarding) {
    Guarding = 0;
    std::snprintf(Reason, sizeof Reason, "%s (%s)", Assertion, Function);
    siglongjmp(Return, 1);
  }
  std::fprintf(stderr, "%s:%u: %s: assertion `%s' failed\n", File, Line, Function, Assertion);
  std::abort();
}

namespace cmonster {

Outcome guarded(llvm::function_ref<void()> F, std::string &Why) {
  int Jump = sigsetjmp(Return, /*savesigs=*/0);
  if (Jump == 0) {
    Guarding = 1;
    F();
    Guarding = 0;
    return Outcome::Done;
  }
  Why = Reason;
  if (Jump == 1)
    return Outcome::Assertion;
  // The signal is still blocked: its handler never returned.
  sigset_t Set;
  sigemptyset(&Set);
  for (int S : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP})
    sigaddset(&Set, S);
  pthread_sigmask(SIG_UNBLOCK, &Set, nullptr);
  return Outcome::Fault;
}

void installFaultHandlers() {
  constexpr size_t Size = 1 << 16;
  stack_t Alternate = {};
  Alternate.ss_sp = mmap(nullptr, Size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  Alternate.ss_size = Size;
  if (Alternate.ss_sp != MAP_FAILED)
    sigaltstack(&Alternate, nullptr);
  struct sigaction Action = {};
  Action.sa_handler = onFault;
  Action.sa_flags = SA_ONSTACK;
  for (int S : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP})
    sigaction(S, &Action, nullptr);
}

void limitStack(size_t Bytes) {
  constexpr uintptr_t Fence = 1 << 20; // no frame is as large
  pthread_attr_t Attributes;
  if (pthread_getattr_np(pthread_self(), &Attributes))
    return;
  void *Lowest = nullptr;
  size_t Size = 0;
  if (!pthread_attr_getstack(&Attributes, &Lowest, &Size)) {
    uintptr_t Here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    uintptr_t At = (Here - Bytes) & ~(Fence - 1);
    if (Bytes < Here && At > reinterpret_cast<uintptr_t>(Lowest) + Fence)
      mprotect(reinterpret_cast<void *>(At - Fence), Fence, PROT_NONE);
  }
  pthread_attr_destroy(&Attributes);
}

} // namespace cmonster
