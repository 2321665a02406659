import {
  BinaryOperator,
  CallExpr,
  ConditionalOperator,
  CStyleCastExpr,
  CXXStaticCastExpr,
  c,
  FieldDecl,
  ForStmt,
  FunctionDecl,
  IfStmt,
  ParmVarDecl,
  ReturnStmt,
  type TranslationUnit,
  TypedefNameDecl,
  UnaryOperator,
  VarDecl,
  WhileStmt,
} from 'cmonster';
import { describe, expect, test } from 'vitest';
import { rewritten } from './harness.js';

const first = <T>(nodes: readonly T[]): T => nodes[0] as T;
type Case = [source: string, script: (tu: TranslationUnit) => void, expected: string, file?: string];
const run = (source: string, script: (tu: TranslationUnit) => void, file = 'input.c'): string =>
  rewritten(`int a, b, d, *p;\nint f();\n${source}\n`, script, { file, arguments: ['-Wno-everything'] })
    .split('int f();\n')[1]!
    .trimEnd();
const runs = ([source, script, expected, file]: Case): void => expect(run(source, script, file)).toBe(expected);

describe('expressions', () => {
  test.each<Case>([
    ['int x = a + b * d;', (tu) => (first(tu.find(BinaryOperator)).operator = '*'), 'int x = a * (b * d);'],
    ['int x = a * (b + d);', (tu) => (first(tu.find(BinaryOperator)).operator = '-'), 'int x = a - (b + d);'],
    [
      'int x = a * b /* of */ + d;',
      (tu) => (tu.find(BinaryOperator)[1]!.operator = '||'),
      'int x = (a || b) /* of */ + d;',
    ],
    ['int x = a && b;', (tu) => (first(tu.find(BinaryOperator)).operator = '='), 'int x = a = b;'],
    ['int x = a + b;', (tu) => (first(tu.find(BinaryOperator)).rhs = c`a - b`), 'int x = a + (a - b);'],
    ['int x = a + b;', (tu) => (first(tu.find(BinaryOperator)).lhs = 7), 'int x = 7 + b;'],
    ['int x = -a;', (tu) => (first(tu.find(UnaryOperator)).operator = '~'), 'int x = ~a;'],
    [
      'int x(void) { return a++; }',
      (tu) => (first(tu.find(UnaryOperator)).operator = '--'),
      'int x(void) { return a--; }',
    ],
    [
      'int x(void) { return a++; }',
      (tu) => (first(tu.find(UnaryOperator)).operator = '!'),
      'int x(void) { return !a; }',
    ],
    ['int x = a ? b : d;', (tu) => (first(tu.find(ConditionalOperator)).cond = 'b = d'), 'int x = (b = d) ? b : d;'],
    [
      'int x(void) { return f(a); }',
      (tu) => (first(tu.find(CallExpr)).callee = '*p'),
      'int x(void) { return (*p)(a); }',
    ],
    [
      'char x() { return (char)a; }',
      (tu) => (first(tu.find(CStyleCastExpr)).typeAsWritten = 'unsigned char'),
      'char x() { return (unsigned char)a; }',
    ],
    [
      'char x() { return static_cast<const char>(a); }',
      (tu) => (first(tu.find(CXXStaticCastExpr)).typeAsWritten = 'int'),
      'char x() { return static_cast<int>(a); }',
      'input.cpp',
    ],
  ])('%s → %#', (...given) => runs(given));
});

/** Assigned like this, as a property called `then` in a literal makes a linter think of promises. */
const then = (tu: TranslationUnit, code: string): void =>
  void Object.assign(first(tu.find(IfStmt)), Object.fromEntries([['then', code]]));

describe('statements', () => {
  test.each<Case>([
    [
      'void x() { if (a) f(); }',
      (tu) => (first(tu.find(IfStmt)).cond = c`!${first(tu.find(IfStmt)).cond!}`),
      'void x() { if (!a) f(); }',
    ],
    ['void x() { if (a) f(); }', (tu) => then(tu, 'f(1)'), 'void x() { if (a) f(1); }'],
    ['void x() { if (a) { f(); } }', (tu) => then(tu, 'f(1)'), 'void x() { if (a) f(1); }'],
    ['void x() { if (a) f(); }', (tu) => (first(tu.find(IfStmt)).else = 'f(1)'), 'void x() { if (a) f(); else f(1); }'],
    [
      'void x() { if (a) { f(); } }',
      (tu) => (first(tu.find(IfStmt)).else = '{ f(1); }'),
      'void x() { if (a) { f(); } else { f(1); } }',
    ],
    [
      'void x() { if (a) if (b) f(); }',
      (tu) => (first(tu.find(IfStmt)).else = 'f(1);'),
      'void x() { if (a) { if (b) f(); } else f(1); }',
    ],
    [
      'void x() { if (a) f(); else f(1); }',
      (tu) => (first(tu.find(IfStmt)).else = c`{ f(2); }`),
      'void x() { if (a) f(); else { f(2); } }',
    ],
    [
      'void x() { while (a) f(); }',
      (tu) => (first(tu.find(WhileStmt)).body = '{ f(); }'),
      'void x() { while (a) { f(); } }',
    ],
    [
      'void x() { for (;;) f(); }',
      (tu) => (first(tu.find(ForStmt)).cond = 'a < b'),
      'void x() { for (; a < b;) f(); }',
    ],
    ['void x() { for (;;) f(); }', (tu) => (first(tu.find(ForStmt)).inc = 'a++'), 'void x() { for (;; a++) f(); }'],
    [
      'void x() { for (;;) f(); }',
      (tu) => (first(tu.find(ForStmt)).init = 'int i = 0;'),
      'void x() { for (int i = 0;;) f(); }',
    ],
    [
      'void x() { for (int i = 0; a;) f(); }',
      (tu) => (first(tu.find(ForStmt)).init = 'a = 0'),
      'void x() { for (a = 0; a;) f(); }',
    ],
    [
      'void x() { for (a = 0;;) f(); }',
      (tu) => (first(tu.find(ForStmt)).cond = 'b'),
      'void x() { for (a = 0; b;) f(); }',
    ],
    ['int x() { return; }', (tu) => (first(tu.find(ReturnStmt)).retValue = 1), 'int x() { return 1; }'],
    ['int x() { return a; }', (tu) => (first(tu.find(ReturnStmt)).retValue = 'b, d'), 'int x() { return b, d; }'],
  ])('%s → %#', (...given) => runs(given));
});

