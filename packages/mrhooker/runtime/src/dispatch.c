/* A hooked call: whether hooks run for it at all, and that the target goes on whatever they do. */

#include "priv.h"
#include <string.h>

static inline void count(mr_thread *thread, const mr_function *function, enum mr_reason reason) {
  thread->counts[(size_t)function->index * MR_REASONS + reason]++;
}

static inline bool passes(mr_thread *thread, mr_function *function) {
  if (MR_LIKELY(MR_STATE(function) != MR_PASSING) || MR_UNLIKELY(!thread))
    return false;
  ++*(uint64_t *)((char *)thread->counts + *MR_OFFSET(function));
  return true;
}

/* Counted here until there is a session to count it in. */
_Atomic uint64_t mr_early;

static void note_early(void) { atomic_fetch_add(mr.process ? &mr.process->early : &mr_early, 1); }

/* Everything that is not the usual case at a call's begin. NULL: no hook runs. */
static __attribute__((noinline)) mr_thread *enter_slowly(mr_function *function, uintptr_t stack) {
  mr_thread *thread = mr_self;
  if (!function->original)
    mr_resolve(function);
  if (!thread) {
    thread = mr_thread_begin();
    if (!thread) {
      note_early();
      return NULL;
    }
  }
  if (thread->ended || atomic_load_explicit(&mr.finished, memory_order_relaxed)) {
    if (thread->ended)
      note_early();
    else
      count(thread, function, MR_ENDED);
    return NULL;
  }
  if (thread->top)
    mr_thread_reap(thread, stack);
  if (thread->busy) {
    count(thread, function, MR_NESTED);
    return NULL;
  }
  if (passes(thread, function))
    return NULL;
  if (!thread->runtime && !mr_stack_starts(thread, stack)) {
    count(thread, function, MR_STACK);
    return NULL;
  }
  if (!thread->runtime && !mr_thread_engine(thread)) {
    count(thread, function, atomic_load(&mr.script_failed) ? MR_NO_SCRIPT : MR_MEMORY);
    return NULL;
  }
  return thread;
}

static inline mr_thread *enter(mr_function *function, uintptr_t stack) {
  mr_thread *thread = mr_self;
  /* A thread that has ended has no engine. */
  if (MR_UNLIKELY(!thread || thread->busy || !thread->runtime || !function->original ||
                  (thread->top && (uintptr_t)thread->top <= stack) || mr.finished))
    return enter_slowly(function, stack);
  return thread;
}

/* After the hooks: the thread as it was; an exception of the original's goes on from here. */
static inline void finish(mr_thread *thread, mr_frame *frame) {
  mr_engine_set_frame(thread->runtime, frame->engine_frame);
  if (MR_UNLIKELY(thread->scratch_count > frame->scratch_mark))
    mr_scratch_release(thread, frame->scratch_mark);
  if (MR_UNLIKELY(JS_IsJobPending(thread->runtime))) {
    JSContext *context;
    while (JS_ExecutePendingJob(thread->runtime, &context) > 0) {
    }
    JS_FreeValue(thread->context, JS_GetException(thread->context));
  }
  thread->busy = 0;
  thread->top = frame->up;
  thread->depth = frame->depth;
  *thread->errno_location = frame->saved_errno;
}

/* No hook runs: the caller goes on to the original. */
static inline int pass(mr_thread *thread, const mr_frame *frame, enum mr_reason reason) {
  count(thread, frame->function, reason);
  thread->busy = 0;
  thread->top = frame->up;
  thread->depth = frame->depth;
  return 0;
}

/* 1: the result is in *result. 0: the caller goes on to the original. The thread is busy from here
 * to the end, except while it is in the original: a signal's handler that calls a hooked function
 * must not find the engine in the middle of something. The frame is there first, for a handler that
 * jumps away. */
static inline int run(mr_thread *thread, mr_function *function, mr_slot *args, mr_slot *result,
                      mr_registers *registers, void *return_address) {
  mr_frame frame;
  frame.up = thread->top;
  frame.depth = frame.up ? frame.up->depth + 1 : 0;
  frame.function = function;
  frame.hook = NULL;
  frame.args = args;
  frame.result = result;
  frame.registers = registers;
  frame.return_address = return_address;
  frame.exception = NULL;
  frame.saved_errno = *thread->errno_location;
  frame.called = false;
  frame.busy = 0;
  frame.scratch_mark = thread->scratch_count;
  if (MR_UNLIKELY(frame.depth >= thread->trail_capacity && !mr_trail_grow(thread))) {
    count(thread, function, MR_MEMORY);
    return 0;
  }
  /* A signal's handler may use the same place meanwhile: once more when the frame is at the top. */
  mr_step step = {&frame, frame.engine_frame = mr_engine_frame(thread->runtime)};
  thread->depth = frame.depth + 1;
  thread->trail[frame.depth] = step;
  atomic_signal_fence(memory_order_seq_cst);
  thread->top = &frame;
  atomic_signal_fence(memory_order_seq_cst);
  thread->trail[frame.depth] = step;
  thread->busy = MR_SCRIPT;
  atomic_signal_fence(memory_order_seq_cst);
  mr_binding *family = thread->bindings[function->family];
  mr_hook *hook = family ? family->hooks : NULL;
  frame.binding = hook ? mr_bind(thread, function) : NULL;
  if (MR_UNLIKELY(!frame.binding))
    return pass(thread, &frame, MR_UNHOOKED);
  if (MR_UNLIKELY(!mr_stack_fits(thread, (uintptr_t)args)))
    return pass(thread, &frame, MR_STACK);
  enum mr_reason reason = MR_OFF;
  hook = mr_next_hook(thread, &frame, hook, &reason);
  if (!hook)
    return pass(thread, &frame, reason);
  count(thread, function, MR_SEEN_HOOKED);
  thread->deadline = 0;
  if (thread->readable_count) {
    memset(thread->readable_page, 0, sizeof thread->readable_page);
    thread->readable_count = 0;
  }
  if (family->only_enters) {
    mr_run_enters(thread, &frame, hook);
    finish(thread, &frame);
    return 0;
  }
  mr_run_hook(thread, &frame, hook);
  finish(thread, &frame);
  if (MR_UNLIKELY(frame.exception != NULL))
    mr_resume_unwinding(frame.exception);
  return 1;
}

MR_EXPORT int mrhooker_dispatch(mr_function *function, mr_slot *args, mr_slot *result,
                                void *return_address) {
  if (passes(mr_self, function))
    return 0;
  mr_thread *thread = enter(function, (uintptr_t)__builtin_frame_address(0));
  if (!thread)
    return 0;
  return run(thread, function, args, result, NULL, return_address);
}

int mr_generic(mr_function *function, mr_registers *registers) {
  mr_thread *thread = enter(function, (uintptr_t)__builtin_frame_address(0));
  if (!thread)
    return 0;
  mr_binding *binding = thread->bindings[function->index];
  if (MR_UNLIKELY(!binding)) {
    thread->busy = MR_SCRIPT;
    binding = mr_bind(thread, function);
    thread->busy = 0;
    if (!binding) {
      count(thread, function, MR_MEMORY);
      return 0;
    }
  }
  mr_slot slots[MR_MAX_ARGUMENTS], result = {0};
  mr_place(binding->kinds + 1, binding->argument_count, slots, registers, registers->stack, true);
  return run(thread, function, slots, &result, registers, registers->return_address);
}
