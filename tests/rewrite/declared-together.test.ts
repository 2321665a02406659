// What is declared together: what one of several declarators is to have alone parts the declaration.
import {
  Attr,
  CmonsterError,
  CXXRecordDecl,
  FieldDecl,
  FunctionDecl,
  NamedDecl,
  parseSync,
  type TranslationUnit,
  VarDecl,
} from 'cmonster';
import { describe, expect, test } from 'vitest';
import { rewritten } from './harness.js';

type Declared = NamedDecl & { type: string };
function named(tu: TranslationUnit, name: string): Declared {
  return tu.find(NamedDecl, (node) => node.name === name)[0] as unknown as Declared;
}

/** What comes of it must be C or C++ still. */
function change(text: string, script: (tu: TranslationUnit) => void, file = 'input.c'): string {
  const result = rewritten(`${text}\n`, script, { file });
  const tu = parseSync(file, { unsaved: { [file]: result } });
  const errors = tu.diagnostics.filter((each) => each.isError).map((each) => `${each.message}`);
  tu.dispose();
  expect(errors, result).toEqual([]);
  return result.trimEnd();
}

describe('a type of its own', () => {
  test.each<[string, string, string, string, string?]>([
    ['int a, *b;', 'b', 'char *', 'int a;\nchar *b;'],
    ['int a, *b;', 'a', 'char', 'char a;\nint *b;'],
    ['int a, b, *c, d, e;', 'c', 'char', 'int a, b;\nchar c;\nint d, e;'],
    [
      'static const int a = 1, b = 2, c[] = {1, 2};',
      'b',
      'long',
      'static const int a = 1;\nstatic long b = 2;\nstatic const int c[] = {1, 2};',
    ],
    ['int a = 1, (*b)(int, char) = 0, c;', 'b', 'void *', 'int a = 1;\nvoid *b = 0;\nint c;'],
    ['int a, b[2][3], c;', 'b', 'char[4]', 'int a;\nchar b[4];\nint c;'],
    ['int static a, b;', 'a', 'long', 'static long a;\nint static b;'],
    ['int static a;', 'a', 'long', 'static long a;'],
    [
      'int a __attribute__((unused)), b __attribute__((aligned(8))) = 2;',
      'b',
      'long',
      'int a __attribute__((unused));\nlong b __attribute__((aligned(8))) = 2;',
    ],
    [
      '__attribute__((unused)) int a, b;',
      'b',
      'long',
      '__attribute__((unused)) int a;\n__attribute__((unused)) long b;',
    ],
    [
      '#define UNUSED __attribute__((unused))\nUNUSED static int a, b;',
      'a',
      'long',
      '#define UNUSED __attribute__((unused))\nUNUSED static long a;\nUNUSED static int b;',
    ],
    ['#define LOCAL static\nLOCAL int a;', 'a', 'long', '#define LOCAL static\nLOCAL long a;'],
    ['int a, // the first\n    b; // the second', 'b', 'long', 'int a; // the first\nlong b; // the second'],
    ['int a,\n    /* the second */\n    b;', 'a', 'long', 'long a;\n/* the second */ int b;'],
    ['int a,\n    // the second\n    b;', 'a', 'long', 'long a;\n// the second\nint b;'],
    ['int /* which */ a, b;', 'a', 'long', 'long a;\nint b;'],
    ['struct p { int x; } a, *b;', 'b', 'int', 'struct p { int x; } a;\nint b;'],
    ['struct p { int x; } a, *b;', 'a', 'int', 'struct p { int x; };\nint a;\nstruct p *b;'],
    ['struct p { int x; } a, *b, c;', 'b', 'int', 'struct p { int x; } a;\nint b;\nstruct p c;'],
    ['struct { int x; } a, *b;', 'a', 'int', 'int a;\nstruct { int x; } *b;'],
    ['struct p { int x; } a;\nstruct p q;', 'a', 'int', 'struct p { int x; };\nint a;\nstruct p q;'],
    ['enum { A, B } a;\nint x = A;', 'a', 'int', 'enum { A, B };\nint a;\nint x = A;'],
    ['typedef int a, *b;', 'b', 'char', 'typedef int a;\ntypedef char b;'],
    ['int f(a, b) int a, *b; { return a; }', 'b', 'char *', 'int f(a, b) int a; char *b; { return a; }'],
    ['struct s { unsigned a : 3, : 2, b : 5; };', 'b', 'int', 'struct s { unsigned a : 3, : 2; int b : 5; };'],
    [
      'struct s {\n  unsigned a : 3, b : 5;\n  int c;\n};',
      'a',
      'int',
      'struct s {\n  int a : 3;\n  unsigned b : 5;\n  int c;\n};',
    ],
    ['void f(void) {\n  int a, *b = 0;\n}', 'b', 'char *', 'void f(void) {\n  int a;\n  char *b = 0;\n}'],
    [
      'void f(int x) {\n  switch (x) {\n  default:;\n    int a, *b;\n  }\n}',
      'b',
      'char *',
      'void f(int x) {\n  switch (x) {\n  default:;\n    int a;\n    char *b;\n  }\n}',
    ],
    [
      '#include <vector>\nstd::vector<int> a, *b;',
      'b',
      'int',
      '#include <vector>\nstd::vector<int> a;\nint b;',
      'input.cpp',
    ],
    ['const unsigned long int a = 1, &b = a;', 'b', 'long', 'const unsigned long int a = 1;\nlong b = a;', 'input.cpp'],
    [
      'struct s { mutable int a = 1, b{2}; };',
      'b',
      'long',
      'struct s { mutable int a = 1; mutable long b{2}; };',
      'input.cpp',
    ],
    [
      '[[maybe_unused]] static int a, b;',
      'b',
      'long',
      '[[maybe_unused]] static int a;\n[[maybe_unused]] static long b;',
      'input.cpp',
    ],
    ['alignas(16) int a, b;', 'b', 'long', 'alignas(16) int a;\nalignas(16) long b;', 'input.cpp'],
    ['enum class e : char { A } a = e::A, *b;', 'b', 'int', 'enum class e : char { A } a = e::A;\nint b;', 'input.cpp'],
    ['auto a = 1, b = 2;', 'b', 'long', 'auto a = 1;\nlong b = 2;', 'input.cpp'],
  ])('%s: %s becomes %s', (text, name, type, expected, file) => {
    expect(
      change(
        text,
        (tu) => {
          const node = named(tu, name);
          if ('underlyingType' in node) (node as unknown as { underlyingType: string }).underlyingType = type;
          else node.type = type;
        },
        file,
      ),
    ).toBe(expected);
  });

  test('of all of them', () => {
    const all = (tu: TranslationUnit): void => {
      for (const node of tu.find(VarDecl)) node.type = `t_${node.name}` === 't_b' ? 'char *' : 'long';
    };
    expect(change('static int a, *b = 0, c[3];', all)).toBe('static long a;\nstatic char *b = 0;\nstatic long c;');
  });

  test('with another name, another value, and a neighbour taken out', () => {
    const script = (tu: TranslationUnit): void => {
      const [a, b, c] = tu.find(VarDecl);
      b!.name = 'renamed';
      b!.type = 'long';
      c!.remove();
      a!.init = 1;
      b!.init = 2;
    };
    expect(change('int a, b, c;\nint *use = &b;', (tu) => script(tu))).toBe(
      'int a = 1;\nlong renamed = 2;\nint *use = &renamed;',
    );
  });

  test('a return type', () => {
    const text = 'int f(int), *g(void), v;';
    expect(change(text, (tu) => (tu.find(FunctionDecl)[1]!.returnType = 'void'))).toBe(
      'int f(int);\nvoid g(void);\nint v;',
    );
  });

  test.each([
    ['void f(void) { for (int a = 0, *b = 0; a; a++); }', 'one declaration only, in a ForStmt'],
    ['struct { int x; } a, q, *b, r;', 'their type has no name'],
    ['int a,\n#ifdef X\n  x,\n#endif\n  *b;', 'a directive stands between'],
  ])('%s is refused', (text, message) => {
    const run = (): string => change(text, (tu) => (named(tu, 'b').type = 'char'));
    expect(run).toThrow(CmonsterError);
    expect(run).toThrow(message);
  });
});

