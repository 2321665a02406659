/* A thread's part of the runtime: its segment of the session, its engine, its stack's bounds; made
 * at its first hooked call, given back at its end. */

#include "../x86-64/syscall.h"
#include "priv.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

extern void *__libc_stack_end;

__thread mr_thread *mr_self __attribute__((tls_model("initial-exec")));
mr_state mr;
mr_handle mr_handles[MR_MAX_HANDLES];

enum {
  STACK_NEEDED = 32 << 10,
  STACK_TO_START = 64 << 10,
  STACK_RESERVE = 16 << 10,
  FOREIGN_STACK = 24 << 10
};

static pthread_key_t key;
static mr_thread ended_thread;
static mr_thread first_thread; /* needs no page of its own */

static void drop_trail(mr_thread *thread);

static void thread_end(void *value) {
  mr_thread *thread = value;
  if (!thread || thread->ended || mr_self != thread)
    return;
  mr_self = &ended_thread;
  mr_heap heap = thread->heap;
  if (thread->segment && thread->pid == mr.pid) {
    if (thread->runtime) {
      thread->segment->engine_bytes = mr_heap_taken(&heap);
    }
    mr_segment_release(thread->segment);
  }
  /* The engine isn't taken down object by object: after a cancellation it may be in the middle of
   * anything. */
  mr_heap_drop(&heap);
  drop_trail(thread);
  if (thread != &first_thread)
    mr_pages_free(thread, (sizeof *thread + 4095) & ~4095ul);
}

void mr_key_create(void) {
  ended_thread.ended = true;
  ended_thread.counts = mr_pages(mr.session->counts_size, false);
  mr.key_valid = ended_thread.counts && pthread_key_create(&key, thread_end) == 0;
}

static void find_stack(mr_thread *thread) {
  if (thread->tid == thread->pid) {
    struct rlimit limit = {0, 0};
    mr_syscall6(SYS_prlimit64, 0, RLIMIT_STACK, 0, (long)&limit, 0, 0);
    uint64_t size = limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > (64ul << 20)
                        ? 8ul << 20
                        : limit.rlim_cur;
    thread->stack_high = ((uintptr_t)__libc_stack_end + 4095) & ~4095ul;
    thread->stack_low = thread->stack_high - size;
    return;
  }
  pthread_attr_t attributes;
  void *low = NULL;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
  }
  thread->stack_low = (uintptr_t)low;
  thread->stack_high = (uintptr_t)low + size;
}

/* Where this thread counts: in its segment; without one, where nobody looks. */
static void count_in_segment(mr_thread *thread) {
  thread->counts = thread->segment ? thread->segment->counts : ended_thread.counts;
  thread->cells = thread->counts + (uint64_t)mr.session->function_count * MR_REASONS;
}

mr_thread *mr_thread_begin(void) {
  if (!atomic_load_explicit(&mr.ready, memory_order_acquire) || atomic_load(&mr.finished) ||
      !mr.key_valid)
    return NULL;
  static _Atomic uint32_t begun;
  mr_thread *thread = atomic_exchange(&begun, 1) ? mr_pages((sizeof *thread + 4095) & ~4095ul, true)
                                                 : &first_thread;
  if (!thread)
    return NULL;
  thread->busy = MR_SCRIPT;
  thread->pid = mr.pid;
  thread->tid = (uint32_t)mr_syscall3(SYS_gettid, 0, 0, 0);
  /* A child of vfork is its parent's thread. */
  if (thread->tid == (uint32_t)mr_syscall3(SYS_getpid, 0, 0, 0))
    thread->tid = mr.pid;
  thread->errno_location = __errno_location();
  int saved = *thread->errno_location;
  mr_syscall6(SYS_prctl, 16 /* PR_GET_NAME */, (long)thread->name, 0, 0, 0, 0);
  thread->segment = mr_segment_claim(thread);
  count_in_segment(thread);
  mr_self = thread;
  pthread_setspecific(key, thread);
  find_stack(thread);
  thread->busy = 0;
  *thread->errno_location = saved;
  return thread;
}

/* After fork, in the child: what was this thread's goes on being so, with a ring and counters of
 * its own. */
void mr_thread_forked(void) {
  mr.pid = (uint32_t)mr_syscall3(SYS_getpid, 0, 0, 0);
  mr.process = mr_process_claim();
  mr_thread *thread = mr_self;
  if (!thread || thread->ended)
    return;
  thread->pid = mr.pid;
  thread->tid = mr.pid;
  thread->segment = mr_segment_claim(thread);
  count_in_segment(thread);
}

