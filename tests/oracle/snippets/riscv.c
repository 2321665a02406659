// args: --target=riscv64-linux-gnu -march=rv64gcv
__attribute__((interrupt)) void a(void) {}
__attribute__((riscv_vector_cc)) void b(void);
__rvv_int32m1_t *v;
