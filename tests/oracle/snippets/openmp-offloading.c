// args: -fopenmp -fopenmp-targets=x86_64-unknown-linux-gnu
int add(int *a, int n) {
  int sum = 0;
#pragma omp target teams distribute parallel for map(to : a[0 : n]) reduction(+ : sum)
  for (int i = 0; i < n; i++) sum += a[i];
  return sum;
}
