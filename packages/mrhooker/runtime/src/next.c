/* A script calls a function: what comes next in the hook under way, or the original of another
 * function. */

#include "priv.h"
#include <string.h>

/* An argument that a script gives; a function of the script's becomes a callback, where the
 * parameter knows how. */
static int take_argument(JSContext *context, const mr_binding *binding, int i,
                         const mr_binding *types, int k, JSValueConst value, mr_slot *slot) {
  char kind = binding->kinds[i + 1];
  if (MR_LIKELY(mr_slot_of_integer(value, kind, slot)))
    return 0;
  if (MR_UNLIKELY(kind == 'p' && JS_IsFunction(context, value) && types->protos &&
                  JS_IsObject(types->protos[k + 1]))) {
    JSAtom name = JS_NewAtom(context, "callback");
    JSValue made = JS_Invoke(context, types->protos[k + 1], name, 1, &value);
    JS_FreeAtom(context, name);
    int failed = JS_IsException(made) ? -1 : mr_to_slot(context, made, kind, 0, slot);
    JS_FreeValue(context, made);
    return failed;
  }
  return mr_to_slot(context, value, kind, binding->sizes[i + 1], slot);
}

/* Whether a further argument is a floating-point one: { double: n }, or a number that no integer
 * is.
 */
static bool is_double(JSContext *context, JSValueConst value, double *number) {
  int tag = JS_VALUE_GET_NORM_TAG(value);
  if (tag == JS_TAG_FLOAT64) {
    *number = JS_VALUE_GET_FLOAT64(value);
    return !(*number >= -9223372036854775808.0 && *number < 9223372036854775808.0) ||
           *number != (double)(int64_t)*number;
  }
  if (tag != JS_TAG_OBJECT || JS_GetOpaque(value, mr_pointer_class))
    return false;
  JSValue given = JS_GetPropertyStr(context, value, "double");
  bool found = JS_IsNumber(given) && !JS_ToFloat64(context, number, given);
  JS_FreeValue(context, given);
  return found;
}

/* Further arguments of a variadic call, behind the fixed ones. */
static int take_further(JSContext *context, int argc, JSValueConst *argv, int first, char *kinds,
                        mr_slot *slots, int total) {
  for (int i = first; i < argc && total < MR_MAX_ARGUMENTS; i++, total++) {
    kinds[total] = 'd';
    if (is_double(context, argv[i], &slots[total].d))
      continue;
    kinds[total] = 'p';
    if (mr_to_slot(context, argv[i], 'p', 0, &slots[total]))
      return -1;
  }
  return total;
}

