// args: --target=m68k-linux-gnu
__attribute__((interrupt(0))) void a(void) {}
__attribute__((m68k_rtd)) void b(int);
