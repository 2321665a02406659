/* Between the slots of native calls and the engine's values. docs/formats/mrhooker-stub.md has the
 * table. */

#include "priv.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

JSClassID mr_pointer_class, mr_arguments_class, mr_function_class, mr_adder_class;

static const int64_t exact = 1ll << 53;

JSValue mr_from_u64(JSContext *context, uint64_t value) {
  return value <= (uint64_t)exact ? JS_NewInt64(context, (int64_t)value)
                                  : JS_NewBigUint64(context, value);
}

static JSValue from_i64(JSContext *context, int64_t value) {
  return value <= exact && value >= -exact ? JS_NewInt64(context, value)
                                           : JS_NewBigInt64(context, value);
}

JSValue mr_new_pointer(JSContext *context, const void *address, JSValueConst proto) {
  if (!address)
    return JS_NULL;
  JSValue pointer = JS_IsObject(proto) ? JS_NewObjectProtoClass(context, proto, mr_pointer_class)
                                       : JS_NewObjectClass(context, (int)mr_pointer_class);
  if (!JS_IsException(pointer))
    JS_SetOpaque(pointer, (void *)address);
  return pointer;
}

JSValue mr_from_slot(JSContext *context, const mr_slot *slot, char kind, JSValueConst proto,
                     JSValue *pool) {
  switch (kind) {
  case 'v':
    return JS_UNDEFINED;
  case 'b':
    return JS_NewBool(context, slot->u & 0xff);
  case 'c':
    return JS_NewInt32(context, (int8_t)slot->u);
  case 'C':
    return JS_NewInt32(context, (uint8_t)slot->u);
  case 's':
    return JS_NewInt32(context, (int16_t)slot->u);
  case 'S':
    return JS_NewInt32(context, (uint16_t)slot->u);
  case 'i':
    return JS_NewInt32(context, (int32_t)slot->u);
  case 'I':
    return JS_NewInt64(context, (uint32_t)slot->u);
  case 'l':
    return from_i64(context, slot->i);
  case 'L':
    return mr_from_u64(context, slot->u);
  case 'f':
    return JS_NewFloat64(context, (double)slot->f);
  case 'd':
    return JS_NewFloat64(context, slot->d);
  default:
    break;
  }
  if (!slot->p)
    return JS_NULL;
  if (pool && mr_engine_reuse(*pool, slot->p))
    return JS_DupValue(context, *pool);
  JSValue pointer = mr_new_pointer(context, slot->p, proto);
  if (pool && !JS_IsException(pointer)) {
    JS_FreeValue(context, *pool);
    *pool = JS_DupValue(context, pointer);
  }
  return pointer;
}

static int too_large(JSContext *context, JSValueConst value, int bits) {
  const char *text = JS_ToCString(context, value);
  JS_ThrowRangeError(context, "%s does not fit into an integer of %d bits",
                     text ? text : "the number", bits);
  if (text)
    JS_FreeCString(context, text);
  return -1;
}

/* What fits is what those bits mean with a sign or without one, as in C, where -1 is an unsigned
 * value, too, and 1 << 31 an int. */
