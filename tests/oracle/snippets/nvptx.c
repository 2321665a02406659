// args: --target=nvptx64
__attribute__((nvptx_kernel)) void kernel(void);
