/* What the runtime's files share. Everything is hidden except what mrhooker-stub.h declares and the
 * interposed functions of process.c. */
#ifndef MRHOOKER_PRIV_H
#define MRHOOKER_PRIV_H

#include "mrhooker-stub.h"
#include "session.h"
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "quickjs.h"

#define MR_HIDDEN __attribute__((visibility("hidden")))
#define MR_LIKELY(x) __builtin_expect(!!(x), 1)
#define MR_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define MR_MAX_ARGUMENTS 32
#define MR_MAX_HANDLES 4096

/* In a build with AddressSanitizer nobody but its manager may touch closed memory. */
#if __has_feature(address_sanitizer)
void __asan_poison_memory_region(const volatile void *, size_t);
void __asan_unpoison_memory_region(const volatile void *, size_t);
#define MR_CLOSE(memory, size) __asan_poison_memory_region(memory, size)
#define MR_OPEN(memory, size) __asan_unpoison_memory_region(memory, size)
#define MR_MANAGER __attribute__((no_sanitize("address")))
#else
#define MR_CLOSE(memory, size) ((void)0)
#define MR_OPEN(memory, size) ((void)0)
#define MR_MANAGER
#endif

#pragma GCC visibility push(hidden)

/* Registers of a call as entry.S saves them; offsets are used there. */
typedef struct mr_registers {
  uint64_t gp[6];               /* 0: rdi rsi rdx rcx r8 r9 */
  uint64_t rax;                 /* 48: al counts vector registers of a variadic call */
  uint64_t r10;                 /* 56 */
  uint8_t vector[8][16];        /* 64 */
  uint64_t result[2];           /* 192: rax rdx */
  uint8_t vector_result[2][16]; /* 208 */
  uint64_t *stack;              /* 240: the caller's stack arguments */
  void *return_address;         /* 248 */
  void *record;                 /* 256 */
  uint64_t pad;
} mr_registers;

typedef struct mr_hook {
  struct mr_hook *inner; /* registered before this one */
  JSValue replace, enter, leave;
  JSValue source;         /* the script's own function that makes the result */
  struct mr_trace *trace; /* tells calls without script code; NULL: doesn't */
  uint32_t handle;
  bool filtered;
  char *module, *caller, *thread; /* globs or NULL */
} mr_hook;

typedef struct mr_trace mr_trace;

/* What a thread's engine knows of a function. */
typedef struct mr_binding {
  mr_hook *hooks;
  JSValue *protos; /* of the result, then the arguments; NULL: none */
  JSValue *pool;   /* Pointer objects that are reused while nobody else holds them */
  uint8_t argument_count;
  bool only_enters;  /* its hooks look at a call's begin only: the original is jumped to */
  const char *kinds; /* the result's kind first; record kinds reduced to one character, see sizes */
  uint32_t *sizes;
} mr_binding;

/* A hooked call under way; on the stack of the thread that makes it. */
typedef struct mr_frame {
  struct mr_frame *up; /* the hooked call during which this one was made */
  mr_function *function;
  mr_binding *binding;
  mr_hook *hook; /* the one that runs, NULL while the original does */
  mr_slot *args, *result;
  mr_registers *registers; /* NULL: entered with typed arguments */
  void *return_address;
  void *engine_frame; /* the engine's innermost frame when this call began */
  void *exception;    /* thrown by the original, going on when the hook has been cleaned up */
  int saved_errno;    /* what the original finds, then what the caller finds */
  bool called;        /* the original, at least once */
  uint8_t busy;       /* the thread's, while this is its innermost call */
  uint32_t scratch_mark;
  uint32_t depth; /* how many are up from here: its place in the thread's trail */
} mr_frame;

/* What is needed of a frame that was left by a jump, when its stack is somebody else's already. */
typedef struct mr_step {
  mr_frame *frame;
  void *engine_frame;
} mr_step;

