/* __mr: the call under way and its arguments, the thread and process around it, what leaves for the
 * launcher. */

#include "../x86-64/syscall.h"
#include "priv.h"
#include <string.h>
#include <time.h>
#include <unistd.h>

MR_NATIVE_FUNCTION(native_arguments) {
  mr_frame *frame = mr_thread_of(context)->top;
  if (!frame || !frame->registers)
    return JS_ThrowTypeError(context, "no variadic or untyped call is under way");
  JSValue made = JS_NewObjectClass(context, (int)mr_arguments_class);
  if (!JS_IsException(made))
    JS_SetOpaque(made, frame);
  return made;
}

static mr_frame *arguments_frame(JSContext *context, JSValueConst value) {
  mr_frame *wanted = JS_GetOpaque2(context, value, mr_arguments_class);
  if (!wanted)
    return NULL;
  for (mr_frame *frame = mr_thread_of(context)->top; frame; frame = frame->up)
    if (frame == wanted && frame->registers)
      return frame;
  JS_ThrowRangeError(context, "the call has ended");
  return NULL;
}

/* Where an argument is that no signature names; counted over registers and stack. NULL: it can't be
 * read. */
static const uint64_t *further(const mr_frame *frame, uint32_t index, bool vector) {
  uint32_t gp = 0, vectors = 0, words = 0;
  if (frame->function->signature)
    for (const char *kind = frame->binding->kinds + 1; *kind; kind++) {
      if (*kind == 'd' || *kind == 'f')
        vectors < 8 ? vectors++ : words++;
      else
        gp < 6 ? gp++ : words++;
    }
  uint32_t place = index + (vector ? vectors : gp), limit = vector ? 8 : 6;
  if (place < limit)
    return vector ? (const uint64_t *)frame->registers->vector[place]
                  : &frame->registers->gp[place];
  const uint64_t *at = frame->registers->stack + words + (place - limit);
  return mr_readable(mr_self, at, 8) ? at : NULL;
}

const uint64_t *mr_further_word(const mr_frame *frame, uint32_t index) {
  return further(frame, index, false);
}

static JSValue argument(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv,
                        int magic) {
  mr_frame *frame = arguments_frame(context, this_value);
  uint32_t index;
  if (!frame || JS_ToUint32(context, &index, argv[0]))
    return JS_EXCEPTION;
  const uint64_t *at = further(frame, index, magic == 2);
  if (!at)
    return JS_ThrowRangeError(context, "no such argument");
  mr_slot slot = {.u = *at};
  if (magic == 2)
    return JS_NewFloat64(context, slot.d);
  if (magic == 1)
    return mr_new_pointer(context, slot.p, argc > 1 ? argv[1] : JS_UNDEFINED);
  if (magic == 3)
    return JS_NewInt32(context, (int32_t)slot.u);
  return mr_from_u64(context, slot.u);
}

static JSValue get_errno(JSContext *context, JSValueConst this_value) {
  (void)this_value;
  mr_thread *thread = mr_thread_of(context);
  return JS_NewInt32(context, thread->top ? thread->top->saved_errno : *thread->errno_location);
}

static JSValue set_errno(JSContext *context, JSValueConst this_value, JSValueConst given) {
  (void)this_value;
  mr_thread *thread = mr_thread_of(context);
  mr_slot value;
  if (mr_to_slot(context, given, 'i', 0, &value))
    return JS_EXCEPTION;
  if (thread->top)
    thread->top->saved_errno = (int)value.i;
  return JS_UNDEFINED;
}

MR_NATIVE_FUNCTION(native_return_address) {
  mr_frame *frame = mr_thread_of(context)->top;
  return frame ? mr_new_pointer(context, frame->return_address, JS_UNDEFINED) : JS_NULL;
}

MR_NATIVE_FUNCTION(native_pid) { return JS_NewInt64(context, mr_syscall3(SYS_getpid, 0, 0, 0)); }
MR_NATIVE_FUNCTION(native_tid) { return JS_NewInt64(context, mr_syscall3(SYS_gettid, 0, 0, 0)); }

MR_NATIVE_FUNCTION(native_thread_name) {
  char name[16] = "";
  mr_syscall6(SYS_prctl, 16, (long)name, 0, 0, 0, 0);
  return JS_NewString(context, name);
}

static JSValue read_clock(JSContext *context, clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  /* Nanoseconds since 1970 have passed 2^53; a double is exact to 256 of them. */
  return JS_NewFloat64(context, (double)time.tv_sec * 1e9 + (double)time.tv_nsec);
}

MR_NATIVE_FUNCTION(native_clock) { return read_clock(context, CLOCK_MONOTONIC); }
MR_NATIVE_FUNCTION(native_time) { return read_clock(context, CLOCK_REALTIME); }

MR_NATIVE_FUNCTION(native_env) {
  size_t size;
  const char *name = JS_ToCStringLen(context, &size, argv[0]);
  if (!name)
    return JS_EXCEPTION;
  JSValue found = JS_NULL;
  for (char **entry = environ; entry && *entry; entry++)
    if (!strncmp(*entry, name, size) && (*entry)[size] == '=') {
      found = mr_lenient_text(context, *entry + size + 1, strlen(*entry + size + 1));
      break;
    }
  JS_FreeCString(context, name);
  return found;
}

