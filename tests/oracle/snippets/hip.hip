// args: -x hip --cuda-host-only -nogpuinc -nogpulib --offload-arch=gfx906
__attribute__((device)) __attribute__((managed)) int managed;