/* The address below which the mapping that holds it isn't accessible. */
static uintptr_t mapping_low(uintptr_t address) {
  static __thread uintptr_t low, high;
  if (address >= low && address < high)
    return low;
  long fd =
      mr_syscall6(SYS_openat, AT_FDCWD, (long)"/proc/self/maps", O_RDONLY | O_CLOEXEC, 0, 0, 0);
  if (fd < 0)
    return address;
  char buffer[2048];
  uintptr_t value = 0, begin = 0, found = address;
  int field = 0;
  for (long count;
       found == address && (count = mr_syscall3(SYS_read, fd, buffer, sizeof buffer)) > 0;) {
    for (long i = 0; i < count; i++) {
      char c = buffer[i];
      if (c == '\n')
        field = 0, value = 0;
      else if (field == 0 && c == '-')
        begin = value, value = 0, field = 1;
      else if (field == 1 && c == ' ') {
        field = 2;
        if (address >= begin && address < value) {
          found = low = begin;
          high = value;
          break;
        }
      } else if (field < 2)
        value = value * 16 + (uintptr_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
  }
  mr_syscall3(SYS_close, fd, 0, 0);
  return found;
}

/* The lowest address of the stack that is in use. */
static uintptr_t stack_low(mr_thread *thread, uintptr_t stack) {
  if (MR_LIKELY(stack >= thread->stack_low && stack < thread->stack_high))
    return thread->stack_low;
  /* A signal's own stack, or one that the program switched to. */
  stack_t alternate;
  if (mr_syscall3(SYS_sigaltstack, 0, &alternate, 0) == 0 && (alternate.ss_flags & SS_ONSTACK) &&
      stack >= (uintptr_t)alternate.ss_sp && stack < (uintptr_t)alternate.ss_sp + alternate.ss_size)
    return (uintptr_t)alternate.ss_sp;
  return mapping_low(stack);
}

/* Whether there is room to start an engine, which runs the whole script: only on the thread's own
 * stack. */
bool mr_stack_starts(mr_thread *thread, uintptr_t stack) {
  return stack >= thread->stack_low && stack < thread->stack_high &&
         stack - thread->stack_low >= STACK_TO_START;
}

/* Whether script code can run here; tells the engine how deep it may go. */
bool mr_stack_fits(mr_thread *thread, uintptr_t stack) {
  uintptr_t low = stack_low(thread, stack);
  if (stack - low < STACK_NEEDED)
    return false;
  if (MR_LIKELY(low == thread->stack_low)) {
    if (MR_LIKELY(!thread->stack_special))
      return true;
    thread->stack_special = false;
    mr_engine_set_stack_limit(thread->runtime, low + STACK_RESERVE);
    return true;
  }
  thread->stack_special = true;
  mr_engine_set_stack_limit(thread->runtime, stack - FOREIGN_STACK);
  return true;
}

/* Forgets frames that were left by longjmp, by an exception, or by a child of vfork: those below
 * the caller's. */
void mr_thread_reap(mr_thread *thread, uintptr_t stack) {
  bool own = stack >= thread->stack_low && stack < thread->stack_high, left = false;
  while (thread->depth) {
    const mr_step *step = &thread->trail[thread->depth - 1];
    uintptr_t frame = (uintptr_t)step->frame;
    bool frame_own = frame >= thread->stack_low && frame < thread->stack_high;
    /* On different stacks addresses say nothing; but what is called on the thread's own stack
     * wasn't called from a signal's. */
    if (own == frame_own ? frame > stack : !own)
      break;
    if (thread->runtime)
      mr_engine_set_frame(thread->runtime, step->engine_frame);
    thread->depth--;
    left = true;
  }
  if (!left)
    return;
  thread->top = thread->depth ? thread->trail[thread->depth - 1].frame : NULL;
  /* Script code that is left by a jump has left its engine in the middle of something. */
  bool in_script = thread->busy == MR_SCRIPT;
  thread->busy = thread->top ? thread->top->busy : 0;
  if (in_script && !thread->busy)
    mr_thread_drop_engine(thread);
}

/* Room for more calls that are hooked inside of each other. The first step holds the trail before,
 * which a signal's handler may have found in use, until the thread ends. */
bool mr_trail_grow(mr_thread *thread) {
  enum { FIRST = sizeof thread->first_steps / sizeof *thread->first_steps };
  uint32_t capacity = thread->trail_capacity;
  if (!capacity) {
    thread->trail = thread->first_steps;
    thread->trail_capacity = FIRST;
    return true;
  }
  mr_step *grown = mr_pages((capacity * 4 + 1) * sizeof *grown, false);
  if (!grown)
    return false;
  grown[0] = (mr_step){(mr_frame *)thread->trail, (void *)(uintptr_t)capacity};
  memcpy(grown + 1, thread->trail, capacity * sizeof *grown);
  thread->trail = grown + 1;
  thread->trail_capacity = capacity * 4;
  return true;
}

static void drop_trail(mr_thread *thread) {
  mr_step *trail = thread->trail;
  for (uint32_t capacity = thread->trail_capacity; trail && trail != thread->first_steps;) {
    mr_step before = trail[-1];
    mr_pages_free(trail - 1, (capacity + 1) * sizeof *trail);
    trail = (mr_step *)before.frame;
    capacity = (uint32_t)(uintptr_t)before.engine_frame;
  }
}

static bool run_script(mr_thread *thread) {
  JSContext *context = thread->context;
  const uint8_t *code = (const uint8_t *)mr.session + mr.session->bytecode_offset;
  JSValue program = JS_ReadObject(context, code, mr.session->bytecode_size, JS_READ_OBJ_BYTECODE);
  JSValue result = JS_IsException(program) ? program : JS_EvalFunction(context, program);
  bool failed = JS_IsException(result);
  if (failed) {
    /* The same in every thread: say it once. */
    if (!atomic_exchange(&mr.script_failed, 1))
      mr_fault(thread, NULL, NULL, "script");
    else
      JS_FreeValue(context, JS_GetException(context));
  } else
    JS_FreeValue(context, result);
  return !failed;
}

/* While an engine is made or left: a signal's handler would find half of it, or jump away and leave
 * it so. */
static uint64_t block_signals(void) {
  uint64_t all = UINT64_MAX, before = 0;
  mr_syscall6(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&before, sizeof all, 0, 0);
  return before;
}

static void unblock_signals(uint64_t before) {
  mr_syscall6(SYS_rt_sigprocmask, SIG_SETMASK, (long)&before, 0, sizeof before, 0, 0);
}

bool mr_thread_engine(mr_thread *thread) {
  if (thread->runtime)
    return true;
  if (thread->failed || atomic_load(&mr.script_failed))
    return false;
  uint64_t signals = block_signals();
  uint8_t busy = thread->busy;
  int saved = *thread->errno_location;
  thread->busy = MR_SCRIPT;
  thread->failed = true;
  JSRuntime *runtime = mr_engine_new(thread);
  if (runtime) {
    JS_SetMemoryLimit(runtime, mr.session->memory_limit);
    JS_SetInterruptHandler(runtime, mr_poll, thread);
    mr_engine_set_stack_limit(runtime, 0);
    thread->runtime = runtime;
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    thread->stack_special = true;
    if (mr_stack_fits(thread, here)) {
      thread->context = JS_NewContextRaw(runtime);
      thread->bindings =
          mr_heap_allocate(&thread->heap, (mr.function_count + 1) * sizeof *thread->bindings);
    }
    if (thread->context && thread->bindings) {
      memset(thread->bindings, 0, (mr.function_count + 1) * sizeof *thread->bindings);
      thread->at_exit = JS_UNDEFINED;
      thread->deadline = 0;
      if (mr_native_install(thread->context) == 0 && run_script(thread))
        thread->failed = false;
    }
  }
  thread->busy = busy;
  *thread->errno_location = saved;
  if (thread->failed)
    mr_thread_drop_engine(thread);
  else
    atomic_store(&mr.engines, 1);
  if (thread->segment)
    thread->segment->engine_bytes = mr_heap_taken(&thread->heap);
  unblock_signals(signals);
  return !thread->failed;
}

/* Leaves an engine whose state is unknown, or that couldn't start; its memory goes in one piece. */
void mr_thread_drop_engine(mr_thread *thread) {
  uint64_t signals = block_signals();
  thread->runtime = NULL;
  thread->context = NULL;
  thread->bindings = NULL;
  thread->scratch = NULL;
  thread->scratch_count = thread->scratch_capacity = 0;
  thread->callbacks = NULL;
  thread->verdicts = NULL;
  thread->hook_count = thread->at_exit_count = thread->callback_count = 0;
  thread->at_exit = JS_UNDEFINED;
  mr_heap_drop(&thread->heap);
  unblock_signals(signals);
}
