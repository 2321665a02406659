import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awaitDeathSync } from '../frontend/death.js';
import {
  BinaryOperator,
  CallExpr,
  type CmonsterError,
  CompoundStmt,
  type CXXRecordDecl,
  Decl,
  DeclRefExpr,
  Expr,
  FunctionDecl,
  IntegerLiteral,
  Node,
  type ParseOptions,
  PointerType,
  ReturnStmt,
  Stmt,
  TranslationUnit,
  TranslationUnitDecl,
  TypedefType,
  VarDecl,
} from '../index.js';

let open: TranslationUnit[] = [];
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tu-test-'));
});
afterEach(() => {
  for (const tu of open) tu.dispose();
  open = [];
  rmSync(directory, { recursive: true });
});

function parse(code: string, options: ParseOptions = {}, name = 'input.cpp'): TranslationUnit {
  const tu = TranslationUnit.parseSync(name, { cwd: directory, unsaved: { [name]: code }, ...options });
  open.push(tu);
  return tu;
}

function failure(work: () => unknown): CmonsterError {
  try {
    work();
  } catch (error) {
    return error as CmonsterError;
  }
  throw new Error('nothing was thrown');
}

const sample = `
typedef const char *text;
int add(int a, int b) { return a + b; }
int twice(int x) { return add(x, add(x, 0)); }
text name = "n";
`;

