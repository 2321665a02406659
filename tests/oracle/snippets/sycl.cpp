// args: -fsycl -Xclang -fsycl-is-device -std=c++17
template <class Name, class Function> __attribute__((sycl_kernel)) void kernel(const Function &f) { f(); }
struct __attribute__((sycl_special_class)) Special { void __init(int) {} }; 
const char *name = __builtin_sycl_unique_stable_name(int);
void use() { kernel<class N>([] {}); }
