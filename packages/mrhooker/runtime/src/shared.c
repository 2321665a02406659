/* Counters and histograms, a shard in each thread's segment; maps, common to all processes. */

#include "priv.h"
#include <string.h>

static uint64_t *cells_of(mr_segment *segment) {
  return segment->counts + (uint64_t)mr.session->function_count * MR_REASONS;
}

/* What a counter's add is. */
JSValue mr_call_adder(JSContext *context, uint32_t cell, int argc, JSValueConst *argv) {
  uint64_t n = 1;
  if (argc > 0 && !mr_slot_of_integer(argv[0], 'l', (mr_slot *)&n) && !JS_IsUndefined(argv[0]) &&
      mr_to_integer(context, argv[0], &n))
    return JS_EXCEPTION;
  mr_thread_of(context)->cells[cell] += n;
  return JS_UNDEFINED;
}

/* The sum over all threads, those that have ended included. While the launcher moves a thread's
 * part to the totals it would be seen in both: then once more. */
uint64_t mr_cell_read(uint32_t cell) {
  mr_session *session = mr.session;
  for (int attempt = 0; attempt < 1000; attempt++) {
    uint32_t before = atomic_load(&session->merges);
    if (before & 1) {
      __builtin_ia32_pause();
      continue;
    }
    uint64_t *totals = (uint64_t *)((char *)session + session->totals_offset);
    uint64_t sum = totals[(uint64_t)session->function_count * MR_REASONS + cell];
    for (uint32_t i = 0; i < session->segment_count; i++) {
      mr_segment *segment = (mr_segment *)((char *)session + session->segment_offset +
                                           (uint64_t)i * session->segment_size);
      if (atomic_load_explicit(&segment->state, memory_order_acquire) == MR_SEGMENT_FREE)
        continue;
      sum += cells_of(segment)[cell];
    }
    if (atomic_load(&session->merges) == before)
      return sum;
  }
  return 0;
}

static uint64_t hash_of(const char *key, size_t size) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < size; i++)
    hash = (hash ^ (uint8_t)key[i]) * 0x100000001b3u;
  return hash ^ hash >> 29;
}

/* An entry is written in full before its offset is put into the slot: a writer that is killed
 * half-way leaves unused bytes, and nobody ever waits. */
mr_map_entry *mr_map_find(mr_map *map, const char *key, size_t size, bool insert) {
  uint64_t hash = hash_of(key, size);
  char *entries = (char *)&map->slots[map->capacity];
  uint64_t fresh = 0;
  for (uint32_t probe = 0; probe < map->capacity; probe++) {
    _Atomic uint64_t *slot = &map->slots[(hash + probe) & (map->capacity - 1)];
    uint64_t offset = atomic_load_explicit(slot, memory_order_acquire);
    if (!offset) {
      if (!insert)
        return NULL;
      if (!fresh) {
        uint64_t needed = (sizeof(mr_map_entry) + size + 7) & ~7ull;
        uint64_t begin = atomic_fetch_add(&map->allocated, needed);
        if (begin + needed > map->entries_size) {
          atomic_fetch_add(&map->overflow, 1);
          return NULL;
        }
        mr_map_entry *entry = (mr_map_entry *)(entries + begin);
        entry->hash = hash;
        entry->value = 0;
        entry->size = (uint32_t)size;
        memcpy(entry->key, key, size);
        fresh = begin + 1;
      }
      if (atomic_compare_exchange_strong(slot, &offset, fresh)) {
        atomic_fetch_add(&map->used, 1);
        return (mr_map_entry *)(entries + fresh - 1);
      }
    }
    mr_map_entry *entry = (mr_map_entry *)(entries + offset - 1);
    if (entry->hash == hash && entry->size == size && !memcmp(entry->key, key, size))
      return entry;
  }
  if (insert)
    atomic_fetch_add(&map->overflow, 1);
  return NULL;
}
