/* __mr: pointers, and the memory behind them. */

#include "priv.h"
#include <stdio.h>
#include <string.h>

static JSValue bad_memory(JSContext *context, const void *address, size_t size, const char *what) {
  JSValue error = JS_NewError(context);
  char text[128];
  snprintf(text, sizeof text, "%zu byte%s at %p can't be %s", size, size == 1 ? "" : "s", address,
           what);
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

MR_NATIVE_FUNCTION(native_peek) {
  char *address, kind;
  if (place(context, argv[0], argv[1], &address) || kind_of(context, argv[2], &kind))
    return JS_EXCEPTION;
  mr_slot slot = {0};
  size_t size = size_of_kind(kind);
  if (!mr_readable(mr_thread_of(context), address, size))
    return bad_memory(context, address, size, "read");
  memcpy(&slot, address, size);
  return mr_from_slot(context, &slot, kind, argc > 3 ? argv[3] : JS_UNDEFINED, NULL);
}

MR_NATIVE_FUNCTION(native_poke) {
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

MR_NATIVE_FUNCTION(native_bytes) {
  char *address;
  int64_t size;
  if (place(context, argv[0], argv[1], &address) || JS_ToInt64(context, &size, argv[2]))
    return JS_EXCEPTION;
  if (size < 0 || size > (1 << 30))
    return JS_ThrowRangeError(context, "%ld bytes", (long)size);
  if (!mr_readable(mr_thread_of(context), address, (size_t)size))
    return bad_memory(context, address, (size_t)size, "read");
  return JS_NewArrayBufferCopy(context, (uint8_t *)address, (size_t)size);
}

/* UTF-8 in which every byte that belongs to no character has become U+FFFD. */
JSValue mr_lenient_text(JSContext *context, const char *bytes, size_t size) {
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
  mr_thread *thread = mr_thread_of(context);
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

MR_NATIVE_FUNCTION(native_text) {
  char *address;
  if (place(context, argv[0], argv[1], &address))
    return JS_EXCEPTION;
  if (argc > 2 && !JS_IsUndefined(argv[2])) {
    int64_t size;
    if (JS_ToInt64(context, &size, argv[2]))
      return JS_EXCEPTION;
    if (size < 0 || size > (1 << 30))
      return JS_ThrowRangeError(context, "%ld bytes", (long)size);
    if (!mr_readable(mr_thread_of(context), address, (size_t)size))
      return bad_memory(context, address, (size_t)size, "read");
    return mr_lenient_text(context, address, (size_t)size);
  }
  ssize_t length = mr_string_length(mr_thread_of(context), address, 16 << 20);
  if (length < 0)
    return bad_memory(context, address, 1, "read as a string");
  return mr_lenient_text(context, address, (size_t)length);
}

MR_NATIVE_FUNCTION(native_write) {
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

MR_NATIVE_FUNCTION(native_pointer) {
  uint64_t address;
  if (mr_get_address(context, argv[0], &address))
    return JS_EXCEPTION;
  return mr_new_pointer(context, (void *)address, argc > 1 ? argv[1] : JS_UNDEFINED);
}

MR_NATIVE_FUNCTION(native_address) {
  uint64_t address;
  return mr_get_address(context, argv[0], &address) ? JS_EXCEPTION : mr_from_u64(context, address);
}

MR_NATIVE_FUNCTION(native_offset) {
  char *address;
  if (place(context, argv[0], argv[1], &address))
    return JS_EXCEPTION;
  return mr_new_pointer(context, address, argc > 2 ? argv[2] : JS_UNDEFINED);
}

MR_NATIVE_FUNCTION(native_alloc) {
  mr_thread *thread = mr_thread_of(context);
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

MR_NATIVE_FUNCTION(native_free) {
  uint64_t address;
  if (mr_get_address(context, argv[0], &address))
    return JS_EXCEPTION;
  mr_heap_free(&mr_thread_of(context)->heap, (void *)address);
  return JS_UNDEFINED;
}

MR_NATIVE_FUNCTION(pointer_to_string) {
  char text[32];
  snprintf(text, sizeof text, "0x%lx", (unsigned long)JS_GetOpaque(this_value, mr_pointer_class));
  return JS_NewString(context, text);
}

static const JSCFunctionListEntry members[] = {
    JS_CFUNC_DEF("pointer", 2, native_pointer), JS_CFUNC_DEF("address", 1, native_address),
    JS_CFUNC_DEF("offset", 2, native_offset),   JS_CFUNC_DEF("peek", 3, native_peek),
    JS_CFUNC_DEF("poke", 4, native_poke),       JS_CFUNC_DEF("bytes", 3, native_bytes),
    JS_CFUNC_DEF("text", 2, native_text),       JS_CFUNC_DEF("write", 3, native_write),
    JS_CFUNC_DEF("alloc", 1, native_alloc),     JS_CFUNC_DEF("free", 1, native_free),
};
const mr_members mr_members_memory = {members, sizeof members / sizeof *members};

static const JSCFunctionListEntry pointer_members[] = {
    JS_CFUNC_DEF("toString", 0, pointer_to_string),
};
const mr_members mr_members_pointer = {pointer_members, 1};
