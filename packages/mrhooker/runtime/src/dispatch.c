/* A hooked call: whether hooks run, in which order, what they see, and that the target goes on
 * whatever they do. */

#include "priv.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { STACK_COPY_WORDS = 32 }; /* of a caller whose stack arguments are unknown */

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* The engine asks every ten thousand steps. The limit counts from the first time that it asks in
 * this stretch of script code, so that hooks that are quick never look at the clock. */
int mr_poll(JSRuntime *runtime, void *opaque) {
  (void)runtime;
  mr_thread *thread = opaque;
  uint64_t time = now();
  if (!thread->deadline) {
    thread->deadline = time + (uint64_t)mr.session->time_limit * 1000000u;
    return 0;
  }
  if (time < thread->deadline)
    return 0;
  thread->timed_out = true;
  return 1;
}

/* The usual cases of mr_to_slot and mr_from_slot: small integers. */
static inline int to_slot(JSContext *context, JSValueConst value, char kind, uint32_t size,
                          mr_slot *slot) {
  if (MR_LIKELY(JS_VALUE_GET_TAG(value) == JS_TAG_INT &&
                (kind == 'i' || kind == 'l' || kind == 'L'))) {
    slot->i = JS_VALUE_GET_INT(value);
    return 0;
  }
  return mr_to_slot(context, value, kind, size, slot);
}

static inline JSValue from_slot(JSContext *context, const mr_slot *slot, char kind,
                                JSValueConst proto, JSValue *pool) {
  if (kind == 'i')
    return JS_NewInt32(context, (int32_t)slot->u);
  if ((kind == 'l' || (kind == 'L' && slot->i >= 0)) && slot->i == (int32_t)slot->i)
    return JS_NewInt32(context, (int32_t)slot->i);
  return mr_from_slot(context, slot, kind, proto, pool);
}

/* An argument that a script gives; a function of the script's becomes a callback, where the
 * parameter knows how. */
static int take_argument(JSContext *context, const mr_binding *binding, int i,
                         const mr_binding *types, int k, JSValueConst value, mr_slot *slot) {
  char kind = binding->kinds[i + 1];
  if (MR_UNLIKELY(kind == 'p' && JS_IsFunction(context, value) && types->protos &&
                  JS_IsObject(types->protos[k + 1]))) {
    JSAtom name = JS_NewAtom(context, "callback");
    JSValue made = JS_Invoke(context, types->protos[k + 1], name, 1, &value);
    JS_FreeAtom(context, name);
    int failed = JS_IsException(made) ? -1 : mr_to_slot(context, made, kind, 0, slot);
    JS_FreeValue(context, made);
    return failed;
  }
  return to_slot(context, value, kind, binding->sizes[i + 1], slot);
}

static inline void count(mr_thread *thread, const mr_function *function, enum mr_reason reason) {
  thread->counts[(size_t)function->index * MR_REASONS + reason]++;
}

/* Reports the exception that is pending in the engine, and switches a hook off that fails again and
 * again. */
void mr_fault(mr_thread *thread, mr_frame *frame, mr_hook *hook, const char *what) {
  JSContext *context = thread->context;
  JSValue error = JS_GetException(context);
  char text[2048];
  int length = 0;
  if (thread->timed_out)
    length = snprintf(text, sizeof text, "ran longer than %u ms", mr.session->time_limit);
  else {
    const char *message = JS_ToCString(context, error);
    length = snprintf(text, sizeof text, "%s", message ? message : "an error that can't be shown");
    if (message)
      JS_FreeCString(context, message);
    else
      JS_FreeValue(context, JS_GetException(context));
  }
  if (length >= (int)sizeof text)
    length = sizeof text - 1;
  if (JS_IsObject(error)) {
    JSValue stack = JS_GetPropertyStr(context, error, "stack");
    const char *trace = JS_IsString(stack) ? JS_ToCString(context, stack) : NULL;
    if (trace) {
      length += snprintf(text + length, sizeof text - (size_t)length, "\n%s", trace);
      JS_FreeCString(context, trace);
    }
    JS_FreeValue(context, stack);
  }
  if (length >= (int)sizeof text)
    length = sizeof text - 1;
  JS_FreeValue(context, error);
  JS_FreeValue(context, JS_GetException(context));
  thread->timed_out = false;
  thread->deadline = 0;
  uint32_t words[2] = {!strcmp(what, "script")     ? 2u
                       : !strcmp(what, "callback") ? 3u
                                                   : 0u,
                       hook ? hook->handle : UINT32_MAX};
  if (hook) {
    mr_handle *handle = &mr_handles[hook->handle];
    uint32_t faults = atomic_fetch_add(&handle->faults, 1) + 1;
    if (faults >= mr.session->fault_limit) {
      if (!atomic_exchange(&handle->faulty, 1))
        words[0] = 1;
      else
        return;
    }
  }
  mr_emit(thread, MR_FAULT, frame ? frame->function->index : 0xffff, words, 2, text,
          (size_t)length);
}

