import {
  BinaryOperator,
  CallExpr,
  CompoundStmt,
  CXXRecordDecl,
  c,
  DeclRefExpr,
  DeclStmt,
  FunctionDecl,
  IfStmt,
  IntegerLiteral,
  ReturnStmt,
  type TranslationUnit,
  VarDecl,
} from 'cmonster';
import { describe, expect, test } from 'vitest';
import { rewritten } from './harness.js';

const calls = (tu: TranslationUnit, name: string) => tu.find(CallExpr, (call) => call.directCallee?.name === name);

describe('replaceWith', () => {
  test('an argument, a call, a callee', () => {
    const source = 'int f(int, int);\nint g(void) { return f(1, 2) + f(3, f(4, 5)); }\n';
    const after = rewritten(source, (tu) => {
      for (const call of calls(tu, 'f')) call.callee.replaceWith('h');
      tu.find(IntegerLiteral, (literal) => literal.text === '2')[0]?.replaceWith('20');
    });
    expect(after).toBe('int f(int, int);\nint g(void) { return h(1, 20) + h(3, h(4, 5)); }\n');
  });

  test('calls in arguments of calls compose, whichever comes first', () => {
    const source = 'int f(int, int);\nint g(void) { return f(1, f(2, f(3, 4))); }\n';
    const wrap = (call: CallExpr): void => {
      const [a, b] = call.arguments;
      call.replaceWith(c`h(${b!}, ${a!})`);
    };
    const expected = 'int f(int, int);\nint g(void) { return h(h(h(4, 3), 2), 1); }\n';
    expect(rewritten(source, (tu) => calls(tu, 'f').forEach(wrap))).toBe(expected);
    expect(rewritten(source, (tu) => calls(tu, 'f').reverse().forEach(wrap))).toBe(expected);
  });

  test('a statement takes or leaves its semicolon', () => {
    const source = 'void f(void);\nint g(void) {\n  f(); // once\n  int x = 1;\n  return 0;\n}\n';
    const after = rewritten(source, (tu) => {
      calls(tu, 'f')[0]!.replaceWith(c`if (1) {
        f();
      }`);
      tu.find(DeclStmt)[0]!.replaceWith('int y = 2');
      tu.find(ReturnStmt)[0]!.replaceWith('return 1;');
    });
    expect(after).toBe(
      'void f(void);\nint g(void) {\n  if (1) {\n    f();\n  } // once\n  int y = 2;\n  return 1;\n}\n',
    );
  });

  test('around itself, twice, and again the same', () => {
    const source = 'int f(int);\nint x = 1 + 2;\n';
    const after = rewritten(source, (tu) => {
      const sum = tu.find(BinaryOperator)[0]!;
      sum.replaceWith(c`f(${sum})`);
      sum.replaceWith(c`${sum} * 2`);
      sum.replaceWith(c`f(${sum})`);
      sum.children[0]!.replaceWith('10');
    });
    expect(after).toBe('int f(int);\nint x = f(10 + 2) * 2;\n');
  });
});

