// args: -Xclang -fopenacc
void f(int n, int *a) {
#pragma acc parallel if (n > 1) num_gangs(2) vector_length(n) copy(a[0:n]) async
  ;
#pragma acc serial private(n)
  ;
#pragma acc kernels default(none) wait
  ;
#pragma acc loop independent
  for (int i = 0; i < n; ++i) a[i] = i;
}
