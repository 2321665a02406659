/** `decl.name = …`: what changes, what is refused, and what is said of names that nobody can be sure of. */
import {
  type CmonsterError,
  NamedDecl,
  type Node,
  parseSync,
  planRename,
  planRenameOf,
  type TranslationUnit,
} from 'cmonster';
import { afterEach, describe, expect, it } from 'vitest';

let tu: TranslationUnit | undefined;
afterEach(() => tu?.dispose());

function open(code: string, file = 'a.cpp', more: Record<string, string> = {}, editable?: string): TranslationUnit {
  tu?.dispose();
  const args = file.endsWith('.c') ? [] : ['-std=c++20'];
  tu = parseSync(file, {
    unsaved: { [file]: code, ...more },
    arguments: args,
    ...(editable !== undefined && { editable }),
  });
  expect(tu.diagnostics.filter((each) => each.isError).map(String)).toEqual([]);
  return tu;
}

/** The declaration of a kind and name: `CXXMethodDecl f`. */
function pick(unit: TranslationUnit, wanted: string): NamedDecl {
  const [kind, name] = wanted.split(' ');
  for (const node of unit.walk({ implicit: true })) {
    const decl = node.kind === 'LabelStmt' ? (node as Node & { decl: Node }).decl : node;
    if (decl.kind === kind && decl instanceof NamedDecl && decl.name === name) return decl;
  }
  throw new Error(`there is no ${wanted}`);
}

function rename(code: string, wanted: string, name: string, file?: string): string {
  const unit = open(code, file);
  pick(unit, wanted).name = name;
  const text = unit.rewrite();
  // Whatever is renamed still compiles.
  const again = parseSync(file ?? 'a.cpp', {
    unsaved: { [file ?? 'a.cpp']: text },
    arguments: file?.endsWith('.c') ? [] : ['-std=c++20'],
  });
  expect(again.diagnostics.filter((each) => each.isError).map(String)).toEqual([]);
  again.dispose();
  return text;
}

function refused(code: string, wanted: string, name: string, file?: string): CmonsterError {
  const unit = open(code, file);
  try {
    pick(unit, wanted).name = name;
  } catch (error) {
    expect(unit.edits).toEqual([]);
    return error as CmonsterError;
  }
  throw new Error(`renamed to ${unit.rewrite()}`);
}

describe('a rename of a template', () => {
  const everywhere = (code: string, wanted: string, name: string): void => {
    const old = wanted.split(' ')[1] as string;
    expect(rename(code, wanted, name)).toBe(code.replace(new RegExp(`(?<!keep::)\\b${old}\\b`, 'g'), name));
  };

  it('reaches a concept wherever it constrains', () => {
    everywhere(
      `template <class T> concept Num = requires(T t) { t + t; };
namespace keep { template <class T> concept Other = true; }
template <Num T> T plus(T a, T b) { return a + b; }
template <Num... T> void all(T...);
template <class T> requires Num<T> && (!Num<T *>) void h();
template <class T> concept Two = Num<T> && requires(T t) { { t } -> Num; };
auto f(Num auto x) { Num auto y = x; return plus(y, [](Num auto z) -> Num auto { return z; }(x)); }
int n = f(3);
`,
      'ConceptDecl Num',
      'Number',
    );
    const apart = 'template <class T> concept Num = true; namespace keep { template <class T> concept Num = true; }\n';
    expect(rename(`${apart}template <keep::Num T> void f();\n`, 'ConceptDecl Num', 'N')).toBe(
      `${apart.replace('Num', 'N')}template <keep::Num T> void f();\n`,
    );
  });

  const templates = `namespace q { template <class T> struct V {}; template <class T> using W = V<T>; }
using q::V; using q::W;
template <template <class> class X> struct Y { X<int> x; };
template <template <class> class X = q::W> struct Z {};
Y<W> a; Y<q::W> b; Y<V> c; Y<q::V> d; W<V<int>> e; Z<> f;
`;
  it.each(['TypeAliasTemplateDecl W', 'TypeAliasDecl W', 'ClassTemplateDecl V'])(
    'reaches %s as an argument',
    (wanted) => everywhere(templates, wanted, 'Named'),
  );

  it('reaches explicit instantiations, and the template from them', () => {
    const code = `template <class T> void f(T t) {}
template void f<int>(int);
template void f(char);
template <class T> struct S { void m(); static T v; };
template <class T> void S<T>::m() {}
template <class T> T S<T>::v;
template struct S<int>;
template void S<char>::m();
template char S<char>::v;
`;
    for (const wanted of [
      'FunctionTemplateDecl f',
      'CXXMethodDecl m',
      'VarDecl v',
      'ClassTemplateSpecializationDecl S',
    ])
      everywhere(code, wanted, 'named');
  });

  it("reaches a variable's specialisations", () => {
    const code = `template <class T> constexpr T pi = T(3.14);
template <> constexpr int pi<int> = 3;
template <class T> constexpr T *pi<T *> = nullptr;
double d = pi<double>; int i = pi<int>;
`;
    everywhere(code, 'VarTemplateDecl pi', 'tau');
  });
});