static bool passes_filter(mr_thread *thread, mr_frame *frame, mr_hook *hook) {
  if (hook->thread && !mr_glob(hook->thread, thread->name))
    return false;
  if (!hook->module && !hook->caller)
    return true;
  struct link_map *object;
  uintptr_t start;
  if (hook->module) {
    object = mr_object_of(frame->return_address);
    const char *name = !object           ? ""
                       : *object->l_name ? mr_base_name(object->l_name)
                                         : mr_base_name(mr.process ? mr.process->program : "");
    if (!mr_glob(hook->module, name))
      return false;
  }
  if (hook->caller) {
    const char *symbol = mr_symbol_of(frame->return_address, &object, &start);
    if (!symbol || !mr_glob(hook->caller, symbol))
      return false;
  }
  return true;
}

static mr_hook *next_hook(mr_thread *thread, mr_frame *frame, mr_hook *hook,
                          enum mr_reason *reason) {
  for (; hook; hook = hook->inner) {
    const mr_handle *handle = &mr_handles[hook->handle];
    if (MR_UNLIKELY(handle->off))
      *reason = MR_OFF;
    else if (MR_UNLIKELY(handle->faulty))
      *reason = MR_FAULTY;
    else if (MR_UNLIKELY(hook->filtered) && !passes_filter(thread, frame, hook))
      *reason = MR_FILTERED;
    else
      return hook;
  }
  return NULL;
}

/* The words of stack arguments to copy for a call that is made again: all that a signature names,
 * otherwise as many as there may be without leaving the caller's stack. */
static uint64_t stack_words(mr_thread *thread, const mr_registers *registers) {
  uintptr_t begin = (uintptr_t)registers->stack;
  if (begin < thread->stack_low || begin >= thread->stack_high)
    return STACK_COPY_WORDS / 4;
  uint64_t words = (thread->stack_high - begin) / 8;
  return words < STACK_COPY_WORDS ? words : STACK_COPY_WORDS;
}

static void call_original(mr_thread *thread, mr_frame *frame) {
  mr_function *function = frame->function;
  void *engine_frame = mr_engine_frame(thread->runtime);
  uint8_t busy = thread->busy;
  mr_hook *hook = frame->hook;
  frame->hook = NULL;
  frame->called = true;
  frame->busy = 0;
  mr_leave_script(thread, frame, function->original);
  if (frame->registers) {
    frame->exception =
        mr_protected_registers(function->original, frame->registers, frame->registers->stack,
                               stack_words(thread, frame->registers));
    char kind = frame->binding->kinds[0];
    if (kind == 'd' || kind == 'f')
      memcpy(frame->result, frame->registers->vector_result[0], sizeof *frame->result);
    else
      frame->result->u = frame->registers->result[0];
  } else if (function->thunk) {
    frame->exception =
        mr_protected_thunk(function->thunk, function->original, frame->args, frame->result);
  } else {
    mr_call_kinds(thread->context, function->original, frame->binding->kinds,
                  frame->binding->argument_count, frame->args, frame->result, &frame->exception);
  }
  mr_enter_script(thread, frame, engine_frame, busy);
  frame->busy = busy;
  frame->hook = hook;
}

