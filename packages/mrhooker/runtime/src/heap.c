/* The engine's memory: size classes over pages of its own, one heap a thread, so that neither the
 * target's malloc nor a lock is touched. Blocks have a header of 8 bytes; what is handed out is
 * aligned to 16. With AddressSanitizer all else is closed: headers, what is free, what is new. */

#include "../x86-64/syscall.h"
#include "priv.h"
#include <string.h>
#include <sys/mman.h>

/* Addresses are taken in large chunks, which the kernel gives back at once (a small one page by
 * page, each some 15 µs); memory is taken in steps, the first of which a small script uses up. */
enum { CHUNK = 256 << 10, FIRST_STEP = 96 << 10, STEP = 16 << 10, LARGE = 16 << 10, CLASSES = 64 };

typedef struct mr_chunk {
  struct mr_chunk *next, *previous;
  size_t size;
  size_t pad;
} mr_chunk;

typedef struct block {
  uint64_t size_class; /* < CLASSES; otherwise a large block's usable size */
  char data[];
} block;

/* Pages that are used at once are asked for at once: a page fault each costs many times as much. */
void *mr_pages(size_t size, bool at_once) {
  long result = mr_syscall6(SYS_mmap, 0, (long)size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | (at_once ? MAP_POPULATE : 0), -1, 0);
  return result < 0 && result > -4096 ? NULL : (void *)result;
}

void mr_pages_free(void *pages, size_t size) {
  MR_OPEN(pages, size);
  mr_syscall3(SYS_munmap, pages, size, 0);
}

/* Classes: usable sizes 24, 40, 56 … 504 (steps of 16: 31 classes), then steps of a quarter of a
 * power of two. */
static unsigned class_of(size_t size) {
  if (size <= 504)
    return size <= 24 ? 0 : (unsigned)((size - 24 + 15) / 16);
  size_t whole = size + 8;
  unsigned log = 63 - (unsigned)__builtin_clzl(whole - 1); /* 2^log < whole <= 2^(log+1) */
  unsigned quarter = (unsigned)((whole - 1 - (1ul << log)) >> (log - 2));
  return 31 + (log - 9) * 4 + quarter;
}

static size_t size_of(unsigned class) {
  if (class < 31)
    return 24 + 16ul * class;
  unsigned log = 9 + (class - 31) / 4, quarter = (class - 31) % 4;
  return (1ul << log) + ((quarter + 1ul) << (log - 2)) - 8;
}

static void link_chunk(mr_heap *heap, mr_chunk *chunk, size_t size) {
  chunk->size = size;
  chunk->next = heap->chunks;
  chunk->previous = NULL;
  if (heap->chunks)
    heap->chunks->previous = chunk;
  heap->chunks = chunk;
  heap->mapped += size;
}

/* Memory for what comes next in the newest chunk, in one go: a page fault for each page costs many
 * times as much. Kernels before 5.14 refuse, and take it page by page. */
static void touch(mr_heap *heap, char *end) {
  if (end > heap->end)
    end = heap->end;
  end = (char *)((uintptr_t)end & ~4095ul);
  mr_syscall3(SYS_madvise, heap->touched, end - heap->touched, MADV_POPULATE_WRITE);
  heap->touched = end;
}

MR_MANAGER void *mr_heap_allocate(mr_heap *heap, size_t size) {
  if (size > LARGE) {
    size_t whole = (size + sizeof(mr_chunk) + sizeof(block) + 8 + 4095) & ~4095ul;
    mr_chunk *chunk = whole < size ? NULL : mr_pages(whole, false);
    if (!chunk)
      return NULL;
    link_chunk(heap, chunk, whole);
    block *large = (block *)((char *)heap->chunks + sizeof(mr_chunk) + 8);
    large->size_class = whole - sizeof(mr_chunk) - 16;
    MR_CLOSE(large, sizeof *large);
    heap->used += whole;
    return large->data;
  }
  unsigned class = class_of(size);
  void **free = heap->free[class];
  if (free) {
    heap->free[class] = *free;
    heap->used += size_of(class) + 8;
    MR_OPEN(free, size_of(class));
    return free;
  }
  size_t whole = size_of(class) + 8;
  if ((size_t)(heap->end - heap->next) < whole) {
    /* What is left of the old chunk is lost; it is less than one block of the larger classes. */
    char *chunk = mr_pages(CHUNK, false);
    if (!chunk)
      return NULL;
    size_t step = heap->chunks ? STEP : FIRST_STEP;
    heap->touched = chunk;
    heap->end = chunk + CHUNK;
    touch(heap, chunk + step);
    link_chunk(heap, (mr_chunk *)chunk, CHUNK);
    heap->next = chunk + sizeof(mr_chunk) + 8;
    MR_CLOSE(heap->next, (size_t)(heap->end - heap->next));
  }
  block *fresh = (block *)heap->next;
  heap->next += whole;
  if (heap->next > heap->touched)
    touch(heap, heap->next + STEP);
  heap->used += whole;
  fresh->size_class = class;
  MR_OPEN(fresh->data, size_of(class));
  return fresh->data;
}

MR_MANAGER void mr_heap_free(mr_heap *heap, void *data) {
  if (!data)
    return;
  block *freed = (block *)((char *)data - sizeof(block));
  if (freed->size_class < CLASSES) {
    heap->used -= size_of((unsigned)freed->size_class) + 8;
    *(void **)data = heap->free[freed->size_class];
    heap->free[freed->size_class] = data;
    MR_CLOSE(data, size_of((unsigned)freed->size_class));
    return;
  }
  mr_chunk *chunk = (mr_chunk *)((char *)freed - sizeof(mr_chunk) - 8);
  if (chunk->previous)
    chunk->previous->next = chunk->next;
  else
    heap->chunks = chunk->next;
  if (chunk->next)
    chunk->next->previous = chunk->previous;
  heap->used -= chunk->size;
  heap->mapped -= chunk->size;
  mr_pages_free(chunk, chunk->size);
}

/* Bytes of memory that it has taken. */
size_t mr_heap_taken(const mr_heap *heap) {
  return heap->mapped - (size_t)(heap->end - heap->touched);
}

MR_MANAGER size_t mr_heap_usable(const void *data) {
  const block *asked = (const block *)((const char *)data - sizeof(block));
  return asked->size_class < CLASSES ? size_of((unsigned)asked->size_class) : asked->size_class;
}

void *mr_heap_resize(mr_heap *heap, void *data, size_t size) {
  if (!data)
    return mr_heap_allocate(heap, size);
  size_t usable = mr_heap_usable(data);
  if (size <= usable && (usable <= LARGE || size > usable / 2))
    return data;
  void *fresh = mr_heap_allocate(heap, size);
  if (!fresh)
    return NULL;
  memcpy(fresh, data, size < usable ? size : usable);
  mr_heap_free(heap, data);
  return fresh;
}

void mr_heap_drop(mr_heap *heap) {
  for (mr_chunk *chunk = heap->chunks, *next; chunk; chunk = next) {
    next = chunk->next;
    mr_pages_free(chunk, chunk->size);
  }
  memset(heap, 0, sizeof *heap);
}