typedef struct mr_heap {
  void *free[64];
  char *next, *touched, *end; /* of the newest chunk */
  struct mr_chunk *chunks;
  size_t used, mapped;
} mr_heap;

typedef struct mr_thread {
  uint64_t *counts; /* 0: counts[function][MR_REASONS]; entry.S uses this */
  uint64_t *cells;  /* this thread's shards of counters and histograms */
  mr_frame *top;
  mr_step *trail; /* of the frames from the outermost to top; depth: how many, at least */
  uint32_t depth, trail_capacity;
  uint8_t busy; /* MR_SCRIPT, MR_NATIVE: calls from here run no hooks */
  bool ended, failed;
  JSRuntime *runtime;
  JSContext *context;
  mr_binding **bindings;
  mr_segment *segment;
  int *errno_location;
  uintptr_t stack_low, stack_high;
  uint64_t deadline; /* 0: set at the next poll */
  bool timed_out;
  void *readable_page[8]; /* pages seen to be readable since the call began */
  uint32_t readable_count;
  void **scratch;
  mr_heap heap;
  JSValue at_exit; /* array of functions */
  uint32_t tid, pid, hook_count, at_exit_count;
  uint32_t ring_ready; /* bytes of the ring that have their pages */
  struct callback **callbacks;
  uint32_t callback_count, scratch_count, scratch_capacity;
  bool stack_special; /* the engine's stack limit is for another stack than the thread's own */
  char name[16];
  mr_step first_steps[16];
  struct mr_verdict *verdicts; /* of filters that ask where a call comes from */
} mr_thread;

enum {
  MR_SCRIPT = 1,
  MR_NATIVE = 2
}; /* script code runs; native code that script code has called */

/* process-wide */
typedef struct mr_state {
  mr_session *session;
  size_t session_size;
  mr_process *process;
  mr_function **functions; /* by index */
  uint32_t function_count;
  struct link_map *self; /* the runtime's own */
  _Atomic uint32_t ready;
  _Atomic uint32_t finished;
  _Atomic uint32_t script_failed, engines;
  bool following;
  uint32_t pid;
  int key_valid;
  int argc;
  char **argv;
} mr_state;

extern mr_state mr;
extern __thread mr_thread *mr_self __attribute__((tls_model("initial-exec")));

/* handles: switched on and off, and out after faults, for all threads */
typedef struct mr_handle {
  _Atomic uint8_t off, faulty;
  _Atomic uint32_t faults;
} mr_handle;
extern mr_handle mr_handles[MR_MAX_HANDLES];

/* f->runtime[] */
#define MR_STATE(f)                                                                                \
  (*(_Atomic uintptr_t *)&(f)->runtime[1])           /* 0 unresolved, 1 passes through, 2 hooked */
#define MR_OFFSET(f) ((uintptr_t *)&(f)->runtime[2]) /* of its counts in a segment */
enum { MR_UNRESOLVED, MR_PASSING, MR_ACTIVE };

/* elf.c */
typedef struct mr_tables {
  const ElfW(Sym) * symbols;
  const char *strings;
  const uint32_t *gnu_hash, *hash;
  const uint16_t *versions;
  const ElfW(Rela) * relocations, *plt;
  size_t relocation_count, plt_count;
} mr_tables;
mr_tables mr_tables_of(const struct link_map *object);
uint32_t mr_symbol_count(const mr_tables *in);
struct link_map *mr_first_object(void);
void mr_each_object(bool (*visit)(struct link_map *object, void *data), void *data);
void *mr_hooked_for(void *original); /* the stub's entry for an original, NULL: none */
void *mr_elf_lookup(struct link_map *object, const char *name);
void *mr_find_next(
    const char *name); /* after the runtime's own place in the search order; NULL: nowhere */
