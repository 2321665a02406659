/* C++ exceptions and forced unwinding (pthread_cancel, pthread_exit) that leave an original
 * function while script code waits for it. The unwinder asks our personality, which stops the
 * unwinding at the protected call; the script's frames are left in good order, and then the
 * unwinding goes on from the hook's own frame. The unwinder's functions are looked up when it calls
 * us, in the library that does so: the runtime depends on none. */

#include "priv.h"

enum { SEARCH_PHASE = 1, CONTINUE_UNWIND = 8, INSTALL_CONTEXT = 7 };

typedef void set_register(void *context, int reg, uint64_t value);
typedef void set_ip(void *context, uint64_t value);
typedef uint64_t get_data(void *context);
typedef void resume(void *exception);

static void *find(const char *name) {
  void *found = mr_find_next(name);
  if (found)
    return found;
  /* libgcc_s may have been loaded for a library alone, out of the global scope. */
  for (struct link_map *object = mr_first_object(); object && !found; object = object->l_next)
    if (!mr_is_ours(object))
      found = mr_elf_lookup(object, name);
  return found;
}

__attribute__((visibility("hidden"), used)) int
mr_personality(int version, int actions, uint64_t class, void *exception, void *context) {
  (void)version, (void)class;
  static _Atomic(void *) set_gr, set_pc, language_data;
  if (actions & SEARCH_PHASE)
    return CONTINUE_UNWIND;
  if (!language_data) {
    set_gr = find("_Unwind_SetGR");
    set_pc = find("_Unwind_SetIP");
    language_data = find("_Unwind_GetLanguageSpecificData");
  }
  /* A statically linked unwinder can't be asked: frames are passed over, and reaped by the next
   * call. */
  if (!set_gr || !set_pc || !language_data)
    return CONTINUE_UNWIND;
  uint64_t landing = ((get_data *)language_data)(context);
  ((set_register *)set_gr)(context, 0, (uint64_t)exception);
  ((set_ip *)set_pc)(context, landing);
  return INSTALL_CONTEXT;
}

void mr_resume_unwinding(void *exception) {
  resume *go_on = (resume *)find("_Unwind_Resume");
  go_on(exception);
  __builtin_trap();
}
