import {
  CallExpr,
  CXXConstructorDecl,
  CXXRecordDecl,
  CXXTemporaryObjectExpr,
  DeclRefExpr,
  EnumDecl,
  FieldDecl,
  FunctionDecl,
  FunctionTemplateDecl,
  InitListExpr,
  type TranslationUnit,
  VarDecl,
} from 'cmonster';
import { describe, expect, test } from 'vitest';
import { rewritten } from './harness.js';

const first = <T>(nodes: readonly T[]): T => nodes[0] as T;
const cpp = { file: 'input.cpp' };

describe('arguments', () => {
  const call = (text: string, script: (call: CallExpr, tu: TranslationUnit) => void): string =>
    rewritten(
      `int f();\nint x, y, z;\nint r(void) { return ${text}; }\n`,
      (tu) => script(first(tu.find(CallExpr)), tu),
      {
        arguments: ['-Wno-everything'],
      },
    )
      .split('return ')[1]!
      .split('; }')[0]!;

  test.each<[string, (call: CallExpr, tu: TranslationUnit) => void, string]>([
    ['f()', (call) => call.arguments.push('1'), 'f(1)'],
    ['f( )', (call) => call.arguments.push('1', '2'), 'f(1, 2)'],
    ['f(x)', (call) => call.arguments.push('1'), 'f(x, 1)'],
    ['f(x)', (call) => call.arguments.push('1, 2'), 'f(x, (1, 2))'],
    ['f(x, y)', (call) => call.arguments.insert(0, '1'), 'f(1, x, y)'],
    ['f(x, y)', (call) => call.arguments.insert(1, '1'), 'f(x, 1, y)'],
    ['f(x, y)', (call) => call.arguments.insert(2, '1'), 'f(x, y, 1)'],
    ['f(x)', (call) => call.arguments.removeAt(0), 'f()'],
    ['f(x, y, z)', (call) => call.arguments.removeAt(0), 'f(y, z)'],
    ['f(x, y, z)', (call) => call.arguments.removeAt(1), 'f(x, z)'],
    ['f(x, y, z)', (call) => call.arguments.removeAt(2), 'f(x, y)'],
    ['f(x, y, z)', (call) => call.arguments.move(0, 2), 'f(y, z, x)'],
    ['f(x, y, z)', (call) => call.arguments.move(2, 0), 'f(z, x, y)'],
    ['f(x /* x */, y)', (call) => call.arguments.push('1'), 'f(x /* x */, y, 1)'],
    ['f(x /* x */, y)', (call) => call.arguments.removeAt(0), 'f(y)'],
    ['f(/* x */ x, /*é*/ /*y=*/ y, z)', (call) => call.arguments.removeAt(1), 'f(/* x */ x, z)'],
    ['f(/*x=*/ x, /*y=*/y)', (call) => call.arguments.move(1, 0), 'f(/*y=*/y, /*x=*/ x)'],
    ['f(/*x=*/ x, y /* y */)', (call) => call.arguments.removeAt(1), 'f(/*x=*/ x)'],
    ['f(/*x=*/ x)', (call) => call.arguments.insert(0, '1'), 'f(1, /*x=*/ x)'],
    ['f(/*x=*/ x)', (call) => call.arguments[0]!.replaceWith('1'), 'f(/*x=*/ 1)'],
    ['f(x, f(y))', (call) => call.arguments[1]!.remove(), 'f(x)'],
    [
      'f(x, f(y))',
      (call) => {
        for (const argument of call.arguments) argument.remove();
      },
      'f()',
    ],
    [
      'f(x, y, z)',
      (call) => {
        call.arguments.removeAt(1);
        call.arguments.push('1');
        call.arguments.push('1');
        call.arguments.move(0, 1);
      },
      'f(z, x, 1, 1)',
    ],
    [
      'f(x, f(y), z)',
      (call, tu) => {
        first(tu.find(DeclRefExpr, (ref) => ref.text === 'y')).replaceWith('y + 1');
        call.arguments.move(1, 0);
        first(tu.find(DeclRefExpr, (ref) => ref.text === 'x')).replaceWith('x + 1');
      },
      'f(f(y + 1), x + 1, z)',
    ],
  ])('%s', (text, script, expected) => expect(call(text, script)).toBe(expected));

  test('what is not there', () => {
    expect(() => call('f(x)', (call) => call.arguments.removeAt(1))).toThrow(
      'there is no place 1 in the arguments of CallExpr',
    );
  });

  test('of a construction', () => {
    const source = 'struct S { S(int, int = 0); };\nS a(1);\nS b = S(1, 2);\n';
    const after = rewritten(
      source,
      (tu) => {
        first(tu.find(VarDecl)).find(CXXTemporaryObjectExpr);
        for (const made of tu.find(CXXTemporaryObjectExpr)) made.arguments.removeAt(1);
      },
      cpp,
    );
    expect(after).toBe(source.replace('S(1, 2)', 'S(1)'));
  });
});

