// args: --target=bpf
struct __attribute__((preserve_access_index)) A { int x; };
struct __attribute__((preserve_static_offset)) B { int x; };
