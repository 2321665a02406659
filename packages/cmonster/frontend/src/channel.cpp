//===- channel.cpp - Frames to and from the parent -------------------------===//
#include "channel.h"
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cmonster {

/// How long the child looks for the next question before it goes to sleep.
/// Waking a sleeper costs about 50 µs, a question in a loop comes within 10.
static constexpr auto SpinTime = std::chrono::microseconds(100);

/// Room for what is read at once.
static constexpr size_t Chunk = 65536;

bool Channel::fill(size_t Wanted) {
  if (End - At >= Wanted)
    return true;
  if (Input.size() - At < std::max(Wanted, Chunk)) {
    if (End > At)
      std::memmove(Input.data(), Input.data() + At, End - At);
    End -= At;
    At = 0;
    // Not with every read: growing fills with zeros.
    if (Input.size() < Wanted + Chunk)
      Input.resize(Wanted + Chunk);
  }
  while (End - At < Wanted) {
    if (Spin) {
      Spin = false;
      auto Until = std::chrono::steady_clock::now() + SpinTime;
      int Waiting = 0;
      while (!::ioctl(In, FIONREAD, &Waiting) && !Waiting &&
             std::chrono::steady_clock::now() < Until) {
      }
    }
    ssize_t N = ::read(In, Input.data() + End, Input.size() - End);
    if (N < 0 && errno == EINTR)
      continue;
    if (N <= 0)
      return false;
    End += size_t(N);
  }
  return true;
}

bool Channel::read(Frame &F) {
  if (!fill(5))
    return false;
  uint32_t Size;
  std::memcpy(&Size, &Input[At], 4);
  F.Type = FrameType(Input[At + 4]);
  At += 5;
  if (!fill(Size))
    return false;
  F.Payload.assign(Input.begin() + At, Input.begin() + At + Size);
  At += Size;
  return true;
}

bool Channel::readSpinning(Frame &F) {
  Spin = At == End;
  bool Result = read(F);
  Spin = false;
  return Result;
}

void Channel::writeRaw(const void *Data, size_t Size) {
  const char *P = static_cast<const char *>(Data);
  while (Size) {
    ssize_t N = ::write(Out, P, Size);
    if (N < 0 && errno == EINTR)
      continue;
    if (N <= 0)
      ::_exit(0); // the parent closed its end
    P += N;
    Size -= size_t(N);
  }
}

void Channel::write(FrameType Type, const std::vector<char> &Payload) {
  // One write for the header and a small payload: one wake-up for the reader.
  char Small[4096];
  uint32_t Size = uint32_t(Payload.size());
  std::memcpy(Small, &Size, 4);
  Small[4] = char(Type);
  if (Size <= sizeof(Small) - 5) {
    if (Size)
      std::memcpy(Small + 5, Payload.data(), Size);
    writeRaw(Small, Size + 5);
  } else {
    writeRaw(Small, 5);
    writeRaw(Payload.data(), Size);
  }
  if (Written)
    __atomic_add_fetch(Written, 1, __ATOMIC_RELEASE);
}

/// A word of a file that both processes see; null when there is none.
static uint32_t *sharedWord(const std::string &Path) {
  int Fd = ::open(Path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (Fd < 0)
    return nullptr;
  void *P = MAP_FAILED;
  if (!::ftruncate(Fd, sizeof(uint32_t)))
    P = ::mmap(nullptr, sizeof(uint32_t), PROT_READ | PROT_WRITE, MAP_SHARED, Fd, 0);
  ::close(Fd);
  return P == MAP_FAILED ? nullptr : static_cast<uint32_t *>(P);
}

bool Fifos::make(const std::string &Dir) {
  Directory = Dir;
  std::string Final[2] = {Dir + "/ask", Dir + "/answer"};
  std::string New[2] = {Final[0] + ".new", Final[1] + ".new"};
  for (const std::string &F : New)
    if (::mkfifo(F.c_str(), 0600))
      return false;
  // Both ends of the answers, so that neither side's open waits.
  Ask = ::open(New[0].c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  Hold = ::open(New[1].c_str(), O_RDWR | O_CLOEXEC);
  Answer = ::open(New[1].c_str(), O_WRONLY | O_CLOEXEC);
  if (Ask < 0 || Hold < 0 || Answer < 0)
    return false;
  ::fcntl(Ask, F_SETFL, ::fcntl(Ask, F_GETFL) & ~O_NONBLOCK);
  ::fcntl(Answer, F_SETPIPE_SZ, 1 << 20); // fewer wake-ups for a snapshot
  Answered = sharedWord(Dir + "/answered");
  return !::rename(New[0].c_str(), Final[0].c_str()) && !::rename(New[1].c_str(), Final[1].c_str());
}

void Fifos::await() const {
  // Reading before anybody has opened the other end would look like the
  // parent's death. A parent that dies just now must not leave us here.
  ::signal(SIGALRM, SIG_DFL);
  ::alarm(60);
  int Waited = ::open((Directory + "/ask").c_str(), O_RDONLY | O_CLOEXEC);
  if (Waited >= 0)
    ::close(Waited);
  ::alarm(0);
}

void Fifos::release() {
  if (Hold >= 0)
    ::close(Hold);
  Hold = -1;
}

} // namespace cmonster
