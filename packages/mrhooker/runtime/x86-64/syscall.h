/* System calls without libc: nothing that can be hooked is called, and errno stays. A negative
 * result is -errno. */
#ifndef MRHOOKER_SYSCALL_H
#define MRHOOKER_SYSCALL_H

#include <stdint.h>
#include <sys/syscall.h>

static inline long mr_syscall6(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#define mr_syscall3(n, a, b, c) mr_syscall6(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)

#endif
