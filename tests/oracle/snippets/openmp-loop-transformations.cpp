// args: -std=c++17 -fopenmp -fopenmp-version=60
void f(int n, int *a) {
#pragma omp reverse
  for (int i = 0; i < 100; ++i) a[i] = i;
#pragma omp interchange
  for (int i = 0; i < 100; ++i)
    for (int j = 0; j < 100; ++j) a[i] = j;
}
