//===- memory.cpp - Pages asked for in bulk --------------------------------===//
#include "memory.h"
#include <cstdint>
#include <cstring>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cmonster {

static constexpr uintptr_t Huge = 2 << 20;
// Linux 5.14; glibc's headers may be older.
static constexpr int PopulateWrite = 23;

static uintptr_t HeapBegin;

void noteHeap() { HeapBegin = uintptr_t(::sbrk(0)); }

static char *at(uintptr_t Address) { return reinterpret_cast<char *>(Address); }

/// Copies [Begin, End) to fresh huge pages and puts those in its place.
static bool moveToHugePages(uintptr_t Begin, uintptr_t End) {
  size_t Size = End - Begin;
  void *Room =
      ::mmap(nullptr, Size + Huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (Room == MAP_FAILED)
    return false;
  uintptr_t New = (uintptr_t(Room) + Huge - 1) & ~(Huge - 1);
  ::madvise(at(New), Size, MADV_HUGEPAGE);
  ::madvise(at(New), Size, PopulateWrite);
  std::memcpy(at(New), at(Begin), Size);
  bool Moved =
      ::mremap(at(New), Size, Size, MREMAP_MAYMOVE | MREMAP_FIXED, at(Begin)) != MAP_FAILED;
  // What is left of the room.
  ::munmap(Room, Moved ? New - uintptr_t(Room) : Size + Huge);
  if (Moved)
    ::munmap(at(New + Size), uintptr_t(Room) + Huge - New);
  return Moved;
}

void ownHeap() {
  uintptr_t Begin = (HeapBegin + Huge - 1) & ~(Huge - 1);
  uintptr_t End = uintptr_t(::sbrk(0)) & ~(Huge - 1);
  if (End <= Begin || moveToHugePages(Begin, End))
    return;
  ::madvise(at(Begin), End - Begin, PopulateWrite);
}

void chooseCheaperPages() {
  // Of a smaller heap the kernel's time says little: its clock is coarse, and it
  // has done other things, too.
  constexpr size_t Telling = size_t(64) << 20;
  // Nanoseconds for a byte. At hand they cost 0.1, otherwise 2.2 and more; small
  // ones cost 1, where huge ones are not at hand.
  constexpr double Dear = 1;
  size_t Heap = uintptr_t(::sbrk(0)) - HeapBegin;
  rusage Used = {};
  ::getrusage(RUSAGE_SELF, &Used);
  double Kernel = double(Used.ru_stime.tv_sec) * 1e9 + double(Used.ru_stime.tv_usec) * 1e3;
  if (Heap >= Telling && Kernel > Dear * double(Heap))
    ::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}

} // namespace cmonster
