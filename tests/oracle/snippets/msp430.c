// args: --target=msp430
__attribute__((interrupt(1))) void a(void) {}