static int to_integer(JSContext *context, JSValueConst value, int bits, uint64_t *out) {
  int tag = JS_VALUE_GET_NORM_TAG(value);
  uint64_t integer;
  bool negative;
  if (tag == JS_TAG_INT || tag == JS_TAG_BOOL) {
    integer = (uint64_t)(int64_t)JS_VALUE_GET_INT(value);
    negative = (int64_t)integer < 0;
  } else if (tag == JS_TAG_FLOAT64) {
    double number = JS_VALUE_GET_FLOAT64(value);
    if (number != number || number - number != 0 ||
        (number > -exact && number < exact && (double)(int64_t)number != number)) {
      JS_ThrowTypeError(context, "%g is not an integer", number);
      return -1;
    }
    negative = number < 0;
    if (number < -9223372036854775808.0 || number >= 18446744073709551616.0)
      return too_large(context, value, bits);
    integer = negative ? (uint64_t)(int64_t)number : (uint64_t)number;
  } else if (JS_IsBigInt(context, value)) {
    /* That takes it modulo 2^64. */
    if (JS_ToBigInt64(context, (int64_t *)&integer, value))
      return -1;
    JSValue as_signed = JS_NewBigInt64(context, (int64_t)integer),
            as_unsigned = JS_NewBigUint64(context, integer);
    negative = (int64_t)integer < 0 && JS_StrictEq(context, value, as_signed);
    bool same = negative || JS_StrictEq(context, value, as_unsigned);
    JS_FreeValue(context, as_signed);
    JS_FreeValue(context, as_unsigned);
    if (!same)
      return too_large(context, value, bits);
  } else if (tag == JS_TAG_OBJECT && JS_GetOpaque(value, mr_pointer_class)) {
    integer = (uint64_t)JS_GetOpaque(value, mr_pointer_class);
    negative = false;
  } else {
    const char *text = JS_ToCString(context, value);
    JS_ThrowTypeError(context, "expected an integer, got %s", text ? text : "something else");
    if (text)
      JS_FreeCString(context, text);
    return -1;
  }
  if (bits < 64 && (negative ? (int64_t)integer < -(1ll << (bits - 1)) : integer >> bits != 0))
    return too_large(context, value, bits);
  *out = integer;
  return 0;
}

/* A number that is a whole one, a bigint, a boolean or an address: 64 bits, signed or unsigned. */
int mr_to_integer(JSContext *context, JSValueConst value, uint64_t *out) {
  return to_integer(context, value, 64, out);
}

/* Memory that lives until the outermost hook of this thread ends. */
void *mr_scratch_allocate(mr_thread *thread, size_t size) {
  if (thread->scratch_count == thread->scratch_capacity) {
    uint32_t capacity = thread->scratch_capacity ? thread->scratch_capacity * 2 : 16;
    void **grown = mr_heap_resize(&thread->heap, thread->scratch, capacity * sizeof *grown);
    if (!grown)
      return NULL;
    thread->scratch = grown;
    thread->scratch_capacity = capacity;
  }
  if (thread->heap.used + size > mr.session->memory_limit)
    return NULL;
  void *block = mr_heap_allocate(&thread->heap, size ? size : 1);
  if (block)
    thread->scratch[thread->scratch_count++] = block;
  return block;
}

uint32_t mr_scratch_mark(mr_thread *thread) { return thread->scratch_count; }

void mr_scratch_release(mr_thread *thread, uint32_t mark) {
  while (thread->scratch_count > mark)
    mr_heap_free(&thread->heap, thread->scratch[--thread->scratch_count]);
}

/* What a script may give where native code takes an address. */
int mr_get_address(JSContext *context, JSValueConst value, uint64_t *address) {
  mr_thread *thread = JS_GetRuntimeOpaque(JS_GetRuntime(context));
  int tag = JS_VALUE_GET_NORM_TAG(value);
  *address = 0;
  if (tag == JS_TAG_NULL || tag == JS_TAG_UNDEFINED)
    return 0;
  if (tag == JS_TAG_OBJECT) {
    if ((*address = (uint64_t)JS_GetOpaque(value, mr_pointer_class)))
      return 0;
    size_t size, offset, length, element;
    uint8_t *bytes = JS_GetArrayBuffer(context, &size, value);
    if (bytes) {
      *address = (uint64_t)bytes;
      return 0;
    }
    JS_FreeValue(context, JS_GetException(context));
    JSValue buffer = JS_GetTypedArrayBuffer(context, value, &offset, &length, &element);
    if (!JS_IsException(buffer)) {
      bytes = JS_GetArrayBuffer(context, &size, buffer);
      JS_FreeValue(context, buffer);
      if (bytes) {
        *address = (uint64_t)(bytes + offset);
        return 0;
      }
    }
    JS_FreeValue(context, JS_GetException(context));
    bool promise = (int)JS_PromiseState(context, value) >= 0;
    JS_ThrowTypeError(context, promise ? "expected a pointer, got a promise: hooks can't wait"
                                       : "expected a pointer, got an object that is none");
    return -1;
  }
  if (tag == JS_TAG_STRING || tag == JS_TAG_STRING_ROPE) {
    size_t size;
    const char *text = JS_ToCStringLen(context, &size, value);
    if (!text)
      return -1;
    char *copy = mr_scratch_allocate(thread, size + 1);
    if (copy)
      memcpy(copy, text, size + 1);
    JS_FreeCString(context, text);
    if (!copy) {
      JS_ThrowOutOfMemory(context);
      return -1;
    }
    *address = (uint64_t)copy;
    return 0;
  }
  return mr_to_integer(context, value, address);
}

