// args: -cl-std=CL2.0 --target=amdgcn-amd-amdhsa -Xclang -finclude-default-header -nogpulib
#define A(...) __attribute__((__VA_ARGS__))
A(amdgpu_flat_work_group_size(1, 64), amdgpu_waves_per_eu(1, 2), amdgpu_num_sgpr(8), amdgpu_num_vgpr(8)) kernel void a(global int *p) {}
A(amdgpu_max_num_work_groups(1, 2, 3)) kernel void b() {}
A(reqd_work_group_size(1, 2, 3)) kernel void c() {} A(work_group_size_hint(1, 2, 3)) kernel void d() {} A(vec_type_hint(float4)) kernel void e() {} A(intel_reqd_sub_group_size(8)) kernel void f() {}
kernel void g(read_only image2d_t image, local int *l, constant int *c, global int4 *v, pipe int p, generic int *ge) { A(opencl_unroll_hint(2)) for (int i = 0; i < 3; ++i) v[i] = (int4)(1, 2, 3, 4); private int q; sampler_t s = 3; event_t ev; v[0] = as_int4(v[1]); float4 lit = (float4)(1.0f); lit.xy = 2; }
A(nosvm) global int *nosvm; void convergent(void) A(convergent);
void clspv(int) __attribute__((clspv_libclc_builtin));