void *
mr_find_after_stubs(const char *name); /* behind the stubs: the runtime's own wrappers count */
bool mr_resolve(mr_function *function);
extern void *const mr_missing_function;
bool mr_is_ours(struct link_map *object);
void *mr_hooked_export(const char *name); /* of a stub, or found in this process */
bool mr_is_function(const char *name); /* wherever an object defines it, and somewhere one does */
void mr_bind_self(void);               /* the runtime's own calls past the stubs */
void mr_bind_object(
    struct link_map *object); /* one that found the originals past the stubs (RTLD_DEEPBIND) */
void mr_load_stubs(void);
const char *mr_base_name(const char *path);

/* symbols.c */
void mr_symbols_begin(void);
struct link_map *mr_object_of(const void *address);
const char *mr_symbol_of(const void *address, struct link_map **object, uintptr_t *start);
extern _Atomic uint32_t mr_loads; /* changes before an address can get other code */

/* symbol-file.c */
typedef struct mr_symbol {
  uint64_t start; /* as the object's file has it */
  uint32_t size, name;
} mr_symbol;
typedef struct mr_symbol_file {
  ElfW(Sym) * symbols;
  char *strings;
  size_t symbols_size, strings_size; /* as they were taken */
  size_t count;
} mr_symbol_file;
bool mr_symbol_file_read(const char *path, const void *header, mr_symbol_file *file);
void mr_symbol_file_drop(mr_symbol_file *file);

/* found.c */
void mr_find_names(void);
void mr_find_missed(void); /* nobody else may load or unload objects meanwhile */
void *mr_found_entry(const char *name);

/* session.c */
bool mr_have_pages(const void *begin, size_t size);
bool mr_session_open(const char *path);
mr_process *mr_process_claim(void);
mr_segment *mr_segment_claim(mr_thread *thread);
void mr_segment_release(mr_segment *segment);
void mr_emit(mr_thread *thread, int type, uint32_t function, const uint32_t *words, int word_count,
             const char *text, size_t size);
void mr_emit_vector(mr_thread *thread, int type, uint32_t function, const void *const *parts,
                    const size_t *sizes, int count);
void mr_note(const char *text);

/* shared.c */
JSValue mr_call_adder(JSContext *context, uint32_t cell, int argc, JSValueConst *argv);
uint64_t mr_cell_read(uint32_t cell);
mr_map_entry *mr_map_find(mr_map *map, const char *key, size_t size, bool insert);

/* keep.c */
const char *mr_keep(const char *bytes, size_t size);

/* heap.c */
void *mr_pages(size_t size, bool at_once);
void mr_pages_free(void *pages, size_t size);
void *mr_heap_allocate(mr_heap *heap, size_t size);
void mr_heap_free(mr_heap *heap, void *block);
size_t mr_heap_taken(const mr_heap *heap);
size_t mr_heap_usable(const void *block);
void *mr_heap_resize(mr_heap *heap, void *block, size_t size);
void mr_heap_drop(mr_heap *heap);

/* thread.c */
mr_thread *mr_thread_begin(void);
bool mr_thread_engine(mr_thread *thread);
void mr_thread_drop_engine(mr_thread *thread);
void mr_thread_forked(void);
void mr_thread_reap(mr_thread *thread, uintptr_t stack);
bool mr_trail_grow(mr_thread *thread);
bool mr_stack_starts(mr_thread *thread, uintptr_t stack);
bool mr_stack_fits(mr_thread *thread, uintptr_t stack);
void mr_run_at_exit(void);
void mr_key_create(void);

/* engine.c */
JSRuntime *mr_engine_new(mr_thread *thread);
size_t mr_engine_memory(JSRuntime *runtime);
bool mr_engine_reserve(JSRuntime *runtime, bool open);
JSValue mr_engine_callable(JSContext *context, JSClassID class, const char *name, int length,
                           void *opaque);