/* Puts the result into the registers that the caller looks at. */
static void store_result(mr_frame *frame) {
  if (!frame->registers)
    return;
  char kind = frame->binding->kinds[0];
  if (kind == 'd' || kind == 'f')
    memcpy(frame->registers->vector_result[0], frame->result, sizeof *frame->result);
  else
    frame->registers->result[0] = frame->result->u;
}

static int take_result(mr_thread *thread, mr_frame *frame, JSValueConst value) {
  const mr_binding *binding = frame->binding;
  char kind = binding->kinds[0];
  if (kind == 'v')
    return 0;
  if (JS_IsUndefined(value)) {
    JS_ThrowTypeError(thread->context, "the hook returned nothing; %s has a result",
                      frame->function->name);
    return -1;
  }
  mr_slot slot = {0};
  if (MR_UNLIKELY(kind == 'p' && JS_IsString(value))) {
    size_t size;
    const char *text = JS_ToCStringLen(thread->context, &size, value);
    if (!text)
      return -1;
    slot.p = (void *)mr_keep(text, size);
    JS_FreeCString(thread->context, text);
    if (!slot.p) {
      JS_ThrowOutOfMemory(thread->context);
      return -1;
    }
  } else if (to_slot(thread->context, value, kind, binding->sizes[0], &slot))
    return -1;
  if (kind == '{' || kind == 'D' || kind == '!') {
    if (slot.p == frame->result->p)
      return 0;
    if (kind == '!') {
      JS_ThrowTypeError(thread->context, "only the original can make a result of this class");
      return -1;
    }
    memcpy(frame->result->p, slot.p, binding->sizes[0]);
    return 0;
  }
  *frame->result = slot;
  store_result(frame);
  return 0;
}

/* The hook's view of argument k of its family, when the call came in under an alias. */
static int alias_argument(const mr_function *function, int argument_count, int k) {
  if (!function->map)
    return k < argument_count ? k : -1;
  for (int j = 0; j < argument_count; j++)
    if (function->map[j] == k)
      return j;
  return -1;
}

static int make_arguments(mr_thread *thread, mr_frame *frame, JSValue *values) {
  mr_binding *own = frame->binding, *family = thread->bindings[frame->function->family];
  JSContext *context = thread->context;
  if (MR_LIKELY(own == family)) {
    for (int i = 0; i < own->argument_count; i++)
      values[i] = from_slot(context, &frame->args[i], own->kinds[i + 1],
                            own->protos ? own->protos[i + 1] : JS_UNDEFINED, &own->pool[i + 1]);
    return own->argument_count;
  }
  for (int k = 0; k < family->argument_count; k++) {
    int j = alias_argument(frame->function, own->argument_count, k);
    JSValueConst proto = family->protos ? family->protos[k + 1] : JS_UNDEFINED;
    values[k] = j < 0 ? JS_NewInt32(context, 0)
                      : mr_from_slot(context, &frame->args[j], own->kinds[j + 1], proto, NULL);
  }
  return family->argument_count;
}

