// args: -fopenmp -fopenmp-version=52
void shaping(int n, int *a) {
#pragma omp task depend(in : ([n])a)
  ;
#pragma omp task depend(iterator(int i = 0 : n), in : a[i])
  ;
#pragma omp metadirective when(user = {condition(n > 1)} : parallel) otherwise(single)
  ;
#pragma omp parallel
#pragma omp loop
  for (int i = 0; i < n; ++i) a[i] = i;
}
