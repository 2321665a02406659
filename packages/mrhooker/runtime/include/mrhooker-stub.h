/* What a generated stub and the runtime share. docs/formats/mrhooker-stub.md explains each field.
 *
 * A stub is a shared object that exports the hooked names. It never names the runtime as a
 * dependency: both are preloaded, the stub first, and its undefined mrhooker_* symbols are found in
 * the runtime. */
#ifndef MRHOOKER_STUB_H
#define MRHOOKER_STUB_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MR_STUB_VERSION 1

/* An argument or a result. Integers are sign- or zero-extended to 64 bits, a float is in .f,
 * records and long double are behind .p. */
typedef union mr_slot {
  int64_t i;
  uint64_t u;
  double d;
  float f;
  void *p;
} mr_slot;

/* Calls target with the arguments in the slots and puts what it returns into *result; for a record
 * or long double result->p already points to storage. */
typedef void mr_thunk(void *target, const mr_slot *args, mr_slot *result);

enum {
  MR_HOOKED = 1, /* the stub exports this name */
  MR_GENERIC =
      2, /* entered through mrhooker_entry with registers: variadic, or without a signature */
  MR_VARIADIC = 4, /* the signature's arguments are followed by others */
  MR_LOCAL = 8, /* original is set by the stub itself: a wrapper of an inline function or a macro */
  MR_FORWARD = 16, /* can't be called and returned through: entry is observed, then jumped to */
};

/* One for each function that the script hooks or calls; in the stub's writable data; 96 bytes. */
typedef struct mr_function {
  void *entry;           /* 0: mrhooker_entry when MR_GENERIC */
  void *original;        /* 8: NULL until the runtime has found it */
  const char *name;      /* 16: the symbol */
  const char *signature; /* 24: kinds: result, then arguments; NULL when unknown */
  mr_thunk *thunk;       /* 32: NULL: the runtime calls by signature itself */
  const uint8_t
      *map; /* 40: aliases: argument j is the family's argument map[j], 255: kept as it came */
  uint32_t index;    /* 48: in the manifest's list of functions */
  uint32_t family;   /* 52: index of the function whose hooks apply, the own one when no alias */
  uint32_t flags;    /* 56: MR_* */
  uint32_t reserved; /* 60 */
  void *runtime[4];  /* 64: the runtime's own, zero in the file */
} mr_function;

typedef struct mr_stub {
  uint32_t version; /* MR_STUB_VERSION */
  uint32_t count;
  mr_function *functions;
} mr_stub;

#define MR_EXPORT __attribute__((visibility("default"), used))

/* The runtime's side. */

/* Runs the hooks of a call. 1: *result holds what to return. 0: nothing was done, return what
 * function->original (which is set now) returns for the same arguments. */
extern int mrhooker_dispatch(mr_function *function, mr_slot *args, mr_slot *result,
                             void *return_address);

/* Not to be called: jumped to by MR_GENERIC_ENTRY. */
extern void mrhooker_entry(void);

/* Defines an exported name that enters the runtime with all registers as they came. */
#if defined(__x86_64__)
#define MR_GENERIC_ENTRY(symbol, record)                                                           \
  __asm__(".pushsection .text\n\t.globl " symbol "\n\t.type " symbol                               \
          ", @function\n\t.p2align 4\n" symbol ":\n\tendbr64\n\tleaq " record                      \
          "(%rip), %r11\n\tjmp *(%r11)\n\t.size " symbol ", . - " symbol "\n\t.popsection")
#endif

#if defined(__clang__) && !defined(__cplusplus)
#define MR_TAIL __attribute__((musttail)) return
#else
#define MR_TAIL return
#endif

#ifdef __cplusplus
}
#endif
#endif
