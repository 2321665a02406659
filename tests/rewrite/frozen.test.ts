// What cannot be edited, what can only be edited in one way, and edits that cannot be made together.
import {
  BinaryOperator,
  CallExpr,
  ClassTemplateSpecializationDecl,
  CmonsterError,
  CompoundStmt,
  CXXConstructorDecl,
  CXXDestructorDecl,
  c,
  DeclRefExpr,
  FunctionDecl,
  IfStmt,
  ImplicitCastExpr,
  IntegerLiteral,
  parseSync,
  ReturnStmt,
  type TranslationUnit,
  VarDecl,
} from 'cmonster';
import { describe, expect, test } from 'vitest';
import { type Given, rewritten } from './harness.js';

const first = <T>(nodes: readonly T[]): T => nodes[0] as T;

/** The error of a script; nothing must have been staged. */
function failure(source: string, script: (tu: TranslationUnit) => void, given: Given = {}): CmonsterError {
  let failed: unknown;
  const after = rewritten(
    source,
    (tu) => {
      try {
        script(tu);
      } catch (error) {
        failed = error;
      }
    },
    given,
  );
  expect(after).toBe(source);
  expect(failed).toBeInstanceOf(CmonsterError);
  return failed as CmonsterError;
}

describe('macros', () => {
  const source = `#define LIMIT 10 + 2
#define SQUARE(x) ((x) * (x))
#define CALL(f, x) f(x)
#define PASTE(a, b) a##b
#define BEGIN {
int f(int);
int a = LIMIT * 2;
int b(int y) { return SQUARE(y + 1); }
int d(int y) { return CALL(f, y) + PASTE(1, 2); }
int e(int y) BEGIN return f(y); }
`;

  test('the whole use of a macro is text like any other', () => {
    const after = rewritten(source, (tu) => tu.find(VarDecl, ({ name }) => name === 'a')[0]!.init!.replaceWith('5'));
    expect(after).toBe(source.replace('LIMIT * 2', '5'));
  });

  test.each<[string, (tu: TranslationUnit) => void, string, string]>([
    [
      'a part of a body',
      (tu) => first(tu.find(IntegerLiteral, (literal) => literal.evaluate() === 10)).replaceWith('11'),
      'macro-body',
      'it comes from the body of the macro LIMIT, defined at input.c:1:9',
    ],
    [
      'a part of a body and what is outside',
      (tu) => first(tu.find(BinaryOperator, (node) => node.opcode === 'BO_Mul')).replaceWith('11'),
      'macro-part',
      'it is partly written in the macro LIMIT, defined at input.c:1:9, and partly outside of it',
    ],
    [
      'what was pasted',
      (tu) => first(tu.find(IntegerLiteral, (literal) => literal.evaluate() === 12)).prepend('1'),
      '',
      'has no braces',
    ],
  ])('%s', (_, script, reason, message) => {
    const error = failure(source, script);
    expect(error.message).toContain(message);
    expect(error.frozen.map((place) => place.reason)).toEqual(reason ? [reason] : []);
  });

  test('the body of what is defaulted stands nowhere', () => {
    const text = 'struct S { ~S(); };\nS::~S() = default;\n';
    const script = (tu: TranslationUnit): void =>
      first(tu.find(CXXDestructorDecl, (each) => each.hasBody())).body?.prepend('x();');
    expect(failure(text, script, { file: 'input.cpp' }).message).toContain('has no braces');
  });

  test('an argument, wherever the macro puts it', () => {
    const after = rewritten(source, (tu) => {
      const sums = tu.find(BinaryOperator, (node) => node.text === 'y + 1');
      expect(sums.length).toBe(2);
      expect(tu.rewriter.editability(sums[0]!)).toMatchObject({ kind: 'macro-argument', macro: 'SQUARE' });
      for (const sum of sums) sum.replaceWith(c`f(${sum})`);
      first(tu.find(DeclRefExpr, (ref) => ref.text === 'f' && ref.macro.length > 0)).replaceWith('b');
    });
    expect(after).toBe(source.replace('SQUARE(y + 1)', 'SQUARE(f(y + 1))').replace('CALL(f, y)', 'CALL(b, y)'));
  });

  test('the parentheses that a macro lacks', () => {
    const text =
      '#define TWICE(x) x * 2\nint y, z = TWICE(y);\n#define SUM 1 + 2\nint f(int);\nint w(void) { return f(SUM); }\n';
    const after = rewritten(
      text,
      (tu) => {
        first(tu.find(DeclRefExpr, (ref) => ref.text === 'y')).replaceWith('y + 1');
        const call = first(tu.find(CallExpr));
        call.replaceWith(c`${call.arguments[0]!} * 3`);
      },
      { arguments: ['-Wno-everything'] },
    );
    expect(after).toBe(text.replace('TWICE(y)', 'TWICE((y + 1))').replace('f(SUM)', '(SUM) * 3'));
  });

  test('a body in which a macro opens the brace', () => {
    expect(rewritten(source, (tu) => tu.find(FunctionDecl, (fn) => fn.name === 'e')[0]!.body!.append('f(1);'))).toBe(
      source.replace('return f(y); }', 'return f(y); f(1); }'),
    );
  });
});

