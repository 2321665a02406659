import { afterEach, describe, expect, it } from 'vitest';
import { LambdaExpr, type Node, ParmVarDecl, parseSync, TranslationUnit, type ViewOptions } from '../index.js';

let tu: TranslationUnit | undefined;
afterEach(() => tu?.dispose());

/** The tree of the last declaration as kinds, each with its children in brackets. */
function tree(code: string, options?: ViewOptions, standard = 'c++20'): string {
  tu = TranslationUnit.parseSync('input.cpp', { arguments: [`-std=${standard}`], unsaved: { 'input.cpp': code } });
  expect(tu.diagnostics.filter((diagnostic) => diagnostic.isError).map(String)).toEqual([]);
  const shape = (node: Node): string => {
    const children = node.childrenIn(options);
    for (const child of children) expect(child.parentIn(options)).toBe(node);
    return children.length === 0 ? node.kind : `${node.kind}(${children.map(shape).join(' ')})`;
  };
  const declarations = tu.root.childrenIn(options);
  const last = declarations[declarations.length - 1] as Node;
  return shape(last);
}

/** What the body of `void f()` holds. */
function body(code: string, before = '', options?: ViewOptions, standard?: string): string {
  const shape = tree(`${before}\nvoid f() { ${code} }`, options, standard);
  const found = /^FunctionDecl\(CompoundStmt\((.*)\)\)$/.exec(shape);
  return found?.[1] ?? shape;
}

const S = 'struct S { S(int, int = 0); S(const S &); ~S(); operator bool() const; int m(); int x; };';

describe('as written', () => {
  it('there are no implicit casts and temporaries', () => {
    expect(body('long l = g(1);', 'int g(long);')).toBe('DeclStmt(VarDecl(CallExpr(DeclRefExpr IntegerLiteral)))');
    expect(body('g(S(1));', `${S} void g(const S &);`)).toBe('CallExpr(DeclRefExpr CXXConstructExpr(IntegerLiteral))');
  });

  it('there are no implicit constructor calls, conversions and default arguments', () => {
    expect(body('g(1);', `${S} void g(const S &, int = 2);`)).toBe('CallExpr(DeclRefExpr IntegerLiteral)');
    expect(body('S s(1); if (s) s.m();', S)).toBe(
      'DeclStmt(VarDecl(CXXConstructExpr(IntegerLiteral))) IfStmt(DeclRefExpr CXXMemberCallExpr(MemberExpr(DeclRefExpr)))',
    );
  });

  it('there is no implicit this, and there are no implicit members', () => {
    expect(tree('struct A { int x; int g() { return x; } int h() { return this->x; } };')).toBe(
      'CXXRecordDecl(FieldDecl CXXMethodDecl(CompoundStmt(ReturnStmt(MemberExpr))) ' +
        'CXXMethodDecl(CompoundStmt(ReturnStmt(MemberExpr(CXXThisExpr)))))',
    );
    expect(tree('struct A { A() = default; int x = 1; };')).toBe(
      'CXXRecordDecl(CXXConstructorDecl FieldDecl(IntegerLiteral))',
    );
    expect(tree('struct B { B(); }; struct A : B { A() : x(1) {} int x; int y = 2; };')).toBe(
      'CXXRecordDecl(CXXConstructorDecl(CXXCtorInitializer(IntegerLiteral) CompoundStmt) FieldDecl FieldDecl(IntegerLiteral))',
    );
  });

  it('a range-based for is its variable, its range and its body', () => {
    expect(body('int v[3]; for (int x : v) g(x);', 'void g(int);')).toBe(
      'DeclStmt(VarDecl(IntegerLiteral)) CXXForRangeStmt(VarDecl DeclRefExpr CallExpr(DeclRefExpr DeclRefExpr))',
    );
    expect(body('for (int n = 1; auto x : {1, 2}) ;', '#include <initializer_list>')).toBe(
      'CXXForRangeStmt(DeclStmt(VarDecl(IntegerLiteral)) VarDecl InitListExpr(IntegerLiteral IntegerLiteral) NullStmt)',
    );
  });

  it('a lambda is its captures, its parameters and its body', () => {
    expect(body('int a, b; auto l = [&a, b](int c) { return a + b + c; };')).toBe(
      'DeclStmt(VarDecl VarDecl) DeclStmt(VarDecl(LambdaExpr(DeclRefExpr DeclRefExpr ParmVarDecl ' +
        'CompoundStmt(ReturnStmt(BinaryOperator(BinaryOperator(DeclRefExpr DeclRefExpr) DeclRefExpr))))))',
    );
    expect(body('int a; auto l = [=] { return a; };')).toContain('LambdaExpr(CompoundStmt(ReturnStmt(DeclRefExpr)))');
    expect(body('auto l = [](auto x) { return x; }; l(1);')).toContain(
      'LambdaExpr(ParmVarDecl CompoundStmt(ReturnStmt(DeclRefExpr)))',
    );
    expect(body('auto l = []<typename T>(T x) { return x; }; l(1);')).toContain(
      'LambdaExpr(TemplateTypeParmDecl ParmVarDecl CompoundStmt(ReturnStmt(DeclRefExpr)))',
    );
  });

  it('a lambda in a default argument has its parameters too', () => {
    using tu = parseSync('a.cpp', { unsaved: { 'a.cpp': 'void g(int (*f)(int) = [](int z) { return z; });\n' } });
    const [lambda] = tu.find(LambdaExpr);
    expect(lambda?.children.map(({ kind }) => kind)).toEqual(['ParmVarDecl', 'CompoundStmt']);
    expect(tu.find(ParmVarDecl).map(({ name }) => name)).toEqual(['f', '', 'z']);
  });

  it('a rewritten comparison has the operands that are written', () => {
    const before =
      '#include <compare>\nstruct P { int v; bool operator==(const P &) const; auto operator<=>(const P &) const = default; };';
    expect(body('P p, q; bool n = p != q;', before)).toContain('CXXRewrittenBinaryOperator(DeclRefExpr DeclRefExpr)');
    expect(body('P p, q; bool n = p < q;', before)).toContain('CXXRewrittenBinaryOperator(DeclRefExpr DeclRefExpr)');
  });

  it('templates are not instantiated', () => {
    const code =
      'template <typename T> T twice(T x) { return x + x; } int a = twice(1); long b = twice(2L); template int twice(int);';
    expect(tree(`${code} void last();`)).toBe('FunctionDecl');
    expect(tu?.root.children.map((node) => node.children.length)).toEqual([2, 1, 1, 0]);
    tree('template <typename T> struct V { T x; }; template <> struct V<int> { int y; }; template struct V<long>;');
    expect(tu?.root.children.map((node) => node.kind)).toEqual([
      'ClassTemplateDecl',
      'ClassTemplateSpecializationDecl',
      'ClassTemplateSpecializationDecl',
    ]);
    expect(tu?.root.children[1]?.children.map((node) => node.kind)).toContain('FieldDecl');
  });

  it('expressions in types are in the tree', () => {
    expect(tree('constexpr int n = 2; int a[n * sizeof(int)];')).toBe(
      'VarDecl(BinaryOperator(DeclRefExpr UnaryExprOrTypeTraitExpr))',
    );
    expect(tree('template <int N> int g(); int x = g<1 + 2>();')).toBe(
      'VarDecl(CallExpr(DeclRefExpr(BinaryOperator(IntegerLiteral IntegerLiteral))))',
    );
  });
});