describe('declarations', () => {
  const v = (tu: TranslationUnit) => tu.find(VarDecl, (node) => node.name === 'x')[0]!;
  const parameter = (tu: TranslationUnit) => first(tu.find(ParmVarDecl));
  const fn = (tu: TranslationUnit) => tu.find(FunctionDecl, (node) => node.name === 'x')[0]!;
  test.each<Case>([
    ['int x;', (tu) => (v(tu).init = 'a'), 'int x = a;'],
    ['int x __attribute__((unused));', (tu) => (v(tu).init = 1), 'int x __attribute__((unused)) = 1;'],
    ['int x = 1;', (tu) => (v(tu).init = 2n), 'int x = 2;'],
    ['int x[] = {1};', (tu) => (v(tu).init = '{1, 2}'), 'int x[] = {1, 2};'],
    ['static const int x = 1;', (tu) => (v(tu).type = 'unsigned long'), 'static unsigned long x = 1;'],
    ['int *x;', (tu) => (v(tu).type = 'char **'), 'char **x;'],
    ['int x[3];', (tu) => (v(tu).type = 'char'), 'char x;'],
    ['int x;', (tu) => (v(tu).type = 'char[4]'), 'char x[4];'],
    ['int x;', (tu) => (v(tu).type = 'int (*)(int)'), 'int (*x)(int);'],
    ['int (*x)(int);', (tu) => (v(tu).type = 'long'), 'long x;'],
    ['int x;', (tu) => (v(tu).type = tu.find(VarDecl, (node) => node.name === 'p')[0]!.type), 'int *x;'],
    ['void x(const char *s);', (tu) => (parameter(tu).type = 'char *'), 'void x(char *s);'],
    ['void x(const char *);', (tu) => (parameter(tu).type = 'int'), 'void x(int);'],
    [
      'struct s { const int x : 3; };',
      (tu) => (first(tu.find(FieldDecl)).type = 'unsigned'),
      'struct s { unsigned x : 3; };',
    ],
    ['typedef const int t;', (tu) => (first(tu.find(TypedefNameDecl)).underlyingType = 'long'), 'typedef long t;'],
    [
      'using t = const int;',
      (tu) => (first(tu.find(TypedefNameDecl)).underlyingType = 'long *'),
      'using t = long *;',
      'input.cpp',
    ],
    ['static int x(void);', (tu) => (fn(tu).returnType = 'long'), 'static long x(void);'],
    ['static const char *x(void);', (tu) => (fn(tu).returnType = 'int'), 'static int x(void);'],
    ['const char * x(void);', (tu) => (fn(tu).returnType = 'void *'), 'void * x(void);'],
    ['auto x() -> int;', (tu) => (fn(tu).returnType = 'long'), 'auto x() -> long;', 'input.cpp'],
    [
      'struct S { int x() const; }; int S::x() const { return 1; }',
      (tu) => {
        for (const node of tu.find(FunctionDecl, (node) => node.name === 'x')) node.returnType = 'long';
      },
      'struct S { long x() const; }; long S::x() const { return 1; }',
      'input.cpp',
    ],
    ['struct S { S(int); }; S x(1);', (tu) => (v(tu).init = 'a'), 'struct S { S(int); }; S x(a);', 'input.cpp'],
    ['struct S { S(); }; S x;', (tu) => (v(tu).init = 'S()'), 'struct S { S(); }; S x = S();', 'input.cpp'],
    [
      'struct S { int x; };',
      (tu) => (first(tu.find(FieldDecl)).inClassInitializer = '1'),
      'struct S { int x = 1; };',
      'input.cpp',
    ],
  ])('%s → %#', (...given) => runs(given));
});
