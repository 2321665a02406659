/* The target's memory, read and written so that a wrong pointer is an error and no crash: the
 * kernel copies. */

#include "../x86-64/syscall.h"
#include "priv.h"
#include <errno.h>
#include <string.h>
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

/* Whether all of it can be read. A page once seen readable counts as such until the call under way
 * goes back to native code: the target could unmap it only from another thread, while it is using
 * it here. */
bool mr_readable(mr_thread *thread, const void *address, size_t size) {
  uintptr_t begin = (uintptr_t)address, end = begin + size;
  if (!size)
    return true;
  if (end < begin)
    return false;
  if (end - begin > (64u << 20))
    return false;
  for (uintptr_t page = begin & ~4095ul; page < end; page += 4096) {
    bool seen = false;
    for (uint32_t i = 0; i < 8 && !seen; i++)
      seen = thread->readable_page[i] == (void *)(page | 1);
    if (seen)
      continue;
    char byte;
    if (!mr_read((void *)(page < begin ? begin : page), &byte, 1))
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
