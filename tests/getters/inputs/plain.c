// C: storage, bit-fields, K&R functions, designators, inline assembler, labels, atomics, vectors, generic selections.
#define TWICE(x) ((x) + (x))
typedef unsigned long size;
typedef struct point { int x, y; } point;
typedef enum level { LOW, HIGH = 7, NEGATIVE = -2 } level;
typedef int callback(int, ...);
typedef int (*handler)(const char *, int[static 3]);
typedef int (*unprototyped)();
typedef int vector4 __attribute__((vector_size(16)));
typedef float wide4 __attribute__((ext_vector_type(4)));
typedef int table[4][2];
typedef int incomplete[];
typedef const volatile int *restricted;
typedef _Complex double complex_number;
typedef _Atomic(int) counter;
typedef __typeof__(1 + 2L) deduced;
typedef _BitInt(37) narrow;
typedef void (^block)(int);
typedef void endless(void) __attribute__((noreturn));
typedef unsigned char byte_type;
typedef signed char signed_char;
typedef _Bool truth;
typedef struct point *const constant_pointer;

/**
 * A packet.
 * \brief what goes over the wire
 * \param none there is no such thing
 * <b class="x">bold</b>
 */
struct __attribute__((packed, aligned(8))) packet {
  unsigned version : 3;
  unsigned : 2;
  unsigned : 0;
  int kind;
  union { int number; float real; };
  char data[];
};
struct opaque;
union either { int a; double b; };
enum { ANONYMOUS };

extern int external_variable;
static int internal_variable = 3;
static _Thread_local int per_thread;
__thread int gnu_thread;
int common;
const char *text = "hello" " world";
const char wide_text[] = u8"\u00e4";
point points[] = {[2] = {.y = 1, .x = 2}, [0] = {3, 4}};
int lengths[3] = {[0 ... 1] = 5};
int deprecated_variable __attribute__((deprecated("use another"), unused));
register unsigned long in_register asm("rsp");
__attribute__((section(".mine"), used, visibility("hidden"))) int placed = 1;
complex_number imaginary = 2.0i;
_Alignas(16) char aligned_array[32];

_Static_assert(sizeof(int) == 4, "int is small");
asm(".globl file_scope");

static inline int square(int n) { return n * n; }
extern inline int twice(int n) { return TWICE(n); }
__attribute__((noreturn, cold)) void stop(void);
_Noreturn void halt(void);
__attribute__((format(printf, 1, 2), nonnull(1), warn_unused_result)) int print(const char *format, ...);
__attribute__((constructor(101))) static void at_start(void) {}
__attribute__((alias("at_start"))) void other_start(void);
__attribute__((always_inline, pure)) inline static int pure_function(const int *p) { return *p; }
__attribute__((overloadable)) int overloaded(int);
__attribute__((malloc, alloc_size(1), returns_nonnull, assume_aligned(16))) void *allocate(size n);
int old_style(a, b) int a; char b; { return a + b; }
int unprototyped_function();
void variably(int n, int m[n][*]);

int statements(int n, char *argument, ...) {
  __label__ local;
  static int calls;
  auto int result = 0;
  int array[n];
  for (int i = 0; i < n; i++) {
    if (i == 3) continue;
    else if (i == 9) break;
    result += i, result <<= 1;
  }
  for (;;) { goto local; }
local:
  while (n-- > 0) ++result;
  do { result = ~result; } while (!result);
  switch (n) {
  case 1: result = 1; __attribute__((fallthrough));
  case 2 ... 5: result = 2; break;
  default: ;
  }
  void *target = &&local;
  if (n) goto *target;
  asm volatile("add %1, %0" : "=r"(result) : [in] "r"(n), "0"(result) : "cc", "memory");
  asm goto("" : : : : local);
  int statement_expression = ({ int t = n; t + 1; });
  int choice = n ? : 5;
  int chosen = n ? 1 : 2;
  _Complex float c = __real__ imaginary + __imag__ imaginary;
  result += _Generic(n, int: 1, default: 2) + __builtin_choose_expr(1, 2, 3);
  result += __builtin_offsetof(point, y) + __builtin_types_compatible_p(int, long);
  result += sizeof(point) + sizeof result + _Alignof(double) + sizeof(array);
  point p = (point){.x = 1};
  point *q = &p;
  result += q->x + p.y + points[1].x + 1[lengths] - -n;
  __builtin_va_list list;
  __builtin_va_start(list, argument);
  result += __builtin_va_arg(list, int);
  __builtin_va_end(list);
  counter atomic_value = 0;
  __c11_atomic_fetch_add(&atomic_value, 1, 5);
  __atomic_store_n(&result, 1, __ATOMIC_SEQ_CST);
  vector4 v = {1, 2, 3, 4};
  wide4 w = {1, 2, 3, 4};
  w.xy = w.zw;
  v = __builtin_shufflevector(v, v, 0, 1, 2, 3);
  wide4 converted = __builtin_convertvector(v, wide4);
  void (^b)(int) = ^(int arg) { (void)(arg + chosen); };
  b(1);
  __block int captured = 0;
  ^{ captured = 1; }();
  const char *name = __func__;
  name = __PRETTY_FUNCTION__;
  (void)name, (void)statement_expression, (void)c, (void)choice, (void)'c', (void)L'w', (void)1.5f, (void)2ull;
  (void)(char)n, (void)(long)argument, (void)(float)n, (void)(int)1.5, (void)(_Bool)n;
  if (__builtin_expect(n == 1, 0)) return calls;
  {
    struct point local_record = {1, 2};
    union either u = {.b = 2.0};
    (void)local_record, (void)u;
    extern int block_scope_function(void);
    typedef int local_type;
    local_type z = block_scope_function();
    __attribute__((nomerge)) square(z);
  }
#pragma clang loop unroll(enable) vectorize_width(4)
  for (int k = 0; k < 4; k++) calls += k;
  { extern void other_start(void); __extension__ int e = 0; (void)e; }
  enum level lv = HIGH;
  return (int)lv;
}

int main(int argc, char **argv) { return statements(argc, argv[0]) + square(2) + internal_variable + per_thread; }
