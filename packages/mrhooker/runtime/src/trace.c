/* Calls that are told without script code: a hook has a list of what is read of each argument, and
 * what was read leaves as bytes. The launcher, which knows the types, makes values of them.
 * docs/formats/mrhooker-session.md has the record. */

#include "priv.h"
#include <string.h>
#include <time.h>

/* What is read, as src/trace/plan.ts numbers it. */
enum read {
  READ_VALUE,   /* the slot */
  READ_TEXT,    /* up to a NUL */
  READ_BYTES,   /* as many as another argument says, or as one element has */
  READ_STRINGS, /* a vector of pointers to texts that ends with a null pointer */
  READ_FURTHER, /* a word behind the arguments that the signature names */
};
enum { RESULT = 255, ONE = 255 };
/* What follows of a value, see the format. */
enum { IS_VALUE, IS_BYTES, IS_BAD, IS_LIST };
enum { MOST_STRINGS = 16, NAME = 255, ON_STACK = 4096 };

typedef struct capture {
  uint8_t argument, read, count; /* count: the argument that says how many elements; ONE */
  bool after, by_result;         /* by_result: no more than the result says */
  uint32_t element, limit;       /* bytes */
} capture;

struct mr_trace {
  uint32_t id, frames, count;
  size_t capacity; /* bytes that a record may need */
  bool begin_only;
  capture captures[];
};

typedef struct header {
  uint32_t id;
  int32_t error;
  uint64_t begin;
  int64_t length; /* -1: the call doesn't come back as others do */
  uint32_t frames, reserved;
} header;

typedef struct writer {
  mr_thread *thread;
  char *at, *end;
} writer;

static void put(writer *out, const void *bytes, size_t size) {
  if ((size_t)(out->end - out->at) < size) {
    out->end = out->at; /* what comes later would be read as something else */
    return;
  }
  memcpy(out->at, bytes, size);
  out->at += size;
}

static void put_value(writer *out, uint64_t value) {
  char item[9] = {IS_VALUE};
  memcpy(item + 1, &value, 8);
  put(out, item, sizeof item);
}

static void put_bad(writer *out, uint64_t value) {
  char item[9] = {IS_BAD};
  memcpy(item + 1, &value, 8);
  put(out, item, sizeof item);
}

static bool copy(writer *out, uint64_t address, void *into, size_t size) {
  if (!mr_readable(out->thread, (const void *)address, size))
    return false;
  memcpy(into, (const void *)address, size);
  return true;
}

/* IS_BYTES, address, how many there are, how many follow. */
static char *begin_bytes(writer *out) {
  char *start = out->at;
  out->at += 1 + 8 + 8 + 4;
  return out->at > out->end ? out->at = start, out->end = start, NULL : start;
}

static void end_bytes(char *start, uint64_t address, uint64_t all, uint32_t here) {
  *start = IS_BYTES;
  memcpy(start + 1, &address, 8);
  memcpy(start + 9, &all, 8);
  memcpy(start + 17, &here, 4);
}

static void put_bytes(writer *out, uint64_t address, uint64_t all, size_t limit) {
  size_t size = all < limit ? all : limit;
  char *start = begin_bytes(out);
  if (!start)
    return;
  if (size > (size_t)(out->end - out->at))
    size = (size_t)(out->end - out->at);
  if (!copy(out, address, out->at, size)) {
    out->at = start;
    put_bad(out, address);
    return;
  }
  out->at += size;
  end_bytes(start, address, all, (uint32_t)size);
}

/* Of a text that is longer than the limit one byte more is said to be there. */
static void put_text(writer *out, uint64_t address, size_t limit) {
  char *start = begin_bytes(out);
  if (!start)
    return;
  size_t room = (size_t)(out->end - out->at), size = 0;
  if (limit > room)
    limit = room;
  while (size < limit) {
    /* A page at a time: the next may not be there, and needn't be. */
    size_t step = 4096 - ((address + size) & 4095);
    if (step > limit - size)
      step = limit - size;
    const char *from = (const char *)address + size;
    if (!mr_readable(out->thread, from, step)) {
      out->at = start;
      put_bad(out, address);
      return;
    }
    const char *end = memchr(from, 0, step);
    if (end)
      step = (size_t)(end - from);
    memcpy(out->at + size, from, step);
    if (end) {
      size += step;
      out->at += size;
      end_bytes(start, address, size, (uint32_t)size);
      return;
    }
    size += step;
  }
  out->at += size;
  end_bytes(start, address, size + 1, (uint32_t)size);
}

