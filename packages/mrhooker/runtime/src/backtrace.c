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

mr_place_in_code mr_place_of(void *return_address) {
  struct link_map *object = NULL;
  uintptr_t start = 0;
  /* A return address may stand behind a function's last instruction. */
  const char *symbol = mr_symbol_of((char *)return_address - 1, &object, &start);
  const char *module = !object           ? ""
                       : *object->l_name ? object->l_name
                       : mr.process      ? mr.process->program
                                         : "";
  uint64_t base = symbol ? start : object ? object->l_addr : 0;
  return (mr_place_in_code){module, symbol, (uint64_t)return_address - base,
                            (uint64_t)return_address - (object ? object->l_addr : 0)};
}
