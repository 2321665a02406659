// args: -Wno-everything --target=x86_64-apple-macosx10.14
struct OSObject { __attribute__((os_returns_retained)) OSObject *a(); __attribute__((os_returns_not_retained)) OSObject *b(); __attribute__((os_consumes_this)) void c(); void d(__attribute__((os_consumed)) OSObject *); bool e(__attribute__((os_returns_retained_on_zero)) OSObject **); bool f(__attribute__((os_returns_retained_on_non_zero)) OSObject **); };
typedef int kern_return_t; __attribute__((mig_server_routine)) kern_return_t mig();
