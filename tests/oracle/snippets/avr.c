// args: --target=avr
__attribute__((interrupt)) void a(void); __attribute__((signal)) void b(void);