describe('a rename in C', () => {
  it('a parameter that is declared behind its list', () => {
    const code = 'int f(b /* a */, a) int a; char *b; { return a + *b; }\n';
    expect(rename(code, 'ParmVarDecl a', 'z', 'a.c')).toBe('int f(b /* a */, z) int z; char *b; { return z + *b; }\n');
  });

  it('reaches members through designators, offsetof and arrows', () => {
    expect(
      rename(
        `struct S { int a; struct S *next; };
int f(struct S *s) { return s->a + s->next->a; }
struct S x = { .a = 1, .next = &(struct S){ .a = 2 } };
unsigned long g(void) { return __builtin_offsetof(struct S, a); }
`,
        'FieldDecl a',
        'value',
        'a.c',
      ),
    ).toBe(`struct S { int value; struct S *next; };
int f(struct S *s) { return s->value + s->next->value; }
struct S x = { .value = 1, .next = &(struct S){ .value = 2 } };
unsigned long g(void) { return __builtin_offsetof(struct S, value); }
`);
  });

  it('reaches tags, typedefs and labels', () => {
    const code =
      'struct S { struct S *next; }; typedef struct S T; T *f(struct S s) { again: goto again; void *p = &&again; return (T *)p; }';
    expect(rename(code, 'RecordDecl S', 'Item', 'a.c')).toBe(code.replace(/\bS\b/g, 'Item'));
    expect(rename(code, 'TypedefDecl T', 'Number', 'a.c')).toBe(code.replace(/\bT\b/g, 'Number'));
    expect(rename(code, 'LabelDecl again', 'retry', 'a.c')).toBe(code.replace(/\bagain\b/g, 'retry'));
  });

  it('reaches arguments of macros, redeclarations and static variables', () => {
    const code =
      '#define CALL(f, x) f(x)\nint foo(int); int foo(int a);\nint foo(int b) { static int n; n = b; return CALL(foo, n); }\nint (*p)(int) = &foo;\n';
    expect(rename(code, 'FunctionDecl foo', 'bar', 'a.c')).toBe(code.replace(/\bfoo\b/g, 'bar'));
    expect(rename(code, 'VarDecl n', 'last', 'a.c')).toBe(code.replace(/\bn\b/g, 'last'));
  });

  it('reaches what attributes name', () => {
    const code = 'void done(int *);\nint f(void) { __attribute__((cleanup(done))) int a = 1; return a; }\n';
    expect(rename(code, 'FunctionDecl done', 'end', 'a.c')).toBe(code.replace(/\bdone\b/g, 'end'));
    const counted =
      'struct S { int n; int *p __attribute__((counted_by(n))); int a[] __attribute__((counted_by(n))); };\n';
    expect(rename(counted, 'FieldDecl n', 'size', 'a.c')).toBe(counted.replace(/\bn\b/g, 'size'));
  });

  it('keeps tags and variables apart', () => {
    const code = 'struct item { int item; }; int item(struct item item) { return item.item; }';
    expect(rename(code, 'RecordDecl item', 'thing', 'a.c')).toBe(
      'struct thing { int item; }; int item(struct thing item) { return item.item; }',
    );
    expect(rename(code, 'FieldDecl item', 'thing', 'a.c')).toBe(
      'struct item { int thing; }; int item(struct item item) { return item.thing; }',
    );
    expect(rename(code, 'ParmVarDecl item', 'thing', 'a.c')).toBe(
      'struct item { int item; }; int item(struct item thing) { return thing.item; }',
    );
  });
});