/* IS_LIST, whether there are more, how many follow. */
static void put_strings(writer *out, uint64_t address, size_t limit) {
  char item[3] = {IS_LIST};
  char *start = out->at;
  put(out, item, sizeof item);
  for (int i = 0;; i++) {
    uint64_t text;
    if (!copy(out, address + 8u * (unsigned)i, &text, 8)) {
      out->at = start;
      put_bad(out, address);
      return;
    }
    bool more = i == MOST_STRINGS;
    if (!text || more) {
      item[1] = more;
      item[2] = (char)i;
      if (out->at > start)
        memcpy(start, item, sizeof item);
      return;
    }
    put_text(out, text, limit);
  }
}

/* An argument as the hooked function's family has it; absent in this alias: 0. */
static uint64_t slot_of(const mr_frame *frame, uint8_t argument) {
  if (argument == RESULT)
    return frame->result->u;
  int j = mr_alias_argument(frame->function, frame->binding->argument_count, argument);
  return j < 0 ? 0 : frame->args[j].u;
}

static void take(writer *out, const mr_frame *frame, const capture *what) {
  if (what->read == READ_FURTHER) {
    const uint64_t *word = frame->registers ? mr_further_word(frame, what->argument) : NULL;
    put_value(out, word ? *word : 0);
    return;
  }
  uint64_t value = slot_of(frame, what->argument);
  if (what->read == READ_VALUE || !value) {
    put_value(out, value);
    return;
  }
  if (what->read == READ_STRINGS) {
    put_strings(out, value, what->limit);
    return;
  }
  if (what->read == READ_TEXT) {
    /* A result of NULL: nothing was written there. */
    if (what->by_result && !frame->result->u)
      put_value(out, value);
    else
      put_text(out, value, what->limit);
    return;
  }
  int64_t count = what->count == ONE ? 1 : (int64_t)slot_of(frame, what->count);
  if (what->by_result) {
    char kind = frame->binding->kinds[0];
    int64_t result = kind == 'i' ? (int32_t)frame->result->u : frame->result->i;
    count = result < count ? result : count;
  }
  if (count < 0)
    put_value(out, value);
  else
    put_bytes(out, value,
              (uint64_t)count < UINT32_MAX ? (uint64_t)count * what->element : (uint64_t)count,
              what->limit);
}

