/* __mr: functions, hooks on them, names. */

#include "priv.h"
#include <string.h>

/* The binding of a function, when it is first needed in this thread. */
mr_binding *mr_bind_new(mr_thread *thread, mr_function *function) {
  mr_binding *binding = mr_heap_allocate(&thread->heap, sizeof *binding);
  if (!binding)
    return NULL;
  memset(binding, 0, sizeof *binding);
  if (!mr_parse_signature(&thread->heap, function->signature ? function->signature : "LLLLLLL",
                          binding))
    return NULL;
  return thread->bindings[function->index] = binding;
}

static mr_function *function_of(JSContext *context, JSValueConst value) {
  mr_function *known = JS_GetOpaque(value, mr_function_class);
  if (known)
    return known;
  int32_t index = -1;
  if (JS_IsNumber(value))
    JS_ToInt32(context, &index, value);
  if (index < 0 || (uint32_t)index >= mr.function_count || !mr.functions[index]) {
    JS_ThrowTypeError(context, "not a native function");
    return NULL;
  }
  return mr.functions[index];
}

MR_NATIVE_FUNCTION(native_function) {
  mr_thread *thread = mr_thread_of(context);
  mr_function *function = function_of(context, argv[0]);
  if (!function)
    return JS_EXCEPTION;
  mr_binding *binding = mr_bind(thread, function);
  if (!binding)
    return JS_ThrowOutOfMemory(context);
  if (JS_IsObject(argv[1]) && !binding->protos) {
    binding->protos =
        mr_heap_allocate(&thread->heap, (binding->argument_count + 1u) * sizeof(JSValue));
    if (!binding->protos)
      return JS_ThrowOutOfMemory(context);
    for (uint32_t i = 0; i <= binding->argument_count; i++)
      binding->protos[i] = JS_GetPropertyUint32(context, argv[1], i);
  }
  return mr_engine_callable(context, mr_function_class, function->name, binding->argument_count,
                            function);
}

static char *glob_option(JSContext *context, JSValueConst options, const char *name) {
  JSValue value = JS_GetPropertyStr(context, options, name);
  char *copy = NULL;
  if (JS_IsString(value)) {
    const char *text = JS_ToCString(context, value);
    if (text) {
      copy = mr_heap_allocate(&mr_thread_of(context)->heap, strlen(text) + 1);
      if (copy)
        memcpy(copy, text, strlen(text) + 1);
      JS_FreeCString(context, text);
    }
  }
  JS_FreeValue(context, value);
  return copy;
}

static JSValue handler(JSContext *context, JSValueConst handlers, const char *name) {
  JSValue value = JS_GetPropertyStr(context, handlers, name);
  if (JS_IsFunction(context, value))
    return value;
  JS_FreeValue(context, value);
  return JS_UNDEFINED;
}

MR_NATIVE_FUNCTION(native_hook) {
  mr_thread *thread = mr_thread_of(context);
  mr_function *function = function_of(context, argv[0]);
  if (!function)
    return JS_EXCEPTION;
  if (!(function->flags & MR_HOOKED))
    return JS_ThrowReferenceError(
        context,
        "%s is not exported by the stub: hook it with an argument that is known "
        "before the program runs",
        function->name);
  if (thread->hook_count == MR_MAX_HANDLES)
    return JS_ThrowRangeError(context, "more than %d hooks", MR_MAX_HANDLES);
  mr_binding *binding = mr_bind(thread, function);
  mr_hook *hook = mr_heap_allocate(&thread->heap, sizeof *hook);
  if (!binding || !hook)
    return JS_ThrowOutOfMemory(context);
  memset(hook, 0, sizeof *hook);
  hook->replace = handler(context, argv[1], "replace");
  hook->enter = handler(context, argv[1], "enter");
  hook->leave = handler(context, argv[1], "leave");
  hook->source = handler(context, argv[1], "source");
  if (JS_IsUndefined(hook->source))
    hook->source =
        JS_DupValue(context, JS_IsUndefined(hook->replace) ? hook->leave : hook->replace);
  JSValue trace = JS_GetPropertyStr(context, argv[1], "trace");
  hook->trace = JS_IsObject(trace) ? mr_trace_new(context, trace) : NULL;
  bool wrong = JS_IsObject(trace) && !hook->trace;
  JS_FreeValue(context, trace);
  if (wrong)
    return JS_EXCEPTION;
  bool begin_only = hook->trace && mr_trace_begin_only(hook->trace);
  bool looks = !JS_IsUndefined(hook->enter) || begin_only, acts = !JS_IsUndefined(hook->replace) ||
                                                                  !JS_IsUndefined(hook->leave) ||
                                                                  (hook->trace && !begin_only);
  if ((function->flags & MR_FORWARD) && acts)
    return JS_ThrowTypeError(context,
                             "%s can't be called and returned through: only { enter } is possible",
                             function->name);
  hook->module = glob_option(context, argv[1], "module");
  hook->caller = glob_option(context, argv[1], "caller");
  hook->thread = glob_option(context, argv[1], "thread");
  if (!hook->module && mr.session->only_offset)
    hook->module = (char *)mr.session + mr.session->only_offset;
  hook->filtered = hook->module || hook->caller || hook->thread;
  /* Threads run the same script: the n-th hook is the same in each. */
  hook->handle = thread->hook_count++;
  hook->inner = binding->hooks;
  binding->hooks = hook;
  binding->only_enters = !acts && (!hook->inner || binding->only_enters);
  /* A hook without handlers counts, for which no script code has to run. */
  bool passes =
      !looks && !acts && !hook->filtered && (!hook->inner || MR_STATE(function) == MR_PASSING);
  if (passes && !function->original)
    mr_resolve(function);
  MR_STATE(function) = passes ? MR_PASSING : MR_ACTIVE;
  return JS_NewInt32(context, (int32_t)hook->handle);
}