/* A function that no hook under way is about. */
static __attribute__((noinline)) JSValue call_other(mr_thread *thread, mr_function *function,
                                                    mr_binding *binding, int argc,
                                                    JSValueConst *argv) {
  JSContext *context = thread->context;
  mr_frame *frame = thread->top;
  mr_slot slots[MR_MAX_ARGUMENTS] = {{0}}, result = {0};
  int total = binding->argument_count;
  char kinds[MR_MAX_ARGUMENTS + 2];
  if (argc < total)
    return JS_ThrowTypeError(context, "%s takes %d argument%s, %d given", function->name, total,
                             total == 1 ? "" : "s", argc);
  for (int i = 0; i < total; i++)
    if (take_argument(context, binding, i, binding, i, argv[i], &slots[i]))
      return JS_EXCEPTION;
  memcpy(kinds, binding->kinds, (size_t)total + 2);
  if (function->flags & MR_VARIADIC) {
    total = take_further(context, argc, argv, total, kinds + 1, slots, total);
    if (total < 0)
      return JS_EXCEPTION;
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

/* The arguments of the hook under way become what the script gives. */
static __attribute__((noinline)) int replace_arguments(mr_thread *thread, mr_function *function,
                                                       mr_binding *binding, int argc,
                                                       JSValueConst *argv) {
  JSContext *context = thread->context;
  mr_frame *frame = thread->top;
  mr_binding *own = frame->binding;
  int own_count = own->argument_count, family_count = binding->argument_count, given = argc;
  bool rest = given > 0 && JS_IsObject(argv[given - 1]) &&
              JS_GetOpaque(argv[given - 1], mr_arguments_class);
  if (rest)
    given--;
  if (!given && (rest || !function->signature))
    return 0; /* as they came */
  if (given < family_count && function->signature) {
    JS_ThrowTypeError(context, "%s takes %d argument%s, %d given", function->name, family_count,
                      family_count == 1 ? "" : "s", given);
    return -1;
  }
  for (int k = 0; k < given && k < family_count; k++) {
    int j = mr_alias_argument(frame->function, own_count, k);
    if (j >= 0 && take_argument(context, own, j, binding, k, argv[k], &frame->args[j]))
      return -1;
  }
  mr_registers *registers = frame->registers;
  if (!registers)
    return 0;
  mr_place(own->kinds + 1, own_count, frame->args, registers, registers->stack, false);
  if (!(frame->function->flags & MR_VARIADIC) || given <= family_count)
    return 0;
  /* More than the registers take can't be replaced: there is no room on the caller's stack. */
  char kinds[MR_MAX_ARGUMENTS + 2];
  mr_slot slots[MR_MAX_ARGUMENTS];
  uint64_t spill[MR_MAX_ARGUMENTS];
  memcpy(kinds, own->kinds + 1, (size_t)own_count);
  memcpy(slots, frame->args, (size_t)own_count * sizeof *slots);
  int total = take_further(context, given, argv, family_count, kinds, slots, own_count);
  if (total < 0)
    return -1;
  if (mr_place(kinds, total, slots, registers, spill, false)) {
    JS_ThrowRangeError(context, "%s: only arguments that come in registers can be replaced",
                       function->name);
    return -1;
  }
  registers->rax = 8;
  return 0;
}

JSValue mr_call_function(JSContext *context, mr_function *function, int argc, JSValueConst *argv) {
  mr_thread *thread = JS_GetRuntimeOpaque(JS_GetRuntime(context));
  mr_frame *frame = thread->top;
  mr_binding *own;
  /* The usual case: the hooked function itself, with as many arguments as it has. */
  if (MR_LIKELY(frame && frame->hook && frame->function == function && !frame->registers &&
                !function->map && argc == (own = frame->binding)->argument_count &&
                function->original != mr_missing_function)) {
    for (int i = 0; i < argc; i++)
      if (MR_UNLIKELY(!mr_slot_of_integer(argv[i], own->kinds[i + 1], &frame->args[i])) &&
          take_argument(context, own, i, own, i, argv[i], &frame->args[i]))
        return JS_EXCEPTION;
  } else {
    mr_binding *binding = mr_bind(thread, function);
    if (!binding)
      return JS_ThrowOutOfMemory(context);
    if (MR_UNLIKELY(!function->original || function->original == mr_missing_function) &&
        !mr_resolve(function))
      return JS_ThrowReferenceError(context, "%s: no loaded object defines this function",
                                    function->name);
    if (!frame || !frame->hook || frame->function->family != function->family)
      return call_other(thread, function, binding, argc, argv);
    if (replace_arguments(thread, function, binding, argc, argv))
      return JS_EXCEPTION;
    own = frame->binding;
  }
  mr_hook *hook = frame->hook;
  if (MR_UNLIKELY(hook->inner != NULL))
    mr_run_inner(thread, frame, hook);
  else
    mr_call_original(thread, frame);
  frame->hook = hook;
  frame->called = true;
  thread->busy = frame->busy = MR_SCRIPT;
  if (MR_UNLIKELY(frame->exception != NULL)) {
    JSValue error = JS_NewError(context);
    JS_SetUncatchableError(context, error, 1);
    return JS_Throw(context, error);
  }
  JSValue value;
  if (MR_LIKELY(mr_integer_of_slot(frame->result, own->kinds[0], &value)))
    return value;
  const mr_binding *binding = thread->bindings[function->index];
  return mr_from_slot(context, frame->result, own->kinds[0],
                      binding && binding->protos ? binding->protos[0] : JS_UNDEFINED, NULL);
}