describe('specifiers and attributes of one alone', () => {
  const attribute = (decl: VarDecl): Attr => decl.find(Attr)[0] as Attr;
  const UNUSED = '__attribute__((unused))';
  test.each<[string, (a: VarDecl, b: VarDecl) => void, string, string?]>([
    ['int a, b;', (_, b) => b.addSpecifier('static'), 'int a;\nstatic int b;'],
    ['int a, b;', (a) => a.addSpecifier('static'), 'static int a;\nint b;'],
    ['int a, *b = 0, c;', (_, b) => b.addSpecifier('const'), 'int a;\nconst int *b = 0;\nint c;'],
    ['int /* which */ a, b;', (a) => a.addSpecifier('static'), 'static int /* which */ a;\nint b;'],
    ['static int a, b;', (_, b) => b.addSpecifier('static'), 'static int a, b;'],
    ['int static a, b;', (a) => a.addSpecifier('static'), 'int static a, b;'],
    ['static int a, b;', (_, b) => b.removeSpecifier('static'), 'static int a;\nint b;'],
    ['static int a, b;', (a) => a.removeSpecifier('static'), 'int a;\nstatic int b;'],
    ['static int a, b;', (_, b) => b.addAttribute(UNUSED), `static int a;\n${UNUSED} static int b;`],
    ['static int a, b;', (a) => a.addAttribute(UNUSED), `${UNUSED} static int a;\nstatic int b;`],
    ['[[x]] int a, b;', (_, b) => b.addSpecifier('static'), '[[x]] int a;\n[[x]] static int b;', 'input.cpp'],
    ['[[x]] int a, b;', (a) => a.addSpecifier('static'), '[[x]] static int a;\n[[x]] int b;', 'input.cpp'],
    ['struct p { int x; } a, *b;', (a) => a.addSpecifier('static'), 'static struct p { int x; } a;\nstruct p *b;'],
    ['struct p { int x; } a, *b;', (_, b) => b.addSpecifier('static'), 'struct p { int x; } a;\nstatic struct p *b;'],
    [
      'int a, b;',
      (a, b) => {
        for (const each of [a, b, b]) each.addSpecifier('static');
      },
      'static int a, b;',
    ],
    ['__attribute__((unused)) int a, b;', (a) => attribute(a).remove(), `int a;\n${UNUSED} int b;`],
    [
      'static __attribute__((unused)) int a, *b;',
      (_, b) => attribute(b).remove(),
      `static ${UNUSED} int a;\nstatic int *b;`,
    ],
    ['int a __attribute__((unused)), b;', (a) => attribute(a).remove(), 'int a , b;'],
    [
      '[[maybe_unused, deprecated("a, b")]] int a, b;',
      (a) => attribute(a).remove(),
      '[[deprecated("a, b")]] int a;\n[[maybe_unused, deprecated("a, b")]] int b;',
      'input.cpp',
    ],
    [
      '[[maybe_unused, deprecated("a, b")]] int a, b;',
      (_, b) => {
        for (const each of b.find(Attr)) each.remove();
      },
      '[[maybe_unused, deprecated("a, b")]] int a;\nint b;',
      'input.cpp',
    ],
    [
      '[[deprecated("f("), maybe_unused]] int a, b;',
      (a) => a.find(Attr)[1]?.remove(),
      '[[deprecated("f(")]] int a;\n[[deprecated("f("), maybe_unused]] int b;',
      'input.cpp',
    ],
    ['alignas(8) int a, b;', (a) => attribute(a).remove(), 'int a;\nalignas(8) int b;', 'input.cpp'],
    [
      '__attribute__((unused)) int a, b;',
      (a, b) => {
        for (const each of [a, b]) attribute(each).remove();
      },
      'int a, b;',
    ],
    [
      'int a, b;',
      (_, b) => {
        b.addSpecifier('static');
        b.type = 'long';
        b.addAttribute(UNUSED);
      },
      `int a;\n${UNUSED} static long b;`,
    ],
    [
      'int a, b;',
      (a, b) => {
        a.type = 'long';
        a.addSpecifier('static');
        b.addSpecifier('static');
        expect(b.removeSpecifier('static')).toBe(true);
      },
      'static long a;\nint b;',
    ],
    [
      'int a, b;',
      (a) => {
        a.insertBefore('long c;');
        a.addSpecifier('static');
      },
      'long c;\nstatic int a;\nint b;',
    ],
  ])('%s → %#', (text, script, expected, file) => {
    const variable = (tu: TranslationUnit, name: string): VarDecl => named(tu, name) as unknown as VarDecl;
    expect(change(text, (tu) => script(variable(tu, 'a'), variable(tu, 'b')), file)).toBe(expected);
  });

  test('of a field', () => {
    const script = (tu: TranslationUnit): void => tu.find(FieldDecl)[1]!.addSpecifier('mutable');
    expect(change('struct s { int a, b; };', script, 'input.cpp')).toBe('struct s { int a; mutable int b; };');
  });

  test.each<[string, (b: VarDecl) => void, string]>([
    ['void f(void) { for (int a = 0, b = 0; a; a++); }', (b) => b.addAttribute(UNUSED), 'one declaration only'],
    ['struct { int x; } a, *b;', (b) => b.addSpecifier('static'), 'their type has no name'],
    ['int a, b;', (b) => b.addSpecifier('override'), 'is no method'],
  ])('%s is refused', (text, script, message) => {
    expect(() => change(text, (tu) => script(named(tu, 'b') as unknown as VarDecl))).toThrow(message);
  });
});

