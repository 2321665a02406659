/* The stack of the call under way, beginning with the code that made it. */

#include "priv.h"

typedef int backtrace_function(void **addresses, int size);

uint32_t mr_backtrace(const mr_frame *frame, void **addresses, uint32_t limit) {
  static _Atomic(void *) walk;
  if (!walk)
    walk = mr_find_next("backtrace");
  void *all[256];
  int count = walk ? ((backtrace_function *)walk)(all, 256) : 0, first = 0;
  while (first < count && all[first] != frame->return_address)
    first++;
  if (first == count) {
    if (limit)
      addresses[0] = frame->return_address;
    return limit ? 1 : 0;
  }
  uint32_t found = 0;
  for (int i = first; i < count && found < limit; i++)
    addresses[found++] = all[i];
  return found;
}