MR_NATIVE_FUNCTION(native_enable) {
  uint32_t handle;
  if (JS_ToUint32(context, &handle, argv[0]))
    return JS_EXCEPTION;
  if (handle >= MR_MAX_HANDLES)
    return JS_ThrowRangeError(context, "no such hook");
  atomic_store(&mr_handles[handle].off, !JS_ToBool(context, argv[1]));
  return JS_UNDEFINED;
}

/* names(pattern, whether only those that the launcher did not know of) */
MR_NATIVE_FUNCTION(native_names) {
  const char *pattern = JS_ToCString(context, argv[0]);
  if (!pattern)
    return JS_EXCEPTION;
  JSValue found = JS_NewArray(context);
  uint32_t count = 0;
  uint32_t first = argc > 1 && JS_ToBool(context, argv[1]) ? mr.session->first_name : 0;
  for (uint32_t i = first; i < mr.function_count; i++) {
    const mr_function *function = mr.functions[i];
    if (function && !function->signature && (function->flags & MR_HOOKED) &&
        mr_glob(pattern, function->name))
      JS_SetPropertyUint32(context, found, count++, JS_NewInt32(context, (int32_t)i));
  }
  JS_FreeCString(context, pattern);
  return found;
}

MR_NATIVE_FUNCTION(native_forwards) {
  mr_function *function = function_of(context, argv[0]);
  return function ? JS_NewBool(context, (function->flags & MR_FORWARD) != 0) : JS_EXCEPTION;
}

MR_NATIVE_FUNCTION(native_exists) {
  mr_function *function = function_of(context, argv[0]);
  return function ? JS_NewBool(context, mr_resolve(function)) : JS_EXCEPTION;
}

MR_NATIVE_FUNCTION(native_name_of) {
  mr_function *function = function_of(context, argv[0]);
  if (!function)
    return JS_EXCEPTION;
  mr_frame *frame = mr_thread_of(context)->top;
  if (frame && frame->hook && frame->function->family == function->family)
    function = frame->function;
  return JS_NewString(context, function->name);
}

MR_NATIVE_FUNCTION(native_symbol) {
  const char *name = JS_ToCString(context, argv[0]);
  if (!name)
    return JS_EXCEPTION;
  void *found = mr_find_after_stubs(name);
  JS_FreeCString(context, name);
  return mr_new_pointer(context, found, argc > 1 ? argv[1] : JS_UNDEFINED);
}

static const JSCFunctionListEntry members[] = {
    JS_CFUNC_DEF("function", 2, native_function),    JS_CFUNC_DEF("hook", 2, native_hook),
    JS_CFUNC_DEF("enable", 2, native_enable),        JS_CFUNC_DEF("names", 2, native_names),
    JS_CFUNC_DEF("forwards", 1, native_forwards),    JS_CFUNC_DEF("exists", 1, native_exists),
    JS_CFUNC_DEF("nameOf", 1, native_name_of),       JS_CFUNC_DEF("call", 3, mr_native_call),
    JS_CFUNC_DEF("callback", 3, mr_native_callback), JS_CFUNC_DEF("symbol", 1, native_symbol),
};
const mr_members mr_members_functions = {members, sizeof members / sizeof *members};