bool mr_engine_reuse(JSValueConst pointer, void *address);
JSValue mr_engine_call(JSContext *context, JSValueConst function, int count, JSValue *arguments);
void mr_engine_blame(JSContext *context, JSValueConst function);
void *mr_engine_frame(JSRuntime *runtime);
void mr_engine_set_frame(JSRuntime *runtime, void *frame);
void mr_engine_set_stack_limit(JSRuntime *runtime, uintptr_t limit);

/* dispatch.c */
extern _Atomic uint64_t mr_early; /* calls before the session was open */
int mr_generic(mr_function *function, mr_registers *registers);

/* chain.c */
mr_hook *mr_next_hook(mr_thread *thread, mr_frame *frame, mr_hook *hook, enum mr_reason *reason);
void mr_run_hook(mr_thread *thread, mr_frame *frame, mr_hook *hook);
void mr_run_inner(mr_thread *thread, mr_frame *frame, mr_hook *hook);
void mr_run_enters(mr_thread *thread, mr_frame *frame, mr_hook *first);
void mr_call_original(mr_thread *thread, mr_frame *frame);
int mr_alias_argument(const mr_function *function, int argument_count, int k);

/* next.c */
JSValue mr_call_function(JSContext *context, mr_function *function, int argc, JSValueConst *argv);

/* fault.c */
void mr_fault(mr_thread *thread, mr_frame *frame, mr_hook *hook, const char *what);
int mr_poll(JSRuntime *runtime, void *opaque);

/* value.c */
extern JSClassID mr_pointer_class, mr_arguments_class, mr_function_class, mr_adder_class;
JSValue mr_from_slot(JSContext *context, const mr_slot *slot, char kind, JSValueConst proto,
                     JSValue *pool);
int mr_to_slot(JSContext *context, JSValueConst value, char kind, uint32_t size, mr_slot *slot);
JSValue mr_new_pointer(JSContext *context, const void *address, JSValueConst proto);
int mr_get_address(JSContext *context, JSValueConst value, uint64_t *address);
int mr_to_integer(JSContext *context, JSValueConst value, uint64_t *out);
JSValue mr_from_u64(JSContext *context, uint64_t value);
bool mr_parse_signature(mr_heap *heap, const char *signature, mr_binding *binding);
void *mr_scratch_allocate(mr_thread *thread, size_t size);
void mr_scratch_release(mr_thread *thread, uint32_t mark);
uint32_t mr_scratch_mark(mr_thread *thread);

/* call.c */
int mr_call_kinds(JSContext *context, void *target, const char *kinds, int count, mr_slot *slots,
                  mr_slot *result, void **exception);
uint32_t mr_place(const char *kinds, int count, mr_slot *slots, mr_registers *registers,
                  uint64_t *stack, bool load);
void mr_leave_script(mr_thread *thread, mr_frame *frame, const void *target);
void mr_enter_script(mr_thread *thread, mr_frame *frame, void *engine_frame, uint8_t busy);
JSValue mr_throw_through(JSContext *context, mr_frame *frame, void *exception);
JSValue mr_native_call(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv);
JSValue mr_native_callback(JSContext *context, JSValueConst this_value, int argc,
                           JSValueConst *argv);
int mr_callback(uint32_t index, mr_registers *registers);

/* memory.c */
void mr_memory_begin(void);
bool mr_readable(mr_thread *thread, const void *address, size_t size);
bool mr_read(const void *address, void *into, size_t size);
bool mr_write(void *address, const void *from, size_t size);
ssize_t mr_string_length(mr_thread *thread, const char *text, size_t limit);

/* native-functions.c */
mr_binding *mr_bind_new(mr_thread *thread, mr_function *function);

/* native.c: what scripts find in __mr; native-*.c hold it by subject */
typedef struct mr_members {
  const JSCFunctionListEntry *list;
  int count;
} mr_members;
extern const mr_members mr_members_functions, mr_members_memory, mr_members_call, mr_members_shared,
    mr_members_pointer, mr_members_arguments;
