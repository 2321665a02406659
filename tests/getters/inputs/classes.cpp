// C++: records of every sort, members, operators, casts, exceptions, lambdas, attributes.
using size_type = decltype(sizeof(0));
void *operator new(size_type, void *p) noexcept;
namespace std {
struct source_location { struct __impl { const char *_M_file_name, *_M_function_name; unsigned _M_line, _M_column; }; };
class type_info;
struct type_info { const char *name() const; };
template <typename T> struct initializer_list { const T *begin_; size_type size_; constexpr const T *begin() const { return begin_; } constexpr const T *end() const { return begin_ + size_; } };
struct strong_ordering { int value; static const strong_ordering less, equal, greater; friend constexpr bool operator<(strong_ordering a, decltype(nullptr)) { return a.value < 0; } friend constexpr bool operator<(strong_ordering a, int) { return a.value < 0; } friend constexpr bool operator!=(strong_ordering a, int) { return a.value != 0; } };
inline constexpr strong_ordering strong_ordering::less{-1}, strong_ordering::equal{0}, strong_ordering::greater{1};
template <typename T> constexpr T &&move(T &t) { return static_cast<T &&>(t); }
}

namespace outer { inline namespace version1 { namespace { int hidden; static int inner_static; void unused_function() {} } int in_inline; } namespace nested::deep { struct Far {}; } }
namespace shorter = outer::nested::deep;
using namespace outer;
using outer::in_inline;
extern "C" { int c_linkage(int); extern int c_variable; }
extern "C" void single_c_linkage();
extern "C++" void cxx_linkage();

/// Something empty.
struct Empty {};
struct Aggregate { int a; double b = 2; const char *c; };
struct Trivial { int x; Trivial() = default; };
struct Pod { int x; char y; };
struct NonTrivialCopy { NonTrivialCopy(); NonTrivialCopy(const NonTrivialCopy &); NonTrivialCopy &operator=(const NonTrivialCopy &); ~NonTrivialCopy(); };
struct NonConstCopy { NonConstCopy(); NonConstCopy(NonConstCopy &); NonConstCopy &operator=(NonConstCopy &); };
struct HoldsNonConstCopy { NonConstCopy member; };
struct MoveOnly { MoveOnly(MoveOnly &&) noexcept; MoveOnly &operator=(MoveOnly &&); MoveOnly(const MoveOnly &) = delete; MoveOnly &operator=(const MoveOnly &) = delete; };
struct HoldsMoveOnly { MoveOnly m; };
struct HoldsNonTrivial { NonTrivialCopy m; mutable int cache; };
struct HoldsEmpty { Empty e; Trivial t; };
struct Reference { int &r; };
struct ConstMember { const int c; };
struct Undestructible { ~Undestructible() = delete; };
struct HoldsUndestructible { Undestructible u; };
struct TwoLevel : virtual Empty { int y; };
union Variant { int i; float f; };
union HardVariant { NonTrivialCopy n; int i; HardVariant(); ~HardVariant(); };
struct HasAnonymous { union { int a; float b; }; struct { int c; }; };
struct Literal { constexpr Literal(int v) : value(v) {} constexpr Literal() : value(0) {} constexpr ~Literal() = default; int value; };
struct NotLiteral { NotLiteral(int); ~NotLiteral(); };
struct VolatileMember { volatile int v; };
struct ProtectedCopy { protected: ProtectedCopy(const ProtectedCopy &); ProtectedCopy(); };
struct Incomplete;
struct ExplicitThings { explicit ExplicitThings(int); explicit operator bool() const; operator int(); explicit(false) ExplicitThings(char); explicit(true) ExplicitThings(long); };
struct DefaultDeleted { DefaultDeleted() = delete; };
struct Packed { char c; int i; } __attribute__((packed));
struct BitFields { unsigned a : 3, : 4, b : 5; bool flag : 1 = true; };
struct [[nodiscard("why")]] Discard {};
struct alignas(32) Aligned { int x; };
struct MoveAssignOnly { MoveAssignOnly &operator=(MoveAssignOnly &&); };
struct DefaultedMoves { DefaultedMoves(DefaultedMoves &&) = default; DefaultedMoves &operator=(DefaultedMoves &&) = default; int v; };
struct HasPointer { int *p; ~HasPointer(); private: int q; };

class Base {
public:
  virtual ~Base();
  virtual int area() const = 0;
  virtual void move_by(int dx, int dy = 1) &;
  virtual Base *clone() const;
  static int count;
  static int make(int = 3);
  inline static constexpr int limit = 4;
  friend class Friend;
  friend int inspect(const Base &b) { return b.secret; }
  friend struct std::type_info;
protected:
  int guarded = 1;
private:
  int secret;
  volatile int *vp;
  mutable int cache;
};
class Left : public virtual Base { public: int area() const override; void move_by(int, int) & override; Left *clone() const override; };
class Right : protected virtual Base, private Empty { int area() const override { return 2; } };
class Both final : public Left, public Right { public: using Left::area; int area() const final; using Left::move_by; Both() = default; };
struct Inherits : Literal { using Literal::Literal; int extra = 1; };
struct Delegating { int v; Empty e; Delegating(int x) : v(x) {} Delegating() : Delegating(1) {} Delegating(char) try : v(2), e() {} catch (...) { } };
int Base::count = 0;
Base::~Base() {}
int Base::make(int n) { return n; }
int Both::area() const { return Left::area() + 1; }
Inherits inherited_object(3);

