import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  BinaryOperator,
  CallExpr,
  DeclRefExpr,
  FunctionDecl,
  IntegerLiteral,
  TranslationUnit,
  VarDecl,
} from '../index.js';

let tu: TranslationUnit;
afterEach(() => tu.dispose());

function parse(code: string | Uint8Array, more: Record<string, string> = {}): TranslationUnit {
  tu = TranslationUnit.parseSync('input.c', { unsaved: { 'input.c': code, ...more } });
  return tu;
}

const macros = `#define ADD(a, b) ((a) + (b))
#define ONE 1
#define TWO (ONE + ONE)
int f(int x) {
  int p = ADD(x, 2);
  int q = TWO;
  return ADD(p * ONE, f(q));
}
`;

describe('the lines of a file', () => {
  it('start where the frontend says, and its bytes say the same', () => {
    const code = 'int a;\r\nint b;\rint c;\n\r\n/* ü */ int d;\n\n\r';
    const { mainFile } = parse(code);
    const told = [...mainFile.lineStarts];
    expect(told).toEqual([0, 8, 15, 22, 24, 40, 41, 42]);
    tu.dispose();
    const loaded = parse(code).mainFile;
    expect(loaded.text).toBe(code);
    expect([...loaded.lineStarts]).toEqual(told);
  });
});

describe('the lines of several files', () => {
  const headers = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`${i}.h`, `\n${'\n'.repeat(i)}int a${i};\n`]),
  );
  const code = Object.keys(headers).map((name) => `#include "${name}"\n`);

  it('come all at once, the same ones whatever is read first', () => {
    const asked = (backwards: boolean): unknown[] => {
      parse(code.join(''), headers);
      const fileLines = vi.spyOn(tu.questions, 'fileLines');
      const variables = tu.find(VarDecl);
      if (backwards) variables.reverse();
      for (const variable of variables) {
        expect(variable.beginLoc.line).toBe(Number(variable.name.slice(1)) + 2);
      }
      return fileLines.mock.calls.map(([files]) => files).sort();
    };
    const forwards = asked(false);
    expect(forwards.length).toBeLessThan(4);
    tu.dispose();
    expect(asked(true)).toEqual(forwards);
  });

  it('are asked for one by one where one cannot be told', () => {
    parse(code.join(''), headers);
    const { fileLines } = tu.questions;
    vi.spyOn(tu.questions, 'fileLines').mockImplementation((files) => {
      const found = fileLines.call(tu.questions, files);
      return files.length > 1 ? found.map((lines, i) => (i % 2 === 0 ? lines : undefined)) : found;
    });
    for (const variable of tu.find(VarDecl)) {
      expect(variable.beginLoc.line).toBe(Number(variable.name.slice(1)) + 2);
    }
  });
});

describe('a location', () => {
  it('in a file is one place', () => {
    parse('int a;\n  int b;\n');
    const [, b] = tu.find(VarDecl);
    expect(b?.beginLoc).toMatchObject({
      isValid: true,
      isMacro: false,
      line: 2,
      column: 3,
      offset: 9,
      isInMainFile: true,
    });
    expect(String(b?.location)).toBe('input.c:2:7');
    expect(String(b?.beginLoc.spelling)).toBe(String(b?.beginLoc.expansion));
    expect(b?.location.tokenText).toBe('b');
  });

  it('in a macro is where it is spelled and where the macro is used', () => {
    parse(macros);
    const [sum] = tu.find(BinaryOperator);
    expect(sum?.beginLoc).toMatchObject({ isMacro: true, isMacroArgExpansion: false });
    expect(String(sum?.beginLoc.spelling)).toBe('input.c:1:20');
    expect(String(sum?.beginLoc.expansion)).toBe('input.c:5:11');
    expect(String(sum?.beginLoc)).toBe('input.c:5:11');
    const [two] = tu.find(IntegerLiteral);
    expect(two?.beginLoc.isMacroArgExpansion).toBe(true);
    expect(String(two?.beginLoc.spelling)).toBe('input.c:5:18');
    expect(String(two?.beginLoc.fileLoc)).toBe('input.c:5:18');
  });

  it('is presumed as #line says', () => {
    parse('int a;\n#line 10 "other.y"\nint b;\nint c;\n#line 3\nint d;\n');
    expect(tu.find(VarDecl).map((each) => String(each.location))).toEqual([
      'input.c:1:5',
      'other.y:10:5',
      'other.y:11:5',
      'other.y:3:5',
    ]);
    expect(tu.find(VarDecl).map((each) => each.location.line)).toEqual([1, 3, 4, 6]);
  });

  it('knows who included it', () => {
    tu = TranslationUnit.parseSync('input.c', {
      scope: 'all',
      unsaved: { 'input.c': '\n#include "a.h"\nint b;', 'a.h': 'int a;' },
    });
    const [a, b] = tu.find(VarDecl);
    expect(a?.location.isInMainFile).toBe(false);
    expect(String(a?.location.presumed?.includedFrom)).toBe('input.c:2:10');
    expect(b?.location.presumed?.includedFrom.isValid).toBe(false);
    expect(a?.location.file?.location(4).raw).toBe(a?.location.raw);
  });
});