describe('with options', () => {
  it('what the compiler adds is there', () => {
    expect(body('long l = 1;', '', { implicit: true })).toBe('DeclStmt(VarDecl(ImplicitCastExpr(IntegerLiteral)))');
    expect(body('g();', 'void g(int = 2);', { implicit: true })).toContain('CXXDefaultArgExpr');
  });

  it('instantiations are there', () => {
    const code = 'template <typename T> T same(T x) { return x; } int a = same(1);';
    tree(code, { instantiations: true });
    expect(tu?.root.childrenIn({ instantiations: true })[0]?.childrenIn({ instantiations: true })).toHaveLength(3);
  });

  it('types are there part by part', () => {
    expect(tree('const int *p;', { typeLocs: true })).toBe('VarDecl(PointerTypeLoc(QualifiedTypeLoc(BuiltinTypeLoc)))');
  });

  it('a node that a view does not show has the children it would have, and the parent that is shown', () => {
    body('long l = 1;');
    const node = [...(tu?.walk({ implicit: true }) ?? [])].find((each) => each.kind === 'ImplicitCastExpr');
    expect(node?.children.map((child) => child.kind)).toEqual(['IntegerLiteral']);
    expect(node?.parent?.kind).toBe('VarDecl');
    expect(node?.children[0]?.parent?.kind).toBe('VarDecl');
    expect([...(node?.walk() ?? [])].map((each) => each.kind)).toEqual(['ImplicitCastExpr', 'IntegerLiteral']);
  });

  it('everything of Clang’s own tree is in allChildren', () => {
    body('long l = 1;');
    const variable = [...(tu?.walk() ?? [])].find((node) => node.kind === 'VarDecl');
    expect(variable?.allChildren.map((node) => node.kind)).toEqual(['BuiltinTypeLoc', 'ImplicitCastExpr']);
  });
});
