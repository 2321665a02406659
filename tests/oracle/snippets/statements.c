// args: -std=gnu2x -fblocks -Xclang -fenable-matrix
// Statements and expressions of C.
struct Point { int x, y; union { int a; float b; }; int bits : 3; };
typedef int V4 __attribute__((vector_size(16)));
typedef float E4 __attribute__((ext_vector_type(4)));
typedef float M22 __attribute__((matrix_type(2, 2)));
enum Color { Red, Green = 5 };
enum Fixed : unsigned char { Low };
int external(), unprototyped();
_Static_assert(1, "message");
;
__asm__("nop");
static inline _Noreturn void never(void) { for (;;) ; }
int statements(int n, ...) {
  int i = 0, array[] = {[2] = 1, 2, [5 ... 7] = 3}, vla[n];
  struct Point p = {.x = 1, .y = 2, .a = 3}, q = (struct Point){1, 2}, *pp = &p;
  struct { struct Point point[2]; } nested = {.point[1].x = 4};
  while (i < 10) { if (i == 3) continue; else if (i > 5) break; i++; }
  do --i; while (i);
  for (int k = 0; k < 3; k += 1) ;
  switch (n) { case 1: case 2 ... 4: break; default: n = 1; }
label:
  if (n) goto label;
  void *address = &&label;
  goto *address;
  __builtin_va_list list;
  __builtin_va_start(list, n);
  int next = __builtin_va_arg(list, int);
  int statementExpression = ({ int t = 1; t + 1; });
  int chosen = __builtin_choose_expr(1, 2, 3.0);
  int generic = _Generic(n, int : 1, float : 2, default : 3);
  int generic2 = _Generic(int, int : 1, default : 3);
  int elvis = n ?: 2, ternary = n ? 1 : 2;
  V4 v = {1, 2, 3, 4}, w = __builtin_shufflevector(v, v, 0, 1, 2, 3);
  E4 e = {1}, f = e.wzyx, g = __builtin_convertvector(w, E4);
  M22 m;
  m[0][1] = 2.0f;
  _Complex double c = 1.0i;
  double d = 1e10, h = 0x1p3;
  const char *s = "text" "more\n\x01", *u8 = u8"ü";
  int chr = 'c', wide = L'w';
  unsigned offset = __builtin_offsetof(struct Point, y);
  int size = sizeof(int) + sizeof n + _Alignof(int) + sizeof vla;
  const char *name = __func__, *pretty = __PRETTY_FUNCTION__, *function = __FUNCTION__;
  _Atomic int atomic;
  __c11_atomic_store(&atomic, 1, 5);
  int loaded = __c11_atomic_load(&atomic, 5);
  __asm__ volatile("mov %1, %0" : "=r"(i) : "r"(n) : "memory");
  int (^block)(int) = ^(int x) { return x + n; };
  [[maybe_unused]] int unused;
  [[clang::likely]] ;
  switch (n) { case 1: n = 2; [[fallthrough]]; case 2: ; }
  pp->x = p.bits << 2 | ~n & -n ^ +n % 3;
  n = !n && n || n, n = n == 1, n <<= 2;
  (void)(long)n;
  int source = __builtin_LINE();
  __typeof__(n) t1; __typeof__(int) t2; typeof_unqual(n) t3;
  _BitInt(7) bitint = 3;
  __auto_type deduced = n;
  bool yes = true;
  void *null = nullptr;
  return array[1] + 2[array] + __real__ c + __imag__ c + *__extension__ &n + pp->a;
}

struct Flexible { int n; char data[]; };
struct Point updates(void) { struct { struct Point p; } s = { .p = (struct Point){1, 2}, .p.y = 3 }; return s.p; }
int incomplete[];
extern int tentative;
int tentative;
_Thread_local int threadLocal;
void arrayParameter(int a[static 3], int b[const], int (*c)[*], void (*fn)(int, char));
const volatile int qualified;
int *restrict r;
