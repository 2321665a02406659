// args: -fopenmp -fopenmp-version=50
struct Class {
  int a, b;
  void f(int n) {
#pragma omp parallel for firstprivate(a) lastprivate(b) schedule(static, n + 1)
    for (int i = 0; i < n; ++i) b = a;
#pragma omp target teams num_teams(n + 1) thread_limit(n * 2)
    ;
  }
};
template <class T> void g(T n) {
#pragma omp parallel
#pragma omp loop bind(parallel)
  for (T i = 0; i < n; ++i) ;
#pragma omp loop bind(teams)
  for (T i = 0; i < n; ++i) ;
}
