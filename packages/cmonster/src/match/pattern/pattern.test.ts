import { afterEach, describe, expect, it } from 'vitest';
import {
  $,
  $$$,
  c,
  Decl,
  type Expr,
  type Match,
  type MatchOptions,
  PatternError,
  parsePattern,
  Stmt,
  TranslationUnit,
} from '../../index.js';

let tu: TranslationUnit | undefined;
afterEach(() => tu?.dispose());

function parse(code: string, file = 'a.c'): TranslationUnit {
  tu?.dispose();
  tu = TranslationUnit.parseSync(file, {
    unsaved: { [file]: code },
    arguments: file.endsWith('.c') ? [] : ['-std=c++20'],
  });
  expect(tu.diagnostics.filter((each) => each.isError).map(String)).toEqual([]);
  return tu;
}

const plain = (text: string): string => text.replace(/\s+/g, ' ');

/** What a pattern finds, as text, each with what its metavariables stand for. */
function found(
  code: string,
  pattern: string,
  options?: MatchOptions,
  file?: string,
): [string, Record<string, unknown>][] {
  return parse(code, file)
    .match(pattern as string, options)
    .map((match) => [plain(match.text), names(match)]);
}

function names(match: Match): Record<string, unknown> {
  const shown = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(shown)
      : value instanceof Decl
        ? (value as Decl & { name: string }).name
        : plain((value as Expr).text ?? String(value));
  return Object.fromEntries(Object.entries(match.nodes).map(([name, value]) => [name, shown(value)]));
}

const texts = (...args: Parameters<typeof found>): string[] => found(...args).map(([text]) => text);
const cxx = (code: string, pattern: string, options?: MatchOptions) => found(code, pattern, options, 'a.cpp');

const C = `
#define NULL ((void *)0)
#define MAX(a, b) ((a) > (b) ? (a) : (b))
typedef unsigned long size_t;
void *memset(void *, int, size_t); void *malloc(size_t); void free(void *); int printf(const char *, ...);
struct node { int value; struct node *next; };
typedef struct node Node;
`;
const inFunction = (code: string): string =>
  `${C}int f(int x, int y, char *p, char *q, Node *n) { char buf[10]; ${code} return 0; }`;

