// args: --target=mips-linux-gnu
#define A(x) __attribute__((x))
A(mips16) void a(void); A(nomips16) void b(void); A(micromips) void c(void); A(nomicromips) void d(void); A(interrupt("vector=sw0")) void e(void); A(long_call) void f(void); A(short_call) void g(void);
