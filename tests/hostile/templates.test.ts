/** Programs whose trees, or whose compilation, grow beyond all bounds. */
import { describe, expect, test } from 'vitest';
import { survive, surviveSync, Workshop } from './harness.js';

const fibonacci = `template <int N, int M> struct F { static const long v = F<N - 1, M>::v + F<N - 1, M + 1>::v; };
template <int M> struct F<0, M> { static const long v = 1; };
`;
const binaryTree = `template <class T, int N> struct A { A<A<T, N - 1>, N - 1> a; A<A<T *, N - 1>, N - 1> b; };
template <class T> struct A<T, 0> {};
`;
const doubled = (times: number): string =>
  `#define M0(x) x x\n${Array.from({ length: times }, (_, i) => `#define M${i + 1}(x) M${i}(x) M${i}(x)\n`).join('')}` +
  `M${times}(int f(void);)\n`;

describe('exponential', () => {
  const workshop = new Workshop();

  test('instantiations', async () => {
    const small = workshop.write('small.cpp', `${fibonacci}long v = F<200, 0>::v;\n`);
    expect(await survive(small)).toBe('parsed');
    const large = workshop.write('large.cpp', `${binaryTree}A<int, 12> x;\n`);
    expect(['TIMEOUT', 'OUT_OF_MEMORY', 'parsed']).toContain(await survive(large, { timeLimit: 2_000 }));
    expect(['TIMEOUT', 'OUT_OF_MEMORY', 'parsed']).toContain(surviveSync(large, { timeLimit: 2_000 }));
  });

  test('recursion without end', async () => {
    const type = 'template <int N> struct A { A<N + 1> a; };\nA<0> a;\n';
    expect(await survive(workshop.write('type.cpp', type))).toBe('parsed');
    const call = 'template <int N> int f() { return f<N + 1>(); }\nint a = f<0>();\n';
    expect(await survive(workshop.write('call.cpp', call))).toBe('parsed');
    const deduction = 'template <class T> auto f(T t) -> decltype(f(&t));\nauto x = f(1);\n';
    expect(await survive(workshop.write('deduction.cpp', deduction))).toBe('parsed');
    const constant = 'constexpr int f(int n) { return f(n + 1); }\nconstexpr int a = f(0);\n';
    expect(await survive(workshop.write('constant.cpp', constant))).toBe('parsed');
    const loop = 'constexpr int f() { for (;;) ; }\nconstexpr int a = f();\n';
    expect(await survive(workshop.write('loop.cpp', loop))).toBe('parsed');
  });

  test('depth that the arguments allow', async () => {
    const source = 'template <int N> struct A { static const int v = A<N - 1>::v + 1; };\n';
    const file = workshop.write(
      'deep.cpp',
      `${source}template <> struct A<0> { static const int v = 0; };\nint x = A<5000>::v;\n`,
    );
    const outcome = await survive(file, { arguments: ['-ftemplate-depth=10000'] });
    expect(['parsed', 'TIMEOUT']).toContain(outcome);
  });

  test('macros', async () => {
    expect(await survive(workshop.write('small.c', doubled(12)))).toBe('parsed');
    const large = workshop.write('large.c', doubled(30));
    expect(['TIMEOUT', 'OUT_OF_MEMORY', 'FRONTEND_CRASHED', 'parsed']).toContain(
      await survive(large, { timeLimit: 2_000, memoryLimit: 1024 }),
    );
  });

  test('a huge array', async () => {
    const file = workshop.write(
      'array.c',
      'char a[1ul << 62]; int b[] = { [1u << 30] = 1 }; int c[1 << 28] = { 1 };\n',
    );
    expect(await survive(file, { timeLimit: 5_000 })).toMatch(/parsed|TIMEOUT|OUT_OF_MEMORY/);
  });
});
