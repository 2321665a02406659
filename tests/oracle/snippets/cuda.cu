// args: -x cuda --cuda-device-only --cuda-gpu-arch=sm_70 -nocudainc -nocudalib
#define A(x) __attribute__((x))
struct dim3 { unsigned x, y, z; dim3(unsigned x, unsigned y = 1, unsigned z = 1); };
typedef struct cudaStream *cudaStream_t; extern "C" int cudaConfigureCall(dim3, dim3, unsigned long = 0, cudaStream_t = 0); extern "C" unsigned __cudaPushCallConfiguration(dim3, dim3, unsigned long = 0, void * = 0);
A(global) void kernel(int x) {} A(device) int device; A(constant) int constant; A(host) A(device) void both(); A(global) A(launch_bounds(1, 2)) void bounded() {} A(device) void inDevice() { A(shared) int shared; }
void launch() { kernel<<<1, 2>>>(3); } template <class T, int D> struct A(device_builtin_surface_type) Surface; template <class T, int D, int R> struct A(device_builtin_texture_type) Texture; auto lambda = [] A(device) () {}; 
