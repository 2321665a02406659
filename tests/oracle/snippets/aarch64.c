// args: --target=aarch64-linux-gnu -march=armv9-a+sve+sme
void streaming(void) __arm_streaming; void compatible(void) __arm_streaming_compatible; void in(void) __arm_in("za"); void out(void) __arm_out("za"); void inout(void) __arm_inout("za"); void preserves(void) __arm_preserves("za");
__arm_locally_streaming void local(void) {} __arm_new("za") void fresh(void) {}
__attribute__((aarch64_vector_pcs)) void vectorPcs(void); __attribute__((aarch64_sve_pcs)) void svePcs(void);
__attribute__((target_version("sve"))) void version(void) {} __attribute__((target_version("default"))) void version(void) {}
static __inline__ __attribute__((__clang_arm_builtin_alias(__builtin_sve_svadd_n_s8_m))) void alias(void);
__SVInt8_t *sve; typedef __SVInt32_t Fixed __attribute__((arm_sve_vector_bits(128))) ;
