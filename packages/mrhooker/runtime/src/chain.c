/* The hooks of a call, the outermost first, and the original behind the last. */

#include "priv.h"
#include <string.h>

enum { STACK_COPY_WORDS = 32 }; /* of a caller whose stack arguments are unknown */

/* Compilers add to the names of parts and copies of a function: parse.constprop.0, parse.cold. */
static bool is_named(const char *pattern, const char *symbol) {
  if (mr_glob(pattern, symbol))
    return true;
  const char *dot = strchr(symbol, '.');
  char own[256];
  if (!dot || dot == symbol || (size_t)(dot - symbol) >= sizeof own)
    return false;
  memcpy(own, symbol, (size_t)(dot - symbol));
  own[dot - symbol] = 0;
  return mr_glob(pattern, own);
}

static bool comes_from(const mr_frame *frame, const mr_hook *hook) {
  struct link_map *object;
  uintptr_t start;
  /* A return address may stand behind a function's last instruction. */
  const void *place = (char *)frame->return_address - 1;
  if (hook->module) {
    object = mr_object_of(place);
    const char *name = !object           ? ""
                       : *object->l_name ? mr_base_name(object->l_name)
                                         : mr_base_name(mr.process ? mr.process->program : "");
    if (!mr_glob(hook->module, name))
      return false;
  }
  if (!hook->caller)
    return true;
  const char *symbol = mr_symbol_of(place, &object, &start);
  return symbol && is_named(hook->caller, symbol);
}

/* What was found for a place in the code, remembered: to find it takes long, and it rarely changes.
 */
struct mr_verdict {
  void *address;
  const mr_hook *hook;
  uint32_t loads;
  bool passes;
};

/* Apart: most hooks don't ask where a call comes from, and their way is to stay short. */
static __attribute__((noinline)) bool is_from(mr_thread *thread, mr_frame *frame, mr_hook *hook) {
  enum { VERDICTS = 128 };
  if (MR_UNLIKELY(!thread->verdicts)) {
    size_t size = VERDICTS * sizeof *thread->verdicts;
    if (!(thread->verdicts = mr_heap_allocate(&thread->heap, size)))
      return comes_from(frame, hook);
    memset(thread->verdicts, 0, size);
  }
  uintptr_t mixed = (uintptr_t)frame->return_address ^ (uintptr_t)hook >> 5;
  struct mr_verdict *known = &thread->verdicts[(mixed ^ mixed >> 7) % VERDICTS];
  uint32_t loads = atomic_load_explicit(&mr_loads, memory_order_relaxed);
  if (MR_UNLIKELY(known->address != frame->return_address || known->hook != hook ||
                  known->loads != loads))
    *known = (struct mr_verdict){frame->return_address, hook, loads, comes_from(frame, hook)};
  return known->passes;
}

static bool passes_filter(mr_thread *thread, mr_frame *frame, mr_hook *hook) {
  if (hook->thread && !mr_glob(hook->thread, thread->name))
    return false;
  return (!hook->module && !hook->caller) || is_from(thread, frame, hook);
}

