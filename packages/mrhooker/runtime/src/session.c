/* The shared file: this process's part of it, and the rings through which everything said leaves.
 */

#include "../x86-64/syscall.h"
#include "priv.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

static uint64_t nanoseconds(const struct timespec *time) {
  return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec;
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return nanoseconds(&time);
}

static char *at(uint64_t offset) { return (char *)mr.session + offset; }

static char *ring_of(mr_segment *segment) {
  return (char *)segment + mr.session->segment_size - mr.session->ring_size;
}

/* No thread writes to another's ring. */
static void close_rings(void) {
  for (uint32_t i = 0; i < mr.session->segment_count; i++)
    MR_CLOSE(ring_of((mr_segment *)at(mr.session->segment_offset +
                                      (uint64_t)i * mr.session->segment_size)),
             mr.session->ring_size);
}

/* Memory of the shared file has to be there before it is touched: when its file system is full, or
 * at a limit, touching it would kill the program. Kernels that can't be asked for it are believed.
 */
bool mr_have_pages(const void *begin, size_t size) {
  uintptr_t first = (uintptr_t)begin & ~4095ul, end = ((uintptr_t)begin + size + 4095) & ~4095ul;
  long result = mr_syscall3(SYS_madvise, first, end - first, 23 /* MADV_POPULATE_WRITE */);
  return result == 0 || result == -EINVAL || result == -ENOSYS;
}

/* This process runs without hooks, as its limits leave no room for them: at least that is counted.
 */
