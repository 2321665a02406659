/* Native calls by signature: where no compiled thunk is, integers, pointers and floating-point
 * numbers go into the registers and the stack as the ABI says. Records by value and long double
 * need a thunk. */

#include "../x86-64/offsets.h"
#include "priv.h"
#include <string.h>

_Static_assert(offsetof(mr_registers, rax) == REGISTERS_RAX, "");
_Static_assert(offsetof(mr_registers, r10) == REGISTERS_R10, "");
_Static_assert(offsetof(mr_registers, vector) == REGISTERS_VECTOR, "");
_Static_assert(offsetof(mr_registers, result) == REGISTERS_RESULT, "");
_Static_assert(offsetof(mr_registers, vector_result) == REGISTERS_VECTOR_RESULT, "");
_Static_assert(offsetof(mr_registers, stack) == REGISTERS_STACK, "");
_Static_assert(offsetof(mr_registers, return_address) == REGISTERS_RETURN_ADDRESS, "");
_Static_assert(offsetof(mr_registers, record) == REGISTERS_RECORD, "");
_Static_assert(sizeof(mr_registers) == REGISTERS_SIZE, "");
_Static_assert(offsetof(mr_function, original) == FUNCTION_ORIGINAL, "");
_Static_assert(offsetof(mr_function, runtime[1]) == FUNCTION_STATE, "");
_Static_assert(offsetof(mr_function, runtime[2]) == FUNCTION_OFFSET, "");
_Static_assert(sizeof(mr_function) == 96, "");

/* kinds: the result's first. Slots are filled from registers, or registers and stack words from
 * slots. */
uint32_t mr_place(const char *kinds, int count, mr_slot *slots, mr_registers *registers,
                  uint64_t *stack, bool load) {
  int gp = 0, vector = 0;
  uint32_t words = 0;
  for (int i = 0; i < count; i++) {
    char kind = kinds[i];
    uint64_t *place;
    if ((kind == 'd' || kind == 'f') && vector < 8)
      place = (uint64_t *)registers->vector[vector++];
    else if (kind != 'd' && kind != 'f' && gp < 6)
      place = &registers->gp[gp++];
    else
      place = &stack[words++];
    if (load)
      slots[i].u = *place;
    else
      *place = slots[i].u;
  }
  return words;
}

int mr_call_kinds(JSContext *context, void *target, const char *kinds, int count, mr_slot *slots,
                  mr_slot *result, void **exception) {
  for (int i = 0; i <= count; i++)
    if (kinds[i] == '{' || kinds[i] == 'D' || kinds[i] == '!') {
      JS_ThrowTypeError(context, "records by value and long double need a declared function");
      return -1;
    }
  mr_registers registers;
  uint64_t stack[MR_MAX_ARGUMENTS];
  memset(registers.vector, 0, sizeof registers.vector);
  memset(registers.gp, 0, sizeof registers.gp);
  uint32_t words = mr_place(kinds + 1, count, slots, &registers, stack, false);
  registers.rax = 8;
  registers.r10 = 0;
  *exception = mr_protected_registers(target, &registers, stack, words);
  if (kinds[0] == 'd' || kinds[0] == 'f')
    memcpy(result, registers.vector_result[0], sizeof *result);
  else
    result->u = registers.result[0];
  return 0;
}

/* Going out to native code from script code, and coming back. The hooked call itself goes on as it
 * would without hooks: what it calls is hooked. What else a script calls is its own business, and
 * isn't. */
void mr_leave_script(mr_thread *thread, mr_frame *frame, const void *target) {
  thread->busy = frame && target == frame->function->original ? 0 : MR_NATIVE;
  if (frame)
    *thread->errno_location = frame->saved_errno;
}