/* Of these hooks the first that is to run; NULL: none, for the reason said. */
mr_hook *mr_next_hook(mr_thread *thread, mr_frame *frame, mr_hook *hook, enum mr_reason *reason) {
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

void mr_call_original(mr_thread *thread, mr_frame *frame) {
  mr_function *function = frame->function;
  void *engine_frame = mr_engine_frame(thread->runtime);
  uint8_t busy = thread->busy;
  mr_hook *hook = frame->hook;
  frame->hook = NULL;
  frame->called = true;
  frame->busy = 0;
  mr_leave_script(thread, frame, function->original);
  if (MR_LIKELY(!frame->registers && function->thunk)) {
    frame->exception =
        mr_protected_thunk(function->thunk, function->original, frame->args, frame->result);
  } else if (frame->registers) {
    frame->exception =
        mr_protected_registers(function->original, frame->registers, frame->registers->stack,
                               stack_words(thread, frame->registers));
    char kind = frame->binding->kinds[0];
    if (kind == 'd' || kind == 'f')
      memcpy(frame->result, frame->registers->vector_result[0], sizeof *frame->result);
    else
      frame->result->u = frame->registers->result[0];
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

static __attribute__((noinline)) int take_result_slowly(mr_thread *thread, mr_frame *frame,
                                                        JSValueConst value) {
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
  } else if (mr_to_slot(thread->context, value, kind, binding->sizes[0], &slot))
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

static inline int take_result(mr_thread *thread, mr_frame *frame, JSValueConst value) {
  if (MR_LIKELY(!frame->registers &&
                mr_slot_of_integer(value, frame->binding->kinds[0], frame->result)))
    return 0;
  if (MR_LIKELY(!take_result_slowly(thread, frame, value)))
    return 0;
  mr_engine_blame(thread->context, frame->hook->source);
  return -1;
}

/* The hook's view of argument k of its family, when the call came in under an alias. */
int mr_alias_argument(const mr_function *function, int argument_count, int k) {
  if (!function->map)
    return k < argument_count ? k : -1;
  for (int j = 0; j < argument_count; j++)
    if (function->map[j] == k)
      return j;
  return -1;
}

static __attribute__((noinline)) int make_alias_arguments(mr_thread *thread, mr_frame *frame,
                                                          JSValue *values) {
  mr_binding *own = frame->binding, *family = thread->bindings[frame->function->family];
  JSContext *context = thread->context;
  for (int k = 0; k < family->argument_count; k++) {
    int j = mr_alias_argument(frame->function, own->argument_count, k);
    JSValueConst proto = family->protos ? family->protos[k + 1] : JS_UNDEFINED;
    values[k] = j < 0 ? JS_NewInt32(context, 0)
                      : mr_from_slot(context, &frame->args[j], own->kinds[j + 1], proto, NULL);
  }
  return family->argument_count;
}

static inline int make_arguments(mr_thread *thread, mr_frame *frame, JSValue *values) {
  mr_binding *own = frame->binding;
  if (MR_UNLIKELY(own != thread->bindings[frame->function->family]))
    return make_alias_arguments(thread, frame, values);
  int count = own->argument_count;
  for (int i = 0; i < count; i++)
    if (MR_UNLIKELY(!mr_integer_of_slot(&frame->args[i], own->kinds[i + 1], &values[i])))
      values[i] = mr_from_slot(thread->context, &frame->args[i], own->kinds[i + 1],
                               own->protos ? own->protos[i + 1] : JS_UNDEFINED, &own->pool[i + 1]);
  return count;
}

static __attribute__((noinline)) void replace_failed(mr_thread *thread, mr_frame *frame,
                                                     mr_hook *hook, int saved_errno) {
  /* An exception of the original's has ended the hook, which is no fault of its. */
  if (frame->exception) {
    JS_FreeValue(thread->context, JS_GetException(thread->context));
    return;
  }
  mr_fault(thread, frame, hook, "hook");
  if (!frame->called) {
    frame->saved_errno = saved_errno;
    mr_run_inner(thread, frame, hook);
  }
}

static void observe(mr_thread *thread, mr_frame *frame, mr_hook *hook, int argument_count,
                    JSValue *values, int saved_errno) {
  JSContext *context = thread->context;
  JSValue state = JS_UNDEFINED;
  if (!JS_IsUndefined(hook->enter)) {
    state = mr_engine_call(context, hook->enter, argument_count, values);
    if (MR_UNLIKELY(JS_IsException(state))) {
      mr_fault(thread, frame, hook, "hook");
      frame->saved_errno = saved_errno;
      state = JS_UNDEFINED;
    }
  }
  mr_run_inner(thread, frame, hook);
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

/* This hook and, as far as it calls them, those behind it. */
void mr_run_hook(mr_thread *thread, mr_frame *frame, mr_hook *hook) {
  if (MR_UNLIKELY(hook->trace != NULL)) {
    mr_run_traced(thread, frame, hook);
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
  if (MR_LIKELY(!JS_IsUndefined(hook->replace))) {
    JSValue value = mr_engine_call(context, hook->replace, argument_count, values);
    if (MR_UNLIKELY(frame->exception || JS_IsException(value) || take_result(thread, frame, value)))
      replace_failed(thread, frame, hook, saved_errno);
    JS_FreeValue(context, value);
  } else {
    observe(thread, frame, hook, argument_count, values, saved_errno);
  }
  for (int i = 0; i < argument_count; i++)
    JS_FreeValue(context, values[i]);
  frame->hook = outer;
  frame->called |= outer_called;
  thread->busy = frame->busy = outer_busy;
}

/* What comes behind a hook. */
void mr_run_inner(mr_thread *thread, mr_frame *frame, mr_hook *hook) {
  enum mr_reason reason;
  mr_hook *inner = mr_next_hook(thread, frame, hook->inner, &reason);
  if (inner)
    mr_run_hook(thread, frame, inner);
  else
    mr_call_original(thread, frame);
}

/* All hooks, where none does more than look at the call's begin. */
void mr_run_enters(mr_thread *thread, mr_frame *frame, mr_hook *first) {
  JSContext *context = thread->context;
  JSValue values[MR_MAX_ARGUMENTS];
  int argument_count = make_arguments(thread, frame, values);
  thread->busy = frame->busy = MR_SCRIPT;
  enum mr_reason reason;
  for (mr_hook *hook = first; hook; hook = mr_next_hook(thread, frame, hook->inner, &reason)) {
    frame->hook = hook;
    if (hook->trace)
      mr_trace_begin(thread, frame, hook);
    if (JS_IsUndefined(hook->enter))
      continue;
    /* A hook may assign to its parameters; the next one is to see what the caller passed. */
    JSValue state = hook->inner
                        ? JS_Call(context, hook->enter, JS_UNDEFINED, argument_count, values)
                        : mr_engine_call(context, hook->enter, argument_count, values);
    if (MR_UNLIKELY(JS_IsException(state)))
      mr_fault(thread, frame, hook, "hook");
    JS_FreeValue(context, state);
  }
  for (int i = 0; i < argument_count; i++)
    JS_FreeValue(context, values[i]);
}