static void run_chain(mr_thread *thread, mr_frame *frame, mr_hook *first) {
  enum mr_reason reason = MR_OFF;
  mr_hook *hook = next_hook(thread, frame, first, &reason);
  if (!hook) {
    call_original(thread, frame);
    return;
  }
  JSContext *context = thread->context;
  JSValue values[MR_MAX_ARGUMENTS];
  mr_hook *outer = frame->hook;
  bool outer_called = frame->called;
  uint8_t outer_busy = thread->busy;
  int saved_errno = frame->saved_errno;
  frame->hook = hook;
  frame->called = false;
  int argument_count = make_arguments(thread, frame, values);
  thread->busy = frame->busy = MR_SCRIPT;
  if (!JS_IsUndefined(hook->replace)) {
    JSValue value = mr_engine_call(context, hook->replace, argument_count, values);
    if (!frame->exception) {
      bool failed = JS_IsException(value) || take_result(thread, frame, value);
      if (MR_UNLIKELY(failed)) {
        mr_fault(thread, frame, hook, "hook");
        if (!frame->called) {
          frame->saved_errno = saved_errno;
          run_chain(thread, frame, hook->inner);
        }
      }
    } else
      JS_FreeValue(context, JS_GetException(context));
    JS_FreeValue(context, value);
  } else {
    JSValue state = JS_UNDEFINED;
    if (!JS_IsUndefined(hook->enter)) {
      state = mr_engine_call(context, hook->enter, argument_count, values);
      if (MR_UNLIKELY(JS_IsException(state))) {
        mr_fault(thread, frame, hook, "hook");
        frame->saved_errno = saved_errno;
        state = JS_UNDEFINED;
      }
    }
    run_chain(thread, frame, hook->inner);
    if (!frame->exception && !JS_IsUndefined(hook->leave)) {
      const mr_binding *binding = frame->binding;
      JSValue passed[2] = {mr_from_slot(context, frame->result, binding->kinds[0],
                                        binding->protos ? binding->protos[0] : JS_UNDEFINED, NULL),
                           state};
      frame->hook = hook;
      thread->busy = frame->busy = MR_SCRIPT;
      JSValue value = mr_engine_call(context, hook->leave, 2, passed);
      if (MR_UNLIKELY(JS_IsException(value) ||
                      (!JS_IsUndefined(value) && take_result(thread, frame, value))))
        mr_fault(thread, frame, hook, "hook");
      JS_FreeValue(context, value);
      JS_FreeValue(context, passed[0]);
      state = passed[1]; /* the hook may have assigned to it */
    }
    JS_FreeValue(context, state);
  }
  for (int i = 0; i < argument_count; i++)
    JS_FreeValue(context, values[i]);
  frame->hook = outer;
  frame->called |= outer_called;
  thread->busy = frame->busy = outer_busy;
}

static void run_enters(mr_thread *thread, mr_frame *frame, mr_hook *first) {
  JSValue values[MR_MAX_ARGUMENTS];
  int argument_count = make_arguments(thread, frame, values);
  thread->busy = frame->busy = MR_SCRIPT;
  enum mr_reason reason;
  for (mr_hook *hook = first; hook; hook = next_hook(thread, frame, hook->inner, &reason)) {
    if (JS_IsUndefined(hook->enter))
      continue;
    frame->hook = hook;
    /* A hook may assign to its parameters; the next one is to see what the caller passed. */
    JSValue state =
        hook->inner ? JS_Call(thread->context, hook->enter, JS_UNDEFINED, argument_count, values)
                    : mr_engine_call(thread->context, hook->enter, argument_count, values);
    if (MR_UNLIKELY(JS_IsException(state)))
      mr_fault(thread, frame, hook, "hook");
    JS_FreeValue(thread->context, state);
  }
  for (int i = 0; i < argument_count; i++)
    JS_FreeValue(thread->context, values[i]);
  thread->busy = 0;
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
  if (thread->top) {
    /* Script code that is left by a jump has left its engine in the middle of something. */
    bool busy = thread->busy == MR_SCRIPT;
    mr_frame *top = thread->top;
    mr_thread_reap(thread, stack);
    if (busy && thread->top != top && !thread->busy) {
      if (thread->rebuilt++ < 3)
        mr_thread_drop_engine(thread);
      else
        thread->failed = true;
    }
  }
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
  if (MR_UNLIKELY(!thread || thread->busy || thread->ended || !thread->runtime ||
                  !function->original || (thread->top && (uintptr_t)thread->top <= stack) ||
                  mr.finished))
    return enter_slowly(function, stack);
  return thread;
}

/* After the hooks: the thread as it was; an exception of the original's goes on from here. */
static inline void finish(mr_thread *thread, mr_frame *frame) {
  thread->top = frame->up;
  thread->busy = 0;
  mr_engine_set_frame(thread->runtime, frame->engine_frame);
  if (MR_UNLIKELY(thread->scratch_count > frame->scratch_mark))
    mr_scratch_release(thread, frame->scratch_mark);
  if (MR_UNLIKELY(JS_IsJobPending(thread->runtime))) {
    JSContext *context;
    thread->busy = MR_SCRIPT;
    while (JS_ExecutePendingJob(thread->runtime, &context) > 0) {
    }
    JS_FreeValue(thread->context, JS_GetException(thread->context));
    thread->busy = 0;
  }
  *thread->errno_location = frame->saved_errno;
}

