// args: -std=c++17 -ferror-limit=0
// Nodes that only substitution makes.
template <int... N> struct Ints {};
template <class... T> struct Types { template <int... N> using With = Ints<(sizeof(T) + N)...>; template <class... U> static int count(U... u, T... t); };
template <class... T> struct Outer { template <T... V> struct Inner { static int sum() { return (V + ... + 0); } }; template <class... U> using Pairs = Types<Types<T, U>...>; };
int a = Outer<int, char>::Inner<1, 'c'>::sum();
Outer<int, char>::Pairs<long, float> *pairs;
template <class... T> void functionPack(T... t) { auto l = [](auto... u) { return sizeof...(u); }; l(t...); [&](auto x) { return (x + ... + t); }(1); }
template void functionPack<int, char>(int, char);
template <class T> struct Dependent : T { using typename T::type; using T::value; type x; Dependent() : T(1) { value; this->template foo<T>(2); } typename T::template Apply<int> apply; __typeof__(T()) t; decltype(T()) d; int array[sizeof(T)]; _BitInt(sizeof(T)) bits; T __attribute__((vector_size(sizeof(T)))) v; typedef T E __attribute__((ext_vector_type(sizeof(T)))); };
template <class T> struct Injected { Injected *self; operator T(); template <class U> Injected(U); };
template <class T, int A> void spaces(T __attribute__((address_space(A))) * p);
template <class T, int R> using Matrix = T __attribute__((matrix_type(R, R)));
namespace ns { void overloaded(int); void overloaded(float); }
template <class T> void lookups(T t) { ns::overloaded(t); ns::overloaded; t.f; (void)&T::g; using ns::overloaded; overloaded(t); T::template g<T>; }
template <class T> struct Base { int x; void over(int); void over(float); };
template <class T> struct Members : Base<T> { void f(T t) { this->x; this->over(t); Members::over; } };
struct WithOver { void over(int); void over(float); template <class T> void call(T t) { over(t); this->over(t); } };
template <class T> int partial(T, int = sizeof(T)); int b = partial(1);
template <class... T> int partiallySubstituted(T... t, int (*)[sizeof...(T)] = nullptr);
int c = partiallySubstituted<int, char>(1, 'c', 1.0);
template <class T> constexpr bool trait = __is_constructible(T, int, float); bool t = trait<int>;
template <class T> void initList() { T t{1, 2}; T u = {}; T v(1, 2); int x = T(); (T)1; }
template <template <class> class TT, class T> TT<T> templateTemplate(); 
