/* __mr: what a script finds in the engine. docs/formats/mrhooker-stub.md lists it. */

#include "../x86-64/syscall.h"
#include "priv.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NATIVE(name)                                                                               \
  static JSValue name(JSContext *context, __attribute__((unused)) JSValueConst this_value,         \
                      __attribute__((unused)) int argc,                                            \
                      __attribute__((unused)) JSValueConst *argv)

static mr_thread *thread_of(JSContext *context) {
  return JS_GetRuntimeOpaque(JS_GetRuntime(context));
}

/* ---- functions and hooks */

static JSValue call_next(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv,
                         int magic) {
  (void)this_value;
  return mr_call_next(context, mr.functions[magic], argc, argv);
}

/* The binding of a function in this thread, made when it is first needed. */
mr_binding *mr_bind(mr_thread *thread, mr_function *function) {
  mr_binding *binding = thread->bindings[function->index];
  if (binding)
    return binding;
  binding = mr_heap_allocate(&thread->heap, sizeof *binding);
  if (!binding)
    return NULL;
  memset(binding, 0, sizeof *binding);
  if (!mr_parse_signature(&thread->heap, function->signature ? function->signature : "LLLLLLL",
                          binding))
    return NULL;
  return thread->bindings[function->index] = binding;
}

static mr_function *function_of(JSContext *context, JSValueConst value) {
  int32_t index = mr_engine_magic(value, (void *)call_next);
  if (index < 0 && JS_IsNumber(value))
    JS_ToInt32(context, &index, value);
  if (index < 0 || (uint32_t)index >= mr.function_count || !mr.functions[index]) {
    JS_ThrowTypeError(context, "not a native function");
    return NULL;
  }
  return mr.functions[index];
}

NATIVE(native_function) {
  mr_thread *thread = thread_of(context);
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
  return JS_NewCFunctionMagic(context, call_next, function->name, binding->argument_count,
                              JS_CFUNC_generic_magic, (int)function->index);
}