describe('code beside one of several, or in its place', () => {
  test.each<[string, (tu: TranslationUnit) => void, string]>([
    ['int a, b;', (tu) => named(tu, 'a').insertAfter('long c;'), 'int a;\nlong c;\nint b;'],
    ['int a, b;', (tu) => named(tu, 'b').insertBefore('long c;'), 'int a;\nlong c;\nint b;'],
    ['int a, b;', (tu) => named(tu, 'a').insertBefore('long c;'), 'long c;\nint a, b;'],
    ['int a, b;', (tu) => named(tu, 'b').insertAfter('long c;'), 'int a, b;\nlong c;'],
    ['int a, *b;', (tu) => named(tu, 'b').replaceWith('char b[2];'), 'int a;\nchar b[2];'],
    ['int a, *b;', (tu) => named(tu, 'a').replaceWith('char a'), 'char a;\nint *b;'],
    [
      'void f(void) {\n  int a = 1, b = 2;\n}',
      (tu) => named(tu, 'a').insertAfter('f();'),
      'void f(void) {\n  int a = 1;\n  f();\n  int b = 2;\n}',
    ],
  ])('%s → %#', (text, script, expected) => expect(change(text, script)).toBe(expected));
});

describe('attributes in front of a declaration', () => {
  test.each<[string, (tu: TranslationUnit) => void, string]>([
    ['[[maybe_unused]] static int a;\nint b;', (tu) => named(tu, 'a').remove(), 'int b;'],
    ['[[maybe_unused]] int a, b;', (tu) => named(tu, 'a').remove(), '[[maybe_unused]] int b;'],
    [
      'alignas(8) [[maybe_unused]]\nint a;',
      (tu) => named(tu, 'a').insertBefore('int c;'),
      'int c;\nalignas(8) [[maybe_unused]]\nint a;',
    ],
    ['[[nodiscard("why [[not]]")]] int f();\nint b;', (tu) => named(tu, 'f').remove(), 'int b;'],
    ['#define M(x)\nM(1)\nint a;', (tu) => named(tu, 'a').remove(), '#define M(x)\nM(1)'],
  ])('%s → %#', (text, script, expected) => expect(change(text, script, 'input.cpp')).toBe(expected));
});

