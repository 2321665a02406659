// args: --target=riscv64-linux-gnu -march=rv64gcv
#pragma clang riscv intrinsic vector
static __inline__ __attribute__((clang_builtin_alias(__builtin_riscv_pause))) void pause(void);
