// args: -std=c++20
template <int... N> struct Ints {};
template <int... N> struct Outer { template <int... M> void f(Ints<(N + M)...> *); };
template struct Outer<1, 2>;
template <class... T> void sink(T...);
template <class... T> void captured(T... t) { auto l = [&](auto... u) { sink((t + u)...); }; l(t...); }
template void captured<int, char>(int, char);
namespace n { struct S { S(int, int); int x; }; } using n::S; S s = S(1, 2); void *gnuNull = __null;
template <class T> void designated() { T t = {.x = 1}; }
template <class T> struct Dependent { struct Inner {}; template <class U> struct Member {}; }; struct Befriends { template <class T> friend struct Dependent<T>::Inner; template <class T> template <class U> friend struct Dependent<T>::Member; };
template <class T> concept C = requires(T a) { a.x; };
bool satisfied = C<S>;