void mr_enter_script(mr_thread *thread, mr_frame *frame, void *engine_frame, uint8_t busy) {
  if (frame)
    frame->saved_errno = *thread->errno_location;
  thread->busy = busy;
  mr_set_top(thread, frame);
  if (thread->runtime)
    mr_engine_set_frame(thread->runtime, engine_frame);
  thread->deadline = 0;
  if (thread->readable_count) {
    memset(thread->readable_page, 0, sizeof thread->readable_page);
    thread->readable_count = 0;
  }
}

/* An exception of the target's passes through the script as an error that it can't catch. */
JSValue mr_throw_through(JSContext *context, mr_frame *frame, void *exception) {
  if (!frame)
    mr_resume_unwinding(exception);
  frame->exception = exception;
  JSValue error = JS_NewError(context);
  JS_SetUncatchableError(context, error, 1);
  return JS_Throw(context, error);
}

/* __mr.call(target, signature, protos, ...arguments) */
JSValue mr_native_call(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv) {
  (void)this_value;
  mr_thread *thread = JS_GetRuntimeOpaque(JS_GetRuntime(context));
  uint64_t target;
  if (argc < 3)
    return JS_ThrowTypeError(context, "call(target, signature, protos, ...arguments)");
  if (mr_get_address(context, argv[0], &target))
    return JS_EXCEPTION;
  if (!target)
    return JS_ThrowTypeError(context, "the function to call is a null pointer");
  char byte;
  if (!mr_read((void *)target, &byte, 1))
    return JS_ThrowRangeError(context, "no function at 0x%lx", target);
  const char *signature = JS_ToCString(context, argv[1]);
  if (!signature)
    return JS_EXCEPTION;
  char kinds[MR_MAX_ARGUMENTS + 2];
  int length = 0;
  for (const char *at = signature; *at && length < MR_MAX_ARGUMENTS; at++)
    if (*at != '.')
      kinds[length++] = *at;
  kinds[length] = 0;
  JS_FreeCString(context, signature);
  int count = length - 1;
  if (count < 0 || argc - 3 < count)
    return JS_ThrowTypeError(context, "%d arguments expected, %d given", count, argc - 3);
  mr_slot slots[MR_MAX_ARGUMENTS], result = {0};
  for (int i = 0; i < count; i++)
    if (mr_to_slot(context, argv[3 + i], kinds[i + 1], 0, &slots[i]))
      return JS_EXCEPTION;
  mr_frame *frame = thread->top;
  void *engine_frame = mr_engine_frame(thread->runtime), *exception = NULL;
  uint8_t busy = thread->busy;
  mr_leave_script(thread, frame, (void *)target);
  int failed = mr_call_kinds(context, (void *)target, kinds, count, slots, &result, &exception);
  mr_enter_script(thread, frame, engine_frame, busy);
  if (failed)
    return JS_EXCEPTION;
  if (exception)
    return mr_throw_through(context, frame, exception);
  JSValue proto = JS_IsObject(argv[2]) ? JS_GetPropertyUint32(context, argv[2], 0) : JS_UNDEFINED;
  JSValue value = mr_from_slot(context, &result, kinds[0], proto, NULL);
  JS_FreeValue(context, proto);
  return value;
}

/* Callbacks: native entries, one for each that the script makes. Those that the script makes when
 * it is loaded have the same number in every thread, so that any thread can call them; others only
 * the thread that made them. */
typedef struct callback {
  mr_binding binding;
  JSValue function, protos;
} callback;