describe('a translation unit', () => {
  it('knows what it was made from', () => {
    const tu = parse('int x;', { arguments: ['-std=c++20', '--target=aarch64-linux-gnu'] });
    expect(tu).toMatchObject({
      file: 'input.cpp',
      language: 'C++',
      hasErrors: false,
      isFatal: false,
      pointerWidth: 64,
    });
    expect(tu.languageStandard).toBe('c++20');
    expect(tu.target).toContain('aarch64');
    expect(tu.mainFile.text).toBe('int x;');
    expect(tu.files).toContain(tu.mainFile);
  });

  it('shows the host of what is compiled for several machines at once, unless the arguments name the other', () => {
    const device = '-fopenmp-is-target-device';
    const offloading = ['-fopenmp', '-fopenmp-targets=aarch64-unknown-linux-gnu', '-nogpulib'];
    expect(parse('int x;', { arguments: offloading }).command).not.toContain(device);
    expect(parse('int x;', { arguments: [...offloading, '--offload-device-only'] }).command).toContain(device);
  });

  it('reads what would be compiled in several steps, or into files, and makes none', () => {
    const flags = ['-c', '-o', 'input.o', '-MD', '-MF', 'input.d', '-save-temps=obj', '-no-integrated-cpp'];
    const tu = parse('int f();', { arguments: flags, cwd: directory });
    expect(tu.find(FunctionDecl).map(({ name }) => name)).toEqual(['f']);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('leaves alone what is said to the compiler itself, whatever it looks like', () => {
    const flags = ['-Xclang', '-objcmt-atomic-property', '-x', 'c'];
    expect(parse('struct S { int n; };', { arguments: flags }).language).toBe('C');
  });

  it('says so when there is nothing to parse', () => {
    expect(() => parse('nop', {}, 'input.s')).toThrow('there is nothing to parse');
    expect(() => parse('int f();', { arguments: ['-Xlinker'] })).toThrow('takes it as its value');
  });

  it('parses the same with promises and without', async () => {
    const sync = parse(sample);
    const tu = await TranslationUnit.parse('input.cpp', { cwd: directory, unsaved: { 'input.cpp': sample } });
    open.push(tu);
    expect([...tu.walk()].map(String)).toEqual([...sync.walk()].map(String));
  });

  it('finds nodes of a class and its subclasses, in order', () => {
    const tu = parse(sample);
    expect(tu.find(FunctionDecl).map((f) => f.name)).toEqual(['add', 'twice']);
    expect(tu.find(CallExpr).map((call) => call.text)).toEqual(['add(x, add(x, 0))', 'add(x, 0)']);
    expect(tu.find(CallExpr, (call) => call.arguments[1]?.is(IntegerLiteral)).map((call) => call.text)).toEqual([
      'add(x, 0)',
    ]);
    expect(tu.count(Decl)).toBe(tu.find(Decl).length);
    expect(tu.find(Stmt).length).toBeGreaterThan(tu.find(Expr).length);
    expect(tu.find(Node).length).toBe([...tu.walk()].length);
    const [, twice] = tu.find(FunctionDecl);
    expect(twice?.find(DeclRefExpr).map((ref) => ref.text)).toEqual(['add', 'x', 'add', 'x']);
  });

  it('gives the same object for the same node, and for the same type', () => {
    const tu = parse(sample);
    const [add] = tu.find(FunctionDecl);
    const [call] = tu.find(CallExpr);
    expect(call?.directCallee).toBe(add);
    expect(tu.lookup('add')[0]).toBe(add);
    expect(tu.root.children[1]).toBe(add);
    const [a, b] = add?.parameters ?? [];
    expect(a?.type).toBe(b?.type);
    expect(String(a?.type)).toBe('int');
  });

  it('walks parents first, and each node is among its parent’s children', () => {
    const tu = parse(sample);
    const seen = new Set<Node>();
    for (const node of tu.walk()) {
      expect(seen.has(node)).toBe(false);
      seen.add(node);
      if (node.parent) {
        expect(seen.has(node.parent)).toBe(true);
        expect(node.parent.children).toContain(node);
      } else {
        expect(node).toBeInstanceOf(TranslationUnitDecl);
      }
    }
  });

  it('leads to neighbours', () => {
    const tu = parse(sample);
    const [operator] = tu.find(BinaryOperator);
    expect(operator?.ancestors.map((node) => node.kind)).toEqual([
      'ReturnStmt',
      'CompoundStmt',
      'FunctionDecl',
      'TranslationUnitDecl',
    ]);
    expect(operator?.closest(CompoundStmt)?.parent?.is(FunctionDecl)).toBe(true);
    const [left, right] = operator?.children ?? [];
    expect(left?.nextSibling).toBe(right);
    expect(right?.previousSibling).toBe(left);
    expect(right?.nextSibling).toBe(null);
  });

  it('leaves out what is below a node that is skipped', () => {
    const tu = parse(sample);
    const kinds: string[] = [];
    const walk = tu.walk();
    for (const node of walk) {
      kinds.push(node.kind);
      if (node instanceof FunctionDecl) walk.skip();
    }
    expect(kinds).toEqual([
      'TranslationUnitDecl',
      'TypedefDecl',
      'FunctionDecl',
      'FunctionDecl',
      'VarDecl',
      'StringLiteral',
    ]);
  });

  it('sees through typedefs when asked to', () => {
    const tu = parse(sample);
    const [name] = tu.find(VarDecl, (variable) => variable.name === 'name');
    expect(String(name?.type)).toBe('text');
    expect(name?.type.desugaredText).toBe('const char *');
    expect(name?.type.as(TypedefType)?.decl.name).toBe('text');
    expect(name?.type.as(PointerType)?.pointeeType.isConstQualified()).toBe(true);
    expect(name?.type.layout).toMatchObject({ size: 8, alignment: 8 });
    expect(tu.findTypes(PointerType).map(String)).toContain('const char *');
  });

  it('evaluates and prints', () => {
    const tu = parse('constexpr int n = 6 * 7; const char *s = "abc"; bool b = n > 3; double d = n / 4.0;');
    expect(tu.find(VarDecl).map((variable) => variable.evaluate())).toEqual([42, 'abc', true, 10.5]);
    expect(tu.find(VarDecl)[0]?.print()).toBe('constexpr int n = 6 * 7');
  });

  it('asks for many answers at once', () => {
    const tu = parse(Array.from({ length: 3000 }, (_, i) => `int f${i}();`).join('\n'));
    const functions = tu.find(FunctionDecl);
    tu.prefetch(functions, 'qualifiedNameAsString');
    tu.releaseFrontend();
    expect(functions.map((f) => f.qualifiedNameAsString)).toEqual(functions.map((f) => f.name));
  });

  it('is no exception when the source has errors', () => {
    const tu = parse('int f() { return nothing + 1; } int g();');
    expect(tu.hasErrors).toBe(true);
    expect(tu.diagnostics[0]?.message).toContain("undeclared identifier 'nothing'");
    expect(tu.find(FunctionDecl).map((f) => f.name)).toEqual(['f', 'g']);
    expect(tu.find(ReturnStmt)).toHaveLength(1);
  });
});

describe('what lies outside of the scope', () => {
  const unsaved = {
    'input.cpp': '#include "a.h"\nstruct D : ns::B { int y = helper(); };',
    'a.h':
      '#pragma once\nnamespace ns { struct B { int x; int get() { return x; } }; }\ninline int helper() { return 1; }\nint other();',
  };

  it('is not in the tree, yet reached through references', () => {
    const tu = parse('', { unsaved });
    expect(tu.root.children.map((node) => (node as CXXRecordDecl).name)).toEqual(['D']);
    const [call] = tu.find(CallExpr);
    const helper = call?.directCallee;
    expect(helper?.name).toBe('helper');
    expect(helper?.text).toBe('inline int helper() { return 1; }');
    expect(helper?.find(ReturnStmt)).toHaveLength(1);
    expect(helper?.children.map((node) => node.kind)).toEqual(['CompoundStmt']);
    expect(helper?.children[0]?.parent).toBe(helper);
    expect(helper?.parent).toBe(tu.root);
  });

  it('knows its place', () => {
    const tu = parse('', { unsaved });
    const [base] = tu.lookup('ns::B') as CXXRecordDecl[];
    expect(base?.kind).toBe('CXXRecordDecl');
    expect(base?.find(ReturnStmt)[0]?.text).toBe('return x');
    expect(base?.parent?.kind).toBe('NamespaceDecl');
    expect([...(base?.walk() ?? [])].map((node) => node.kind)).toEqual([
      'CXXRecordDecl',
      'FieldDecl',
      'CXXMethodDecl',
      'CompoundStmt',
      'ReturnStmt',
      'MemberExpr',
    ]);
  });

  it('is in the tree of a larger one', () => {
    const names = (tu: TranslationUnit): string[] => tu.find(FunctionDecl).map((f) => f.name);
    expect(names(parse('', { unsaved }))).toEqual([]);
    expect(names(parse('', { unsaved, scope: 'user' }))).toEqual(['get', 'helper', 'other']);
    expect(names(parse('', { unsaved, scope: 'all' }))).toEqual(['get', 'helper', 'other']);
  });
});

describe('a frontend that has gone', () => {
  const kill = (tu: TranslationUnit): void => {
    const { held } = tu as unknown as { held: { connection: { child: { pid: number } } } };
    process.kill(held.connection.child.pid, 'SIGKILL');
    // Until it has ended it can be asked, and then it is the question that is to blame.
    expect(awaitDeathSync(held.connection.child.pid, 5000)).toBeDefined();
  };

  it('is replaced when there is something to ask', () => {
    const tu = parse(sample);
    const [add, twice] = tu.find(FunctionDecl);
    kill(tu);
    expect(add?.qualifiedNameAsString).toBe('add');
    tu.releaseFrontend();
    expect(twice?.qualifiedNameAsString).toBe('twice');
  });

  it('is killed when it is stopped, and replaced', () => {
    const tu = parse(sample, { questionTimeLimit: 500 });
    const [add] = tu.find(FunctionDecl);
    const { held } = tu as unknown as { held: { connection: { child: { pid: number } } } };
    process.kill(held.connection.child.pid, 'SIGSTOP');
    // It may answer until the signal has reached it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    expect(failure(() => add?.qualifiedNameAsString)).toMatchObject({ code: 'TIMEOUT', file: 'input.cpp' });
    expect(add?.isInlined()).toBe(false);
    // What ended a frontend is not asked again.
    expect(failure(() => add?.qualifiedNameAsString)).toMatchObject({ code: 'TIMEOUT' });
  });

  it('is asked again what made the snapshot grow', () => {
    const unsaved = {
      'input.cpp': '#include "a.h"\nint y = f();',
      'a.h': 'struct S { int m; };\ninline int f() { return S().m; }',
    };
    const tu = parse('', { unsaved });
    const callee = tu.find(CallExpr)[0]?.directCallee as FunctionDecl;
    const [body] = callee.children;
    kill(tu);
    const [record] = tu.lookup('S') as CXXRecordDecl[];
    expect(record?.find(Decl).map((d) => (d as VarDecl).name)).toContain('m');
    expect(callee.children[0]).toBe(body);
  });

  it('is not replaced when the source has changed', () => {
    const file = join(directory, 'changing.c');
    writeFileSync(file, 'int f(void);');
    const tu = TranslationUnit.parseSync(file);
    open.push(tu);
    const [f] = tu.find(FunctionDecl);
    kill(tu);
    writeFileSync(file, 'int g(int); int f(void);');
    expect(failure(() => f?.qualifiedNameAsString)).toMatchObject({ code: 'SOURCE_CHANGED', file });
  });

  it('is not replaced after dispose', () => {
    const tu = parse(sample);
    const [add] = tu.find(FunctionDecl);
    tu[Symbol.dispose]();
    expect(failure(() => add?.name)).toMatchObject({ code: 'DISPOSED' });
    expect(failure(() => tu.root)).toMatchObject({ code: 'DISPOSED' });
  });
});

describe('input that cannot be parsed', () => {
  const code = (work: () => unknown): string => failure(work).code;

  it('is an error that names it', () => {
    const missing = failure(() => TranslationUnit.parseSync('missing.c', { cwd: directory }));
    expect(missing).toMatchObject({ code: 'INPUT_UNREADABLE', file: 'missing.c' });
    expect(code(() => TranslationUnit.parseSync('.', { cwd: directory }))).toMatch(/INPUT_UNREADABLE|BAD_ARGUMENTS/);
    expect(code(() => parse('int x;', { arguments: ['--no-such-option'] }))).toBe('BAD_ARGUMENTS');
    expect(code(() => parse('int x;', { arguments: ['other.c'] }))).toBe('BAD_ARGUMENTS');
    expect(code(() => parse('int x;', { cwd: '/nowhere' }))).toBe('FRONTEND_START');
  });

  it('is given up at the limits', () => {
    const endless = 'template <int N> struct F { static constexpr long v = F<N-1>::v + F<N-2>::v + F<N/2>::v; };';
    const forever = `constexpr int spin() { int i = 0; while (true) i = i + 1 & 255; return i; } ${endless} constexpr int x = spin();`;
    const slow = { arguments: ['-std=c++20', '-fconstexpr-steps=4294967295'], timeLimit: 700 };
    expect(failure(() => parse(forever, slow))).toMatchObject({ code: 'TIMEOUT', file: 'input.cpp' });
    const large = { memoryLimit: 300 };
    expect(code(() => parse(`int big[] = {${'1,'.repeat(3_000_000)}};`, large))).toBe('OUT_OF_MEMORY');
    expect(parse('int x;').hasErrors).toBe(false);
  });

  it('may be any bytes', () => {
    const bytes = Uint8Array.from([0, 255, 254, 128, 10, 13, 0, 64, 35, 39, 34]);
    expect(parse('', { unsaved: { 'input.cpp': bytes } }).mainFile.bytes).toEqual(Buffer.from(bytes));
    expect(parse('').root.children).toEqual([]);
  });
});
