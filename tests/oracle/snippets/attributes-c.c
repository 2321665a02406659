// args: -std=gnu17 -fblocks --target=x86_64-linux-gnu -Xclang -fenable-matrix -Wno-everything
#define A(...) __attribute__((__VA_ARGS__))
A(common) int common; A(nocommon) int noCommon; void freeIt(int *p) {}
void scope(void) { int cleaned A(cleanup(freeIt)); }
int labelled __asm__("label"); A(btf_decl_tag("tag")) int tagged;
struct A(randomize_layout) Random { int a, b; }; struct A(no_randomize_layout) Ordered { int a, b; };
void positive(int x) A(enable_if(x > 0, "positive")); void diagnosed(int x) A(diagnose_if(x > 0, "text", "warning"));
A(diagnose_as_builtin(__builtin_strlen, 1)) unsigned long length(const char *s);
A(noreturn) void noReturn(void); A(model("large")) int model; void wants(void (^block)(void) A(called_once));
A(noinline, availability(macos, unavailable)) void gone(void);
typedef float M A(matrix_type(2, 3)); float element(M m) { return m[1][2]; }
typedef int T; int A(vector_size(8)) vector; void kr(a) float a; {} int *A(address_space(3)) * space; A(objc_boxable) struct Boxable { int x; };
_Complex float complexType; typedef int Array[]; extern Array incomplete; _Atomic(int) at; int (*noProto)(); void decays(int a[3], void f(int)); typedef __typeof__(1 + 2) TE; typedef __typeof__(int) TO; typedef _BitInt(9) BI;
#define CONVENTION __attribute__((ms_abi))
typedef void CONVENTION MacroQualified(void); typedef MacroQualified *UsesMacro;
struct DesignatedAll { struct { int x[4]; } in; } all = { .in.x[1 ... 2] = 1, .in = {} };
void vla(int n) { int a[n][n]; (void)a; } union A(transparent_union) TransparentUnion { int *a; long *b; };
int __attribute__((btf_type_tag("t"))) * btf;
struct Counted { int n; int a[] __attribute__((counted_by(n))); };
typedef float Evaluated __attribute__((available_only_in_default_eval_method));