JSValue mr_native_callback(JSContext *context, JSValueConst this_value, int argc,
                           JSValueConst *argv) {
  (void)this_value;
  mr_thread *thread = JS_GetRuntimeOpaque(JS_GetRuntime(context));
  if (argc < 3 || !JS_IsFunction(context, argv[2]))
    return JS_ThrowTypeError(context, "callback(signature, protos, function)");
  if (thread->callback_count == MR_CALLBACK_ENTRIES)
    return JS_ThrowRangeError(context, "more than %d callbacks", MR_CALLBACK_ENTRIES);
  if (!thread->callbacks) {
    thread->callbacks = mr_heap_allocate(&thread->heap, MR_CALLBACK_ENTRIES * sizeof(callback *));
    if (!thread->callbacks)
      return JS_ThrowOutOfMemory(context);
    memset(thread->callbacks, 0, MR_CALLBACK_ENTRIES * sizeof(callback *));
  }
  callback *made = mr_heap_allocate(&thread->heap, sizeof *made);
  const char *signature = JS_ToCString(context, argv[0]);
  if (!made || !signature)
    return JS_ThrowOutOfMemory(context);
  memset(made, 0, sizeof *made);
  bool parsed = mr_parse_signature(&thread->heap, signature, &made->binding);
  JS_FreeCString(context, signature);
  if (!parsed)
    return JS_ThrowOutOfMemory(context);
  made->function = JS_DupValue(context, argv[2]);
  made->protos = JS_DupValue(context, argv[1]);
  uint32_t number = thread->callback_count++;
  thread->callbacks[number] = made;
  return mr_new_pointer(context, mr_callback_entries + number * MR_CALLBACK_ENTRY_SIZE,
                        JS_UNDEFINED);
}

int mr_callback(uint32_t number, mr_registers *registers) {
  mr_thread *thread = mr_self;
  registers->result[0] = registers->result[1] = 0;
  memset(registers->vector_result, 0, sizeof registers->vector_result);
  if (!thread)
    thread = mr_thread_begin();
  if (!thread || thread->ended)
    return 0;
  int saved = *thread->errno_location;
  if (thread->top)
    mr_thread_reap(thread, (uintptr_t)registers);
  /* A script may well be waiting for the native function that calls back. */
  uint8_t busy = thread->busy;
  if (busy == MR_SCRIPT || (!thread->runtime && !mr_stack_starts(thread, (uintptr_t)registers)) ||
      !mr_thread_engine(thread) || !mr_stack_fits(thread, (uintptr_t)registers))
    return 0;
  callback *made =
      thread->callbacks && number < thread->callback_count ? thread->callbacks[number] : NULL;
  if (!made) {
    mr_note("a callback was called in a thread other than the one that made it: make callbacks "
            "when the script is loaded");
    return 0;
  }
  JSContext *context = thread->context;
  mr_slot slots[MR_MAX_ARGUMENTS];
  JSValue values[MR_MAX_ARGUMENTS];
  int count = made->binding.argument_count;
  mr_place(made->binding.kinds + 1, count, slots, registers, registers->stack, true);
  thread->busy = MR_SCRIPT;
  thread->deadline = 0;
  void *engine_frame = mr_engine_frame(thread->runtime);
  mr_frame *top = thread->top;
  for (int i = 0; i < count; i++) {
    JSValue proto = JS_IsObject(made->protos)
                        ? JS_GetPropertyUint32(context, made->protos, (uint32_t)i + 1)
                        : JS_UNDEFINED;
    values[i] = mr_from_slot(context, &slots[i], made->binding.kinds[i + 1], proto, NULL);
    JS_FreeValue(context, proto);
  }
  JSValue value = JS_Call(context, made->function, JS_UNDEFINED, count, values);
  for (int i = 0; i < count; i++)
    JS_FreeValue(context, values[i]);
  mr_slot result = {0};
  bool failed = JS_IsException(value);
  if (!failed && mr_to_slot(context, value, made->binding.kinds[0], 0, &result)) {
    mr_engine_blame(context, made->function);
    failed = true;
  }
  if (failed)
    mr_fault(thread, top, NULL, "callback");
  JS_FreeValue(context, value);
  thread->busy = busy;
  mr_set_top(thread, top);
  mr_engine_set_frame(thread->runtime, engine_frame);
  *thread->errno_location = saved;
  char kind = made->binding.kinds[0];
  if (kind == 'd' || kind == 'f')
    memcpy(registers->vector_result[0], &result, sizeof result);
  else
    registers->result[0] = result.u;
  return 1;
}
