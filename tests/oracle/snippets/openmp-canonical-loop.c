// args: -fopenmp -fopenmp-version=52 -Xclang -fopenmp-enable-irbuilder
void f(int n, int *a) {
#pragma omp for
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp unroll
  for (int i = 0; i < n; ++i) a[i] = i;
}
