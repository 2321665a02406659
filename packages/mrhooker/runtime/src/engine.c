/* QuickJS, as one unit with the few functions that need to see its insides. The engine's file is
 * Bellard's, unchanged; its sources are fetched by setup. */

#include "priv.h"

/* Where the interpreter calls JS_CallInternal(ctx, ...), it calls call(ctx, ...), which knows the
 * runtime's own functions without a frame of the engine's. Its declaration and definition, whose
 * first parameter begins with a type, stay what they are. */
#define JS_CallInternal(context, ...) ENGINE_##context, __VA_ARGS__)
#define ENGINE_JSContext JS_CallInternal(JSContext
#define ENGINE_ctx call(ctx
static inline JSValue call(JSContext *context, JSValueConst function, JSValueConst this_value,
                           JSValueConst new_target, int count, JSValue *arguments, int flags);

/* The same where it notes the stack of an error. */
#define build_backtrace(context, ...) ENGINE_BACKTRACE_##context, __VA_ARGS__)
#define ENGINE_BACKTRACE_JSContext build_backtrace(JSContext
#define ENGINE_BACKTRACE_ctx backtrace(ctx
#define ENGINE_BACKTRACE_s backtrace(s
static void backtrace(JSContext *context, JSValueConst error, const char *file, int line,
                      int column, int flags);

/* All that the engine formats when it starts are the names of its getters and setters: libc's code
 * for that, in pages of its own, isn't run for these alone. */