describe('a rename in C++', () => {
  it('of a class takes constructors, destructors and using-declarations along', () => {
    const code = `namespace n { struct A { A(); A(int); ~A(); template <class T> A(T, int); void f(); }; void h(A); }
n::A::A() {} n::A::~A() {} n::A::A(int x) : A() {}
using n::A;
struct B : n::A { B() : n::A(3) {} using n::A::A; };
A *make() { A a; a.~A(); return new n::A(1); }
void n::A::f() { auto p = &A::f; }
`;
    expect(rename(code, 'CXXRecordDecl A', 'Base')).toBe(code.replace(/\bA\b/g, 'Base'));
  });

  it('of a method takes what it overrides and what overrides it along', () => {
    const code = `struct A { virtual void f(); }; struct B : A { void f() override; }; struct C : B { void f() final; };
void A::f() {} void B::f() { A::f(); f(); } void C::f() { this->f(); }
struct Other { void f(); };
void g(A *a, C c, Other o) { a->f(); c.f(); auto p = &A::f; (c.*p)(); o.f(); }
`;
    const renamed = code
      .replace(/\bf\b/g, 'run')
      .replace('struct Other { void run(); };', 'struct Other { void f(); };')
      .replace('o.run()', 'o.f()');
    expect(rename(code, 'CXXMethodDecl f', 'run')).toBe(renamed);
    // From any of them.
    const unit = open(code);
    const last = unit.find(NamedDecl, (decl) => decl.name === 'f' && decl.kind === 'CXXMethodDecl')[2] as NamedDecl;
    last.name = 'run';
    expect(unit.rewrite()).toBe(renamed);
  });

  it('reaches templates, their specialisations and deduction guides', () => {
    const code = `template <class T> struct V { T value; V(T v) : value(v) {} T get() const { return value; } };
template <> struct V<int> { int value; V(int v) : value(v) {} int get() { return this->value; } };
template <class T> struct V<T *> { V(T *); }; extern template struct V<char>;
template <class T> V(T) -> V<T>;
V<double> a(1.0); V b(2.0); V<int> c = 3;
template <class T> T use(V<T> v) { return v.get(); }
double d = use(a) + use(b) + use<double>(a);
`;
    expect(rename(code, 'ClassTemplateDecl V', 'Box')).toBe(code.replace(/\bV\b/g, 'Box'));
    expect(rename(code, 'FunctionTemplateDecl use', 'take')).toBe(code.replace(/\buse\b/g, 'take'));
    expect(rename(code, 'TemplateTypeParmDecl T', 'E')).toContain(
      'template <class E> struct V { E value; V(E v) : value(v) {} E get() const',
    );
  });

  it('reaches lambda captures, default arguments, sizeof, enumerators and namespaces', () => {
    const lambda =
      'int f(int n, int m = sizeof(int)) { auto l = [&n, k = n](int q) { return q + n + k; }; auto r = [=] { return n; }; return l(n) + r(); }';
    expect(rename(lambda, 'ParmVarDecl n', 'size')).toBe(lambda.replace(/\bn\b/g, 'size'));
    const deflt = 'int base = 3; int f(int n = base) { return n; } int g() { return f() + sizeof base; }';
    expect(rename(deflt, 'VarDecl base', 'start')).toBe(deflt.replace(/\bbase\b/g, 'start'));
    const colours =
      'enum E { RED, GREEN }; int f(E e) { switch (e) { case RED: return GREEN; default: return E::RED; } }';
    expect(rename(colours, 'EnumConstantDecl RED', 'CRIMSON')).toBe(colours.replace(/\bRED\b/g, 'CRIMSON'));
    const spaces =
      'namespace a { namespace b { int x; } } namespace q = a::b; using namespace a; int z = a::b::x + b::x + q::x;';
    expect(rename(spaces, 'NamespaceDecl b', 'inner')).toBe(spaces.replace(/\bb\b/g, 'inner'));
  });

  it('of one overload leaves the others', () => {
    expect(
      rename(
        'int f(int); int f(double); int g() { return f(1) + f(2.0); } using F = int (*)(int); F p = f;',
        'FunctionDecl f',
        'h',
      ),
    ).toBe('int h(int); int f(double); int g() { return h(1) + f(2.0); } using F = int (*)(int); F p = h;');
  });
});

describe('a name that cannot be', () => {
  it('is refused', () => {
    expect(refused('int x; int y = x;', 'VarDecl x', 'class').message).toContain('that is a keyword');
    expect(rename('int x; int f(void) { return x; }', 'VarDecl x', 'class', 'a.c')).toBe(
      'int class; int f(void) { return class; }',
    );
    expect(refused('int x;', 'VarDecl x', '1a').message).toContain('that is no identifier');
    expect(refused('int x;', 'VarDecl x', '').message).toContain('that is no identifier');
    expect(refused('#define M 1\nint x;', 'VarDecl x', 'M').message).toContain('that is a macro, defined at a.cpp:1:9');
    expect(
      refused('struct S { bool operator==(const S &) const; };', 'CXXMethodDecl operator==', 'equal').message,
    ).toContain('an operator has no name');
    expect(refused('struct S { S(); };', 'CXXConstructorDecl S', 'T').message).toContain('rename that');
    expect(refused('int main() { }', 'FunctionDecl main', 'start').message).toContain('a program starts at main');
  });

  it('is refused where it means something else already', () => {
    const error = refused('int count; int f(int n) { return n + count; }', 'VarDecl count', 'n');
    expect(error.code).toBe('EDIT_TARGET');
    expect(error.message).toContain('a.cpp:1:38: n would mean what is declared at a.cpp:1:22');
    expect(refused('int count; int f(int n) { return n + count; }', 'ParmVarDecl n', 'count').message).toContain(
      'would mean n',
    );
    expect(refused('int x; int y = x;', 'VarDecl x', 'y').message).toContain('y is declared here already');
    expect(refused('struct S { int a; int b; };', 'FieldDecl a', 'b').message).toContain('b is declared here already');
    // Where nothing uses it, the same name further in or out does no harm.
    expect(
      rename('int count; int f(int n) { { int total = n; n = total; } return count; }', 'VarDecl count', 'total'),
    ).toContain('return total;');
  });
});