describe('what declares several, taken out in part', () => {
  test.each<[string, string[], string]>([
    ['int a, // the first\n    b; // the second', ['b'], 'int a; // the first'],
    [
      'int a, // the first\n    b, // the second\n    c; // the third',
      ['b'],
      'int a, // the first\n    c; // the third',
    ],
    ['struct p { int x; } a, *b;\nstruct p q;', ['a', 'b'], 'struct p { int x; };\nstruct p q;'],
  ])('%s without %s', (text, names, expected) =>
    expect(
      change(text, (tu) => {
        for (const name of names) named(tu, name).remove();
      }),
    ).toBe(expected),
  );
});

describe('fields of a group', () => {
  const record = (tu: TranslationUnit): CXXRecordDecl => tu.find(CXXRecordDecl)[0] as CXXRecordDecl;
  const text = 'struct s {\n  int x, *y; // both\n  int z; // last\n};';
  test.each<[string, (node: CXXRecordDecl) => void, string]>([
    [
      text,
      (node) => node.fields.insert(1, 'char c'),
      'struct s {\n  int x;\n  char c;\n  int *y; // both\n  int z; // last\n};',
    ],
    [
      text,
      (node) => {
        node.fields.insert(1, 'char c');
        node.fields.insert(1, 'char d');
        node.fields.insert(3, 'char e');
      },
      'struct s {\n  int x;\n  char d;\n  char c;\n  char e;\n  int *y; // both\n  int z; // last\n};',
    ],
    [text, (node) => node.fields.move(0, 2), 'struct s {\n  int *y; // both\n  int z; // last\n  int x;\n};'],
    [text, (node) => node.fields.move(1, 0), 'struct s {\n  int *y;\n  int x; // both\n  int z; // last\n};'],
    [text, (node) => node.fields.move(1, 2), 'struct s {\n  int x; // both\n  int z; // last\n  int *y;\n};'],
    [text, (node) => node.fields.move(2, 1), 'struct s {\n  int x;\n  int z; // last\n  int *y; // both\n};'],
    [text, (node) => node.fields.removeAt(1), 'struct s {\n  int x; // both\n  int z; // last\n};'],
    [
      'struct s {\n  unsigned a : 3, b : 5;\n  int z;\n};',
      (node) => node.fields.move(2, 1),
      'struct s {\n  unsigned a : 3;\n  int z;\n  unsigned b : 5;\n};',
    ],
  ])('%s → %#', (source, script, expected) =>
    expect(change(source, (tu) => script(record(tu)), 'input.cpp')).toBe(expected),
  );

  test('renamed and moved', () => {
    const script = (tu: TranslationUnit): void => {
      record(tu).fields.move(1, 2);
      tu.find(FieldDecl)[1]!.name = 'why';
    };
    expect(change(text, script, 'input.cpp')).toContain('  int *why;\n');
  });
});
