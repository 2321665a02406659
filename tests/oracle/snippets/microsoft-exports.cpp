// args: -fms-extensions -fms-compatibility --target=x86_64-pc-windows-msvc -std=c++17 -Xclang -fno-dllexport-inlines
inline __declspec(dllexport) int f() { static int s = 1; return s; }
struct __declspec(dllexport) E { static int &g() { static int s; return s; } };
int use() { return f() + E::g(); }