static int bits_of_kind(char kind) {
  switch (kind) {
  case 'c':
  case 'C':
    return 8;
  case 's':
  case 'S':
    return 16;
  case 'i':
  case 'I':
    return 32;
  default:
    return 64;
  }
}

int mr_to_slot(JSContext *context, JSValueConst value, char kind, uint32_t size, mr_slot *slot) {
  uint64_t integer;
  double number;
  int truth;
  switch (kind) {
  case 'v':
    return 0;
  case 'b':
    truth = JS_ToBool(context, value);
    if (truth < 0)
      return -1;
    slot->u = (uint64_t)truth;
    return 0;
  case 'f':
  case 'd':
    if (!JS_IsNumber(value) && !JS_IsBigInt(context, value)) {
      JS_ThrowTypeError(context, "expected a number");
      return -1;
    }
    if (JS_IsBigInt(context, value)) {
      const char *digits = JS_ToCString(context, value);
      if (!digits)
        return -1;
      number = strtod(digits, NULL);
      JS_FreeCString(context, digits);
    } else if (JS_ToFloat64(context, &number, value))
      return -1;
    if (kind == 'f')
      slot->u = 0, slot->f = (float)number;
    else
      slot->d = number;
    return 0;
  case 'p':
  case '{':
  case '!':
  case 'D':
    if (mr_get_address(context, value, &integer))
      return -1;
    slot->u = integer;
    if (kind != 'p' && !mr_readable(JS_GetRuntimeOpaque(JS_GetRuntime(context)), slot->p, size)) {
      JS_ThrowTypeError(context, "expected a pointer to a record of %u byte%s", size,
                        size == 1 ? "" : "s");
      return -1;
    }
    return 0;
  default:
    break;
  }
  if (to_integer(context, value, bits_of_kind(kind), &integer))
    return -1;
  /* A narrow one is as wide in its slot as in a register. */
  switch (kind) {
  case 'c':
    slot->i = (int8_t)integer;
    break;
  case 'C':
    slot->u = (uint8_t)integer;
    break;
  case 's':
    slot->i = (int16_t)integer;
    break;
  case 'S':
    slot->u = (uint16_t)integer;
    break;
  case 'i':
    slot->i = (int32_t)integer;
    break;
  case 'I':
    slot->u = (uint32_t)integer;
    break;
  default:
    slot->u = integer;
    break;
  }
  return 0;
}

/* "lip{16}L" to one character a value and the sizes of records. */
bool mr_parse_signature(mr_heap *heap, const char *signature, mr_binding *binding) {
  size_t length = strlen(signature);
  char *kinds = mr_heap_allocate(heap, length + 1);
  uint32_t *sizes = mr_heap_allocate(heap, (length + 1) * sizeof *sizes);
  if (!kinds || !sizes)
    return false;
  uint32_t count = 0;
  for (const char *at = signature; *at && count < MR_MAX_ARGUMENTS; at++) {
    char kind = *at;
    uint32_t size = kind == 'D' ? 16 : 0;
    if (kind == '!')
      at++;
    if (*at == '{')
      for (at++; *at && *at != '}'; at++)
        size = size * 10 + (uint32_t)(*at - '0');
    sizes[count] = size;
    kinds[count++] = kind;
    if (!*at)
      break;
  }
  kinds[count] = 0;
  binding->kinds = kinds;
  binding->sizes = sizes;
  binding->argument_count = (uint8_t)(count ? count - 1 : 0);
  binding->pool = mr_heap_allocate(heap, (count + 1) * sizeof(JSValue));
  if (!binding->pool)
    return false;
  for (uint32_t i = 0; i <= count; i++)
    binding->pool[i] = JS_UNDEFINED;
  return true;
}
