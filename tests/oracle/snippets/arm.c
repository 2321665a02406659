// args: --target=arm-none-eabi -mcpu=cortex-m33 -mcmse
__attribute__((interrupt("IRQ"))) void irq(void); __attribute__((pcs("aapcs"))) void pcs(void);
__attribute__((cmse_nonsecure_entry)) void entry(void) {} typedef void __attribute__((cmse_nonsecure_call)) (*Call)(void); Call call;
