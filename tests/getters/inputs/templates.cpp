// Templates, concepts, packs, partial and explicit specializations, dependent names, deduction guides, coroutines.
namespace std { struct type_info; }
template <typename T> concept Small = sizeof(T) <= 4;
template <typename T, typename U> concept Same = __is_same(T, U);
template <typename T> concept Addable = requires(T a, T b) {
  a + b;
  { a - b } -> Same<T>;
  typename T::type;
  requires Small<T>;
  { a.size() } noexcept;
};
template <typename T> concept Both = Small<T> && (Addable<T> || true);

template <typename T, int N = 3> struct Array {
  T data[N];
  using type = T;
  typedef T *pointer;
  static int instances;
  template <typename U> struct Rebind { using other = Array<U, N>; };
  template <typename U> U convert(const U &u) const { return static_cast<U>(data[0]) + u; }
  T &operator[](int i) { return data[i]; }
  auto size() const -> int { return N; }
  enum { count = N };
  enum class Inner : long;
  friend T sum(const Array &a) { return a.data[0]; }
  template <typename V> friend class Other;
  Array() = default;
  template <typename... A> Array(A... a) : data{a...} {}
  template <typename U> void unused(U o) { typename U::nothing x; U::call(); x.template f<int>(); }
};
template <typename T, int N> int Array<T, N>::instances = N;
template <typename T> struct Array<T *, 1> { T *only; };
template <> struct Array<bool, 8> { unsigned char bits; };
template struct Array<long, 2>;
extern template struct Array<short, 2>;
template <typename T, typename... A> Array(T, A...) -> Array<T, 1 + sizeof...(A)>;
template <typename T> explicit(sizeof(T) > 4) Array(T *) -> Array<T, 1>;

template <typename T> constexpr T pi = T(3.1415926535);
template <typename T> constexpr T *pi<T *> = nullptr;
template <> inline constexpr int pi<int> = 3;
template <template <typename, int> typename C, typename T> struct Holder { C<T, 2> held; };
template <typename... T> struct Tuple : T... { using T::operator()...; };
template <auto V> struct Value { static constexpr auto value = V; };
template <typename T> using Pointer = T *;
template <class T> using Alias = typename Array<T>::type;
struct Structural { int a; bool operator==(const Structural &) const = default; };
template <Structural S> int structural() { return S.a; }

template <Small T> T constrained(T t) requires(sizeof(T) > 1) { return t; }
auto abbreviated(Small auto x, auto... rest) { return x + (... + rest); }
template <typename T> T maximum(T a, T b) { return a < b ? b : a; }
template <> int maximum(int a, int b) { return b; }
template double maximum<double>(double, double);
template <typename... T> int count(T... t) { return sizeof...(T) + sizeof...(t) + (0 + ... + sizeof(t)); }
template <typename F, typename... A> auto apply(F &&f, A &&...a) noexcept(noexcept(f(a...))) -> decltype(f(static_cast<A &&>(a)...)) { return f(static_cast<A &&>(a)...); }
template <int... I> struct Sequence {};
template <int N> using MakeSequence = Sequence<N, N + 1>;
template <typename T> struct Dependent : T {
  using T::member;
  using typename T::nested;
  typename T::nested field;
  int call(T t) { return t.member + this->field + T::stat + unknown(t) + member; }
  template <typename U> void unresolved(U u) { call(u); (void)T(u); T{u}; delete u; u->~U(); new U(u); throw u; typeid(u); (void)noexcept(u.x); for (auto &x : u) x(); u ? u : u; u[1]; -u; u(1, 2); (U)u; if constexpr (U::value) call(u); }
  decltype(T::stat) d;
  typename T::template inner<int> templ;
  int arr[T::size];
};
struct Model { int member; using nested = int; static constexpr int stat = 1, size = 2; template <typename> struct inner {}; };
int unknown(Model);
template struct Dependent<Model>;

int use() {
  Array<int> a;
  Array b(1, 2, 3);
  Array<double>::Rebind<char>::other r;
  Array<int *, 1> partial;
  Array<bool, 8> full;
  a.convert<long>(1);
  Holder<Array, int> h;
  auto l1 = [](int) {}; auto l2 = [](char *) {};
  Tuple<decltype(l1), decltype(l2)> t{l1, l2};
  t(1);
  Pointer<const int> p = nullptr;
  Alias<int> alias = 1;
  MakeSequence<4> s;
  auto generic = []<typename T>(T x, Small auto y) { return x; };
  generic(1.0, 2);
  apply([](auto x) { return x; }, 1);
  return maximum(1, 2) + maximum('a', 'b') + maximum<double>(1, 2) + count(1, 'a', 2.0) + constrained(5) + abbreviated(1, 2, 3) + pi<int> + (int)pi<double> + Value<3>::value + structural<Structural{4}>() + Same<int, int> + sum(a) + b.size() + Array<int>::instances;
}