describe('parameters', () => {
  const fn = (text: string, script: (fn: FunctionDecl) => void, file = 'input.c'): string =>
    rewritten(`${text}\n`, (tu) => script(first(tu.find(FunctionDecl))), { file }).trimEnd();

  test.each<[string, (fn: FunctionDecl) => void, string, string?]>([
    ['int f(void);', (fn) => fn.parameters.push('int a'), 'int f(int a);'],
    ['int f();', (fn) => fn.parameters.push('int a'), 'int f(int a);', 'input.cpp'],
    ['int f(int a);', (fn) => fn.parameters.removeAt(0), 'int f(void);'],
    ['int f(int a);', (fn) => fn.parameters.removeAt(0), 'int f();', 'input.cpp'],
    ['int f(int a, ...);', (fn) => fn.parameters.push('char *b'), 'int f(int a, char *b, ...);'],
    ['int f(int a, char b[3]) { return a; }', (fn) => fn.parameters[1]!.remove(), 'int f(int a) { return a; }'],
    [
      'int f(int a, int (*b)(int)) { return a; }',
      (fn) => fn.parameters.move(1, 0),
      'int f(int (*b)(int), int a) { return a; }',
    ],
    ['int f(int a, int b __attribute__((unused)));', (fn) => fn.parameters.removeAt(1), 'int f(int a);'],
    [
      'int f(int a __attribute__((unused)));',
      (fn) => fn.parameters.push('int b'),
      'int f(int a __attribute__((unused)), int b);',
    ],
    ['int (*f(int a))(double);', (fn) => fn.parameters.push('int b'), 'int (*f(int a, int b))(double);'],
    [
      'int f(int a,\n      int b)\n{ return a; }',
      (fn) => fn.parameters.push('int c'),
      'int f(int a,\n      int b,\n      int c)\n{ return a; }',
    ],
    [
      'struct S { int f(int a = 1) const; };',
      (fn) => fn.parameters.push('int b = 2'),
      'struct S { int f(int a = 1, int b = 2) const; };',
      'input.cpp',
    ],
  ])('%s', (text, script, expected, file) => expect(fn(text, script, file)).toBe(expected));

  test('of a definition in the old style', () => {
    expect(() => fn('int f(a) int a; { return a; }', (fn) => fn.parameters.push('int b'))).toThrow(
      'defined in the old style',
    );
  });

  test('of a template', () => {
    const after = rewritten(
      'template <typename T> T f(T x);\n',
      (tu) => first(tu.find(FunctionTemplateDecl)).templateParameters.push('typename U = T'),
      cpp,
    );
    expect(after).toBe('template <typename T, typename U = T> T f(T x);\n');
  });
});

describe('enumerators', () => {
  const change = (text: string, script: (node: EnumDecl) => void): string =>
    rewritten(`${text}\n`, (tu) => script(first(tu.find(EnumDecl)))).trimEnd();

  test.each<[string, (node: EnumDecl) => void, string]>([
    ['enum e { A, B };', (node) => node.enumerators.push('C = 3'), 'enum e { A, B, C = 3 };'],
    ['enum e { A, B };', (node) => node.enumerators[0]!.remove(), 'enum e { B };'],
    ['enum e {\n  A,\n  B\n};', (node) => node.enumerators.push('C'), 'enum e {\n  A,\n  B,\n  C\n};'],
    ['enum e {\n  A,\n  B,\n};', (node) => node.enumerators.push('C'), 'enum e {\n  A,\n  B,\n  C,\n};'],
    [
      'enum e {\n  A, // a\n  B, // b\n};',
      (node) => node.enumerators.push('C', 'D'),
      'enum e {\n  A, // a\n  B, // b\n  C,\n  D,\n};',
    ],
    [
      'enum e {\n  A, // a\n  B // b\n};',
      (node) => node.enumerators.push('C'),
      'enum e {\n  A, // a\n  B, // b\n  C\n};',
    ],
    ['enum e {\n  A, // a\n  B, // b\n  C\n};', (node) => node.enumerators.removeAt(1), 'enum e {\n  A, // a\n  C\n};'],
    ['enum e {\n  A,\n  B,\n};', (node) => node.enumerators.removeAt(1), 'enum e {\n  A,\n};'],
  ])('%s', (text, script, expected) => expect(change(text, script)).toBe(expected));
});

