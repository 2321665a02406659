/* QuickJS, as one unit with the few functions that need to see its insides. The engine's file is
 * Bellard's, unchanged; its sources are fetched by setup. */

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include "quickjs.c"
#pragma clang diagnostic pop

#include "priv.h"

static void *engine_malloc(JSMallocState *state, size_t size) {
  if (state->malloc_size + size > state->malloc_limit)
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
  if (size > old && state->malloc_size + size - old > state->malloc_limit)
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

/* The magic number of a native function made from this C function; -1: it isn't one. */
int mr_engine_magic(JSValueConst value, void *function) {
  if (JS_VALUE_GET_TAG(value) != JS_TAG_OBJECT)
    return -1;
  JSObject *object = JS_VALUE_GET_OBJ(value);
  if (object->class_id != JS_CLASS_C_FUNCTION ||
      (void *)object->u.cfunc.c_function.generic != function)
    return -1;
  return object->u.cfunc.magic;
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