void mr_classes_create(void);
int mr_native_install(JSContext *context);
JSValue mr_lenient_text(JSContext *context, const char *bytes, size_t size);
#define MR_NATIVE_FUNCTION(name)                                                                   \
  static JSValue name(JSContext *context, __attribute__((unused)) JSValueConst this_value,         \
                      __attribute__((unused)) int argc,                                            \
                      __attribute__((unused)) JSValueConst *argv)

/* native-call.c */
const uint64_t *mr_further_word(const mr_frame *frame, uint32_t index);

/* trace.c */
mr_trace *mr_trace_new(JSContext *context, JSValueConst list);
bool mr_trace_begin_only(const mr_trace *trace);
void mr_run_traced(mr_thread *thread, mr_frame *frame, mr_hook *hook);
void mr_trace_begin(mr_thread *thread, mr_frame *frame, mr_hook *hook);

/* backtrace.c */
typedef struct mr_place_in_code {
  const char *module, *symbol; /* symbol: NULL when none is known */
  uint64_t offset, position;   /* from the symbol, or the module; in the module's file */
} mr_place_in_code;
mr_place_in_code mr_place_of(void *return_address);
uint32_t mr_backtrace(const mr_frame *frame, void **addresses, uint32_t limit);

/* reach.c */
const char *mr_unreachable(const char *path, bool *foreign);

/* process.c */
void mr_process_begin(void);

/* entry.S, unwind.c */
void *mr_protected_thunk(mr_thunk *thunk, void *target, const mr_slot *args, mr_slot *result);
void *mr_protected_registers(void *target, mr_registers *registers, const uint64_t *stack,
                             uint64_t words);
extern char mr_landing_thunk[], mr_landing_registers[];
void mr_resume_unwinding(void *exception) __attribute__((noreturn));
extern char mr_callback_entries[];
enum { MR_CALLBACK_ENTRIES = 256, MR_CALLBACK_ENTRY_SIZE = 16 };

#pragma GCC visibility pop

static inline mr_thread *mr_thread_of(JSContext *context) {
  return JS_GetRuntimeOpaque(JS_GetRuntime(context));
}

/* Back in a frame: those further in are gone. */
static inline void mr_set_top(mr_thread *thread, mr_frame *frame) {
  thread->top = frame;
  thread->depth = frame ? frame->depth + 1 : 0;
}

/* The binding of a function in this thread, made when it is first needed. NULL: no memory. */
static inline mr_binding *mr_bind(mr_thread *thread, mr_function *function) {
  mr_binding *binding = thread->bindings[function->index];
  return MR_LIKELY(binding != NULL) ? binding : mr_bind_new(thread, function);
}

/* The usual cases of mr_to_slot and mr_from_slot: integers of 32 bits. False: not one of them. */
static inline bool mr_slot_of_integer(JSValueConst value, char kind, mr_slot *slot) {
  if (JS_VALUE_GET_TAG(value) != JS_TAG_INT || !(kind == 'i' || kind == 'l' || kind == 'L'))
    return false;
  slot->i = JS_VALUE_GET_INT(value);
  return true;
}

static inline bool mr_integer_of_slot(const mr_slot *slot, char kind, JSValue *value) {
  if (kind != 'i' && ((kind != 'l' && (kind != 'L' || slot->i < 0)) || slot->i != (int32_t)slot->i))
    return false;
  *value = JS_MKVAL(JS_TAG_INT, (int32_t)slot->u);
  return true;
}

static inline bool mr_glob(const char *pattern, const char *text) {
  for (; *pattern; pattern++, text++) {
    if (*pattern == '*') {
      while (*pattern == '*')
        pattern++;
      if (!*pattern)
        return true;
      for (; *text; text++)
        if (mr_glob(pattern, text))
          return true;
      return false;
    }
    if (!*text || (*pattern != '?' && *pattern != *text))
      return false;
  }
  return !*text;
}

#endif