#define snprintf(to, size, format, ...)                                                            \
  (!__builtin_strcmp(format, "get %s") || !__builtin_strcmp(format, "set %s")                      \
       ? name_accessor(to, size, format, ##__VA_ARGS__)                                            \
       : __builtin_snprintf(to, size, format, ##__VA_ARGS__))
static int name_accessor(char *to, size_t size, const char *format, ...);

/* The engine counts the zeros of a large integer's highest word also when all are (2^64 - 1 has two
 * words, the higher 0), for which the compiler's function has no defined result. */
#define __builtin_clzll(word) leading_zeros(word)
static inline int leading_zeros(unsigned long long word);

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include "quickjs.c"
#pragma clang diagnostic pop
#undef JS_CallInternal
#undef build_backtrace
#undef snprintf
#undef __builtin_clzll

static inline int leading_zeros(unsigned long long word) {
  return word ? __builtin_clzll(word) : 64;
}

static int name_accessor(char *to, size_t size, const char *format, ...) {
  va_list list;
  va_start(list, format);
  const char *name = va_arg(list, const char *);
  va_end(list);
  size_t length = strlen(name);
  if (length > size - 5)
    length = size - 5;
  memcpy(to, format, 4);
  memcpy(to + 4, name, length);
  to[4 + length] = 0;
  return (int)length + 4;
}

static inline JSValue call(JSContext *context, JSValueConst function, JSValueConst this_value,
                           JSValueConst new_target, int count, JSValue *arguments, int flags) {
  if (MR_LIKELY(JS_VALUE_GET_TAG(function) == JS_TAG_OBJECT)) {
    JSObject *object = JS_VALUE_GET_OBJ(function);
    if (object->class_id == mr_function_class)
      return mr_call_function(context, object->u.opaque, count, (JSValueConst *)arguments);
    if (object->class_id == mr_adder_class)
      return mr_call_adder(context, (uint32_t)(uintptr_t)object->u.opaque, count,
                           (JSValueConst *)arguments);
  }
  return JS_CallInternal(context, function, this_value, new_target, count, arguments, flags);
}

/* The engine drops the pending error, whose stack this is, when memory for it runs out. */
static void backtrace(JSContext *context, JSValueConst error, const char *file, int line,
                      int column, int flags) {
  bool before = mr_engine_reserve(context->rt, true);
  build_backtrace(context, error, file, line, column, flags);
  mr_engine_reserve(context->rt, before);
}

/* While an error is told there is a reserve of memory, and that even this is out is no error of its
 * own. @return as it was */
bool mr_engine_reserve(JSRuntime *runtime, bool open) {
  bool before = runtime->in_out_of_memory;
  runtime->in_out_of_memory = open;
  return before;
}

static bool exceeds(const JSMallocState *state, size_t more) {
  enum { RESERVE = 64 << 10 };
  size_t size = state->malloc_size + more;
  if (MR_LIKELY(size <= state->malloc_limit))
    return false;
  const JSRuntime *runtime =
      (const JSRuntime *)((const char *)state - offsetof(JSRuntime, malloc_state));
  return !runtime->in_out_of_memory || size > state->malloc_limit + RESERVE;
}

static void *engine_malloc(JSMallocState *state, size_t size) {
  if (exceeds(state, size))
    return NULL;
  void *block = mr_heap_allocate(state->opaque, size);
  if (!block)
    return NULL;
  state->malloc_count++;
  state->malloc_size += mr_heap_usable(block) + 8;
  return block;
}

static void engine_free(JSMallocState *state, void *block) {
  if (!block)
    return;
  state->malloc_count--;
  state->malloc_size -= mr_heap_usable(block) + 8;
  mr_heap_free(state->opaque, block);
}

static void *engine_realloc(JSMallocState *state, void *block, size_t size) {
  if (!block)
    return size ? engine_malloc(state, size) : NULL;
  if (!size) {
    engine_free(state, block);
    return NULL;
  }
  size_t old = mr_heap_usable(block);
  if (size > old && exceeds(state, size - old))
    return NULL;
  void *fresh = mr_heap_resize(state->opaque, block, size);
  if (!fresh)
    return NULL;
  state->malloc_size += mr_heap_usable(fresh) - old;
  return fresh;
}

JSRuntime *mr_engine_new(mr_thread *thread) {
  static const JSMallocFunctions functions = {engine_malloc, engine_free, engine_realloc,
                                              mr_heap_usable};
  JSRuntime *runtime = JS_NewRuntime2(&functions, &thread->heap);
  if (!runtime)
    return NULL;
  JS_SetRuntimeOpaque(runtime, thread);
  return runtime;
}

void *mr_engine_frame(JSRuntime *runtime) { return runtime->current_stack_frame; }
void mr_engine_set_frame(JSRuntime *runtime, void *frame) { runtime->current_stack_frame = frame; }
void mr_engine_set_stack_limit(JSRuntime *runtime, uintptr_t limit) {
  runtime->stack_limit = limit;
}
size_t mr_engine_memory(JSRuntime *runtime) { return runtime->malloc_state.malloc_size; }

/* A function of one of the runtime's own classes. */
JSValue mr_engine_callable(JSContext *context, JSClassID class, const char *name, int length,
                           void *opaque) {
  JSValue made = JS_NewObjectProtoClass(context, context->function_proto, class);
  if (JS_IsException(made))
    return made;
  JS_SetOpaque(made, opaque);
  JSAtom atom = JS_NewAtom(context, name);
  js_function_set_properties(context, made, atom, length);
  JS_FreeAtom(context, atom);
  return made;
}

/* Sets the address of a Pointer that nobody else holds; false when somebody does. */
bool mr_engine_reuse(JSValueConst pointer, void *address) {
  if (JS_VALUE_GET_TAG(pointer) != JS_TAG_OBJECT)
    return false;
  JSObject *object = JS_VALUE_GET_OBJ(pointer);
  if (object->header.ref_count != 1)
    return false;
  object->u.opaque = address;
  return true;
}

/* JS_Call without copies of the arguments: the function may change them, and the caller frees what
 * is there then. */
JSValue mr_engine_call(JSContext *context, JSValueConst function, int count, JSValue *arguments) {
  return JS_CallInternal(context, function, JS_UNDEFINED, JS_UNDEFINED, count, arguments, 0);
}

/* Gives the pending exception the place of a function in place of a stack: it was thrown where none
 * of the script's code runs. */
void mr_engine_blame(JSContext *context, JSValueConst function) {
  JSValue error = JS_GetException(context), text = JS_UNDEFINED;
  if (JS_IsObject(error) && JS_VALUE_GET_TAG(function) == JS_TAG_OBJECT) {
    JSObject *object = JS_VALUE_GET_OBJ(function);
    if (js_class_has_bytecode(object->class_id)) {
      JSFunctionBytecode *code = object->u.func.function_bytecode;
      int column, line = find_line_num(context, code, (uint32_t)-1, &column);
      const char *name = get_func_name(context, function),
                 *file = code->has_debug ? JS_AtomToCString(context, code->debug.filename) : NULL;
      char place[512];
      snprintf(place, sizeof place, "    at %s (%s:%d:%d)\n", name && *name ? name : "<anonymous>",
               file ? file : "script.js", line, column);
      text = JS_NewString(context, place);
      JS_FreeCString(context, name);
      JS_FreeCString(context, file);
    }
    if (JS_IsString(text))
      JS_DefinePropertyValueStr(context, error, "stack", text,
                                JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
  }
  JS_Throw(context, error);
}
