/* __mr: what a script finds in the engine. docs/formats/mrhooker-stub.md lists it, native-*.c hold
 * it. */

#include "priv.h"

static JSValue call_function(JSContext *context, JSValueConst function, JSValueConst this_value,
                             int argc, JSValueConst *argv, int flags) {
  (void)this_value, (void)flags;
  return mr_call_function(context, JS_GetOpaque(function, mr_function_class), argc, argv);
}

static JSValue call_adder(JSContext *context, JSValueConst adder, JSValueConst this_value, int argc,
                          JSValueConst *argv, int flags) {
  (void)this_value, (void)flags;
  return mr_call_adder(context, (uint32_t)(uintptr_t)JS_GetOpaque(adder, mr_adder_class), argc,
                       argv);
}

/* Before there are threads: the engine's numbers of classes are the process's. */
void mr_classes_create(void) {
  JS_NewClassID(&mr_pointer_class);
  JS_NewClassID(&mr_arguments_class);
  JS_NewClassID(&mr_function_class);
  JS_NewClassID(&mr_adder_class);
}

static void define(JSContext *context, JSValueConst object, mr_members members) {
  JS_SetPropertyFunctionList(context, object, members.list, members.count);
}

int mr_native_install(JSContext *context) {
  static const JSClassDef pointer_class = {.class_name = "Pointer"},
                          arguments_class = {.class_name = "Arguments"},
                          function_class = {.class_name = "Function", .call = call_function},
                          adder_class = {.class_name = "Function", .call = call_adder};
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
  if (JS_NewClass(runtime, mr_pointer_class, &pointer_class) ||
      JS_NewClass(runtime, mr_arguments_class, &arguments_class) ||
      JS_NewClass(runtime, mr_function_class, &function_class) ||
      JS_NewClass(runtime, mr_adder_class, &adder_class))
    return -1;
  JSValue global = JS_GetGlobalObject(context), native = JS_NewObject(context);
  define(context, native, mr_members_functions);
  define(context, native, mr_members_memory);
  define(context, native, mr_members_call);
  define(context, native, mr_members_shared);
  JSValue pointer_proto = JS_NewObject(context), pointer = JS_NewObject(context);
  define(context, pointer_proto, mr_members_pointer);
  JS_SetPropertyStr(context, pointer, "prototype", JS_DupValue(context, pointer_proto));
  JS_SetPropertyStr(context, native, "Pointer", pointer);
  JS_SetClassProto(context, mr_pointer_class, pointer_proto);
  JSValue argument_proto = JS_NewObject(context);
  define(context, argument_proto, mr_members_arguments);
  JS_SetClassProto(context, mr_arguments_class, argument_proto);
  JS_SetPropertyStr(context, native, "program",
                    JS_NewString(context, mr.process ? mr.process->program : ""));
  int failed = JS_SetPropertyStr(context, global, "__mr", native) < 0 ? -1 : 0;
  JS_FreeValue(context, global);
  return failed;
}
