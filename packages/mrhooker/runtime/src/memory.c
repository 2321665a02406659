/* The target's memory, read and written so that a wrong pointer is an error and no crash: the
 * kernel copies. */

#include "../x86-64/syscall.h"
#include "priv.h"
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/uio.h>

static bool copy(long number, void *local, const void *remote, size_t size) {
  struct iovec here = {local, size}, there = {(void *)remote, size};
  /* Negative sizes and addresses in the kernel's half come back as errors. */
  long copied = mr_syscall6(number, mr.pid, (long)&here, 1, (long)&there, 1, 0);
  return copied == (long)size;
}

bool mr_read(const void *address, void *into, size_t size) {
  return copy(SYS_process_vm_readv, into, address, size);
}

bool mr_write(void *address, const void *from, size_t size) {
  return copy(SYS_process_vm_writev, (void *)from, address, size);
}

/* Memory that is there as long as the process is: segments of the program, and what malloc has
 * taken of the heap that begins where the program ends. Looked at in place of a system call. */
enum { SEGMENTS = 8 };
static struct {
  uintptr_t begin, end;
} segments[SEGMENTS];
static uintptr_t heap_begin;
static void *const *heap_end; /* libc's own; NULL: unknown */

void mr_memory_begin(void) {
  const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
  uintptr_t base = mr_first_object()->l_addr;
  int count = 0;
  for (unsigned long i = 0; headers && i < getauxval(AT_PHNUM) && count < SEGMENTS; i++)
    if (headers[i].p_type == PT_LOAD && (headers[i].p_flags & PF_R)) {
      segments[count].begin = base + headers[i].p_vaddr;
      segments[count++].end = base + headers[i].p_vaddr + headers[i].p_memsz;
    }
  heap_begin = (uintptr_t)mr_syscall3(SYS_brk, 0, 0, 0);
  heap_end = mr_find_next("__curbrk");
}

static bool stays(const mr_thread *thread, uintptr_t begin, uintptr_t end) {
  uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  if (begin >= here && end <= thread->stack_high && here >= thread->stack_low)
    return true;
  if (heap_end && begin >= heap_begin && end <= (uintptr_t)*heap_end)
    return true;
  for (int i = 0; i < SEGMENTS; i++)
    if (begin >= segments[i].begin && end <= segments[i].end)
      return true;
  return false;
}

/* Whether all of it can be read. A page once seen readable counts as such until the call under way
 * goes back to native code: the target could unmap it only from another thread, while it is using
 * it here. */
bool mr_readable(mr_thread *thread, const void *address, size_t size) {
  uintptr_t begin = (uintptr_t)address, end = begin + size;
  if (!size)
    return true;
  if (end < begin || size > (64u << 20))
    return false;
  if (stays(thread, begin, end))
    return true;
  for (uintptr_t page = begin & ~4095ul; page < end; page += 4096) {
    bool seen = false;
    for (uint32_t i = 0; i < 8 && !seen; i++)
      seen = thread->readable_page[i] == (void *)(page | 1);
    if (seen)
      continue;
    char byte;
    if (!mr_read((void *)page, &byte, 1))
      return false;
    thread->readable_page[thread->readable_count++ & 7] = (void *)(page | 1);
  }
  return true;
}

/* The bytes before the NUL, at most limit; -1 when memory ends before either. */
ssize_t mr_string_length(mr_thread *thread, const char *text, size_t limit) {
  size_t length = 0;
  while (length < limit) {
    size_t step = 4096 - ((uintptr_t)(text + length) & 4095);
    if (step > limit - length)
      step = limit - length;
    if (!mr_readable(thread, text + length, step))
      return -1;
    const char *end = memchr(text + length, 0, step);
    if (end)
      return end - text;
    length += step;
  }
  return (ssize_t)limit;
}
