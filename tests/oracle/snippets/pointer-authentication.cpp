// args: --target=arm64-apple-ios15.0 -Xclang -fptrauth-intrinsics -Xclang -fptrauth-calls
struct [[clang::ptrauth_vtable_pointer(process_independent, address_discrimination, type_discrimination)]] S { virtual ~S(); };
