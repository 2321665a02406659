// args: -std=c++2c
template <class... T> auto first(T... t) -> T...[0] { return t...[0]; }
int use = first(1, 2.0);
void deleted() = delete("because");
struct P { int x; constexpr P(int x) : x(x) {} };
template <P p> struct Takes {};
Takes<P(1)> takes;
void f(this auto);
struct Explicit { int g(this Explicit &self, int x) { return x; } };
template <class T, unsigned... I> void indexed(T t) { [](auto... x) { (void)sizeof...(x); }; }
auto l = [](auto... a) { return [a...] { return (a + ...); }; };