describe('a place that cannot be changed', () => {
  it('stops the whole rename, and all of them are listed', () => {
    const error = refused(
      '#define ONE foo(1)\n#define TWO foo(2)\nint foo(int a) { return a; }\nint g() { return ONE + TWO; }',
      'FunctionDecl foo',
      'bar',
    );
    expect(error.code).toBe('EDIT_FROZEN');
    expect(error.frozen.map((each) => each.reason)).toEqual(['macro-body', 'macro-body']);
    expect(error.message).toContain('in 2 places; nothing was changed');
    expect(error.message).toContain('the macro ONE, defined at a.cpp:1:9');
    expect(error.message).toContain('the macro TWO, defined at a.cpp:2:9');
  });

  it('may be outside of the editable files', () => {
    const more = { 'h.h': 'int api(int x);\nstatic inline int twice(int x) { return api(api(x)); }\n' };
    const unit = open('#include "h.h"\nint api(int x) { return twice(x); }', 'a.c', more);
    expect(() => {
      pick(unit, 'FunctionDecl api').name = 'call';
    }).toThrow(/h\.h is not among the editable files/);
  });

  it('may be one where the name is used and not written', () => {
    const code = 'struct V { int *begin(); int *end(); }; int s(V v) { int r = 0; for (int i : v) r += i; return r; }';
    expect(refused(code, 'CXXMethodDecl begin', 'first').message).toContain('used here under its name begin');
  });
});

describe('what cannot be proven', () => {
  it('is left, and reported', () => {
    const unit = open(`#define NEVER foo(1)
struct A { int foo() { return 1; } };
#if 0
int x = A().foo();
#endif
template <class T> int call(T t) { return t.foo(); }
template <class T> int other(T t) { return t.foo(); }
int y = call(A());
`);
    pick(unit, 'CXXMethodDecl foo').name = 'bar';
    // An instantiation proves the first template's.
    expect(unit.rewrite()).toContain('int call(T t) { return t.bar(); }');
    expect(unit.reports.map(({ finding }) => `${finding.place.line}: ${finding.message}`)).toEqual([
      "7: 'foo' was left as it is: what it names depends on a template's arguments",
      "1: 'foo' was left as it is: it is in the body of the macro NEVER",
      "4: 'foo' was left as it is: the preprocessor left this code out",
    ]);
  });
});

describe('a rename over several units', () => {
  it('finds the declaration by its USR, and edits the header in each', () => {
    const header = { 'api.h': 'struct S { int size; };\nint api(struct S *s);\n' };
    const first = open('#include "api.h"\nint api(struct S *s) { return s->size; }\n', 'a.c', header, '**/*.h');
    const decl = pick(first, 'FieldDecl size');
    const usr = decl.usr as string;
    const plan = planRename(decl, 'length');
    expect(plan.places.map(({ file, begin, end }) => file.slice(begin, end))).toEqual(['size', 'size']);
    plan.apply();
    const headerOf = (unit: TranslationUnit) =>
      unit.edits
        .filter((edit) => edit.file.endsWith('api.h'))
        .map(({ offset, length, text }) => ({ offset, length, text }));
    const inFirst = headerOf(first);
    expect(first.rewrite()).toBe('#include "api.h"\nint api(struct S *s) { return s->length; }\n');
    const second = open(
      '#include "api.h"\nint use(struct S s) { return api(&s) + s.size; }\n',
      'b.c',
      header,
      '**/*.h',
    );
    planRenameOf(second, usr, 'size', 'length')?.apply();
    expect(second.rewrite()).toContain('s.length');
    expect(headerOf(second)).toEqual(inFirst);
    expect(inFirst).toHaveLength(1);
    const third = open('int nothing;', 'c.c');
    expect(planRenameOf(third, usr, 'size', 'length')).toBeUndefined();
  });
});
