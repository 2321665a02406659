#include <stdio.h>

#define SHOW(value) printf("%s\n", value)

struct point {
  int x, y;
};

static int total(const struct point *points, int count) {
  int sum = 0;
  for (int i = 0; i < count; i++)
    sum += points[i].x + points[i].z;
  return sum;
}

int main(void) {
  struct point p[4] = {{1, 2}};
  SHOW(total(p, 4));
  return printf("%s\n", p->y);
}
