/** `verify`: whether edits keep the meaning of what they do not touch. */
import {
  CallExpr,
  CompoundStmt,
  c,
  ensureVerified,
  type NamedDecl,
  parseSync,
  type TranslationUnit,
  VarDecl,
  verify,
} from 'cmonster';
import { expect, it } from 'vitest';

async function verified(
  code: string,
  edit: (tu: TranslationUnit) => void,
  file = 'a.cpp',
  more: Record<string, string> = {},
): Promise<string[]> {
  const tu = parseSync(file, { unsaved: { [file]: code, ...more }, arguments: ['-Wall'] });
  try {
    edit(tu);
    const { isClean, diagnostics, changed, result } = await verify(tu);
    expect(isClean).toBe(diagnostics.length + changed.length === 0);
    if (isClean) await ensureVerified(tu);
    else await expect(ensureVerified(tu)).rejects.toThrow(/nothing was written/);
    const found = [
      ...diagnostics.map(String),
      ...changed.map(({ name, place, before, after }) => `${place}: ${name}: ${before} → ${after}`),
    ];
    result?.dispose();
    return found;
  } finally {
    tu.dispose();
  }
}

const replace = (tu: TranslationUnit, text: string, by: string, nth = 0): void => {
  let begin = -1;
  for (let i = 0; i <= nth; i++) begin = tu.mainFile.text.indexOf(text, begin + 1);
  tu.rewriter.replace({ file: tu.mainFile, begin, end: begin + text.length }, by);
};

it('finds nothing in what changes nothing', async () => {
  expect(await verified('int x; int f(int n) { return n + x; }', () => {})).toEqual([]);
  expect(
    await verified('int x; int f(int n) { return n + x; }', (tu) => {
      (tu.find(VarDecl, (decl) => decl.name === 'x')[0] as NamedDecl).name = 'total';
    }),
  ).toEqual([]);
});

it('finds a name that is shadowed', async () => {
  expect(
    await verified('int x; int f(int n) { return n + x; }', (tu) => tu.find(CompoundStmt)[0]?.prepend(c`int x = 3;`)),
  ).toEqual(['a.cpp:1:45: x: a.cpp:1:5 → a.cpp:1:27']);
  expect(
    await verified('int f(int a) { int b = a; return b + a; }', (tu) => {
      tu.match('return $x;')[0]?.replaceWith('{ int a = 2; return $x; }');
    }),
  ).toEqual(['a.cpp:1:51: a: a.cpp:1:11 → a.cpp:1:33']);
});

it('finds a call that means another overload', async () => {
  expect(
    await verified('void f(double);\nvoid g() { f(1); f(2.0); }', (tu) =>
      tu.root.children[0]?.insertBefore(c`void f(int);`),
    ),
  ).toEqual(['a.cpp:3:12: f: a.cpp:1:6 → a.cpp:1:6']);
});

it('finds a call that argument-dependent lookup takes elsewhere', async () => {
  const code = 'namespace n { struct A {}; void h(A, int); } void h(...); void k() { n::A a; h(a, 1); }';
  expect(await verified(code, (tu) => replace(tu, 'void h(A, int);', ''))).toEqual([
    expect.stringContaining('h: a.cpp:1:33 → a.cpp:1:36'),
  ]);
});

it('finds new errors and warnings, not the old ones', async () => {
  const code = 'int f(int); int g() { int unused; return f(1); } int h() { int late; return 0; }';
  expect(await verified(code, (tu) => tu.find(CallExpr)[0]?.replaceWith(c`missing(1)`))).toEqual([
    "a.cpp:1:42: error: use of undeclared identifier 'missing'",
  ]);
  expect(await verified(code, (tu) => replace(tu, 'return 0', 'int another; return 0'))).toEqual([
    expect.stringContaining("unused variable 'another'"),
  ]);
  expect(await verified(code, (tu) => replace(tu, 'unused', 'nobody'))).toEqual([]);
});

it('takes a moved, removed or redeclared function for what it is', async () => {
  const code = 'int f(int);\nint f(int);\nint g() { return f(1); }\nint f(int a) { return a; }\n';
  expect(await verified(code, (tu) => replace(tu, 'int f(int);\n', ''))).toEqual([]);
  expect(await verified(code, (tu) => replace(tu, 'int f(int);\nint f(int);', 'int f(int x);'))).toEqual([]);
});

it('is asked before anything is written', async () => {
  const tu = parseSync('a.c', { unsaved: { 'a.c': 'int x; int f(void) { return x; }' } });
  tu.find(CompoundStmt)[0]?.prepend(c`int x = 1;`);
  await expect(ensureVerified(tu)).rejects.toMatchObject({ code: 'VERIFY' });
  await expect(ensureVerified(tu)).rejects.toThrow(/'x' meant what is declared at a\.c:1:5, and now means a\.c:1:26/);
  tu.dispose();
});
