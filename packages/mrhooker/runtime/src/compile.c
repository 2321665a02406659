/* mrhooker-compile IN.js OUT: a script as the engine's bytecode. Line numbers stay; the source's
 * text does not. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quickjs.h"

static int fail(const char *what, const char *path) {
  fprintf(stderr, "mrhooker-compile: %s: ", path);
  perror(what);
  return 2;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: mrhooker-compile IN.js OUT\n");
    return 2;
  }
  FILE *in = fopen(argv[1], "rb");
  if (!in)
    return fail("open", argv[1]);
  size_t size = 0, capacity = 1 << 16;
  char *text = malloc(capacity + 1);
  for (size_t got; text && (got = fread(text + size, 1, capacity - size, in)); size += got)
    if (size + got == capacity)
      text = realloc(text, (capacity *= 2) + 1);
  fclose(in);
  if (!text)
    return fail("read", argv[1]);
  text[size] = 0;
  JSRuntime *runtime = JS_NewRuntime();
  JSContext *context = JS_NewContext(runtime);
  JS_SetMaxStackSize(runtime, 4 << 20);
  JS_SetStripInfo(runtime, JS_STRIP_SOURCE);
  JSValue program = JS_Eval(context, text, size, "script.js",
                            JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_COMPILE_ONLY | JS_EVAL_FLAG_STRICT);
  if (JS_IsException(program)) {
    JSValue error = JS_GetException(context), stack = JS_GetPropertyStr(context, error, "stack");
    const char *message = JS_ToCString(context, error), *where = JS_ToCString(context, stack);
    fprintf(stderr, "%s\n%s", message ? message : "error", where ? where : "");
    return 1;
  }
  size_t length;
  uint8_t *code = JS_WriteObject(context, &length, program, JS_WRITE_OBJ_BYTECODE);
  FILE *out = code ? fopen(argv[2], "wb") : NULL;
  if (!out || fwrite(code, 1, length, out) != length || fclose(out))
    return fail("write", argv[2]);
  return 0;
}