describe('what the compiler made', () => {
  test('implicit nodes, and what is written in their place', () => {
    const source = 'long x = 1;\nstruct S { int y = 2; };\nS s;\n';
    const cpp = { file: 'input.cpp' };
    const after = rewritten(
      source,
      (tu) => first(tu.find(ImplicitCastExpr, undefined, { implicit: true })).replaceWith('2'),
      cpp,
    );
    expect(after).toBe(source.replace('1', '2'));
    const error = failure(
      source,
      (tu) => first(tu.find(CXXConstructorDecl, undefined, { implicit: true })).remove(),
      cpp,
    );
    expect(error.code).toBe('EDIT_FROZEN');
    expect(error.frozen[0]).toMatchObject({
      reason: 'implicit',
      message: 'the compiler added it: nothing is written for it',
    });
  });

  test('instantiations', () => {
    const source =
      'template <class T> struct V { T get() { return 1; } };\nint x = V<int>().get() + V<long>().get();\n';
    const cpp = { file: 'input.cpp' };
    const error = failure(
      source,
      (tu) => {
        const [made] = tu.find(ClassTemplateSpecializationDecl, undefined, { instantiations: true });
        first(made!.find(ReturnStmt, undefined, { instantiations: true })).replaceWith('return 2;');
      },
      cpp,
    );
    expect(error.frozen[0]).toMatchObject({ reason: 'instantiation' });
    expect(error.message).toContain('edit the template itself, which stands at input.cpp:1:');
    const after = rewritten(
      source,
      (tu) => tu.find(ReturnStmt).forEach((node) => void node.replaceWith('return 2;')),
      cpp,
    );
    expect(after).toBe(source.replace('return 1', 'return 2'));
  });
});

describe('other files', () => {
  const given = {
    unsaved: { 'input.c': '#include "list.h"\nint x = LIST(1);\n', 'list.h': '#define LIST(n) (n)\nint list(void);\n' },
  };
  test('are immutable', () => {
    const tu = parseSync('input.c', { ...given, scope: 'all' });
    const [list] = tu.find(FunctionDecl, (fn) => fn.name === 'list');
    expect(() => list!.remove()).toThrow('list.h is not among the editable files');
    expect(() => tu.rewriter.insert({ file: list!.beginLoc.file!, offset: 0 }, 'x')).toThrow(
      'not among the editable files',
    );
    expect(tu.edits).toEqual([]);
  });
  test('unless they are said to be editable', () => {
    const tu = parseSync('input.c', { ...given, editable: '*.h' });
    tu.find(FunctionDecl, (fn) => fn.name === 'list')[0]!.insertAfter('int more(void);');
    expect(tu.rewrite('list.h')).toBe('#define LIST(n) (n)\nint list(void);\nint more(void);\n');
    expect(tu.rewrite()).toBe(given.unsaved['input.c']);
    expect(tu.edits.map(({ file }) => file)).toEqual([tu.files.find(({ name }) => name.endsWith('list.h'))!.path]);
  });
  test('all places are listed, and none is changed', () => {
    const tu = parseSync('input.c', { ...given, scope: 'all' });
    const [list] = tu.find(FunctionDecl, (fn) => fn.name === 'list');
    const [x] = tu.find(VarDecl, ({ name }) => name === 'x');
    const nodes = [x!, list!, x!.init!.children[0]!];
    try {
      tu.rewriter.rangesOf(nodes, 'rename');
      expect.unreachable();
    } catch (error) {
      expect((error as CmonsterError).frozen.map(({ reason }) => reason)).toEqual(['outside']);
    }
  });
});

test('half of a conditional', () => {
  const source =
    'int f(int x) {\n  if (x) {\n#ifdef A\n    x = 1;\n  } else {\n#endif\n    x = 2;\n  }\n  return x;\n}\n';
  expect(rewritten(source, (tu) => first(tu.find(IfStmt)).remove())).toBe('int f(int x) {\n  return x;\n}\n');
  const torn =
    'int f(int x) {\n  if (x) {\n    x = 1;\n#ifndef A\n  }\n#else\n  } else x = 2;\n#endif\n  return x;\n}\n';
  const error = failure(torn, (tu) => first(tu.find(IfStmt)).remove());
  expect(error.frozen[0]!.reason).toBe('directive');
});

