/* Hooks that fail: how long one may run, and what is told of it. */

#include "priv.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* The engine asks every ten thousand steps. The limit counts from the first time that it asks in
 * this stretch of script code, so that hooks that are quick never look at the clock. */
int mr_poll(JSRuntime *runtime, void *opaque) {
  (void)runtime;
  mr_thread *thread = opaque;
  uint64_t time = now();
  if (!thread->deadline) {
    thread->deadline = time + (uint64_t)mr.session->time_limit * 1000000u;
    return 0;
  }
  if (time < thread->deadline)
    return 0;
  thread->timed_out = true;
  return 1;
}

/* Reports the exception that is pending in the engine, and switches a hook off that fails again and
 * again. */
void mr_fault(mr_thread *thread, mr_frame *frame, mr_hook *hook, const char *what) {
  JSContext *context = thread->context;
  bool reserve = mr_engine_reserve(thread->runtime, true);
  JSValue error = JS_GetException(context);
  char text[2048];
  int length = 0;
  if (thread->timed_out)
    length = snprintf(text, sizeof text, "ran longer than %u ms", mr.session->time_limit);
  else {
    const char *message = JS_ToCString(context, error);
    length = snprintf(text, sizeof text, "%s", message ? message : "an error that can't be shown");
    if (message)
      JS_FreeCString(context, message);
    else
      JS_FreeValue(context, JS_GetException(context));
  }
  if (length >= (int)sizeof text)
    length = sizeof text - 1;
  if (JS_IsObject(error)) {
    JSValue stack = JS_GetPropertyStr(context, error, "stack");
    const char *trace = JS_IsString(stack) ? JS_ToCString(context, stack) : NULL;
    if (trace) {
      length += snprintf(text + length, sizeof text - (size_t)length, "\n%s", trace);
      JS_FreeCString(context, trace);
    }
    JS_FreeValue(context, stack);
  }
  if (length >= (int)sizeof text)
    length = sizeof text - 1;
  JS_FreeValue(context, error);
  JS_FreeValue(context, JS_GetException(context));
  mr_engine_reserve(thread->runtime, reserve);
  thread->timed_out = false;
  thread->deadline = 0;
  uint32_t words[2] = {!strcmp(what, "script")     ? 2u
                       : !strcmp(what, "callback") ? 3u
                                                   : 0u,
                       hook ? hook->handle : UINT32_MAX};
  if (hook) {
    mr_handle *handle = &mr_handles[hook->handle];
    uint32_t faults = atomic_fetch_add(&handle->faults, 1) + 1;
    if (faults >= mr.session->fault_limit) {
      if (!atomic_exchange(&handle->faulty, 1))
        words[0] = 1;
      else
        return;
    }
  }
  mr_emit(thread, MR_FAULT, frame ? frame->function->index : 0xffff, words, 2, text,
          (size_t)length);
}
