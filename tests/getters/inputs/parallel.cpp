// OpenMP directives and clauses.
int shared_value, reduced;
#pragma omp threadprivate(shared_value)
#pragma omp declare reduction(mine : int : omp_out += omp_in) initializer(omp_priv = 0)
#pragma omp declare simd simdlen(4) uniform(b)
int add(int a, int b) { return a + b; }
#pragma omp declare target
int on_device;
#pragma omp end declare target
#pragma omp requires unified_shared_memory
void directives(int n, int *data) {
  int i, first = 0, last = 0;
#pragma omp parallel for private(i) firstprivate(first) lastprivate(last) reduction(+ : reduced) schedule(dynamic, 4) num_threads(n) if (n > 3) collapse(1) ordered default(shared) proc_bind(close)
  for (i = 0; i < n; i++) data[i] = i;
#pragma omp parallel shared(data) copyin(shared_value)
  {
#pragma omp single nowait
    data[0] = 1;
#pragma omp critical(name) hint(0)
    data[1]++;
#pragma omp barrier
#pragma omp atomic capture seq_cst
    { first = last; last++; }
#pragma omp master
    data[2] = 3;
#pragma omp sections
    {
#pragma omp section
      data[3] = 1;
#pragma omp section
      data[4] = 1;
    }
#pragma omp task depend(in : data[0]) depend(out : data[1 : 2]) priority(2) untied final(n > 2) mergeable
    data[5] = 1;
#pragma omp taskwait
#pragma omp taskgroup task_reduction(+ : reduced)
    { }
  }
#pragma omp simd safelen(8) aligned(data : 16) linear(i : 1)
  for (i = 0; i < n; i++) data[i] = add(i, 1);
#pragma omp target teams distribute parallel for map(tofrom : data[0 : n]) num_teams(4) thread_limit(8) device(0) nowait
  for (int k = 0; k < n; k++) data[k] = k;
#pragma omp target data map(to : data[0 : n]) use_device_ptr(data)
  { }
#pragma omp target update from(data[0 : n])
#pragma omp taskloop grainsize(4)
  for (int k = 0; k < n; k++) data[k]++;
#pragma omp flush(n)
#pragma omp tile sizes(4)
  for (int k = 0; k < n; k++) data[k]++;
#pragma omp unroll partial(2)
  for (int k = 0; k < n; k++) data[k]++;
#pragma omp loop bind(thread)
  for (int k = 0; k < n; k++) data[k]++;
#pragma omp scope private(first)
  { }
#pragma omp masked filter(1)
  { }
#pragma omp parallel reduction(mine : reduced)
  reduced++;
}