describe('an expression', () => {
  it('matches whatever stands for its metavariables', () => {
    expect(
      found(inFunction('memset(buf, 0, sizeof buf); memset((p), 0, x + 1); memset(p, 1, 2);'), 'memset($to, 0, $n)'),
    ).toEqual([
      ['memset(buf, 0, sizeof buf)', { to: 'buf', n: 'sizeof buf' }],
      ['memset((p), 0, x + 1)', { to: 'p', n: 'x + 1' }],
    ]);
  });

  it('is seen through parentheses, implicit casts and ways to write a number', () => {
    expect(texts(inFunction('x = (y + 16); x = ((y)) + 0x10; x = y + 16u; x = y + 17;'), '$a + 16')).toEqual([
      'y + 16',
      '((y)) + 0x10',
      'y + 16u',
    ]);
  });

  it('wants equal code for a metavariable that occurs twice', () => {
    const code = inFunction(
      'x = x + 1; x = y + 1; n->value = n->value + 1; n->value = n->next->value + 1; (x) = x + 1;',
    );
    expect(texts(code, '$v = $v + 1')).toEqual(['x = x + 1', 'n->value = n->value + 1', '(x) = x + 1']);
    expect(
      texts(inFunction('memset(buf, 0, sizeof buf); memset(p, 0, sizeof buf);'), 'memset($b, 0, sizeof $b)'),
    ).toEqual(['memset(buf, 0, sizeof buf)']);
    // Two variables of one name are not the same.
    expect(texts(inFunction('{ int x = 1; y = x - x; } y = x - y;'), '$a - $a')).toEqual(['x - x']);
  });

  it('takes any number of arguments', () => {
    const code = inFunction('printf("a"); printf("b", x); printf("c", x, y); printf("d", y, x);');
    expect(texts(code, 'printf(...)')).toHaveLength(4);
    expect(found(code, 'printf($format, $$$rest)').map(([, nodes]) => nodes)).toEqual([
      { format: '"a"', rest: [] },
      { format: '"b"', rest: ['x'] },
      { format: '"c"', rest: ['x', 'y'] },
      { format: '"d"', rest: ['y', 'x'] },
    ]);
    expect(texts(code, 'printf($$$, y)')).toEqual(['printf("c", x, y)']);
    expect(texts(code, 'printf(..., x, ...)')).toEqual(['printf("b", x)', 'printf("c", x, y)', 'printf("d", y, x)']);
  });

  it('knows casts, types and sizes', () => {
    const code = inFunction(
      'Node *a = (Node *)malloc(sizeof(Node)); a = (struct node *)malloc(sizeof(struct node)); a = (Node *)malloc(sizeof(int)); char *s = (char *)malloc(10);',
    );
    expect(found(code, '($T *)malloc(sizeof($T))').map(([text]) => text)).toEqual([
      '(Node *)malloc(sizeof(Node))',
      '(struct node *)malloc(sizeof(struct node))',
    ]);
    expect(texts(code, '(char *)$x')).toEqual(['(char *)malloc(10)']);
    expect(texts(code, 'sizeof($T)')).toHaveLength(3);
  });

  it('knows members, and what -> and . are of', () => {
    const code = inFunction('n->value = 1; (*n).value = 2; n->next->value = 3; Node m; m.value = 4;');
    expect(texts(code, '$p->value')).toEqual(['n->value', 'n->next->value']);
    expect(found(code, '$o.$m')).toEqual([
      ['(*n).value', { o: '*n', m: 'value' }],
      ['m.value', { o: 'm', m: 'value' }],
    ]);
  });

  it('finds what a macro expands to', () => {
    const code = inFunction('x = MAX(x, y); y = x > y ? x : y; if (p == NULL) return 1;');
    expect(found(code, 'MAX($a, $b)')).toContainEqual(['MAX(x, y)', { a: 'x', b: 'y' }]);
    expect(texts(code, '$p == NULL')).toEqual(['p == NULL']);
  });

  it('finds a macro with what differs from use to use in it', () => {
    const code = `#define check(x) ((x) ? (void)0 : fail(#x, __FILE__, __LINE__, __func__))
void fail(const char *, const char *, int, const char *);
void f(int *p, int n) { check(p != 0);
  check(n > 3 && p[0]); fail("x", "a.c", 1, "f"); }`;
    expect(found(code, 'check($x)')).toEqual([
      ['check(p != 0)', { x: 'p != 0' }],
      ['check(n > 3 && p[0])', { x: 'n > 3 && p[0]' }],
    ]);
  });

  it('finds a loop that a macro makes', () => {
    const code = `struct node { struct node *next; };
#define each(p, list) for (struct node *p = (list)->next; p != 0; p = p->next)
void f(struct node *l) { each(q, l) { q->next = 0; } for (;;) { } each(r, l->next) ; }`;
    expect(parsePattern('each($p, $l) { ... }', { language: 'c' }).names).toEqual(['p', 'l']);
    expect(found(code, 'each($p, $l) { ... }')).toEqual([['each(q, l) { q->next = 0; }', { p: 'q', l: 'l' }]]);
  });

  it('has what is said of its metavariables', () => {
    const code = inFunction('memset(p, 0, 1); memset(n, 0, 1); memset(buf, 0, 1);');
    const where = { to: (to: Expr) => to.type.isPointerType() };
    expect(texts(code, 'memset($to, ...)', { where })).toEqual(['memset(p, 0, 1)', 'memset(n, 0, 1)']);
    expect(() => parse(code).match('memset($to, ...)', { where: { nobody: () => true } })).toThrow(
      /no metavariable 'nobody'/,
    );
  });

  it('has initialisers as they are written', () => {
    const code = `${C}Node a = { .value = 1, .next = 0 }; Node b = { 1, 0 }; Node d = { .next = 0 };`;
    expect(texts(code, 'Node $v = { .value = $x, ... };')).toEqual(['Node a = { .value = 1, .next = 0 }']);
    expect(texts(code, 'Node $v = { $x, $y };')).toEqual(['Node a = { .value = 1, .next = 0 }', 'Node b = { 1, 0 }']);
  });
});