describe('conflicts', () => {
  const source = 'int f(int);\nint g(int x) {\n  int y = f(x + 1);\n  return y;\n}\n';
  const call = (tu: TranslationUnit) => first(tu.find(CallExpr));

  test.each<[string, (tu: TranslationUnit) => void, string]>([
    [
      'different texts',
      (tu) => [call(tu).replaceWith('1'), call(tu).replaceWith('2')],
      '3:11: replaceWith of CallExpr input.c:3:11',
    ],
    [
      'a change in what goes',
      (tu) => [call(tu).arguments[0]!.replaceWith('1'), call(tu).parent!.parent!.remove()],
      '3:1: remove of',
    ],
    [
      'what goes, and a change in it',
      (tu) => [call(tu).parent!.parent!.remove(), call(tu).replaceWith('1')],
      '3:11: replaceWith',
    ],
    [
      'an insertion in what goes',
      (tu) => [tu.rewriter.insert(call(tu).rParenLoc, '1'), call(tu).replaceWith('1')],
      'insert of input.c:3:18',
    ],
  ])('%s', (_, script, place) => {
    let error: CmonsterError | undefined;
    let changes = 0;
    rewritten(source, (tu) => {
      try {
        script(tu);
      } catch (thrown) {
        error = thrown as CmonsterError;
        changes = tu.edits.length;
      }
    });
    expect(error?.code).toBe('EDIT_CONFLICT');
    expect(error?.message).toContain(place);
    expect(error?.message).toContain('    3 |   int y = f(x + 1);\n');
    expect(changes).toBe(1);
  });

  test('both in a code frame', () => {
    let message = '';
    rewritten(source, (tu) => {
      call(tu).replaceWith('1');
      try {
        call(tu).replaceWith('2');
      } catch (error) {
        message = (error as Error).message;
      }
    });
    expect(message).toBe(`two edits of input.c cannot be made together
input.c:3:11: replaceWith of CallExpr input.c:3:11
    3 |   int y = f(x + 1);
      |           ^~~~~~~~
input.c:3:11: replaceWith of CallExpr input.c:3:11
    3 |   int y = f(x + 1);
      |           ^~~~~~~~`);
  });

  test('the same twice is once', () => {
    const after = rewritten(source, (tu) => {
      for (let i = 0; i < 2; i++) {
        call(tu).replaceWith('1');
        call(tu).closest(CompoundStmt)!.prepend('f(0);');
        tu.rewriter.remove(first(tu.find(ReturnStmt)));
      }
    });
    expect(after).toBe(source.replace('f(x + 1)', '1').replace('{\n', '{\n  f(0);\n').replace('return y', ''));
  });

  test('a trial leaves nothing behind', () => {
    const after = rewritten(source, (tu) => {
      call(tu).replaceWith('1');
      const edits = tu.rewriter.trial(() => call(tu).replaceWith('2'));
      expect(edits).toMatchObject([{ offset: source.indexOf('f(x + 1)'), length: 8, text: '2' }]);
      expect(() =>
        tu.rewriter.trial(() => {
          throw new Error('in the trial');
        }),
      ).toThrow('in the trial');
    });
    expect(after).toBe(source.replace('f(x + 1)', '1'));
  });
});

describe('the definition of a macro', () => {
  const source = `int f(int);
#define LIMIT 10 + 2
#define TWICE(x) f(x) * 2
int a(int y) { return LIMIT + TWICE(y); }
int b(int y) { return LIMIT + TWICE(y + 1); }
`;
  const twelve = (tu: TranslationUnit) => tu.find(IntegerLiteral, (literal) => literal.evaluate() === 10);

  test('when every use agrees', () => {
    const after = rewritten(source, (tu) => {
      for (const literal of twelve(tu)) literal.replaceWith('20', { macro: 'definition' });
      for (const call of tu.find(CallExpr)) {
        call.replaceWith(c`f(${call.arguments[0]!} * 3) + 1`, { macro: 'definition' });
      }
    });
    expect(after).toBe(source.replace('10', '20').replace('f(x) * 2', '(f((x) * 3) + 1) * 2'));
  });

  test('on several lines', () => {
    const after = rewritten(source, (tu) => {
      for (const literal of twelve(tu)) literal.replaceWith('(10 +\n  10)', { macro: 'definition' });
    });
    expect(after).toBe(source.replace('10 + 2', '(10 + \\\n  10) + 2'));
  });

  test('when some do not ask', () => {
    let error: CmonsterError | undefined;
    let places: string[] = [];
    rewritten(source, (tu) => {
      twelve(tu)[0]!.replaceWith('20', { macro: 'definition' });
      try {
        tu.rewrite();
      } catch (thrown) {
        error = thrown as CmonsterError;
        places = error.frozen.map(({ location }) => String(location));
      }
      tu.rewriter.clear();
    });
    expect(error?.message).toContain('the macro LIMIT is used here too');
    expect(places).toEqual(['input.c:5:23']);
  });

  test('when they ask for different changes', () => {
    rewritten(source, (tu) => {
      const [one, two] = twelve(tu);
      one!.replaceWith('20', { macro: 'definition' });
      expect(() => two!.replaceWith('30', { macro: 'definition' })).toThrow('cannot be made together');
      tu.rewriter.clear();
    });
  });

  test('of what is in no macro', () => {
    const error = failure('int x = 1;\n', (tu) =>
      first(tu.find(IntegerLiteral)).replaceWith('2', { macro: 'definition' }),
    );
    expect(error.message).toContain('is not written in the body of one macro');
  });
});
