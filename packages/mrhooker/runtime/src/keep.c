/* Texts and bytes that a hook returns to native code: whoever gets the pointer may hold it for
 * ever. Each distinct content is kept once, for the process's life. Threads add without a lock. */

#include "../x86-64/syscall.h"
#include "priv.h"
#include <string.h>

enum { BUCKETS = 1024, CHUNK = 64 << 10 };

typedef struct kept {
  struct kept *next;
  uint64_t hash;
  size_t size;
  char bytes[]; /* and a NUL */
} kept;

typedef struct chunk {
  size_t size;
  _Atomic size_t used;
} chunk;

static _Atomic(kept *) buckets[BUCKETS];
static _Atomic(chunk *) newest;
static _Atomic size_t total;

static void *allocate(size_t size) {
  size = (size + 15) & ~15ul;
  if (atomic_fetch_add(&total, size) + size > mr.session->memory_limit) {
    atomic_fetch_sub(&total, size);
    return NULL;
  }
  chunk *current = atomic_load(&newest);
  if (current) {
    size_t begin = atomic_fetch_add(&current->used, size);
    if (begin + size <= current->size)
      return (char *)current + begin;
  }
  size_t whole = size + sizeof *current > CHUNK ? size + sizeof *current : CHUNK;
  chunk *fresh = mr_pages((whole + 4095) & ~4095ul, false);
  if (!fresh)
    return NULL;
  fresh->size = (whole + 4095) & ~4095ul;
  fresh->used = sizeof *fresh + size;
  atomic_store(&newest, fresh);
  return fresh + 1;
}

/* The place where these bytes are kept, with a NUL behind them; NULL: no memory. */
const char *mr_keep(const char *bytes, size_t size) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < size; i++)
    hash = (hash ^ (uint8_t)bytes[i]) * 0x100000001b3u;
  _Atomic(kept *) *bucket = &buckets[(hash ^ hash >> 32) % BUCKETS];
  kept *first = atomic_load_explicit(bucket, memory_order_acquire);
  for (kept *entry = first; entry; entry = entry->next)
    if (entry->hash == hash && entry->size == size && !memcmp(entry->bytes, bytes, size))
      return entry->bytes;
  kept *fresh = allocate(sizeof *fresh + size + 1);
  if (!fresh)
    return NULL;
  fresh->hash = hash;
  fresh->size = size;
  memcpy(fresh->bytes, bytes, size);
  fresh->bytes[size] = 0;
  /* Two threads may keep the same text at once: then it is there twice. */
  fresh->next = first;
  while (!atomic_compare_exchange_weak(bucket, &fresh->next, fresh)) {
  }
  return fresh->bytes;
}