describe('statements', () => {
  it('stand with a semicolon, expressions anywhere', () => {
    const code = inFunction('x++; y = x++; if (x) x++; for (;; x++) ; while (x++) ;');
    expect(texts(code, '$v++')).toHaveLength(5);
    expect(texts(code, '$v++;')).toEqual(['x++;', 'x++;']);
  });

  it('come one after the other', () => {
    const code = inFunction('free(p); p = NULL; free(q); p = NULL; free(n); x = 1; n = NULL;');
    expect(texts(code, 'free($x); $x = NULL;')).toEqual(['free(p); p = NULL;']);
    expect(found(code, 'free($x); ... $x = NULL;').map(([, nodes]) => nodes)).toEqual([{ x: 'p' }, { x: 'n' }]);
  });

  it('have parts that must be there and parts that must not', () => {
    const code = inFunction('if (x) y = 1; if (x) y = 1; else y = 2; for (;;) break; for (x = 0; x < 3; x++) break;');
    expect(texts(code, 'if ($c) $s')).toEqual(['if (x) y = 1;']);
    expect(found(code, 'if ($c) $s else $t').map(([, nodes]) => nodes)).toEqual([{ c: 'x', s: 'y = 1', t: 'y = 2' }]);
    expect(texts(code, 'for (;;) $s')).toEqual(['for (;;) break;']);
    expect(texts(code, 'for ($i; $c; $n) $s')).toEqual(['for (x = 0; x < 3; x++) break;']);
    expect(texts(code, 'for (...; ...; ...) $s')).toHaveLength(2);
  });

  it('may be any in a block', () => {
    const code = inFunction('{ x = 1; } { x = 1; y = 2; } { y = 2; } { }');
    expect(texts(code, '{ $$$ y = 2; }')).toEqual(['{ x = 1; y = 2; }', '{ y = 2; }']);
    expect(texts(code, '{ }')).toEqual(['{ }']);
    expect(
      texts(inFunction('switch (x) { case 1: y = 2; break; default: break; }'), 'switch ($x) { case $a: $s ... }'),
    ).toHaveLength(1);
    expect(texts(inFunction('goto end; end: x = 1;'), 'goto $label;')).toEqual(['goto end;']);
  });
});

describe('declarations and types', () => {
  it('match by what they declare', () => {
    const code = `${C}int a = 1; static int b = 2; int g(int x, char *y) { int z = x; return z; } int h(void); char names[4][8];`;
    expect(found(code, 'int $v = $i;')).toEqual([
      ['int a = 1', { v: 'a', i: '1' }],
      ['int z = x;', { v: 'z', i: 'x' }],
    ]);
    expect(texts(code, 'static int $v = $i;')).toEqual(['static int b = 2']);
    expect(found(code, 'int $f($$$params) { ... }').map(([, nodes]) => nodes)).toEqual([
      { f: 'g', params: ['x', 'y'] },
    ]);
    expect(texts(code, 'int $f(void);')).toEqual(['int h(void)']);
    expect(found(code, 'struct $s { $$$fields }').map(([, nodes]) => nodes)).toEqual([
      { s: 'node', fields: ['value', 'next'] },
    ]);
    expect(
      texts(`${C}void f(void) { struct node *a = malloc(1); Node *b = malloc(2); }`, 'struct node *$v = malloc($n);'),
    ).toEqual(['struct node *a = malloc(1);']);
    expect(found(code, 'char $v[$n][8];').map(([, nodes]) => nodes)).toEqual([{ v: 'names', n: '4' }]);
  });

  it('are found as types', () => {
    const code = `${C}Node *list; unsigned int many; int f(const char *s) { return (int)sizeof(Node *); }`;
    expect(parse(code).match('const char *')).toHaveLength(2);
    expect(parse(code).match('unsigned int')).toHaveLength(1);
    expect(parse(code).match('Node *')).toHaveLength(2);
  });
});

