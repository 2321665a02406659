/* __mr: counters, histograms, maps. */

#include "priv.h"

/* As everywhere, exact: a bigint where a number would lose digits. */
static JSValue exact(JSContext *context, uint64_t value) {
  return mr_from_slot(context, &(mr_slot){.u = value}, 'l', JS_UNDEFINED, NULL);
}

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

MR_NATIVE_FUNCTION(native_counter_add) {
  const mr_shared *counter = shared_of(context, argv[0], MR_COUNTER);
  uint64_t n;
  if (!counter || mr_to_integer(context, argv[1], &n))
    return JS_EXCEPTION;
  mr_thread_of(context)->cells[(uint32_t)counter->offset] += n;
  return JS_UNDEFINED;
}

MR_NATIVE_FUNCTION(native_counter_adder) {
  const mr_shared *counter = shared_of(context, argv[0], MR_COUNTER);
  if (!counter)
    return JS_EXCEPTION;
  return mr_engine_callable(context, mr_adder_class, "add", 0, (void *)counter->offset);
}

MR_NATIVE_FUNCTION(native_counter_read) {
  const mr_shared *counter = shared_of(context, argv[0], MR_COUNTER);
  return counter ? exact(context, mr_cell_read((uint32_t)counter->offset)) : JS_EXCEPTION;
}

MR_NATIVE_FUNCTION(native_histogram_add) {
  const mr_shared *histogram = shared_of(context, argv[0], MR_HISTOGRAM);
  double value;
  if (!histogram || JS_ToFloat64(context, &value, argv[1]))
    return JS_EXCEPTION;
  uint64_t whole = value >= 1 ? value < 9.2e18 ? (uint64_t)value : 1ull << 62 : 0;
  uint32_t bucket = whole ? 64 - (uint32_t)__builtin_clzll(whole) : 0;
  mr_thread_of(context)->cells[(uint32_t)histogram->offset + bucket] += 1;
  return JS_UNDEFINED;
}

MR_NATIVE_FUNCTION(native_histogram_read) {
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

MR_NATIVE_FUNCTION(native_map_add) {
  bool failed;
  uint64_t n;
  if (mr_to_integer(context, argv[2], &n))
    return JS_EXCEPTION;
  mr_map_entry *entry = entry_of(context, argv[0], argv[1], true, &failed);
  if (failed)
    return JS_EXCEPTION;
  return entry ? exact(context, atomic_fetch_add(&entry->value, n) + n)
               : JS_NewFloat64(context, __builtin_nan(""));
}

MR_NATIVE_FUNCTION(native_map_get) {
  bool failed;
  mr_map_entry *entry = entry_of(context, argv[0], argv[1], false, &failed);
  if (failed)
    return JS_EXCEPTION;
  return entry ? exact(context, atomic_load(&entry->value)) : JS_UNDEFINED;
}

MR_NATIVE_FUNCTION(native_map_swap) {
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

MR_NATIVE_FUNCTION(native_map_entries) {
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
    JS_SetPropertyUint32(context, pair, 0, mr_lenient_text(context, entry->key, entry->size));
    JS_SetPropertyUint32(context, pair, 1, exact(context, atomic_load(&entry->value)));
    JS_SetPropertyUint32(context, list, count++, pair);
  }
  return list;
}

MR_NATIVE_FUNCTION(native_map_overflow) {
  const mr_shared *shared = shared_of(context, argv[0], MR_MAP);
  return shared ? JS_NewInt64(
                      context,
                      atomic_load(&((mr_map *)((char *)mr.session + shared->offset))->overflow))
                : JS_EXCEPTION;
}

static const JSCFunctionListEntry members[] = {
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
const mr_members mr_members_shared = {members, sizeof members / sizeof *members};