static void put_frames(writer *out, const mr_frame *frame, uint32_t limit, header *head) {
  void *addresses[64];
  head->frames = mr_backtrace(frame, addresses, limit < 64 ? limit : 64);
  for (uint32_t i = 0; i < head->frames; i++) {
    mr_place_in_code place = mr_place_of(addresses[i]);
    size_t module = strnlen(place.module, NAME),
           symbol = place.symbol ? strnlen(place.symbol, NAME) : 0;
    uint64_t words[3] = {(uint64_t)addresses[i], place.offset, place.position};
    uint8_t sizes[3] = {(uint8_t)module, place.symbol != NULL, (uint8_t)symbol};
    put(out, words, sizeof words);
    put(out, sizes, sizeof sizes);
    put(out, place.module, module);
    if (place.symbol)
      put(out, place.symbol, symbol);
  }
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static char *room_for(mr_thread *thread, const mr_trace *trace, char *small, writer *out) {
  size_t size = trace->capacity;
  char *room = size <= ON_STACK ? small : mr_scratch_allocate(thread, size);
  if (!room)
    room = small, size = ON_STACK;
  *out = (writer){thread, room + sizeof(header), room + size};
  return room;
}

static void take_all(writer *out, const mr_frame *frame, const mr_trace *trace, bool after) {
  for (uint32_t i = 0; i < trace->count; i++)
    if (trace->captures[i].after == after)
      take(out, frame, &trace->captures[i]);
}

static void tell(mr_thread *thread, mr_frame *frame, const mr_trace *trace, header head, char *room,
                 writer *out) {
  if (trace->frames)
    put_frames(out, frame, trace->frames, &head);
  memcpy(room, &head, sizeof head);
  const void *part = room;
  size_t size = (size_t)(out->at - room);
  mr_emit_vector(thread, MR_TRACE, frame->function->index, &part, &size, 1);
}

/* A hook that tells a call and its result. */
void mr_run_traced(mr_thread *thread, mr_frame *frame, mr_hook *hook) {
  const mr_trace *trace = hook->trace;
  char small[ON_STACK];
  writer out;
  mr_hook *outer = frame->hook;
  uint8_t outer_busy = thread->busy;
  frame->hook = hook;
  thread->busy = frame->busy = MR_SCRIPT;
  char *room = room_for(thread, trace, small, &out);
  take_all(&out, frame, trace, false);
  header head = {.id = trace->id, .begin = now()};
  mr_run_inner(thread, frame, hook);
  if (!frame->exception) {
    head.length = (int64_t)(now() - head.begin);
    head.error = frame->saved_errno;
    frame->hook = hook;
    thread->busy = frame->busy = MR_SCRIPT;
    take_all(&out, frame, trace, true);
    tell(thread, frame, trace, head, room, &out);
  }
  frame->hook = outer;
  thread->busy = frame->busy = outer_busy;
}

/* The same of a call that does not come back as others do. */
void mr_trace_begin(mr_thread *thread, mr_frame *frame, mr_hook *hook) {
  char small[ON_STACK];
  writer out;
  char *room = room_for(thread, hook->trace, small, &out);
  take_all(&out, frame, hook->trace, false);
  tell(thread, frame, hook->trace, (header){.id = hook->trace->id, .begin = now(), .length = -1},
       room, &out);
}

/* From what a script gives: the number by which the launcher knows the function, frames of the
 * stack, 1 for one whose begin alone is seen, and for each value argument, read, count, after,
 * by_result, element, limit. */
mr_trace *mr_trace_new(JSContext *context, JSValueConst list) {
  enum { FIRST = 3, EACH = 7 };
  mr_thread *thread = mr_thread_of(context);
  uint32_t numbers[FIRST + EACH * 2 * MR_MAX_ARGUMENTS], length = 0;
  JSValue size = JS_GetPropertyStr(context, list, "length");
  int failed = JS_ToUint32(context, &length, size);
  JS_FreeValue(context, size);
  if (failed)
    return NULL;
  if (length < FIRST || (length - FIRST) % EACH || length > sizeof numbers / sizeof *numbers) {
    JS_ThrowTypeError(context, "not a list of what is to be told");
    return NULL;
  }
  for (uint32_t i = 0; i < length; i++) {
    JSValue number = JS_GetPropertyUint32(context, list, i);
    failed = JS_ToUint32(context, &numbers[i], number);
    JS_FreeValue(context, number);
    if (failed)
      return NULL;
  }
  uint32_t count = (length - FIRST) / EACH;
  mr_trace *trace = mr_heap_allocate(&thread->heap, sizeof *trace + count * sizeof(capture));
  if (!trace) {
    JS_ThrowOutOfMemory(context);
    return NULL;
  }
  *trace =
      (mr_trace){.id = numbers[0], .frames = numbers[1], .count = count, .begin_only = numbers[2]};
  size_t most = mr.session->ring_size / 4;
  trace->capacity = sizeof(header) + trace->frames * (27u + 2u * NAME);
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t *n = numbers + FIRST + i * EACH;
    trace->captures[i] = (capture){.argument = (uint8_t)n[0],
                                   .read = (uint8_t)n[1],
                                   .count = (uint8_t)n[2],
                                   .after = n[3] != 0,
                                   .by_result = n[4] != 0,
                                   .element = n[5],
                                   .limit = n[6] < most ? n[6] : (uint32_t)most};
    trace->capacity +=
        24u + (size_t)trace->captures[i].limit * (n[1] == READ_STRINGS ? MOST_STRINGS + 1 : 1);
  }
  if (trace->capacity > most)
    trace->capacity = most;
  return trace;
}

bool mr_trace_begin_only(const mr_trace *trace) { return trace->begin_only; }