describe('isomorphisms', () => {
  const code = inFunction(
    'if (p == NULL) x = 1; if (NULL == p) x = 2; if (!p) x = 3; if (p) x = 4; if (p != 0) x = 5; if (!x) x = 6; if (x == 0) x = 7;',
  );
  it('are asked for', () => {
    expect(texts(code, '$p == NULL')).toEqual(['p == NULL']);
    expect(texts(code, '$p == NULL', { isomorphisms: true })).toEqual(['p == NULL', 'NULL == p', '!p']);
    expect(texts(code, 'if ($p != NULL) $s', { isomorphisms: ['null'] })).toEqual([
      'if (p) x = 4;',
      'if (p != 0) x = 5;',
    ]);
  });
  it('are about order', () => {
    const sums = inFunction('x = x + 1; x = 1 + x; x = x < y; x = y > x; x = x - 1; x = 1 - x;');
    expect(texts(sums, '$v + 1', { isomorphisms: ['commutative'] })).toEqual(['x + 1', '1 + x']);
    expect(texts(sums, '$v - 1', { isomorphisms: ['commutative'] })).toEqual(['x - 1']);
    expect(texts(sums, 'x < $v', { isomorphisms: ['comparison'] })).toEqual(['x < y', 'y > x']);
  });
  it('are about increments, members and braces', () => {
    expect(texts(inFunction('x++; ++x; x += 1; x += 2; y = x++;'), '$v++;', { isomorphisms: true })).toEqual([
      'x++;',
      '++x;',
      'x += 1;',
    ]);
    expect(texts(inFunction('n->value = 1; (*n).value = 2;'), '$p->value', { isomorphisms: true })).toHaveLength(2);
    expect(
      texts(inFunction('if (x) y = 1; if (x) { y = 1; } if (x) { y = 1; x = 2; }'), 'if ($c) $v = 1;', {
        isomorphisms: ['braces'],
      }),
    ).toHaveLength(2);
  });
});

describe('C++', () => {
  const code = `
namespace std { template <class T> T &&move(T &); struct string { string(); string(const char *); string(int, char); unsigned size() const; };
template <class T> struct vector { void push_back(T); T *begin(); T *end(); T &operator[](int); unsigned size() const; bool empty() const; };
struct ostream { ostream &operator<<(int); ostream &operator<<(const char *); }; extern ostream cout; template <class T, class... A> T *make(A &&...); }
struct Shape { virtual ~Shape(); virtual int area() const; int side; Shape(int s) : side(s) {} };
struct Square : Shape { using Shape::Shape; int area() const override { return side * side; } };
using std::move;
int f(std::vector<std::string> &names, std::vector<int> numbers, Shape *shape, int n) {
  for (auto &name : names) name.size();
  names.push_back(std::string("x")); numbers.push_back(1); numbers[n] = numbers[n] + 1;
  std::string s(3, 'a'), t = std::move(s), u = move(t); std::cout << n << "x";
  Square *q = static_cast<Square *>(shape); delete shape; q = new Square(3); int *p = nullptr; p = std::make<int>(1, n);
  if (names.size() == 0) throw Square(n);
  auto square = [&](int x) { return x * x; };
  return square(n) + shape->area();
}
template <class T> int g(T t, std::vector<T> v) { v.push_back(t); return t.size() == 0; }
`;
  it('matches what is written, whatever it calls', () => {
    expect(cxx(code, 'std::move($x)').map(([text]) => text)).toEqual(['std::move(s)', 'move(t)']);
    expect(cxx(code, '$v.push_back($x)').map(([, nodes]) => nodes)).toEqual([
      { v: 'names', x: 'std::string("x")' },
      { v: 'numbers', x: '1' },
      { v: 'v', x: 't' },
    ]);
    expect(cxx(code, '$x.size() == 0').map(([text]) => text)).toEqual(['names.size() == 0', 't.size() == 0']);
    expect(cxx(code, '$a[$i] = $a[$i] + 1')).toEqual([['numbers[n] = numbers[n] + 1', { a: 'numbers', i: 'n' }]]);
    expect(cxx(code, 'std::cout << $x').map(([, nodes]) => nodes)).toEqual([{ x: 'n' }]);
    expect(cxx(code, 'static_cast<$T>($x)')).toEqual([['static_cast<Square *>(shape)', { T: 'Square *', x: 'shape' }]]);
    expect(cxx(code, 'new Square($$$args)').map(([, nodes]) => nodes)).toEqual([{ args: ['3'] }]);
    expect(cxx(code, 'delete $x').map(([, nodes]) => nodes)).toEqual([{ x: 'shape' }]);
    expect(cxx(code, 'throw $T($x);').map(([text]) => text)).toEqual(['throw Square(n);']);
    expect(cxx(code, 'std::make<int>($$$)').map(([text]) => text)).toEqual(['std::make<int>(1, n)']);
    expect(cxx(code, 'std::make<$T>($$$)')).toHaveLength(1);
    expect(cxx(code, 'std::make<char>($$$)')).toHaveLength(0);
  });
  it('knows types that are declared anywhere', () => {
    const inner =
      'namespace n { struct Inner { Inner(int); }; Inner make(int i) { try { return Inner(i); } catch (...) { throw; } } }';
    expect(cxx(inner, 'Inner($x)')).toEqual([['Inner(i)', { x: 'i' }]]);
    expect(cxx(inner, 'Inner $f($$$) { ... }').map(([, nodes]) => nodes)).toEqual([{ f: 'make' }]);
    expect(cxx(inner, 'try { ... } catch (...) { ... }')).toHaveLength(1);
  });
  it('matches statements and declarations', () => {
    expect(cxx(code, 'for (auto &$i : $r) $s').map(([, nodes]) => nodes)).toEqual([
      { i: 'name', r: 'names', s: 'name.size()' },
    ]);
    expect(cxx(code, 'std::vector<$T> $v').length).toBe(0);
    expect(cxx(code, '[&]($$$) { ... }').map(([text]) => text)).toEqual(['[&](int x) { return x * x; }']);
    expect(cxx('struct A { int x; int get() { return this->x + x; } };', 'this->$m').map(([text]) => text)).toEqual([
      'this->x',
    ]);
  });
});

