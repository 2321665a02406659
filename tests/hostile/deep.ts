/** Programs that nest, or repeat, one construct as often as they are told: what overflows stacks and makes a traversal quadratic. */

export interface Hostile {
  name: string;
  /** The file's extension says the language. */
  extension: 'c' | 'cpp' | 'm';
  /** How often by default: as deep as this goes within seconds. */
  times: number;
  source(times: number): string;
}

const wrapped = (before: string, after: string) => (times: number) => before.repeat(times) + after.repeat(times);
const numbered = (times: number, text: (i: number) => string, separator = '') =>
  Array.from({ length: times }, (_, i) => text(i)).join(separator);
/** The body of a function that returns an expression. */
const returning = (expression: (times: number) => string) => (times: number) =>
  `int f(int a, int *p) { return ${expression(times)}; }\n`;
const statement = (text: (times: number) => string) => (times: number) =>
  `int g(int); void f(int a) { ${text(times)} }\n`;

function c(name: string, times: number, source: (times: number) => string): Hostile {
  return { name, extension: 'c', times, source };
}
function cpp(name: string, times: number, source: (times: number) => string): Hostile {
  return { name, extension: 'cpp', times, source };
}

/** One construct inside of itself. */
export const nested: readonly Hostile[] = [
  c(
    'parentheses',
    100_000,
    returning((n) => `${'('.repeat(n)}a${')'.repeat(n)}`),
  ),
  c(
    'unary minus',
    100_000,
    returning((n) => `${'- '.repeat(n)}a`),
  ),
  c(
    'unary not',
    3_000,
    returning((n) => `${'!'.repeat(n)}a`),
  ),
  c(
    'dereferences of addresses',
    20_000,
    returning((n) => `${'*&'.repeat(n)}a`),
  ),
  c(
    'casts',
    8_000,
    returning((n) => `${'(int)'.repeat(n)}a`),
  ),
  c(
    'sizeof',
    20_000,
    returning((n) => `(int)${'sizeof '.repeat(n)}a`),
  ),
  c(
    'subscripts',
    10_000,
    returning((n) => `${'p['.repeat(n)}a${']'.repeat(n)}`),
  ),
  c(
    'conditional operators',
    30_000,
    returning((n) => `${'a ? 1 : '.repeat(n)}2`),
  ),
  c(
    'conditional operators in the middle',
    5_000,
    returning((n) => `${'a ? '.repeat(n)}a${' : 1'.repeat(n)}`),
  ),
  c(
    'assignments',
    30_000,
    returning((n) => `${'a = '.repeat(n)}1`),
  ),
  c('calls', 20_000, (n) => `int g(int); int f(int a) { return ${'g('.repeat(n)}a${')'.repeat(n)}; }\n`),
  c(
    'statement expressions',
    1_000,
    returning((n) => `${'({ '.repeat(n)}a${'; })'.repeat(n)}`),
  ),
  c(
    'generic selections',
    1_000,
    returning((n) => `${'_Generic(1, int: '.repeat(n)}a${')'.repeat(n)}`),
  ),
  c('blocks', 100_000, statement(wrapped('{', '}'))),
  c(
    'ifs',
    2_000,
    statement((n) => `${'if (a) '.repeat(n)};`),
  ),
  c(
    'else-ifs',
    3_000,
    statement((n) => `${numbered(n, (i) => `if (a == ${i}) g(${i}); else `)};`),
  ),
  c(
    'whiles',
    2_000,
    statement((n) => `${'while (a) '.repeat(n)};`),
  ),
  c(
    'fors',
    3_000,
    statement((n) => `${'for (;;) '.repeat(n)};`),
  ),
  c(
    'dos',
    1_500,
    statement((n) => `${'do '.repeat(n)};${' while (a);'.repeat(n)}`),
  ),
  c(
    'switches',
    1_500,
    statement((n) => `${'switch (a) case 1: '.repeat(n)};`),
  ),
  c(
    'cases on cases',
    20_000,
    statement((n) => `switch (a) { ${numbered(n, (i) => `case ${i}: `)}; }`),
  ),
  c(
    'labels on labels',
    10_000,
    statement((n) => `${numbered(n, (i) => `l${i}: `)};`),
  ),
  c('stars', 10_000, (n) => `int ${'*'.repeat(n)}x;\n`),
  c('arrays', 1_500, (n) => `int a${'[1]'.repeat(n)};\n`),
  c('functions returning functions', 5_000, (n) => `void (${'*('.repeat(n)}*x${')(void)'.repeat(n)})(void);\n`),
  c('pointers to arrays', 5_000, (n) => `int ${'(*'.repeat(n)}x${')[1]'.repeat(n)};\n`),
  c('declarators in parentheses', 20_000, (n) => `int ${'('.repeat(n)}x${')'.repeat(n)};\n`),
  c('initialisers', 100, (n) => `int a = ${'{'.repeat(n)}1${'}'.repeat(n)};\n`),
  c('initialisers of nested arrays', 100, (n) => `int a${'[1]'.repeat(n)} = ${'{'.repeat(n)}1${'}'.repeat(n)};\n`),
  c('structs', 2_000, (n) => `${numbered(n, (i) => `struct S${i} { `)}int a;${numbered(n, (i) => ` } m${n - i};`)}\n`),
  c('designators', 2_000, (n) => {
    const structs = numbered(n, (i) => `struct S${i + 1} { struct S${i} m; };\n`);
    return `struct S0 { int m; };\n${structs}struct S${n} x = { ${'.m'.repeat(n + 1)} = 1 };\n`;
  }),
  c('typedefs of typedefs', 20_000, (n) => `typedef int T0;\n${numbered(n, (i) => `typedef T${i} *T${i + 1};\n`)}`),
  c('typeof', 1_000, (n) => `int x; ${'__typeof__('.repeat(n)}x${')'.repeat(n)} y;\n`),
  c(
    'macros in macros',
    20_000,
    (n) => `#define M0 1\n${numbered(n, (i) => `#define M${i + 1} M${i}\n`)}int a = M${n};\n`,
  ),
  c('macro arguments', 1_000, (n) => `#define M(x) (x)\nint a = ${'M('.repeat(n)}1${')'.repeat(n)};\n`),
  c('conditionals', 50_000, (n) => `${'#if 1\n'.repeat(n)}int a;\n${'#endif\n'.repeat(n)}`),
  c('parentheses in #if', 20_000, (n) => `#if ${'('.repeat(n)}1${')'.repeat(n)}\nint a;\n#endif\n`),
  c('attributes', 20_000, (n) => `int ${'__attribute__((unused)) '.repeat(n)}a;\n`),
  cpp('lambdas', 100, (n) => `auto x = ${'[] { return '.repeat(n)}1${'; }'.repeat(n)};\n`),
  cpp('namespaces', 20_000, (n) => `${numbered(n, (i) => `namespace n${i} { `)}int a;${' }'.repeat(n)}\n`),
  cpp('nested-name specifiers', 2_000, (n) => `struct A { static int x; };\nint y = ${'A::'.repeat(n)}x;\n`),
  cpp('classes', 1_000, (n) => `${numbered(n, (i) => `struct S${i} { `)}int a;${' };'.repeat(n)}\n`),
  cpp('template arguments', 500, (n) => `template <class T> struct A {};\n${'A<'.repeat(n)}int${'>'.repeat(n)} *x;\n`),
  cpp(
    'template templates',
    200,
    (n) =>
      `${'template <template <class> class T> '.repeat(1)}struct A;\ntemplate <${'template <'.repeat(n)}class${'> class'.repeat(n)} T> struct B;\n`,
  ),
  cpp('chained calls', 2_000, (n) => `struct S { S &f(); };\nvoid g(S s) { s${'.f()'.repeat(n)}; }\n`),
  cpp(
    'shifts into a stream',
    10_000,
    (n) => `struct S { S &operator<<(int); };\nvoid g(S s) { s${' << 1'.repeat(n)}; }\n`,
  ),
  cpp('trailing return types', 300, (n) => `auto f() -> ${'decltype('.repeat(n)}1${')'.repeat(n)};\n`),
  cpp('bases', 1_000, (n) => `struct S0 {};\n${numbered(n, (i) => `struct S${i + 1} : S${i} {};\n`)}`),
  cpp('try blocks', 5_000, (n) => `void f() { ${'try { '.repeat(n)}${'} catch (...) {}'.repeat(n)} }\n`),
  cpp('new expressions', 2_000, (n) => `struct S { S(S *); };\nS *x = ${'new S('.repeat(n)}nullptr${')'.repeat(n)};\n`),
  cpp('range-fors', 100, (n) => `int a[3]; void f() { ${'for (int x : a) '.repeat(n)}; }\n`),
  cpp('linkage specifications', 5_000, (n) => `${'extern "C" { '.repeat(n)}int a;${' }'.repeat(n)}\n`),
];

/** One construct after another. */
export const long: readonly Hostile[] = [
  c(
    'a sum',
    100_000,
    returning((n) => `a${' + a'.repeat(n - 1)}`),
  ),
  c(
    'a sum to the right',
    10_000,
    returning((n) => `${'a + ('.repeat(n)}a${')'.repeat(n)}`),
  ),
  c(
    'commas',
    20_000,
    returning((n) => `a${', a'.repeat(n - 1)}`),
  ),
  c(
    'a conjunction',
    20_000,
    returning((n) => `a${' && a'.repeat(n - 1)}`),
  ),
  c('an initialiser', 1_000_000, (n) => `int a[] = {${'1,'.repeat(n)}};\n`),
  c('declarators', 30_000, (n) => `int ${numbered(n, (i) => `a${i}`, ', ')};\n`),
  c('parameters', 20_000, (n) => `void f(${numbered(n, (i) => `int a${i}`, ', ')});\n`),
  c('arguments', 50_000, (n) => `void g(); void f(int a) { g(a${', a'.repeat(n - 1)}); }\n`),
  c('enumerators', 30_000, (n) => `enum E { ${numbered(n, (i) => `e${i}`, ', ')} };\n`),
  c(
    'cases',
    10_000,
    statement((n) => `switch (a) { ${numbered(n, (i) => `case ${i}: g(${i});`)} }`),
  ),
  c('one string', 1_000_000, (n) => `const char *s = "${'x'.repeat(n)}";\n`),
  c('strings', 50_000, (n) => `const char *s = ${'"x" '.repeat(n)};\n`),
  c('one name', 1_000_000, (n) => `int ${'x'.repeat(n)};\n`),
  c('one number', 1_000_000, (n) => `int x = ${'1'.repeat(n)};\n`),
  c('digits of a float', 100_000, (n) => `double x = 1.${'1'.repeat(n)};\n`),
  c('a comment', 5_000_000, (n) => `/*${'*'.repeat(n)}*/ int x;\n`),
  c('lines', 1_000_000, (n) => `${'\n'.repeat(n)}int x;\n`),
  c('continued lines', 100_000, (n) => `int ${'\\\n'.repeat(n)}x;\n`),
  c('errors', 100_000, (n) => `${'@ '.repeat(n)}\n`),
  c('warnings', 5_000, (n) => `${numbered(n, (i) => `char a${i} = 1000;\n`)}`),
  c('braces without end', 100_000, (n) => `void f() ${'{'.repeat(n)}`),
  c('parentheses without end', 100_000, (n) => `int f = ${'('.repeat(n)}`),
  c('line markers', 10_000, (n) => numbered(n, (i) => `#line ${i + 1} "f${i % 7}.h"\nint a${i};\n`)),
  c('pragmas', 5_000, (n) => '#pragma pack(push, 1)\n'.repeat(n)),
  cpp('templates', 2_000, (n) => `template <int> struct A {};\n${numbered(n, (i) => `A<${i}> a${i};\n`)}`),
];