struct Operators {
  int value;
  Operators operator+(const Operators &o) const noexcept { return {value + o.value}; }
  Operators &operator++() { ++value; return *this; }
  Operators operator++(int) { Operators t = *this; ++value; return t; }
  int operator[](int i) const volatile;
  int operator()(int, int) &&;
  Operators *operator->();
  bool operator==(const Operators &) const = default;
  std::strong_ordering operator<=>(const Operators &) const = default;
  operator bool() const { return value; }
  static void *operator new(size_type);
  static void operator delete(void *);
  void *operator new[](size_type);
  int explicit_object(this Operators &self, int x);
  void const_only() const;
  void ref_qualified() &&;
  void unevaluated() noexcept(sizeof(int) == 4);
  void throws_nothing() throw();
  consteval int immediate() { return 1; }
  constexpr int constant() const { return 2; }
  static inline int static_inline() { return 3; }
};
Operators operator-(Operators a, Operators b);
int operator""_km(unsigned long long v);
int operator""_name(const char *s, size_type n);

enum Plain { plain_a, plain_b = 5 };
enum class Scoped : unsigned char { one = 1, two };
enum struct ScopedStruct { x };
enum Fixed : long { fixed_x = -1 };
enum Opaque : int;
using enum Scoped;

thread_local int dynamic_thread = c_linkage(1);
constexpr int constant = 5;
constinit int initialised = 6;
inline int inline_variable = 7;
static const int internal_constant = 8;
extern const int external_constant;
int &reference = inline_variable;
int &&rvalue_reference = 3;
int (*function_pointer)(int) = c_linkage;
int Base::*member_pointer;
int (Base::*method_pointer)() const = &Base::area;
auto deduced = 1.5;
decltype(auto) deduced_reference = (reference);
Aggregate aggregate{1, .5, "x"};
Aggregate designated{.a = 1, .c = "y"};
Aggregate parenthesised(1, 2);
auto [first, second, third] = aggregate;
char16_t utf16[] = u"x\u00e4";
const char *raw = R"(raw "text")";
bool is_empty = __is_empty(Empty), is_base = __is_base_of(Base, Left), is_pod = __is_pod(Pod);
unsigned rank = __array_rank(int[2][3]);

int exceptions(int n) noexcept(false) {
  try {
    if (n) throw NotLiteral(1);
    throw;
  } catch (const NotLiteral &e) {
    return 1;
  } catch (int) {
    return 2;
  } catch (...) {
    return 3;
  }
}

int expressions(int n, Left *left, Base &base) {
  auto lambda = [n, &base, this_copy = n + 1]<typename T>(T x, auto... rest) mutable -> int { return n + x + this_copy + (0 + ... + rest); };
  auto plain = [=] { return n; };
  auto by_reference = [&]() noexcept { return base.area(); };
  auto none = [] {};
  static auto static_lambda = [](int a) static { return a; };
  int sum = lambda(1, 2, 3) + plain() + by_reference();
  none();
  sum += static_cast<int>(1.5) + reinterpret_cast<long>(left) + (int)sum + int(2.5) + int{3};
  const_cast<const Left *>(left);
  if (auto *l = dynamic_cast<Left *>(&base); l && n) sum++;
  if (int init = n; init > 1) sum--;
  if constexpr (sizeof(int) == 4) sum *= 2; else sum /= 2;
  if consteval { sum = 1; } else { sum = 2; }
  if !consteval { sum = 3; }
  switch (int s = n; s) { case plain_a: break; case 7: [[fallthrough]]; default: [[likely]] sum = 1; }
  for (int i : {1, 2, 3}) sum += i;
  for (int arr[2] = {1, 2}; int &i : arr) sum += i;
  while (bool more = n > 0) { n--; }
  int *one = new int(3), *many = new int[n]{1, 2}, *global = ::new int;
  alignas(8) char storage[sizeof(Operators)];
  Operators *placed = ::new (storage) Operators{1};
  Operators *own = new Operators;
  delete one; delete[] many; ::delete global; delete own;
  placed->~Operators();
  using Integer = int; Integer *pseudo = &n; pseudo->~Integer();
  sum += (base.*method_pointer)() + left->*member_pointer;
  Operators a{1}, b = a, c = a + b;
  ++a; a++; a[1]; static_cast<Operators &&>(a)(1, 2); a->value; bool less = a < b, same = a == b, differs = a != b;
  a.explicit_object(2);
  sum += typeid(base).name()[0] + typeid(int).name()[0] + noexcept(a + b) + alignof(Operators) + sizeof(a);
  sum += 3_km + "x"_name;
  const Literal &extended = Literal(3);
  NonTrivialCopy temporary = NonTrivialCopy();
  HoldsMoveOnly *moves = nullptr;
  NonTrivialCopy copies[2];
  auto copied = [copies] {};
  bool t = true, f = !t && false || (t ^ f);
  int array[] = {1, 2, 3}, zero[3]{}, value_init = int();
  Base::make();
  Empty e1{}, e2 = {}, e3 = Empty{};
  static int local_static = n;
  [[maybe_unused]] int unused;
  __builtin_source_location();
  [[assume(n > 0)]];
  goto end;
end:
  return sum + extended.value + c.value + local_static + __builtin_bit_cast(int, 1.0f);
}
NonTrivialCopy named_return() { NonTrivialCopy result; return result; }
struct WithThis { int m; auto get() { return [this] { return m; }; } auto copy() { return [*this] { return m; }; } int implicit_this() { return m + this->m; } };
int main() { return expressions(1, nullptr, *new Left); }