static void count_unseen(long fd) {
  long page = mr_syscall6(SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (page < 0 && page > -4096)
    return;
  atomic_fetch_add(&((mr_session *)page)->unseen_processes, 1);
  mr_syscall3(SYS_munmap, page, 4096, 0);
}

bool mr_session_open(const char *path) {
  long fd = mr_syscall6(SYS_openat, AT_FDCWD, (long)path, O_RDWR | O_CLOEXEC, 0, 0, 0);
  if (fd < 0)
    return false;
  mr_session header;
  long got = mr_syscall3(SYS_read, fd, &header, sizeof header);
  long address = -1;
  if (got == sizeof header && header.magic == MR_SESSION_MAGIC &&
      header.version == MR_SESSION_VERSION) {
    address = mr_syscall6(SYS_mmap, 0, (long)header.file_size, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (address < 0 && address > -4096)
      count_unseen(fd);
  }
  mr_syscall3(SYS_close, fd, 0, 0);
  if (address < 0 && address > -4096)
    return false;
  mr.session = (mr_session *)address;
  mr.session_size = header.file_size;
  close_rings();
  return true;
}

mr_process *mr_process_claim(void) {
  uint32_t index = atomic_fetch_add(&mr.session->processes, 1);
  mr_process *record =
      (mr_process *)at(mr.session->process_offset + (uint64_t)index * mr.session->process_size);
  if (index >= mr.session->process_count || !mr_have_pages(record, mr.session->process_size)) {
    atomic_fetch_sub(&mr.session->processes, 1);
    atomic_fetch_add(&mr.session->unseen_processes, 1);
    return NULL;
  }
  record->pid = mr.pid;
  record->parent = (uint32_t)mr_syscall3(SYS_getppid, 0, 0, 0);
  /* libc's way costs several page faults when it is the process's first. */
  struct timespec time;
  mr_syscall3(SYS_clock_gettime, CLOCK_MONOTONIC, &time, 0);
  record->start = nanoseconds(&time);
  record->early = atomic_exchange(&mr_early, 0);
  long length =
      mr_syscall3(SYS_readlink, "/proc/self/exe", record->program, sizeof record->program - 1);
  record->program[length > 0 ? length : 0] = 0;
  atomic_store(&record->state, MR_PROCESS_READY);
  return record;
}

/* What this process counts in. Of functions that others found, and it did not, it has no pages. */
static bool have_counts(mr_segment *segment) {
  mr_session *session = mr.session;
  if (!session->name_capacity)
    return mr_have_pages(segment, session->counts_size);
  char *cells = (char *)&segment->counts[(size_t)session->function_count * MR_REASONS];
  return mr_have_pages(segment, sizeof *segment + (size_t)mr.function_count * MR_REASONS * 8) &&
         mr_have_pages(cells, (size_t)((char *)segment + session->counts_size - cells));
}

mr_segment *mr_segment_claim(mr_thread *thread) {
  mr_session *session = mr.session;
  static _Atomic uint32_t there; /* so many of them have their pages */
  for (uint32_t i = 0; i < session->segment_count; i++) {
    mr_segment *segment =
        (mr_segment *)at(session->segment_offset + (uint64_t)i * session->segment_size);
    if (i >= there) {
      if (!have_counts(segment))
        break;
      there = i + 1;
    }
    uint32_t free = MR_SEGMENT_FREE;
    if (atomic_load_explicit(&segment->state, memory_order_relaxed) != MR_SEGMENT_FREE)
      continue;
    if (!atomic_compare_exchange_strong(&segment->state, &free, MR_SEGMENT_CLAIMED))
      continue;
    segment->pid = mr.pid;
    segment->tid = thread->tid;
    segment->process =
        mr.process
            ? (uint32_t)(((char *)mr.process - at(session->process_offset)) / session->process_size)
            : UINT32_MAX;
    memcpy(segment->name, thread->name, sizeof segment->name);
    thread->ring_ready = 0;
    atomic_store(&segment->state, MR_SEGMENT_LIVE);
    MR_OPEN(ring_of(segment), session->ring_size);
    return segment;
  }
  atomic_fetch_add(&session->unrecorded, 1);
  return NULL;
}

void mr_segment_release(mr_segment *segment) {
  MR_CLOSE(ring_of(segment), mr.session->ring_size);
  atomic_store(&segment->state, MR_SEGMENT_DONE);
}

/* Waits until the ring has room, for as long as the session allows. After the first time that was
 * in vain, records are dropped at once until there is room again: a launcher that is stopped must
 * not stop the target. */
static bool wait_for_room(mr_segment *segment, uint64_t needed) {
  mr_session *session = mr.session;
  uint64_t head = atomic_load_explicit(&segment->head, memory_order_relaxed);
  static __thread bool gave_up;
  for (uint32_t waited = 0;; waited++) {
    uint64_t used = head - atomic_load_explicit(&segment->tail, memory_order_acquire);
    if (used + needed <= session->ring_size) {
      gave_up = false;
      return true;
    }
    if (gave_up || waited >= session->ring_wait * 4 || atomic_load(&session->launcher_gone))
      break;
    struct timespec pause = {0, 250000};
    mr_syscall3(SYS_nanosleep, &pause, 0, 0);
  }
  gave_up = true;
  segment->dropped++;
  return false;
}

/* The first time round the pages of a ring come in pieces. */
static bool have_ring(mr_thread *thread, uint64_t end) {
  uint64_t size = mr.session->ring_size;
  enum { PIECE = 16384 };
  end = (end + PIECE - 1) & ~(uint64_t)(PIECE - 1);
  if (end > size)
    end = size;
  if (!mr_have_pages(ring_of(thread->segment) + thread->ring_ready, end - thread->ring_ready))
    return false;
  thread->ring_ready = (uint32_t)end;
  return true;
}

static void put(char *ring, uint64_t size, uint64_t *position, const void *from, size_t count) {
  uint64_t begin = *position & (size - 1), first = size - begin < count ? size - begin : count;
  memcpy(ring + begin, from, first);
  memcpy(ring, (const char *)from + first, count - first);
  *position += count;
}

void mr_emit_vector(mr_thread *thread, int type, uint32_t function, const void *const *parts,
                    const size_t *sizes, int count) {
  mr_segment *segment = thread->segment;
  if (!segment)
    return;
  uint64_t ring_size = mr.session->ring_size;
  char *ring = ring_of(segment);
  size_t size = sizeof(mr_record);
  for (int i = 0; i < count; i++)
    size += sizes[i];
  uint64_t whole = (size + 7) & ~7ull;
  if (whole > ring_size || !wait_for_room(segment, whole)) {
    if (whole > ring_size)
      segment->dropped++;
    return;
  }
  uint64_t position = atomic_load_explicit(&segment->head, memory_order_relaxed), begin = position;
  if (MR_UNLIKELY(begin + whole > thread->ring_ready && thread->ring_ready < ring_size) &&
      !have_ring(thread, begin + whole)) {
    segment->dropped++;
    return;
  }
  mr_record header = {(uint32_t)size, (uint16_t)type, (uint16_t)function, now()};
  put(ring, ring_size, &position, &header, sizeof header);
  for (int i = 0; i < count; i++)
    put(ring, ring_size, &position, parts[i], sizes[i]);
  atomic_store_explicit(&segment->head, begin + whole, memory_order_release);
}

/* A text that is longer than a quarter of the ring leaves in parts; other threads' records don't
 * come between, as the reader joins what one ring holds. */
void mr_emit(mr_thread *thread, int type, uint32_t function, const uint32_t *words, int word_count,
             const char *text, size_t size) {
  size_t part = mr.session ? mr.session->ring_size / 4 : 0;
  if (!part)
    return;
  do {
    bool last = size <= part;
    const void *parts[2] = {words, text};
    size_t sizes[2] = {(size_t)word_count * sizeof *words, last ? size : part};
    int none = !word_count;
    mr_emit_vector(thread, last ? type : type | MR_CONTINUED, function, parts + none, sizes + none,
                   2 - none);
    text += sizes[1];
    size -= sizes[1];
    if (last)
      return;
  } while (true);
}

void mr_note(const char *text) {
  mr_thread *thread = mr_self;
  if (!thread || !thread->segment)
    return;
  uint32_t kind = 0;
  mr_emit(thread, MR_NOTE, 0xffff, &kind, 1, text, strlen(text));
}
