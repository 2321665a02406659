// args: --target=wasm32
__attribute__((export_name("e"))) void a(void) {}
__attribute__((import_module("m"), import_name("i"))) void b(void);
typedef void (*__funcref F)(int); F f;
__externref_t r(void);
