//===- calls.cpp - Asking the parent in the middle of work -----------------===//
#include "calls.h"
#include <algorithm>
#include <atomic>
#include <csignal>
#include <ctime>
#include <pthread.h>
#include <sys/time.h>
#include <unistd.h>

namespace cmonster {

/// Behind the call's number and the list's tag.
static constexpr size_t CountAt = 5;

/// When the work must have ended, in nanoseconds of the monotonic clock; 0 when
/// nothing is limited.
static std::atomic<int64_t> Due{0};
/// Whether the timer runs. Signals may come on the thread that only waits.
static std::atomic<bool> Ticking{false};

static int64_t now() {
  timespec T;
  clock_gettime(CLOCK_MONOTONIC, &T);
  return int64_t(T.tv_sec) * 1000000000 + T.tv_nsec;
}

static void startTimer(int64_t Nanoseconds) {
  itimerval Timer = {};
  Timer.it_value.tv_sec = time_t(Nanoseconds / 1000000000);
  Timer.it_value.tv_usec = suseconds_t(Nanoseconds % 1000000000 / 1000 + 1);
  setitimer(ITIMER_REAL, &Timer, nullptr);
}

static void onAlarm(int) {
  int64_t Until = Due;
  int64_t Now = now();
  if (!Until) {
    Ticking = false;
    // Armed since the look above? It may have relied on this timer.
    Until = Due;
    if (!Until || Ticking.exchange(true))
      return;
  }
  if (Until > Now)
    return startTimer(Until - Now);
  signal(SIGALRM, SIG_DFL);
  kill(getpid(), SIGALRM);
}

static void startSpan(int64_t Span) {
  // A forked copy has no timer, and nothing limited.
  [[maybe_unused]] static int Once = pthread_atfork(nullptr, nullptr, [] {
    Due = 0;
    Ticking = false;
  });
  Due = now() + Span;
  if (Ticking.exchange(true))
    return;
  struct sigaction Action = {};
  Action.sa_handler = onAlarm;
  Action.sa_flags = SA_RESTART;
  sigaction(SIGALRM, &Action, nullptr);
  startTimer(Span);
}

void Deadline::arm() const {
  if (Milliseconds)
    startSpan(int64_t(Milliseconds) * 1000000);
}

void Deadline::disarm() const { Due = 0; }

void Deadline::pause() {
  int64_t Until = Due.exchange(0);
  Left = Until ? std::max<int64_t>(1, Until - now()) : 0;
}

void Deadline::resume() const {
  if (Left)
    startSpan(Left);
}

Writer Calls::begin(llvm::StringRef Name) {
  Writer W;
  W.u32(0);
  W.list(0);
  W.string(Name);
  return W;
}

Value Calls::call(Writer &W, uint32_t Count, const Answerer &OnAsk) {
  uint32_t Id = ++Last;
  W.patch(0, Id);
  W.patch(CountAt, Count);
  Limit.pause();
  Via->write(FrameType::Call, W.Buffer);
  Frame F;
  while (Via->readSpinning(F)) {
    if (F.Type == FrameType::Ask) {
      Limit.resume();
      OnAsk(F);
      Limit.pause();
      continue;
    }
    if (F.Type != FrameType::Return)
      _exit(70);
    Reader In(F.Payload.data(), F.Payload.size());
    if (In.u32() != Id)
      _exit(70);
    Value V = In.value();
    if (In.Bad)
      _exit(70);
    Limit.resume();
    return V;
  }
  _exit(0); // nobody is there to go on for
}

void Calls::event(Writer &W, uint32_t Count) {
  W.patch(0, 0);
  W.patch(CountAt, Count);
  Via->write(FrameType::Event, W.Buffer);
}

} // namespace cmonster
