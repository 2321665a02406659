// args: -std=c++23 -Wno-everything -ferror-limit=0 -Xclang -fenable-matrix
struct S { int n; S(int) {} ~S(); };
constexpr const int &extended = 3; static const S &lifetime = S(1);
namespace std { struct source_location { struct __impl { const char *_M_file_name, *_M_function_name; unsigned _M_line, _M_column; }; }; }
constexpr auto where = __builtin_source_location();
template <class T> concept HasBody = requires(T t) { t.x; requires sizeof(t) > 1; };
static_assert(!HasBody<int>);
extern "C" int builtinName; extern "C" int puts(const char *);
template <class... T> struct Bases : T... { using T::f...; }; struct F1 { void f(int); }; struct F2 { void f(float); }; Bases<F1, F2> bases;
void labels() { goto l; l:; } void gnuLocal() { { __label__ y; y:; goto y; } }
template <class T> struct Outer { struct Inner {}; template <class U> struct Tmpl {}; };
struct Friends { template <class T> friend struct Outer<T>::Inner; template <class T> template <class U> friend struct Outer<T>::Tmpl; };
template <int... N> constexpr int packOf() { return []<int... M>() { return (M + ... + 0); }.template operator()<N...>(); }
template <class... T> void nested(T... t) { [&](auto... u) { ((void)(t + u), ...); }; } template <class T> void addr(T __attribute__((address_space(1))) * p); template <class T, int N> using Space = T __attribute__((address_space(N)));
template <class T, int N> struct Sized { typedef T V __attribute__((vector_size(N))); typedef T M __attribute__((matrix_type(N, N))); _BitInt(N) b; T a[N]; typename T::template X<N> x; T *__restrict r; }; template <class T> void conv(T &&t, int (&a)[3]); using namespace std; using SL = source_location; 
template <template <class...> class TT> struct UsesTT { template <class U> static auto f(TT<U> *) -> TT<U>; }; struct Unary { __add_pointer(int) p; __remove_cv(const int) r; }; enum En : int { e }; __underlying_type(En) ut; template <class T> struct UU { __underlying_type(T) t; };
template <class T> struct CT { CT(T); }; CT ct(1); template <class T, class U = int> using AliasCT = CT<T>; AliasCT act(1); auto lam = [](this auto &&self) { return 1; }; int assume(int x) { [[assume(x > 0)]]; return x; }
template <auto... V> struct Vals { template <int... W> static constexpr int sum = ((V + W) + ...); }; int useVals = Vals<1, 2>::sum<3, 4>;
