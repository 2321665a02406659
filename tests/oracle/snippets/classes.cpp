// args: -std=c++20
// Declarations, statements, expressions and types of C++.
namespace outer { inline namespace v1 { int inNamespace; } namespace { int hidden; } }
namespace outer::nested {}
namespace alias = outer::nested;
using namespace outer;
using outer::inNamespace;
extern "C" { int c; }
extern "C++" int cxx;
namespace std {
using size_t = decltype(sizeof(0));
template <class E> struct initializer_list { const E *begin; size_t size; };
struct type_info { const char *name; };
enum class align_val_t : size_t {};
struct strong_ordering { int n; constexpr operator int() const { return n; } static const strong_ordering equal, greater, less; };
constexpr strong_ordering strong_ordering::equal{0}, strong_ordering::greater{1}, strong_ordering::less{-1};
struct source_location { struct __impl { const char *_M_file_name; const char *_M_function_name; unsigned _M_line, _M_column; }; };
template <class R, class... A> struct coroutine_traits { using promise_type = typename R::promise_type; };
template <class P = void> struct coroutine_handle { static coroutine_handle from_address(void *) noexcept; operator coroutine_handle<>() const noexcept; };
template <> struct coroutine_handle<void> { static coroutine_handle from_address(void *) noexcept; };
struct suspend_always { bool await_ready() noexcept; void await_suspend(coroutine_handle<>) noexcept; void await_resume() noexcept; };
}
struct Base { virtual ~Base() = default; virtual int f() const = 0; int field = 3; Base() = default; Base(int) {} static int count; mutable int m; };
struct Derived final : public virtual Base, private outer::nested::Missing {};
struct Child : protected Base {
  using Base::Base;
  using Base::field;
  Child() : Base(1), value(2) {}
  Child(float) : Child() {}
  explicit operator bool() const { return true; }
  int f() const override { return this->value; }
  int value : 4;
  friend struct Friend;
  friend int friendly(Child &);
  Child &operator=(const Child &) & = delete;
  Child operator+(int) const noexcept;
  int operator[](int) const;
  template <class T> T convert() volatile &&;
  enum { InClass };
  union { int u1; float u2; };
};
struct Inherits : Child { using Child::Child; Inherits(int x, int y) : Child(x) {} };
struct Aggregate { int a = 1; int b; auto operator<=>(const Aggregate &) const = default; };
enum class Scoped : short { One, Two };
int Base::count = 1;
template <class T> concept Small = sizeof(T) < 8 && requires(T t) { t + 1; typename T::type; { t * 2 } noexcept -> Small; requires true; };
template <class T> concept Any = true;
template <class T, int N = 3, template <class> class C = std::initializer_list, class... Rest> struct Primary {
  typedef T type;
  template <class U> using Alias = Primary<U>;
  T array[N];
  static constexpr auto size = sizeof...(Rest);
  struct Inner;
  void method(T t) { t.template foo<int>(); T::dependent; typename T::type x; this->array[0]; T(1, 2); T{}; unresolved(t); }
  friend Rest;
  using T::typedNothing;
  using typename T::typedType;
  typedType member;
};
template <class T, int N> struct Primary<T *, N> {};
template <> struct Primary<int> { Any auto constrained = 1; };
template struct Primary<float>;
extern template struct Primary<double>;
template <class T> constexpr T variable = T(1);
template <class T> constexpr T variable<T *> = nullptr;
template <> inline constexpr int variable<int> = 2;
int useVariable = variable<int> + variable<short>;
template <class T> requires Any<T> auto constrained(T x, Any auto y) -> decltype(x + y) requires Small<T> { return x + y; }
template <class... T> auto fold(T... t) { return (t + ... + 0) + (... , t) + sizeof...(t); }
template <class... T> auto expand(T &&...t) { return fold(static_cast<T &&>(t)...); }
int folded = expand(1, 2, 3);
template <int N, auto V> int nonType() { return N + V; }
int nonTyped = nonType<1, 'c'>();
struct Structural { int n; };
template <Structural S> int structural() { return S.n; }
int useStructural = structural<Structural{1}>();
template <class T> struct Deduced { Deduced(T); };
Deduced(const char *) -> Deduced<int>;
Deduced deduced(1);
template <class T> struct OuterTemplate { template <class U> friend class FriendTemplate; template <class U> void inner(U); };
template <class T> template <class U> void OuterTemplate<T>::inner(U) {}
int operator""_lit(unsigned long long);
using Function = int (*)(int) noexcept;
using Member = int Child::*;
using Method = int (Child::*)() const;
int throwing() throw(int);
int statements(int n, Child &child, Base *base) {
  auto lambda = [=, &n, captured = n]<class T>(T t, auto u) mutable -> int { return t + captured + n; };
  lambda(1, 2);
  auto generic = [&] { return n; };
  try { throw 1; } catch (int &e) { throw; } catch (...) {}
  for (auto &&x : {1, 2, 3}) n += x;
  for (int i = 0; auto x : "ab") n += i;
  if (int x = n; x > 1) n = x;
  if (int y = n) n = y;
  if constexpr (sizeof(int) == 4) n = 1; else n = 2;
  if consteval { n = 1; } else { n = 2; }
  if not consteval { n = 1; }
  while (int w = n) break;
  switch (int s = n; int t = s) { default: break; }
  auto [a, b] = Aggregate{1, 2};
  int arr[2] = {1, 2};
  auto [c0, c1] = arr;
  auto copyArray = [arr] { return arr[0]; };
  Aggregate paren(1, 2), list{.a = 1}, *heap = new Aggregate{1}, *array = new Aggregate[n], *init = new Aggregate();
  ::delete heap; delete[] array;
  Base *dynamic = dynamic_cast<Base *>(&child);
  const_cast<Base &>(*dynamic); reinterpret_cast<long>(dynamic); static_cast<Base &>(child); int(3.0); Child(1.0f); int();
  __builtin_bit_cast(float, n);
  typeid(int); typeid(*dynamic);
  noexcept(n); alignof(int); nullptr; true;
  child + 1; child[0]; if (child) ; child.Base::field; child.convert<int>();
  Aggregate{1} <=> Aggregate{2}; Aggregate{1} < Aggregate{2}; Aggregate{1} != Aggregate{2};
  12_lit;
  const Child &temporary = Child(2.0f);
  Member member = &Child::value2;
  Method method = &Child::f;
  child.*member; (child.*method)();
  using Int = int; n.~Int();
  __is_same(int, float); __is_pod(int); __array_rank(int[2]); __array_extent(int[2], 0); __is_lvalue_expr(n);
  unsigned line = __builtin_LINE(); const char *file = __builtin_FILE(); auto loc = __builtin_source_location();
  std::initializer_list<int> il = {1, 2};
  thread_local int tls; static int st; register int *reg = nullptr;
  extern int localExtern;
  struct Local { int f() { return 1; } } local;
  goto end;
end:
  return requires { n + 1; } + Small<int> + __null + (n <=> 1 < 0);
}
template <class T> void dependent(T t) { for (auto x : t) x; t->f(); t.g(1); new T(t); delete t; throw t; *t; t[0]; t(1); &T::x; sizeof(t); typeid(t); static_cast<T>(t); noexcept(t); T::template g<int>(); auto l = [t...](auto x) { return x; }; if constexpr (T::v) ; }
struct Task { struct promise_type { Task get_return_object(); std::suspend_always initial_suspend(); std::suspend_always final_suspend() noexcept; void return_void(); void unhandled_exception(); std::suspend_always yield_value(int); }; };
Task coroutine() { co_await std::suspend_always(); co_yield 1; co_return; }
template <class T> Task dependentCoroutine(T t) { co_await t; co_yield t; co_return; }
void defaulted(int a = 1, int b = sizeof(int)); void callDefaulted() { defaulted(); }
struct DefaultInit { int a = 3; Child c{1.0f}; }; DefaultInit defaultInit{};
using UsingEnum = Scoped; void usingEnum() { using enum Scoped; One; }
template <class... T> struct Pack : T... { using T::operator()...; }; Pack<Child> *pack;
static_assert(sizeof(int) == 4, "int");
consteval int immediate(int x) { return x; } int immediately = immediate(3);
constinit int constantInit = 1; [[deprecated("message")]] void old();
template <class T> using PointerTo = T *; PointerTo<int> pointer; __make_integer_seq<std::initializer_list, int, 0> *seq;
template <class T> auto pack2(T...args) { return args...[0]; }
auto trailing() -> decltype(auto) { return 1; } decltype(auto) da = 1; decltype(useVariable) dt;
__underlying_type(Scoped) underlying; typename Primary<int>::missing broken; int (*arrayPointer)[3]; int &&rvalue = 1;
class Sealed { ~Sealed(); int x [[no_unique_address]]; public: protected: private: };
int Child::*nullMember = nullptr; auto explicitObject = [](this auto self, int x) { return x; };
template <class T> struct CtadAlias { T t; }; template <class T> using CA = CtadAlias<T>;
template <template <class...> class TT> struct TakesTemplate {}; TakesTemplate<std::initializer_list> takes;
template <class T, class U> struct TwoPacks; template <class... A, class... B> struct TwoPacks<Pack<A...>, Pack<B...>> { };
int recovery = undeclared(1, 2) + 3;