describe('parentheses, exactly where precedence asks', () => {
  const operand = (text: string, script: (tu: TranslationUnit) => void): string =>
    rewritten(`int a, b, d, *p;\nint f(int);\nint x(void) { return ${text}; }\n`, script)
      .split('return ')[1]!
      .split(';')[0]!;
  const find = (tu: TranslationUnit, name: string) => tu.find(DeclRefExpr, (ref) => ref.text === name)[0]!;

  test.each([
    ['a * b', 'a', '1 + 2', '(1 + 2) * b'],
    ['a + b', 'a', '1 + 2', '1 + 2 + b'],
    ['a - b', 'b', '1 + 2', 'a - (1 + 2)'],
    ['a - b', 'b', '1 * 2', 'a - 1 * 2'],
    ['-a', 'a', '1 + 2', '-(1 + 2)'],
    ['-a', 'a', '-1', '- -1'],
    ['f(a)', 'a', '1 + 2', 'f(1 + 2)'],
    ['f(a)', 'a', '1, 2', 'f((1, 2))'],
    ['(a)', 'a', '1, 2', '(1, 2)'],
    ['a = b', 'b', 'a = 2', 'a = a = 2'],
    ['a ? b : d', 'a', 'b = d', '(b = d) ? b : d'],
    ['a ? b : d', 'b', 'b = d', 'a ? b = d : d'],
    ['a ? b : d', 'd', 'b = d', 'a ? b : (b = d)'],
    ['(char)a', 'a', '1 + 2', '(char)(1 + 2)'],
    ['(char)a', 'a', '-b', '(char)-b'],
    ['sizeof a', 'a', 'b + 1', 'sizeof (b + 1)'],
    ['p[a]', 'a', 'b + 1', 'p[b + 1]'],
    ['p[a]', 'p', 'p + 1', '(p + 1)[a]'],
    ['a/b', 'b', '*p', 'a/ *p'],
    ['a && b', 'b', 'a || b', 'a && (a || b)'],
    ['a', 'a', '1 + 2', '1 + 2'],
  ])('%s with %s = %s', (text, name, code, expected) => {
    expect(operand(text, (tu) => find(tu, name).replaceWith(code))).toBe(expected);
  });

  test('in code', () => {
    expect(
      operand('f(a + b)', (tu) => {
        const [call] = tu.find(CallExpr);
        const [argument] = call!.arguments;
        call!.replaceWith(c`${argument!} * ${argument!} + f(${argument!}) - ${argument!}`);
      }),
    ).toBe('(a + b) * (a + b) + f(a + b) - (a + b)');
  });

  test('what is changed inside counts as what it becomes', () => {
    for (const order of [0, 1]) {
      const after = operand('f(a) * b', (tu) => {
        const [call] = tu.find(CallExpr);
        const steps = [
          () => call!.replaceWith(c`${call!.arguments[0]!} / 2`),
          () => find(tu, 'a').replaceWith('a + 1'),
          () => tu.find(BinaryOperator, (node) => node.opcode === 'BO_Mul')[0]!.replaceWith(c`f(${call!})`),
        ];
        for (const step of order ? steps.reverse() : steps) step();
      });
      expect(after).toBe('f((a + 1) / 2)');
    }
  });

  test('a word does not stick to the one before it', () => {
    expect(operand('(a)', (tu) => tu.find(DeclRefExpr)[0]!.parent!.replaceWith('b'))).toBe('b');
    const after = rewritten('int f(int a) { return(a); }\n', (tu) =>
      tu.find(ReturnStmt)[0]!.children[0]!.replaceWith('a'),
    );
    expect(after).toBe('int f(int a) { return a; }\n');
  });
});

describe('remove', () => {
  const source = `void f(int);
int g(int x) {
  // one
  f(1); // with its comment
  f(2);

  if (x) f(3);
  if (x)
    f(4);
  else
    f(5);
  f(6); f(7); f(8);
  switch (x) {
  case 1: f(9);
  }
  return x;
}
`;
  test.each([
    ['1', '  f(1); // with its comment\n', ''],
    ['2', '  f(2);\n', ''],
    ['3', 'f(3);', '{}'],
    ['4', 'f(4);', '{}'],
    ['5', 'f(5);', '{}'],
    ['6', 'f(6); ', ''],
    ['7', 'f(7); ', ''],
    ['8', ' f(8);', ''],
    ['9', 'f(9);', ';'],
  ])('statement %s', (argument, before, after) => {
    const result = rewritten(source, (tu) =>
      calls(tu, 'f')
        .find((call) => call.arguments[0]?.text === argument)!
        .remove(),
    );
    expect(result).toBe(source.replace(before, after));
  });

  test('neighbours on one line', () => {
    const all = (text: string) =>
      rewritten(text, (tu) => {
        for (const call of calls(tu, 'f')) call.remove();
      });
    expect(all('void f(int);\nvoid g(void) { f(1); f(2); f(3); }\n')).toBe('void f(int);\nvoid g(void) {  }\n');
    expect(all('void f(int);\nvoid g(int x) {\n  f(1); x++; f(2);\n}\n')).toBe(
      'void f(int);\nvoid g(int x) {\n  x++;\n}\n',
    );
  });

  test('a declaration, with its comment on request', () => {
    const text =
      '#include "a.h"\n\n/* what\n   it does */\n// and more\nstatic int f(void) { return 1; }\n\nint g(void);\n';
    const first = (tu: TranslationUnit) => tu.find(FunctionDecl)[0]!;
    const options = { arguments: ['-Wno-everything'] };
    expect(rewritten(text.replace('#include "a.h"\n\n', ''), (tu) => first(tu).remove(), options)).toBe(
      '/* what\n   it does */\n// and more\n\nint g(void);\n',
    );
    expect(
      rewritten(text.replace('#include "a.h"', 'int z;'), (tu) => first(tu).remove({ comment: true }), options),
    ).toBe('int z;\n\nint g(void);\n');
  });
});

