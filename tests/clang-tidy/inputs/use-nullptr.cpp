#define NULL __null
#define MY_NULL NULL
#define IS_NULL(x) ((x) == NULL)
#define PASS(x) x
#define TWICE(x) use(x), count(x)
#define BOTH(x) use(x), use(x)
#define ZERO 0
#define DEFAULT_ARG(x) int *x = 0
typedef decltype(nullptr) nullptr_t;
struct S { int a; int *p; void (S::*f)(); };
void use(int *); void count(int); void uses(const char *, ...); void member(int S::*);
int *global = 0;
int *other(0), *braces{0}, *list = {0};
int S::*data = 0;
void (S::*method)() = NULL;
void (*function)() = 0;

int *sources(int *p, int n) {
  if (p == 0 || 0 != p || p == NULL) return 0;
  if (p == (0)) return NULL;
  if (IS_NULL(p)) return (int *)0;
  p = n ? 0 : p;
  p = n ? p : NULL;
  use(0); use(NULL); use(MY_NULL); use(ZERO); use(((0)));
  uses("a", 0, NULL);
  PASS(use(0));
  use(PASS(0)); use(PASS(NULL));
  TWICE(0); BOTH(0); BOTH(NULL);
  member(0); member(NULL);
  p = static_cast<int *>(0);
  p = reinterpret_cast<int *>(static_cast<char *>(0));
  p = (int *)(void *)0;
  p = static_cast<int *>(static_cast<int *>(NULL));
  const char *text = (const char *)0;
  void *any = (void *)0;
  any = 0L; any = 0x0;
  nullptr_t none = nullptr; p = none; p = nullptr;
  DEFAULT_ARG(local);
  int *array[3] = {0, p, NULL};
  S s = {0, 0, 0}, t = {.a = 0, .p = 0};
  delete p; p = new int(0); int **q = new int *(0); q[0] = 0;
  auto l = [](int *x = 0) -> int * { return 0; };
  l(); bool b = p == 0 && q != 0; b = 0;
  switch (n) { case 0: return 0; }
  throw (int *)0;
}
int *keyword() { return(0); }
int *cast() { return(int *)0; }
void defaults(int *p = 0, const S *s = NULL, int n = 0) { defaults(); }
template <class T> struct Holder {
  T *pointer = 0;
  T value = 0;
  Holder() : pointer(0), value(0) {}
  T *get() { return 0; }
};
Holder<int> holder; Holder<int *> pointers;
template <class T> void generic(T t, int *p = 0) { T u = 0; int *q = 0; if (p == 0) use(0); }
void instantiate() { generic(1); generic((int *)0); }
struct Init { int *p; Init(int *q = 0) : p(0) {} Init(const Init &) : p(NULL) {} };
Init make() { return Init(0); }
Init implicit() { return 0; }
int *ternary(bool c, int *p) { return c ? 0 : c ? NULL : p; }