MR_NATIVE_FUNCTION(native_args) {
  JSValue list = JS_NewArray(context);
  uint32_t count = 0;
  for (int i = 0; i < mr.argc; i++)
    if (mr.argv[i])
      JS_SetPropertyUint32(context, list, count++,
                           mr_lenient_text(context, mr.argv[i], strlen(mr.argv[i])));
  return list;
}

MR_NATIVE_FUNCTION(native_stack) {
  mr_frame *frame = mr_thread_of(context)->top;
  uint32_t limit = 64;
  if (argc > 0 && !JS_IsUndefined(argv[0]) && JS_ToUint32(context, &limit, argv[0]))
    return JS_EXCEPTION;
  void *addresses[128];
  uint32_t count = frame ? mr_backtrace(frame, addresses, limit < 128 ? limit : 128) : 0;
  JSValue list = JS_NewArray(context);
  for (uint32_t i = 0; i < count; i++) {
    mr_place_in_code place = mr_place_of(addresses[i]);
    JSValue entry = JS_NewObject(context);
    JS_SetPropertyStr(context, entry, "address", mr_from_u64(context, (uint64_t)addresses[i]));
    JS_SetPropertyStr(context, entry, "module", JS_NewString(context, place.module));
    JS_SetPropertyStr(context, entry, "symbol",
                      place.symbol ? JS_NewString(context, place.symbol) : JS_NULL);
    JS_SetPropertyStr(context, entry, "offset", mr_from_u64(context, place.offset));
    /* For a reader of debug information. */
    JS_SetPropertyStr(context, entry, "position", mr_from_u64(context, place.position));
    JS_SetPropertyUint32(context, list, i, entry);
  }
  return list;
}

MR_NATIVE_FUNCTION(native_at_exit) {
  mr_thread *thread = mr_thread_of(context);
  if (!JS_IsFunction(context, argv[0]))
    return JS_ThrowTypeError(context, "atExit needs a function");
  if (JS_IsUndefined(thread->at_exit))
    thread->at_exit = JS_NewArray(context);
  JS_SetPropertyUint32(context, thread->at_exit, thread->at_exit_count++,
                       JS_DupValue(context, argv[0]));
  return JS_UNDEFINED;
}

MR_NATIVE_FUNCTION(native_log) {
  uint32_t level;
  size_t size;
  if (JS_ToUint32(context, &level, argv[0]))
    return JS_EXCEPTION;
  const char *text = JS_ToCStringLen(context, &size, argv[1]);
  if (!text)
    return JS_EXCEPTION;
  mr_thread *thread = mr_thread_of(context);
  mr_emit(thread, MR_LOG, thread->top ? thread->top->function->index : 0xffff, &level, 1, text,
          size);
  JS_FreeCString(context, text);
  return JS_UNDEFINED;
}

MR_NATIVE_FUNCTION(native_record) {
  size_t size;
  const char *text = JS_ToCStringLen(context, &size, argv[0]);
  if (!text)
    return JS_EXCEPTION;
  mr_thread *thread = mr_thread_of(context);
  mr_emit(thread, MR_RECORD, thread->top ? thread->top->function->index : 0xffff, NULL, 0, text,
          size);
  JS_FreeCString(context, text);
  return JS_UNDEFINED;
}

static const JSCFunctionListEntry members[] = {
    JS_CGETSET_DEF("errno", get_errno, set_errno),
    JS_CFUNC_DEF("arguments", 0, native_arguments),
    JS_CFUNC_DEF("returnAddress", 0, native_return_address),
    JS_CFUNC_DEF("stack", 0, native_stack),
    JS_CFUNC_DEF("pid", 0, native_pid),
    JS_CFUNC_DEF("tid", 0, native_tid),
    JS_CFUNC_DEF("threadName", 0, native_thread_name),
    JS_CFUNC_DEF("clock", 0, native_clock),
    JS_CFUNC_DEF("time", 0, native_time),
    JS_CFUNC_DEF("env", 1, native_env),
    JS_CFUNC_DEF("args", 0, native_args),
    JS_CFUNC_DEF("atExit", 1, native_at_exit),
    JS_CFUNC_DEF("log", 2, native_log),
    JS_CFUNC_DEF("record", 1, native_record),
};
const mr_members mr_members_call = {members, sizeof members / sizeof *members};

static const JSCFunctionListEntry argument_members[] = {
    JS_CFUNC_MAGIC_DEF("word", 1, argument, 0),
    JS_CFUNC_MAGIC_DEF("pointer", 1, argument, 1),
    JS_CFUNC_MAGIC_DEF("double", 1, argument, 2),
    JS_CFUNC_MAGIC_DEF("int", 1, argument, 3),
};
const mr_members mr_members_arguments = {argument_members,
                                         sizeof argument_members / sizeof *argument_members};