describe('metavariables in code', () => {
  it('have types, and may be asked', () => {
    const unit = parse(inFunction('memset(p, 0, 1); memset(buf, 0, x);'));
    const [to, n] = [$('to', (expr) => expr.type.isPointerType()), $('n')];
    const matches = unit.match(c`memset(${to}, 0, ${n})`);
    const exprs: Expr[] = matches.map((match) => match.nodes.to);
    expect(exprs.map(String)).toEqual(matches.map((match) => String(match.nodes.to)));
    expect(matches.map((match) => match.text)).toEqual(['memset(p, 0, 1)']);
    const lists = unit.match(c`memset(${$$$('args')})`).map((match) => match.nodes.args.length);
    expect(lists).toEqual([3, 3]);
    const [branch] = parse(inFunction('if (x) y = 1;')).match(c`if (${$('c')}) ${$('body', Stmt)}`);
    expect(branch?.nodes.body.text).toBe('y = 1');
  });

  it('stand in new code for what was found', () => {
    const unit = parse(inFunction('memset(p, 0, x); free(p); p = NULL; printf("a"); printf("b", x);'));
    for (const match of unit.match('memset($to, 0, $n)')) match.replaceWith('bzero($to, $n)');
    for (const match of unit.match('free($x); $x = NULL;')) match.replaceWith('release(&$x);');
    for (const match of unit.match('printf($format, $$$rest)')) match.replaceWith('log($$$rest, $format)');
    expect(unit.rewrite()).toContain('bzero(p, x); release(&p); log("a"); log(x, "b");');
    const [match] = unit.match('memset($to, ...)');
    expect(() => match?.fill('f($nothing)')).toThrow(/no metavariable 'nothing'/);
  });
});

describe('a pattern that is no code', () => {
  const message = (pattern: string, language: 'c' | 'c++' = 'c'): string => {
    try {
      parsePattern(pattern, { language });
    } catch (error) {
      expect(error).toBeInstanceOf(PatternError);
      return (error as PatternError).message;
    }
    return 'it is';
  };
  it('says where', () => {
    expect(message('memset($x, 0')).toBe(
      "the pattern cannot be understood: '(' is never closed\n   1 | memset($x, 0\n     |       ^",
    );
    expect(message('a +')).toContain('expected expression\n   1 | a +\n     |    ^');
    expect(message('f(a b)')).toMatch(/expected '\)'|expected ','|1 \| f\(a b\)/);
    expect(message('if ($x\n  y')).toContain("'(' is never closed\n   1 | if ($x\n");
    expect(message('x = "abc')).toContain('this literal has no end');
    expect(message('$1')).toContain('is no metavariable');
    expect(message('f(${ x }, 1)')).toContain(
      "'${ x }' is no metavariable: write $x\n   1 | f(${ x }, 1)\n     |   ^~~~~~",
    );
    expect(message('f($x, $$$x)')).toContain('stands for one thing and for a list');
    expect(message('   ')).toContain('the pattern is empty');
    expect(message('#include <a.h>')).toContain('no preprocessor directives');
    expect(message('f(a]')).toContain("'(' is closed by ']'");
    expect(message('for (int $i = 0; $i < $n; $i++) $s')).toBe('it is');
  });
});
