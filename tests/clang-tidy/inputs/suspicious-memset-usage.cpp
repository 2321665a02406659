typedef __SIZE_TYPE__ size_t;
extern "C" void *memset(void *, int, size_t);
namespace mine { void memset(int, int, int); }
void memset(char *, char);

#define ZERO '0'
#define FILL(x) memset(bytes, x, sizeof bytes)
#define NOTHING 0
struct Item { int a; char name[8]; } items[4];
enum { EMPTY = 0, SOME = 5 };

void characters(char *text, unsigned char *raw, int *numbers, void *any, wchar_t *wide) {
  char bytes[16];
  signed char signs[4];
  memset(text, '0', 4);
  memset(raw, '0', 4);
  memset(bytes, '0', sizeof bytes);
  memset(signs, '0', 4);
  memset(wide, '0', 4);
  memset(numbers, '0', 4 * sizeof(int));
  memset(any, '0', 16);
  memset(&items[0], ('0'), sizeof(Item));
  memset(items, ZERO, sizeof items);
  FILL('0');
  memset(numbers, '1', 4);
  memset(numbers, L'0', 4);
  mine::memset(1, '0', 0);
  memset(text, '0');
}

void truncated(int *p) {
  memset(p, 255, 4);
  memset(p, 256, 4);
  memset(p, 0xabcd, 4);
  memset(p, (0x1ff), 4);
  memset(p, -1, 4);
  memset(p, 4000000000u, 4);
  memset(p, 0, 4);
  memset(p, 0x100, 0);
}

void swapped(int *p, int n, int fill) {
  memset(p, n, 0);
  memset(p, sizeof(int), 0);
  memset(p, sizeof(int) * n, 0 * 7);
  memset(p, n, NOTHING);
  memset(p, n + 1 /* much */, EMPTY);
  memset(p, SOME, EMPTY);
  memset(p, EMPTY, EMPTY);
  memset(p, -fill, 0);
  memset(p, -SOME, 0);
  memset(p, fill, n);
  memset(p, 'x', 0);
  memset(p, 0, 0);
  memset(p, '0', 0);
  memset(p, 5, 0);
}

template <int N, typename T> void templated(T *p, int n) {
  memset(p, n, 0);
  memset(p, n, N);
  memset(p, '0', N);
}

struct Holder {
  char text[8];
  int numbers[8];
  void clear(int n) {
    memset(text, '0', sizeof text);
    memset(numbers, '0', sizeof numbers);
    memset(this, n, 0);
  }
};
