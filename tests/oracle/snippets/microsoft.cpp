// args: --target=x86_64-pc-windows-msvc -fms-extensions -fms-compatibility -fdeclspec -std=c++17 -fasm-blocks -fasync-exceptions -Xclang -fcxx-exceptions -Xclang -fexceptions
#pragma comment(lib, "library")
#pragma detect_mismatch("name", "value")
struct _GUID { unsigned long a; unsigned short b, c; unsigned char d[8]; };
struct __declspec(uuid("12345678-1234-1234-1234-1234567890ab")) __declspec(novtable) Interface { virtual void f(); };
const _GUID &guid = __uuidof(Interface);
template <const _GUID *G> struct Guided {}; Guided<&__uuidof(Interface)> guided;
struct Properties { int get(); void put(int); int item(int); __declspec(property(get = get, put = put)) int value; __declspec(property(get = item)) int items[]; };
int use(Properties &p) { p.value = 1; return p.value + p.items[2]; }
int seh() {
  __try { __leave; } __except (1) { return 1; }
  __try { } __finally { }
  return 0;
}
void assembly() { __asm { nop } }
template <class T> void exists() { __if_exists(T::type) { typename T::type x; } __if_not_exists(T::other) { int y; } }
__declspec(dllexport) int exported; __declspec(dllimport) int imported; __declspec(selectany) int any = 1; __declspec(thread) int tls;
__declspec(noinline) void ni(); __declspec(noreturn) void nr(); __declspec(nothrow) void nt(); __declspec(restrict) int *re(); __declspec(allocator) void *al(); __declspec(noalias) void na(); __declspec(guard(nocf)) void gu(); __declspec(code_seg("seg")) void cs(); __declspec(align(16)) int aligned; __declspec(safebuffers) void sb(); __declspec(strict_gs_check) void sg(); __declspec(deprecated("x")) void de();
struct __declspec(empty_bases) Empty : Interface, Properties {}; struct __declspec(layout_version(19)) Layout {}; struct __single_inheritance Single; int Single::*single;
#pragma vtordisp(push, 2)
struct Vt : virtual Interface {}; 
#pragma vtordisp(pop)
#pragma init_seg(lib)
struct Init { Init(); } init;
#pragma section("mysection", read)
#pragma code_seg("text2")
void inSegment() {}
__int64 i64; int *__ptr32 p32; int *__ptr64 p64; int *__sptr sp; int *__uptr up; __unaligned int *un;
void __cdecl fc(); void __vectorcall fv(); [[msvc::constexpr]] int mc() { return 1; } [[msvc::no_unique_address]] int nu; struct NU { [[msvc::no_unique_address]] Init i; };
const char *names() { return __FUNCDNAME__ "" __FUNCSIG__; } const wchar_t *wide() { return L"" __LFUNCTION__; }
inline void __declspec(dllexport) exportedInline() { static int s; } inline void __declspec(dllimport) importedInline() { static int s; }
#pragma managed
__declspec(hybrid_patchable) void hp();
