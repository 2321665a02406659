// A C library of functions with signatures made up by a seeded generator, and a program that calls each of them.

/** C types by name; structs stand for the classes in which the ABI passes them. */
const TYPES: Readonly<Record<string, string>> = {
  bool: '_Bool',
  char: 'char',
  schar: 'signed char',
  uchar: 'unsigned char',
  short: 'short',
  ushort: 'unsigned short',
  int: 'int',
  uint: 'unsigned',
  long: 'long',
  ulong: 'unsigned long',
  llong: 'long long',
  float: 'float',
  double: 'double',
  ldouble: 'long double',
  pointer: 'void *',
  text: 'const char *',
  enumeration: 'enum e',
  one: 'struct one',
  words: 'struct words',
  floats: 'struct floats',
  threeFloats: 'struct three_floats',
  mixed: 'struct mixed',
  bytes: 'struct bytes',
  big: 'struct big',
  wide: 'struct wide',
  either: 'union either',
  complexNumber: 'double _Complex',
};

const RECORDS = `enum e { E_A = -3, E_B = 70000 };
struct one { short a; };
struct words { long a; unsigned char b; };
struct floats { float a, b; };
struct three_floats { float a, b, c; };
struct mixed { double a; int b; };
struct bytes { char a[3]; };
struct big { long a[3]; double b; };
struct wide { long double a; };
union either { double d; long l; };
`;

/** Uniform numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface GeneratedLibrary {
  header: string;
  source: string;
  main: string;
  names: string[];
}

/** Each function folds the bytes of its arguments into a hash, prints it, and returns bytes made of it. */
export function generateLibrary(count: number, seed: number): GeneratedLibrary {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const kinds = Object.keys(TYPES);
  const declarations: string[] = [];
  const definitions: string[] = [];
  const calls: string[] = [];
  const names: string[] = [];
  for (let index = 0; index < count; index++) {
    const name = `f${index}`;
    const result = index % 9 === 0 ? 'void' : (TYPES[pick(kinds)] as string);
    const parameters = Array.from({ length: Math.floor(next() * 11) }, () => TYPES[pick(kinds)] as string);
    const list = parameters.map((type, at) => `${type}${type.endsWith('*') ? '' : ' '}a${at}`).join(', ') || 'void';
    declarations.push(`${result} ${name}(${list});`);
    const folds = parameters.map((type, at) => `  hash = FOLD(hash, ${type}, a${at});`).join('\n');
    const back = result === 'void' ? '' : `  ${result} r; MAKE(hash, ${result}, r); return r;\n`;
    definitions.push(
      `${result} ${name}(${list}) {\n  unsigned long hash = ${index};\n${folds}\n  printf("%s %lx\\n", "${name}", hash);\n${back}}`,
    );
    const values = parameters
      .map((type, at) => `${type} v${at}; MAKE(${index * 16 + at + 1}ul, ${type}, v${at});`)
      .join(' ');
    const use = `${name}(${parameters.map((_, at) => `v${at}`).join(', ')})`;
    const kept = result === 'void' ? `${use};` : `${result} r = ${use}; printf(" = %lx\\n", FOLD(0, ${result}, r));`;
    calls.push(`  { ${values} ${kept} }`);
    names.push(name);
  }
  const header = `${RECORDS}${declarations.join('\n')}\n`;
  return {
    header,
    source: `${PRELUDE}${definitions.join('\n')}\n`,
    main: `${PRELUDE}int main(void) {\n${calls.join('\n')}\n  return 0;\n}\n`,
    names,
  };
}

/** Padding, and the six bytes of a long double that hold nothing, are left out: nobody promises to keep them. */
const PRELUDE = `#include <stdio.h>
#include <string.h>
#include "generated.h"
static unsigned long fold(unsigned long hash, const void *bytes, size_t size) {
  for (const unsigned char *at = bytes; size-- > 0; at++) hash = (hash ^ *at) * 1099511628211ul + (hash >> 31);
  return hash;
}
static void make(unsigned long seed, void *bytes, size_t size) {
  for (unsigned char *at = bytes; size-- > 0; at++) *at = (unsigned char)((seed = seed * 6364136223846793005ul + 1442695040888963407ul) >> 33);
}
#define FOLD(hash, type, value) _Generic((value), \\
  struct one: fold(hash, &value, 2), struct words: fold(hash, &value, 9), struct mixed: fold(hash, &value, 12), \\
  const char *: fold(hash, *(const char **)(void *)&value, strlen(*(const char **)(void *)&value)), \\
  struct wide: fold(hash, &value, 10), long double: fold(hash, &value, 10), default: fold(hash, &value, sizeof(type)))
static const char *texts[] = {"", "call me Ishmael", "gr\\xc3\\xbc\\xc3\\x9f dich"};
/* Floating-point values are ordinary numbers, so that nothing is a signalling NaN; pointers are whatever they are. */
static void make_bool(unsigned long seed, _Bool *to) { *to = seed & 1; }
static void make_float(unsigned long seed, float *to) { *to = (float)(seed % 4096) / 8 - 100; }
static void make_double(unsigned long seed, double *to) { *to = (double)(seed % 1000003) / 7 - 1e4; }
static void make_wide(unsigned long seed, long double *to) { *to = (long double)seed / 3; }
static void make_text(unsigned long seed, const char **to) { *to = texts[seed % 3]; }
static void make_enum(unsigned long seed, enum e *to) { *to = seed & 1 ? E_A : E_B; }
static void make_floats(unsigned long seed, struct floats *to) { make_float(seed, &to->a); make_float(seed + 1, &to->b); }
static void make_three(unsigned long seed, struct three_floats *to) { make_float(seed, &to->a); make_float(seed + 1, &to->b); make_float(seed + 2, &to->c); }
static void make_mixed(unsigned long seed, struct mixed *to) { make_double(seed, &to->a); to->b = (int)seed; }
static void make_struct_wide(unsigned long seed, struct wide *to) { make_wide(seed, &to->a); }
static void make_complex(unsigned long seed, double _Complex *to) { make_double(seed, (double *)to); make_double(seed + 1, (double *)to + 1); }
#define MAKE(seed, type, to) do { unsigned long s = (seed); memset(&to, 0, sizeof to); void *at = &to; _Generic((to), \\
  _Bool: make_bool(s, at), float: make_float(s, at), double: make_double(s, at), long double: make_wide(s, at), \\
  const char *: make_text(s, at), enum e: make_enum(s, at), struct floats: make_floats(s, at), \\
  struct three_floats: make_three(s, at), struct mixed: make_mixed(s, at), struct wide: make_struct_wide(s, at), \\
  double _Complex: make_complex(s, at), default: make(s, at, sizeof(type))); } while (0)
`;