static char *glob_option(JSContext *context, JSValueConst options, const char *name) {
  JSValue value = JS_GetPropertyStr(context, options, name);
  char *copy = NULL;
  if (JS_IsString(value)) {
    const char *text = JS_ToCString(context, value);
    if (text) {
      copy = mr_heap_allocate(&thread_of(context)->heap, strlen(text) + 1);
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

NATIVE(native_hook) {
  mr_thread *thread = thread_of(context);
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
  if ((function->flags & MR_FORWARD) &&
      (!JS_IsUndefined(hook->replace) || !JS_IsUndefined(hook->leave)))
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
  bool looks = !JS_IsUndefined(hook->enter),
       acts = !JS_IsUndefined(hook->replace) || !JS_IsUndefined(hook->leave);
  binding->only_enters = !acts && (!hook->inner || binding->only_enters);
  /* A hook without handlers counts, for which no script code has to run. */
  bool passes =
      !looks && !acts && !hook->filtered && (!hook->inner || MR_STATE(function) == MR_PASSING);
  if (passes && !function->original)
    mr_resolve(function);
  MR_STATE(function) = passes ? MR_PASSING : MR_ACTIVE;
  return JS_NewInt32(context, (int32_t)hook->handle);
}

NATIVE(native_enable) {
  uint32_t handle;
  if (JS_ToUint32(context, &handle, argv[0]))
    return JS_EXCEPTION;
  if (handle >= MR_MAX_HANDLES)
    return JS_ThrowRangeError(context, "no such hook");
  atomic_store(&mr_handles[handle].off, !JS_ToBool(context, argv[1]));
  return JS_UNDEFINED;
}

NATIVE(native_names) {
  const char *pattern = JS_ToCString(context, argv[0]);
  if (!pattern)
    return JS_EXCEPTION;
  JSValue found = JS_NewArray(context);
  uint32_t count = 0;
  for (uint32_t i = 0; i < mr.function_count; i++) {
    const mr_function *function = mr.functions[i];
    if (function && !function->signature && (function->flags & MR_HOOKED) &&
        mr_glob(pattern, function->name))
      JS_SetPropertyUint32(context, found, count++, JS_NewInt32(context, (int32_t)i));
  }
  JS_FreeCString(context, pattern);
  return found;
}

NATIVE(native_exists) {
  mr_function *function = function_of(context, argv[0]);
  return function ? JS_NewBool(context, mr_resolve(function)) : JS_EXCEPTION;
}

NATIVE(native_name_of) {
  mr_function *function = function_of(context, argv[0]);
  if (!function)
    return JS_EXCEPTION;
  mr_frame *frame = thread_of(context)->top;
  if (frame && frame->hook && frame->function->family == function->family)
    function = frame->function;
  return JS_NewString(context, function->name);
}

NATIVE(native_symbol) {
  const char *name = JS_ToCString(context, argv[0]);
  if (!name)
    return JS_EXCEPTION;
  void *found = mr_find_after_stubs(name);
  JS_FreeCString(context, name);
  return mr_new_pointer(context, found, argc > 1 ? argv[1] : JS_UNDEFINED);
}

/* ---- arguments of a call that came in with its registers */

NATIVE(native_arguments) {
  mr_frame *frame = thread_of(context)->top;
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
  for (mr_frame *frame = thread_of(context)->top; frame; frame = frame->up)
    if (frame == wanted && frame->registers)
      return frame;
  JS_ThrowRangeError(context, "the call has ended");
  return NULL;
}

static JSValue argument(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv,
                        int magic) {
  mr_frame *frame = arguments_frame(context, this_value);
  uint32_t index;
  if (!frame || JS_ToUint32(context, &index, argv[0]))
    return JS_EXCEPTION;
  uint32_t gp = 0, vector = 0, words = 0;
  if (frame->function->signature)
    for (const char *kind = frame->binding->kinds + 1; *kind; kind++) {
      if (*kind == 'd' || *kind == 'f')
        vector < 8 ? vector++ : words++;
      else
        gp < 6 ? gp++ : words++;
    }
  mr_slot slot;
  uint32_t place = index + (magic == 2 ? vector : gp), limit = magic == 2 ? 8 : 6;
  if (place < limit) {
    if (magic == 2)
      memcpy(&slot, frame->registers->vector[place], sizeof slot);
    else
      slot.u = frame->registers->gp[place];
  } else {
    const uint64_t *at = frame->registers->stack + words + (place - limit);
    if (!mr_readable(thread_of(context), at, 8))
      return JS_ThrowRangeError(context, "no such argument");
    slot.u = *at;
  }
  if (magic == 2)
    return JS_NewFloat64(context, slot.d);
  if (magic == 1)
    return mr_new_pointer(context, slot.p, argc > 1 ? argv[1] : JS_UNDEFINED);
  if (magic == 3)
    return JS_NewInt32(context, (int32_t)slot.u);
  return mr_from_u64(context, slot.u);
}

/* ---- memory */

static JSValue bad_memory(JSContext *context, const void *address, size_t size, const char *what) {
  JSValue error = JS_NewError(context);
  char text[128];
  snprintf(text, sizeof text, "%zu bytes at %p can't be %s", size, address, what);
  JSValue prototype = JS_UNDEFINED, global = JS_GetGlobalObject(context);
  JSValue class = JS_GetPropertyStr(context, global, "RangeError");
  prototype = JS_GetPropertyStr(context, class, "prototype");
  JS_SetPrototype(context, error, prototype);
  JS_FreeValue(context, prototype);
  JS_FreeValue(context, class);
  JS_FreeValue(context, global);
  JS_DefinePropertyValueStr(context, error, "message", JS_NewString(context, text),
                            JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
  JS_DefinePropertyValueStr(context, error, "code", JS_NewString(context, "EFAULT"), JS_PROP_C_W_E);
  return JS_Throw(context, error);
}

static int place(JSContext *context, JSValueConst pointer, JSValueConst offset, char **address) {
  uint64_t base, moved = 0;
  if (mr_get_address(context, pointer, &base))
    return -1;
  if (!JS_IsUndefined(offset) && mr_to_integer(context, offset, &moved))
    return -1;
  *address = (char *)(base + moved);
  return 0;
}

static size_t size_of_kind(char kind) {
  switch (kind) {
  case 'b':
  case 'c':
  case 'C':
    return 1;
  case 's':
  case 'S':
    return 2;
  case 'i':
  case 'I':
  case 'f':
    return 4;
  default:
    return 8;
  }
}

static int kind_of(JSContext *context, JSValueConst value, char *kind) {
  const char *text = JS_ToCString(context, value);
  if (!text)
    return -1;
  *kind = *text;
  bool known = *text && strchr("bcCsSiIlLfdp", *text) != NULL;
  JS_FreeCString(context, text);
  if (!known)
    JS_ThrowTypeError(context, "unknown kind");
  return known ? 0 : -1;
}

NATIVE(native_peek) {
  char *address, kind;
  if (place(context, argv[0], argv[1], &address) || kind_of(context, argv[2], &kind))
    return JS_EXCEPTION;
  mr_slot slot = {0};
  size_t size = size_of_kind(kind);
  if (!mr_readable(thread_of(context), address, size))
    return bad_memory(context, address, size, "read");
  memcpy(&slot, address, size);
  return mr_from_slot(context, &slot, kind, argc > 3 ? argv[3] : JS_UNDEFINED, NULL);
}

NATIVE(native_poke) {
  char *address, kind;
  mr_slot slot = {0};
  if (place(context, argv[0], argv[1], &address) || kind_of(context, argv[2], &kind))
    return JS_EXCEPTION;
  if (mr_to_slot(context, argv[3], kind, 0, &slot))
    return JS_EXCEPTION;
  size_t size = size_of_kind(kind);
  if (!mr_write(address, &slot, size))
    return bad_memory(context, address, size, "written");
  return JS_UNDEFINED;
}

NATIVE(native_bytes) {
  char *address;
  int64_t size;
  if (place(context, argv[0], argv[1], &address) || JS_ToInt64(context, &size, argv[2]))
    return JS_EXCEPTION;
  if (size < 0 || size > (1 << 30))
    return JS_ThrowRangeError(context, "%ld bytes", (long)size);
  if (!mr_readable(thread_of(context), address, (size_t)size))
    return bad_memory(context, address, (size_t)size, "read");
  return JS_NewArrayBufferCopy(context, (uint8_t *)address, (size_t)size);
}

/* UTF-8 in which every byte that belongs to no character has become U+FFFD. */
static JSValue lenient_text(JSContext *context, const char *bytes, size_t size) {
  bool clean = true;
  size_t i = 0;
  while (i < size && clean) {
    unsigned char c = (unsigned char)bytes[i];
    size_t more = c < 0x80                ? 0
                  : c >= 0xc2 && c < 0xe0 ? 1
                  : c >= 0xe0 && c < 0xf0 ? 2
                  : c >= 0xf0 && c < 0xf5 ? 3
                                          : 9;
    clean = more != 9 && i + more < size;
    for (size_t k = 1; clean && k <= more; k++)
      clean = ((unsigned char)bytes[i + k] & 0xc0) == 0x80;
    i += more + 1;
  }
  if (clean)
    return JS_NewStringLen(context, bytes, size);
  mr_thread *thread = thread_of(context);
  char *out = mr_heap_allocate(&thread->heap, size * 3 + 1);
  if (!out)
    return JS_ThrowOutOfMemory(context);
  size_t length = 0;
  for (i = 0; i < size;) {
    unsigned char c = (unsigned char)bytes[i];
    size_t more = c < 0x80                ? 0
                  : c >= 0xc2 && c < 0xe0 ? 1
                  : c >= 0xe0 && c < 0xf0 ? 2
                  : c >= 0xf0 && c < 0xf5 ? 3
                                          : 9;
    bool good = more != 9 && i + more < size;
    for (size_t k = 1; good && k <= more; k++)
      good = ((unsigned char)bytes[i + k] & 0xc0) == 0x80;
    if (good) {
      memcpy(out + length, bytes + i, more + 1);
      length += more + 1;
      i += more + 1;
    } else {
      memcpy(out + length, "\xef\xbf\xbd", 3);
      length += 3;
      i++;
    }
  }
  JSValue text = JS_NewStringLen(context, out, length);
  mr_heap_free(&thread->heap, out);
  return text;
}

NATIVE(native_text) {
  char *address;
  if (place(context, argv[0], argv[1], &address))
    return JS_EXCEPTION;
  if (argc > 2 && !JS_IsUndefined(argv[2])) {
    int64_t size;
    if (JS_ToInt64(context, &size, argv[2]))
      return JS_EXCEPTION;
    if (size < 0 || size > (1 << 30))
      return JS_ThrowRangeError(context, "%ld bytes", (long)size);
    if (!mr_readable(thread_of(context), address, (size_t)size))
      return bad_memory(context, address, (size_t)size, "read");
    return lenient_text(context, address, (size_t)size);
  }
  ssize_t length = mr_string_length(thread_of(context), address, 16 << 20);
  if (length < 0)
    return bad_memory(context, address, 1, "read as a string");
  return lenient_text(context, address, (size_t)length);
}

NATIVE(native_write) {
  char *address;
  if (place(context, argv[0], argv[1], &address))
    return JS_EXCEPTION;
  size_t size = 0, offset = 0, element;
  if (JS_IsString(argv[2])) {
    const char *text = JS_ToCStringLen(context, &size, argv[2]);
    if (!text)
      return JS_EXCEPTION;
    bool written = !size || mr_write(address, text, size);
    JS_FreeCString(context, text);
    return written ? JS_NewInt64(context, (int64_t)size)
                   : bad_memory(context, address, size, "written");
  }
  uint8_t *bytes = JS_GetArrayBuffer(context, &size, argv[2]);
  if (!bytes) {
    JS_FreeValue(context, JS_GetException(context));
    size_t whole;
    JSValue buffer = JS_GetTypedArrayBuffer(context, argv[2], &offset, &size, &element);
    if (JS_IsException(buffer))
      return JS_EXCEPTION;
    bytes = JS_GetArrayBuffer(context, &whole, buffer);
    JS_FreeValue(context, buffer);
    if (!bytes)
      return JS_EXCEPTION;
  }
  if (size && !mr_write(address, bytes + offset, size))
    return bad_memory(context, address, size, "written");
  return JS_NewInt64(context, (int64_t)size);
}

NATIVE(native_pointer) {
  uint64_t address;
  if (mr_get_address(context, argv[0], &address))
    return JS_EXCEPTION;
  return mr_new_pointer(context, (void *)address, argc > 1 ? argv[1] : JS_UNDEFINED);
}

NATIVE(native_address) {
  uint64_t address;
  return mr_get_address(context, argv[0], &address) ? JS_EXCEPTION : mr_from_u64(context, address);
}

NATIVE(native_offset) {
  char *address;
  if (place(context, argv[0], argv[1], &address))
    return JS_EXCEPTION;
  return mr_new_pointer(context, address, argc > 2 ? argv[2] : JS_UNDEFINED);
}

NATIVE(native_alloc) {
  mr_thread *thread = thread_of(context);
  int64_t size;
  if (JS_ToInt64(context, &size, argv[0]))
    return JS_EXCEPTION;
  if (size < 0 || (uint64_t)size > mr.session->memory_limit ||
      thread->heap.used + (uint64_t)size > mr.session->memory_limit)
    return JS_ThrowOutOfMemory(context);
  bool forever = (argc > 2 && JS_ToBool(context, argv[2])) || !thread->top;
  void *block = forever ? mr_heap_allocate(&thread->heap, size ? (size_t)size : 1)
                        : mr_scratch_allocate(thread, (size_t)size);
  if (!block)
    return JS_ThrowOutOfMemory(context);
  memset(block, 0, (size_t)size);
  return mr_new_pointer(context, block, argc > 1 ? argv[1] : JS_UNDEFINED);
}

NATIVE(native_free) {
  uint64_t address;
  if (mr_get_address(context, argv[0], &address))
    return JS_EXCEPTION;
  mr_heap_free(&thread_of(context)->heap, (void *)address);
  return JS_UNDEFINED;
}

NATIVE(pointer_to_string) {
  char text[32];
  snprintf(text, sizeof text, "0x%lx", (unsigned long)JS_GetOpaque(this_value, mr_pointer_class));
  return JS_NewString(context, text);
}

/* ---- the call and its surroundings */

NATIVE(get_errno) {
  mr_thread *thread = thread_of(context);
  return JS_NewInt32(context, thread->top ? thread->top->saved_errno : *thread->errno_location);
}

NATIVE(set_errno) {
  mr_thread *thread = thread_of(context);
  int32_t value;
  if (JS_ToInt32(context, &value, argv[0]))
    return JS_EXCEPTION;
  if (thread->top)
    thread->top->saved_errno = value;
  return JS_UNDEFINED;
}

NATIVE(native_return_address) {
  mr_frame *frame = thread_of(context)->top;
  return frame ? mr_new_pointer(context, frame->return_address, JS_UNDEFINED) : JS_NULL;
}

NATIVE(native_pid) { return JS_NewInt64(context, mr_syscall3(SYS_getpid, 0, 0, 0)); }
NATIVE(native_tid) { return JS_NewInt64(context, mr_syscall3(SYS_gettid, 0, 0, 0)); }

NATIVE(native_thread_name) {
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

NATIVE(native_clock) { return read_clock(context, CLOCK_MONOTONIC); }
NATIVE(native_time) { return read_clock(context, CLOCK_REALTIME); }

NATIVE(native_env) {
  size_t size;
  const char *name = JS_ToCStringLen(context, &size, argv[0]);
  if (!name)
    return JS_EXCEPTION;
  JSValue found = JS_NULL;
  for (char **entry = environ; entry && *entry; entry++)
    if (!strncmp(*entry, name, size) && (*entry)[size] == '=') {
      found = lenient_text(context, *entry + size + 1, strlen(*entry + size + 1));
      break;
    }
  JS_FreeCString(context, name);
  return found;
}

NATIVE(native_args) {
  JSValue list = JS_NewArray(context);
  uint32_t count = 0;
  for (int i = 0; i < mr.argc; i++)
    if (mr.argv[i])
      JS_SetPropertyUint32(context, list, count++,
                           lenient_text(context, mr.argv[i], strlen(mr.argv[i])));
  return list;
}

NATIVE(native_stack) {
  mr_frame *frame = thread_of(context)->top;
  uint32_t limit = 64;
  if (argc > 0 && !JS_IsUndefined(argv[0]) && JS_ToUint32(context, &limit, argv[0]))
    return JS_EXCEPTION;
  void *addresses[128];
  uint32_t count = frame ? mr_backtrace(frame, addresses, limit < 128 ? limit : 128) : 0;
  JSValue list = JS_NewArray(context);
  for (uint32_t i = 0; i < count; i++) {
    struct link_map *object = NULL;
    uintptr_t start = 0;
    /* A return address may stand behind a function's last instruction. */
    const char *symbol = mr_symbol_of((char *)addresses[i] - 1, &object, &start);
    JSValue entry = JS_NewObject(context);
    const char *module = !object           ? ""
                         : *object->l_name ? object->l_name
                         : mr.process      ? mr.process->program
                                           : "";
    JS_SetPropertyStr(context, entry, "address", mr_from_u64(context, (uint64_t)addresses[i]));
    JS_SetPropertyStr(context, entry, "module", JS_NewString(context, module));
    JS_SetPropertyStr(context, entry, "symbol", symbol ? JS_NewString(context, symbol) : JS_NULL);
    uint64_t base = symbol ? start : object ? object->l_addr : 0;
    JS_SetPropertyStr(context, entry, "offset",
                      mr_from_u64(context, (uint64_t)addresses[i] - base));
    /* Where it is in the module's file, for a reader of debug information. */
    JS_SetPropertyStr(context, entry, "position",
                      mr_from_u64(context, (uint64_t)addresses[i] - (object ? object->l_addr : 0)));
    JS_SetPropertyUint32(context, list, i, entry);
  }
  return list;
}

NATIVE(native_at_exit) {
  mr_thread *thread = thread_of(context);
  if (!JS_IsFunction(context, argv[0]))
    return JS_ThrowTypeError(context, "atExit needs a function");
  if (JS_IsUndefined(thread->at_exit))
    thread->at_exit = JS_NewArray(context);
  JS_SetPropertyUint32(context, thread->at_exit, thread->at_exit_count++,
                       JS_DupValue(context, argv[0]));
  return JS_UNDEFINED;
}

/* ---- to the launcher */

NATIVE(native_log) {
  uint32_t level;
  size_t size;
  if (JS_ToUint32(context, &level, argv[0]))
    return JS_EXCEPTION;
  const char *text = JS_ToCStringLen(context, &size, argv[1]);
  if (!text)
    return JS_EXCEPTION;
  mr_thread *thread = thread_of(context);
  mr_emit(thread, MR_LOG, thread->top ? thread->top->function->index : 0xffff, &level, 1, text,
          size);
  JS_FreeCString(context, text);
  return JS_UNDEFINED;
}

NATIVE(native_record) {
  size_t size;
  const char *text = JS_ToCStringLen(context, &size, argv[0]);
  if (!text)
    return JS_EXCEPTION;
  mr_thread *thread = thread_of(context);
  mr_emit(thread, MR_RECORD, thread->top ? thread->top->function->index : 0xffff, NULL, 0, text,
          size);
  JS_FreeCString(context, text);
  return JS_UNDEFINED;
}

/* ---- shared */

static const mr_shared *shared_of(JSContext *context, JSValueConst value, uint32_t kind) {
  uint32_t id;
  if (JS_ToUint32(context, &id, value))
    return NULL;
  const mr_shared *all = (const mr_shared *)((char *)mr.session + mr.session->shared_offset);
  if (id < mr.session->shared_count && all[id].kind == kind)
    return &all[id];
  JS_ThrowRangeError(context, "no shared object of that kind has the number %u", id);
  return NULL;
}

NATIVE(native_counter_add) {
  const mr_shared *counter = shared_of(context, argv[0], MR_COUNTER);
  uint64_t n;
  if (!counter || mr_to_integer(context, argv[1], &n))
    return JS_EXCEPTION;
  mr_cell_add(thread_of(context), (uint32_t)counter->offset, n);
  return JS_UNDEFINED;
}

/* What a counter's add is: the cell is in the function itself. */
static JSValue add_to_cell(JSContext *context, JSValueConst this_value, int argc,
                           JSValueConst *argv, int cell) {
  uint64_t n = 1;
  if (argc > 0 && JS_VALUE_GET_TAG(argv[0]) == JS_TAG_INT)
    n = (uint64_t)(int64_t)JS_VALUE_GET_INT(argv[0]);
  else if (argc > 0 && !JS_IsUndefined(argv[0]) && mr_to_integer(context, argv[0], &n))
    return JS_EXCEPTION;
  mr_cell_add(thread_of(context), (uint32_t)cell, n);
  return JS_UNDEFINED;
}

NATIVE(native_counter_adder) {
  const mr_shared *counter = shared_of(context, argv[0], MR_COUNTER);
  if (!counter)
    return JS_EXCEPTION;
  if (counter->offset > INT16_MAX)
    return JS_ThrowRangeError(context, "more than %d counters", INT16_MAX);
  return JS_NewCFunctionMagic(context, add_to_cell, "add", 0, JS_CFUNC_generic_magic,
                              (int)counter->offset);
}

NATIVE(native_counter_read) {
  const mr_shared *counter = shared_of(context, argv[0], MR_COUNTER);
  return counter ? JS_NewInt64(context, (int64_t)mr_cell_read((uint32_t)counter->offset))
                 : JS_EXCEPTION;
}

NATIVE(native_histogram_add) {
  const mr_shared *histogram = shared_of(context, argv[0], MR_HISTOGRAM);
  double value;
  if (!histogram || JS_ToFloat64(context, &value, argv[1]))
    return JS_EXCEPTION;
  uint64_t whole = value >= 1 ? value < 9.2e18 ? (uint64_t)value : 1ull << 62 : 0;
  uint32_t bucket = whole ? 64 - (uint32_t)__builtin_clzll(whole) : 0;
  mr_cell_add(thread_of(context), (uint32_t)histogram->offset + bucket, 1);
  return JS_UNDEFINED;
}

NATIVE(native_histogram_read) {
  const mr_shared *histogram = shared_of(context, argv[0], MR_HISTOGRAM);
  if (!histogram)
    return JS_EXCEPTION;
  JSValue list = JS_NewArray(context);
  for (uint32_t i = 0; i < 64; i++)
    JS_SetPropertyUint32(
        context, list, i,
        JS_NewInt64(context, (int64_t)mr_cell_read((uint32_t)histogram->offset + i)));
  return list;
}

/* The entry for a key, which is a string or bytes. *missing: whether that is because there is none.
 */
static mr_map_entry *entry_of(JSContext *context, JSValueConst id, JSValueConst key, bool insert,
                              bool *failed) {
  const mr_shared *shared = shared_of(context, id, MR_MAP);
  *failed = true;
  if (!shared)
    return NULL;
  mr_map *map = (mr_map *)((char *)mr.session + shared->offset);
  size_t size;
  mr_map_entry *entry;
  if (JS_IsObject(key)) {
    uint8_t *bytes = JS_GetArrayBuffer(context, &size, key);
    if (!bytes)
      return NULL;
    entry = mr_map_find(map, (char *)bytes, size, insert);
  } else {
    const char *text = JS_ToCStringLen(context, &size, key);
    if (!text)
      return NULL;
    entry = mr_map_find(map, text, size, insert);
    JS_FreeCString(context, text);
  }
  *failed = false;
  return entry;
}

NATIVE(native_map_add) {
  bool failed;
  uint64_t n;
  if (mr_to_integer(context, argv[2], &n))
    return JS_EXCEPTION;
  mr_map_entry *entry = entry_of(context, argv[0], argv[1], true, &failed);
  if (failed)
    return JS_EXCEPTION;
  return entry ? JS_NewInt64(context, (int64_t)(atomic_fetch_add(&entry->value, n) + n))
               : JS_NewFloat64(context, __builtin_nan(""));
}

NATIVE(native_map_get) {
  bool failed;
  mr_map_entry *entry = entry_of(context, argv[0], argv[1], false, &failed);
  if (failed)
    return JS_EXCEPTION;
  return entry ? JS_NewInt64(context, (int64_t)atomic_load(&entry->value)) : JS_UNDEFINED;
}

NATIVE(native_map_swap) {
  bool failed, any = JS_IsUndefined(argv[2]);
  uint64_t expected = 0, value;
  if ((!any && mr_to_integer(context, argv[2], &expected)) ||
      mr_to_integer(context, argv[3], &value))
    return JS_EXCEPTION;
  mr_map_entry *entry = entry_of(context, argv[0], argv[1], true, &failed);
  if (failed)
    return JS_EXCEPTION;
  return JS_NewBool(context,
                    entry && atomic_compare_exchange_strong(&entry->value, &expected, value));
}

NATIVE(native_map_entries) {
  const mr_shared *shared = shared_of(context, argv[0], MR_MAP);
  if (!shared)
    return JS_EXCEPTION;
  mr_map *map = (mr_map *)((char *)mr.session + shared->offset);
  char *entries = (char *)&map->slots[map->capacity];
  JSValue list = JS_NewArray(context);
  uint32_t count = 0;
  for (uint32_t i = 0; i < map->capacity; i++) {
    uint64_t offset = atomic_load(&map->slots[i]);
    if (!offset)
      continue;
    mr_map_entry *entry = (mr_map_entry *)(entries + offset - 1);
    JSValue pair = JS_NewArray(context);
    JS_SetPropertyUint32(context, pair, 0, lenient_text(context, entry->key, entry->size));
    JS_SetPropertyUint32(context, pair, 1,
                         JS_NewInt64(context, (int64_t)atomic_load(&entry->value)));
    JS_SetPropertyUint32(context, list, count++, pair);
  }
  return list;
}

NATIVE(native_map_overflow) {
  const mr_shared *shared = shared_of(context, argv[0], MR_MAP);
  return shared ? JS_NewInt64(
                      context,
                      atomic_load(&((mr_map *)((char *)mr.session + shared->offset))->overflow))
                : JS_EXCEPTION;
}

/* ---- installation */

static const JSCFunctionListEntry members[] = {
    JS_CFUNC_DEF("function", 2, native_function),
    JS_CFUNC_DEF("hook", 2, native_hook),
    JS_CFUNC_DEF("enable", 2, native_enable),
    JS_CFUNC_DEF("names", 1, native_names),
    JS_CFUNC_DEF("exists", 1, native_exists),
    JS_CFUNC_DEF("nameOf", 1, native_name_of),
    JS_CFUNC_DEF("arguments", 0, native_arguments),
    JS_CFUNC_DEF("call", 3, mr_native_call),
    JS_CFUNC_DEF("callback", 3, mr_native_callback),
    JS_CFUNC_DEF("symbol", 1, native_symbol),
    JS_CFUNC_DEF("pointer", 2, native_pointer),
    JS_CFUNC_DEF("address", 1, native_address),
    JS_CFUNC_DEF("offset", 2, native_offset),
    JS_CFUNC_DEF("peek", 3, native_peek),
    JS_CFUNC_DEF("poke", 4, native_poke),
    JS_CFUNC_DEF("bytes", 3, native_bytes),
    JS_CFUNC_DEF("text", 2, native_text),
    JS_CFUNC_DEF("write", 3, native_write),
    JS_CFUNC_DEF("alloc", 1, native_alloc),
    JS_CFUNC_DEF("free", 1, native_free),
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
    JS_CFUNC_DEF("counterAdd", 2, native_counter_add),
    JS_CFUNC_DEF("counterAdder", 1, native_counter_adder),
    JS_CFUNC_DEF("counterRead", 1, native_counter_read),
    JS_CFUNC_DEF("histogramAdd", 2, native_histogram_add),
    JS_CFUNC_DEF("histogramRead", 1, native_histogram_read),
    JS_CFUNC_DEF("mapAdd", 3, native_map_add),
    JS_CFUNC_DEF("mapGet", 2, native_map_get),
    JS_CFUNC_DEF("mapSwap", 4, native_map_swap),
    JS_CFUNC_DEF("mapEntries", 1, native_map_entries),
    JS_CFUNC_DEF("mapOverflow", 1, native_map_overflow),
};

static const JSCFunctionListEntry argument_members[] = {
    JS_CFUNC_MAGIC_DEF("word", 1, argument, 0),
    JS_CFUNC_MAGIC_DEF("pointer", 1, argument, 1),
    JS_CFUNC_MAGIC_DEF("double", 1, argument, 2),
    JS_CFUNC_MAGIC_DEF("int", 1, argument, 3),
};

static const JSCFunctionListEntry pointer_members[] = {
    JS_CFUNC_DEF("toString", 0, pointer_to_string),
};

int mr_native_install(JSContext *context) {
  static const JSClassDef pointer_class = {.class_name = "Pointer"},
                          arguments_class = {.class_name = "Arguments"};
  JSRuntime *runtime = JS_GetRuntime(context);
  JS_AddIntrinsicBaseObjects(context);
  JS_AddIntrinsicDate(context);
  JS_AddIntrinsicRegExp(context);
  JS_AddIntrinsicRegExpCompiler(context);
  JS_AddIntrinsicJSON(context);
  JS_AddIntrinsicMapSet(context);
  JS_AddIntrinsicTypedArrays(context);
  JS_AddIntrinsicProxy(context);
  JS_AddIntrinsicPromise(context);
  JS_NewClassID(&mr_pointer_class);
  JS_NewClassID(&mr_arguments_class);
  if (JS_NewClass(runtime, mr_pointer_class, &pointer_class) ||
      JS_NewClass(runtime, mr_arguments_class, &arguments_class))
    return -1;
  JSValue global = JS_GetGlobalObject(context), native = JS_NewObject(context);
  JS_SetPropertyFunctionList(context, native, members, sizeof members / sizeof *members);
  JSAtom atom = JS_NewAtom(context, "errno");
  JS_DefinePropertyGetSet(context, native, atom, JS_NewCFunction(context, get_errno, "errno", 0),
                          JS_NewCFunction(context, set_errno, "errno", 1),
                          JS_PROP_CONFIGURABLE | JS_PROP_ENUMERABLE);
  JS_FreeAtom(context, atom);
  JSValue pointer_proto = JS_NewObject(context), pointer = JS_NewObject(context);
  JS_SetPropertyFunctionList(context, pointer_proto, pointer_members,
                             sizeof pointer_members / sizeof *pointer_members);
  JS_SetPropertyStr(context, pointer, "prototype", JS_DupValue(context, pointer_proto));
  JS_SetPropertyStr(context, native, "Pointer", pointer);
  JS_SetClassProto(context, mr_pointer_class, pointer_proto);
  JSValue argument_proto = JS_NewObject(context);
  JS_SetPropertyFunctionList(context, argument_proto, argument_members,
                             sizeof argument_members / sizeof *argument_members);
  JS_SetClassProto(context, mr_arguments_class, argument_proto);
  JS_SetPropertyStr(context, native, "program",
                    JS_NewString(context, mr.process ? mr.process->program : ""));
  int failed = JS_SetPropertyStr(context, global, "__mr", native) < 0 ? -1 : 0;
  JS_FreeValue(context, global);
  return failed;
}