/* 1: the result is in *result. 0: the caller goes on to the original. */
static inline int run(mr_thread *thread, mr_function *function, mr_slot *args, mr_slot *result,
                      mr_registers *registers, void *return_address) {
  mr_binding *binding = thread->bindings[function->index],
             *family = thread->bindings[function->family];
  mr_hook *hook = family ? family->hooks : NULL;
  if (MR_UNLIKELY(!hook || !(binding || (binding = mr_bind(thread, function))))) {
    count(thread, function, MR_UNHOOKED);
    return 0;
  }
  if (MR_UNLIKELY(!mr_stack_fits(thread, (uintptr_t)args))) {
    count(thread, function, MR_STACK);
    return 0;
  }
  mr_frame frame;
  frame.up = thread->top;
  frame.function = function;
  frame.binding = binding;
  frame.hook = NULL;
  frame.args = args;
  frame.result = result;
  frame.registers = registers;
  frame.return_address = return_address;
  frame.engine_frame = mr_engine_frame(thread->runtime);
  frame.exception = NULL;
  frame.saved_errno = *thread->errno_location;
  frame.called = false;
  frame.busy = 0;
  frame.scratch_mark = thread->scratch_count;
  enum mr_reason reason = MR_OFF;
  hook = next_hook(thread, &frame, hook, &reason);
  if (!hook) {
    count(thread, function, reason);
    return 0;
  }
  count(thread, function, MR_SEEN_HOOKED);
  thread->top = &frame;
  thread->deadline = 0;
  if (thread->readable_count) {
    memset(thread->readable_page, 0, sizeof thread->readable_page);
    thread->readable_count = 0;
  }
  if (family->only_enters) {
    run_enters(thread, &frame, hook);
    finish(thread, &frame);
    return 0;
  }
  run_chain(thread, &frame, hook);
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
  mr_binding *binding = mr_bind(thread, function);
  if (!binding) {
    count(thread, function, MR_MEMORY);
    return 0;
  }
  mr_slot slots[MR_MAX_ARGUMENTS], result = {0};
  mr_place(binding->kinds + 1, binding->argument_count, slots, registers, registers->stack, true);
  return run(thread, function, slots, &result, registers, registers->return_address);
}

/* Called by a script: what comes next in the hook under way, or the original of another function.
 */