describe('the text of a node', () => {
  it('is what is written for it', () => {
    parse(macros);
    expect(tu.find(FunctionDecl)[0]?.text).toBe(macros.slice(macros.indexOf('int f'), -1));
    expect(tu.find(CallExpr).map((call) => call.text)).toEqual(['f(q)']);
    expect(tu.find(DeclRefExpr).map((ref) => ref.text)).toEqual(['x', 'p', 'f', 'q']);
    expect(tu.find(BinaryOperator).map((operator) => operator.text)).toEqual([
      'ADD(x, 2)',
      'TWO',
      'ADD(p * ONE, f(q))',
      'p * ONE',
    ]);
  });

  it('ends with its last token, whatever that is', () => {
    const expressions = [
      'a->b',
      "'x'",
      '"s" "t"',
      'L"w"',
      '0x1p-3',
      '1.5e+3f',
      'a->b++',
      '-a->b',
      'sizeof(int)',
      '(int)1',
      '1u',
    ];
    parse(`struct S { int b; } *a; void f(void) { ${expressions.map((text) => `(void)(${text});`).join(' ')} }`);
    const texts = [...tu.walk()].filter((node) => node.kind === 'ParenExpr').map((node) => node.text.slice(1, -1));
    expect(texts).toEqual(expressions);
  });

  it('has the tokens of the file', () => {
    parse(macros);
    const [call] = tu.find(CallExpr);
    expect(call?.tokens.map((token) => [token.kind, token.text])).toEqual([
      ['identifier', 'f'],
      ['l_paren', '('],
      ['identifier', 'q'],
      ['r_paren', ')'],
    ]);
    expect(tu.mainFile.tokens.map((token) => token.text).join('')).toBe(macros.replace(/\s/g, ''));
    expect(call?.tokens[0]).toMatchObject({ line: 7, column: 23 });
  });

  it('is found through every macro it came from', () => {
    parse(macros);
    const macrosOf = (node: VarDecl | BinaryOperator | IntegerLiteral | undefined): unknown[] =>
      node?.macro.map((use) => [use.name, use.isArgument, String(use.location), use.definition?.text]) ?? [];
    const [, , one] = tu.find(IntegerLiteral);
    expect(one?.text).toBe('TWO');
    expect(macrosOf(one)).toEqual([
      ['ONE', false, 'input.c:6:11', '1'],
      ['TWO', false, 'input.c:6:11', '(ONE + ONE)'],
    ]);
    const [, , , product] = tu.find(BinaryOperator);
    expect(macrosOf(product)).toEqual([['ADD', true, 'input.c:7:10', '(a, b) ((a) + (b))']]);
    expect(macrosOf(tu.find(VarDecl)[0])).toEqual([]);
  });
});

describe('a file', () => {
  it('of any bytes keeps them', () => {
    const bytes = Uint8Array.from([...Buffer.from('int x; // '), 0xff, 0xfe, 0xe9, 10]);
    parse(bytes);
    const { mainFile } = tu;
    expect(mainFile.encoding).toBe('latin1');
    expect(mainFile.text).toBe('int x; // \u00ff\u00fe\u00e9\n');
    expect(mainFile.encode(mainFile.text)).toEqual(Buffer.from(bytes));
  });

  it('counts bytes as Clang does, and UTF-16 for those who ask', () => {
    const code = `/* é漢𝄞 */ int x; // ${'é'.repeat(3000)}\nint y;`;
    parse(code);
    const { mainFile } = tu;
    const [x, y] = tu.find(VarDecl);
    expect(mainFile.encoding).toBe('utf8');
    for (const [variable, name] of [
      [x, 'int x'],
      [y, 'int y'],
    ] as const) {
      const offset = variable?.beginLoc.offset as number;
      expect(mainFile.toTextOffset(offset)).toBe(code.indexOf(name));
      expect(mainFile.toByteOffset(code.indexOf(name))).toBe(offset);
      expect(variable?.text).toBe(name);
    }
    expect(x?.beginLoc.column).toBe(17);
  });

  it('has lines that end in any way', () => {
    parse('int a;\r\nint b;\rint c;\n\nint d;');
    expect(Array.from(tu.mainFile.lineStarts)).toEqual([0, 8, 15, 22, 23]);
    expect(tu.find(VarDecl).map((each) => each.location.line)).toEqual([1, 2, 3, 5]);
    expect([1, 2, 3, 4, 5, 6].map((line) => tu.mainFile.line(line))).toEqual([
      'int a;',
      'int b;',
      'int c;',
      '',
      'int d;',
      '',
    ]);
  });

  it('may be empty', () => {
    parse('');
    expect(tu.mainFile).toMatchObject({ text: '', size: 0, encoding: 'ascii', tokens: [] });
    expect(tu.mainFile.lineOf(0)).toBe(1);
  });
});