describe('bases and initialisers', () => {
  const change = (text: string, script: (tu: TranslationUnit) => void): string =>
    rewritten(`struct A {};\nstruct B {};\n${text}\n`, script, cpp).split('struct B {};\n')[1]!.trimEnd();
  const record = (tu: TranslationUnit) => tu.find(CXXRecordDecl, (node) => node.name === 'S')[0]!;
  const made = (tu: TranslationUnit) => first(tu.find(CXXConstructorDecl));

  test.each<[string, (tu: TranslationUnit) => void, string]>([
    ['struct S {};', (tu) => record(tu).bases!.push('public A'), 'struct S : public A {};'],
    ['struct S\n{\n};', (tu) => record(tu).bases!.push('A'), 'struct S : A\n{\n};'],
    ['struct S : A {};', (tu) => record(tu).bases!.push('private B'), 'struct S : A, private B {};'],
    ['struct S : A {};', (tu) => record(tu).bases!.removeAt(0), 'struct S {};'],
    ['struct S final : A, B {};', (tu) => record(tu).bases![0]!.remove(), 'struct S final : B {};'],
    ['struct S { int a; S() {} };', (tu) => made(tu).inits.push('a(1)'), 'struct S { int a; S() : a(1) {} };'],
    [
      'struct S { int a, b; S() : a(1) {} };',
      (tu) => made(tu).inits.push('b(2)'),
      'struct S { int a, b; S() : a(1), b(2) {} };',
    ],
    ['struct S { int a; S() : a(1) {} };', (tu) => made(tu).inits.removeAt(0), 'struct S { int a; S() {} };'],
    [
      'struct S { int a, b; S() : a(1), b(2) {} };',
      (tu) => made(tu).inits[0]!.remove(),
      'struct S { int a, b; S() : b(2) {} };',
    ],
  ])('%s', (text, script, expected) => expect(change(text, script)).toBe(expected));
});

describe('elements of initialisers', () => {
  const change = (text: string, script: (list: InitListExpr) => void): string =>
    rewritten(`${text}\n`, (tu) => script(first(tu.find(InitListExpr)))).trimEnd();

  test.each<[string, (list: InitListExpr) => void, string]>([
    ['int a[] = {1, 2};', (list) => list.inits.push('3'), 'int a[] = {1, 2, 3};'],
    ['int a[] = { 1, 2 };', (list) => list.inits.insert(0, '0'), 'int a[] = { 0, 1, 2 };'],
    ['int a[] = {1, 2};', (list) => list.inits.removeAt(0), 'int a[] = {2};'],
    [
      'struct { int x, y; } p = {.x = 1};',
      (list) => list.inits.push('.y = 2'),
      'struct { int x, y; } p = {.x = 1, .y = 2};',
    ],
    ['int a[] = {\n  1,\n  2,\n};', (list) => list.inits.push('3'), 'int a[] = {\n  1,\n  2,\n  3,\n};'],
  ])('%s', (text, script, expected) => expect(change(text, script)).toBe(expected));
});

describe('declarators', () => {
  const change = (text: string, names: string[]): string =>
    rewritten(`${text}\n`, (tu) => {
      for (const node of [...tu.find(VarDecl), ...tu.find(FieldDecl)]) if (names.includes(node.name)) node.remove();
    });

  test.each<[string, string[], string]>([
    ['int a, *b = 0, c[3];', ['a'], 'int *b = 0, c[3];\n'],
    ['int a, *b = 0, c[3];', ['b'], 'int a, c[3];\n'],
    ['int a, *b = 0, c[3];', ['c'], 'int a, *b = 0;\n'],
    ['int a, *b = 0, c[3];', ['a', 'c'], 'int *b = 0;\n'],
    ['int a, *b = 0, c[3];', ['a', 'b', 'c'], ''],
    ['static const unsigned long *a, b;', ['a'], 'static const unsigned long b;\n'],
    ['int x;\nint a, b; // both\nint y;', ['a', 'b'], 'int x;\nint y;\n'],
    ['struct s { int a : 3, b : 5; };', ['a'], 'struct s { int b : 5; };\n'],
    ['__typeof__(int *) a, b;', ['a'], '__typeof__(int *) b;\n'],
    ['int (*a)(void), b;', ['a'], 'int b;\n'],
    ['int a __attribute__((unused)), b;', ['a'], 'int b;\n'],
    ['int a __asm__("b") __attribute__((unused)); int c;', ['a'], 'int c;\n'],
  ])('%s without %s', (text, names, expected) => expect(change(text, names)).toBe(expected));
});

describe('fields', () => {
  const change = (text: string, script: (node: CXXRecordDecl) => void): string =>
    rewritten(`${text}\n`, (tu) => script(first(tu.find(CXXRecordDecl))), cpp).trimEnd();

  test.each<[string, (node: CXXRecordDecl) => void, string]>([
    [
      'struct s {\n  int a; // a\n  int b;\n};',
      (node) => node.fields.push('int c;'),
      'struct s {\n  int a; // a\n  int b;\n  int c;\n};',
    ],
    [
      'struct s {\n  int a; // a\n  int b;\n};',
      (node) => node.fields.insert(1, 'int c;'),
      'struct s {\n  int a; // a\n  int c;\n  int b;\n};',
    ],
    ['struct s {\n  int a; // a\n  int b;\n};', (node) => node.fields.removeAt(0), 'struct s {\n  int b;\n};'],
    [
      'struct s {\n  int a; // a\n  int b;\n};',
      (node) => node.fields.move(0, 1),
      'struct s {\n  int b;\n  int a; // a\n};',
    ],
    ['struct s {};', (node) => node.fields.push('int c'), 'struct s { int c; };'],
  ])('%s', (text, script, expected) => expect(change(text, script)).toBe(expected));
});