JSValue mr_call_next(JSContext *context, mr_function *function, int argc, JSValueConst *argv) {
  mr_thread *thread = JS_GetRuntimeOpaque(JS_GetRuntime(context));
  mr_frame *frame = thread->top;
  mr_binding *binding = mr_bind(thread, function);
  if (!binding)
    return JS_ThrowOutOfMemory(context);
  if (MR_UNLIKELY(!function->original || function->original == mr_missing_function) &&
      !mr_resolve(function))
    return JS_ThrowReferenceError(context, "%s: no loaded object defines this function",
                                  function->name);
  bool inside = frame && frame->hook && frame->function->family == function->family;
  if (!inside) {
    mr_slot slots[MR_MAX_ARGUMENTS] = {{0}}, result = {0};
    int expected = binding->argument_count;
    char kinds[2 * MR_MAX_ARGUMENTS];
    if (argc < expected)
      return JS_ThrowTypeError(context, "%s takes %d arguments, %d given", function->name, expected,
                               argc);
    for (int i = 0; i < expected; i++)
      if (take_argument(context, binding, i, binding, i, argv[i], &slots[i]))
        return JS_EXCEPTION;
    memcpy(kinds, binding->kinds, (size_t)expected + 2);
    int total = expected;
    if (function->flags & MR_VARIADIC) {
      for (int i = expected; i < argc && total < MR_MAX_ARGUMENTS; i++, total++) {
        double number;
        kinds[total + 1] = 'p';
        if (JS_VALUE_GET_NORM_TAG(argv[i]) == JS_TAG_FLOAT64) {
          JS_ToFloat64(context, &number, argv[i]);
          if (number != (double)(int64_t)number)
            kinds[total + 1] = 'd';
        }
        if (mr_to_slot(context, argv[i], kinds[total + 1], 0, &slots[total]))
          return JS_EXCEPTION;
      }
      kinds[total + 1] = 0;
    }
    char kind = binding->kinds[0];
    bool record = kind == '{' || kind == 'D' || kind == '!';
    if (record && !(result.p = mr_scratch_allocate(thread, binding->sizes[0])))
      return JS_ThrowOutOfMemory(context);
    void *engine_frame = mr_engine_frame(thread->runtime), *exception = NULL;
    uint8_t busy = thread->busy;
    int failed = 0;
    mr_leave_script(thread, frame, function->original);
    if (function->thunk)
      exception = mr_protected_thunk(function->thunk, function->original, slots, &result);
    else
      failed = mr_call_kinds(context, function->original, kinds, total, slots, &result, &exception);
    mr_enter_script(thread, frame, engine_frame, busy);
    if (failed)
      return JS_EXCEPTION;
    if (exception)
      return mr_throw_through(context, frame, exception);
    return mr_from_slot(context, &result, kind, binding->protos ? binding->protos[0] : JS_UNDEFINED,
                        NULL);
  }
  /* The arguments of the hook under way, replaced by what the script gives. */
  mr_binding *own = frame->binding;
  bool variadic = frame->function->flags & MR_VARIADIC;
  int own_count = own->argument_count;
  int given = argc;
  bool rest = given > 0 && JS_IsObject(argv[given - 1]) &&
              JS_GetOpaque(argv[given - 1], mr_arguments_class);
  if (rest)
    given--;
  int family_count = binding->argument_count;
  bool as_they_came = !given && (rest || !function->signature);
  if (!as_they_came) {
    if (given < family_count && function->signature)
      return JS_ThrowTypeError(context, "%s takes %d arguments, %d given", function->name,
                               family_count, given);
    for (int k = 0; k < given && k < family_count; k++) {
      int j = alias_argument(frame->function, own_count, k);
      if (j >= 0 && take_argument(context, own, j, binding, k, argv[k], &frame->args[j]))
        return JS_EXCEPTION;
    }
    if (frame->registers) {
      mr_registers *registers = frame->registers;
      mr_place(own->kinds + 1, own_count, frame->args, registers, registers->stack, false);
      if (variadic && given > family_count) {
        /* Further arguments: placed behind the fixed ones; more than the registers take aren't
         * replaced. */
        char kinds[MR_MAX_ARGUMENTS + 2];
        mr_slot slots[MR_MAX_ARGUMENTS];
        uint64_t spill[MR_MAX_ARGUMENTS];
        int total = own_count;
        memcpy(kinds, own->kinds + 1, (size_t)own_count);
        memcpy(slots, frame->args, (size_t)own_count * sizeof *slots);
        for (int i = family_count; i < given && total < MR_MAX_ARGUMENTS; i++, total++) {
          double number = 0;
          kinds[total] = 'p';
          if (JS_VALUE_GET_NORM_TAG(argv[i]) == JS_TAG_FLOAT64) {
            JS_ToFloat64(context, &number, argv[i]);
            if (number != (double)(int64_t)number)
              kinds[total] = 'd';
          }
          if (mr_to_slot(context, argv[i], kinds[total], 0, &slots[total]))
            return JS_EXCEPTION;
        }
        uint32_t words = mr_place(kinds, total, slots, registers, spill, false);
        if (words)
          return JS_ThrowRangeError(context, "%s: too many arguments to replace; use __mr.call",
                                    function->name);
        registers->rax = 8;
      }
    }
  }
  mr_hook *hook = frame->hook;
  if (hook->inner)
    run_chain(thread, frame, hook->inner);
  else
    call_original(thread, frame);
  frame->hook = hook;
  frame->called = true;
  thread->busy = frame->busy = MR_SCRIPT;
  if (frame->exception) {
    JSValue error = JS_NewError(context);
    JS_SetUncatchableError(context, error, 1);
    return JS_Throw(context, error);
  }
  return from_slot(context, frame->result, own->kinds[0],
                   binding->protos ? binding->protos[0] : JS_UNDEFINED, NULL);
}