describe('insertBefore and insertAfter', () => {
  test('statements, in the order asked for', () => {
    const source = 'void f(int);\nvoid g(void) {\n  f(1); // one\n  f(2);\n}\n';
    const after = rewritten(source, (tu) => {
      const [one, two] = calls(tu, 'f');
      one!.insertBefore('a();');
      one!.insertBefore('b();');
      one!.insertAfter('c();');
      one!.insertAfter(c`if (1) {
        d();
      }`);
      two!.insertBefore('e();');
      two!.remove();
      two!.insertAfter('f(3);');
    });
    expect(after).toBe(
      'void f(int);\nvoid g(void) {\n  a();\n  b();\n  f(1); // one\n  c();\n  if (1) {\n    d();\n  }\n  e();\n  f(3);\n}\n',
    );
  });

  test('a branch that is no block becomes one, once', () => {
    const source = 'void f(int);\nvoid g(int x) {\n  if (x)\n    f(1);\n  else\n    f(2);\n  while (x) f(3);\n}\n';
    const after = rewritten(source, (tu) => {
      const [one, two, three] = calls(tu, 'f');
      one!.insertBefore('a();');
      one!.insertAfter('b();');
      two!.insertBefore('c();');
      three!.insertBefore('d();');
      three!.insertAfter('e();');
    });
    expect(after).toBe(`void f(int);
void g(int x) {
  if (x) {
    a();
    f(1);
    b();
  }
  else {
    c();
    f(2);
  }
  while (x) { d(); f(3); e(); }
}
`);
  });

  test('members, as the others are indented', () => {
    const after = rewritten(
      'class A {\n public:\n  int a;\n};\n',
      (tu) => tu.find(CXXRecordDecl)[0]!.append('int b;'),
      { file: 'input.cpp' },
    );
    expect(after).toBe('class A {\n public:\n  int a;\n  int b;\n};\n');
  });

  test('declarations', () => {
    const after = rewritten('int a;\n\nint f(void) { return a; }', (tu) => {
      tu.find(VarDecl)[0]!.insertAfter('int b;');
      tu.find(FunctionDecl)[0]!.insertBefore('/** Gives a. */');
      tu.find(FunctionDecl)[0]!.insertAfter('int z;');
      tu.root.prepend('// first');
      tu.root.append('// last');
    });
    expect(after).toBe('// first\nint a;\nint b;\n\n/** Gives a. */\nint f(void) { return a; }\nint z;\n// last\n');
  });
});

describe('code', () => {
  test('statements move with their indentation', () => {
    const source = `void f(int);
void g(int x) {
  f(1);
  if (x) {
    f(2);
  }
}
`;
    const after = rewritten(source, (tu) => {
      const statement = tu.find(IfStmt)[0]!;
      statement.replaceWith(c`
        for (;;) {
          ${statement}
          break;
        }
      `);
      calls(tu, 'f')[0]!.replaceWith(c`do {
        ${calls(tu, 'f')[0]!}
      } while (0);`);
    });
    expect(after).toBe(`void f(int);
void g(int x) {
  do {
    f(1);
  } while (0);
  for (;;) {
    if (x) {
      f(2);
    }
    break;
  }
}
`);
  });

  test('what is in a string is not indented', () => {
    const source = 'void f(const char *);\nvoid g() {\n  f(R"(one\n  two)"\n    "a\\\n  b");\n}\n';
    const after = rewritten(
      source,
      (tu) => {
        const [call] = calls(tu, 'f');
        call!.replaceWith(c`if (1) {
          ${call!}
        }`);
      },
      { file: 'input.cpp' },
    );
    expect(after).toBe(
      'void f(const char *);\nvoid g() {\n  if (1) {\n    f(R"(one\n  two)"\n      "a\\\n  b");\n  }\n}\n',
    );
  });

  test('text before and after', () => {
    rewritten('int f(int);\nint x = f(1 + 2);\n', (tu) => {
      const call = tu.find(CallExpr)[0]!;
      const [argument] = call.arguments;
      argument!.replaceWith(c`f(${argument!})`);
      expect([call.text, call.newText]).toEqual(['f(1 + 2)', 'f(f(1 + 2))']);
      expect([argument!.text, argument!.newText]).toEqual(['1 + 2', 'f(1 + 2)']);
      expect(call.parent!.newText).toBe('int x = f(f(1 + 2))');
      tu.rewriter.clear();
      call.parent!.remove();
      expect([call.text, call.newText, argument!.newText]).toEqual(['f(1 + 2)', '', '']);
      tu.rewriter.clear();
      call.replaceWith(c`g(${argument!})`);
      expect([call.newText, argument!.newText, call.callee.newText]).toEqual(['g(1 + 2)', '1 + 2', '']);
    });
  });

  test('many statements and one body', () => {
    const after = rewritten('void f(int);\nvoid g(void) {\n  f(1);\n  f(2);\n}\n', (tu) => {
      const body = tu.find(CompoundStmt)[0]!;
      body.replaceWith(c`{
        lock();
        ${body.body}
        unlock();
      }`);
    });
    expect(after).toBe('void f(int);\nvoid g(void) {\n  lock();\n  f(1);\n  f(2);\n  unlock();\n}\n');
  });
});
