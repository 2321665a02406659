// args: -std=c++17 -fopenmp -fopenmp-version=52
// Every OpenMP directive, and the declarations that belong to them.
#pragma omp requires atomic_default_mem_order(seq_cst)
int global, other;
#pragma omp threadprivate(global)
typedef void *omp_interop_t;
typedef enum omp_allocator_handle_t {
  omp_null_allocator = 0,
  omp_default_mem_alloc = 1,
  omp_large_cap_mem_alloc = 2,
  omp_const_mem_alloc = 3,
  omp_high_bw_mem_alloc = 4,
  omp_low_lat_mem_alloc = 5,
  omp_cgroup_mem_alloc = 6,
  omp_pteam_mem_alloc = 7,
  omp_thread_mem_alloc = 8,
  KMP_ALLOCATOR_MAX_HANDLE = __UINTPTR_MAX__
} omp_allocator_handle_t;
#pragma omp allocate(other) allocator(omp_default_mem_alloc)
#pragma omp declare reduction(fold : int : omp_out += omp_in) initializer(omp_priv = 0)
struct Vec { int length; int *data; };
#pragma omp declare mapper(deep : Vec v) map(v, v.data[0 : v.length])
#pragma omp declare target
int onDevice;
#pragma omp end declare target
void base();
void variant();
#pragma omp declare variant(variant) match(construct = {parallel})
void base();
#pragma omp declare simd simdlen(8) uniform(p) linear(i)
float simdFunction(float *p, int i);
#pragma omp assumes no_openmp
void assuming();

void loops(int n, int *a) {
#pragma omp parallel
  ;
#pragma omp parallel for reduction(fold : other)
  for (int i = 0; i < n; ++i) other += a[i];
#pragma omp parallel for simd
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp for
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp for simd
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp simd
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp loop bind(thread)
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp parallel loop
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp parallel sections
  {
#pragma omp section
    ;
  }
#pragma omp sections
  {
    ;
  }
#pragma omp parallel master
  ;
#pragma omp parallel masked
  ;
#pragma omp master
  ;
#pragma omp masked filter(1)
  ;
#pragma omp single copyprivate(global)
  ;
#pragma omp scope
  ;
#pragma omp task untied
  ;
#pragma omp taskyield
#pragma omp taskwait
#pragma omp taskgroup
  ;
#pragma omp taskloop
  for (int i = 0; i < n; ++i) ;
#pragma omp taskloop simd
  for (int i = 0; i < n; ++i) ;
#pragma omp master taskloop
  for (int i = 0; i < n; ++i) ;
#pragma omp master taskloop simd
  for (int i = 0; i < n; ++i) ;
#pragma omp masked taskloop
  for (int i = 0; i < n; ++i) ;
#pragma omp masked taskloop simd
  for (int i = 0; i < n; ++i) ;
#pragma omp parallel master taskloop
  for (int i = 0; i < n; ++i) ;
#pragma omp parallel master taskloop simd
  for (int i = 0; i < n; ++i) ;
#pragma omp parallel masked taskloop
  for (int i = 0; i < n; ++i) ;
#pragma omp parallel masked taskloop simd
  for (int i = 0; i < n; ++i) ;
#pragma omp unroll partial(2)
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp tile sizes(4)
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp barrier
#pragma omp critical(name)
  ;
#pragma omp flush
#pragma omp atomic update
  other += 1;
#pragma omp for ordered
  for (int i = 0; i < n; ++i) {
#pragma omp ordered
    ;
  }
#pragma omp parallel for reduction(inscan, + : other)
  for (int i = 0; i < n; ++i) {
    other += a[i];
#pragma omp scan inclusive(other)
    a[i] = other;
  }
#pragma omp parallel
  {
#pragma omp cancel parallel
#pragma omp cancellation point parallel
  }
#pragma omp error at(execution) severity(warning) message("hm")
#pragma omp metadirective when(user = {condition(1)} : parallel)
  ;
#pragma omp assume no_openmp
  ;
  omp_interop_t interop;
#pragma omp interop init(target : interop)
#pragma omp dispatch
  base();
}

#pragma omp declare target
void onTarget(int n, int *a) {
#pragma omp distribute
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp distribute simd
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp distribute parallel for
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp distribute parallel for simd
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp teams distribute
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp teams distribute simd
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp teams distribute parallel for
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp teams distribute parallel for simd
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp teams loop
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp teams
  ;
}
#pragma omp end declare target

void device(int n, int *a) {
#pragma omp target map(tofrom : a[0 : n])
  ;
#pragma omp target data map(to : a[0 : n])
  ;
#pragma omp target enter data map(to : a[0 : n])
#pragma omp target exit data map(from : a[0 : n])
#pragma omp target update to(a[0 : n])
#pragma omp target parallel
  ;
#pragma omp target parallel for
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp target parallel for simd
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp target parallel loop
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp target simd
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp target teams
  ;
#pragma omp target teams distribute
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp target teams distribute simd
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp target teams distribute parallel for
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp target teams distribute parallel for simd
  for (int i = 0; i < n; ++i) a[i] = i;
#pragma omp target teams loop
  for (int i = 0; i < n; ++i) a[i] = i;
}
typedef void *omp_depend_t;
void depobj(int n) {
  omp_depend_t d;
#pragma omp depobj(d) depend(in : n)
#pragma omp parallel num_threads(n + 1) firstprivate(n) if (n > 2)
  ;
}
