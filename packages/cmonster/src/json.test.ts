import { CallExpr, FunctionDecl, TranslationUnit } from 'cmonster';
import { expect, test } from 'vitest';

const source = '#include "no.h"\n#define ONE 1\nint f(int);\nint g(void) { return f(\n  ONE); }\n';

test('JSON says what an object is and where it stands', () => {
  using tu = TranslationUnit.parseSync('a.c', { unsaved: { 'a.c': source } });
  const [call] = tu.find(CallExpr);
  const [f] = tu.find(FunctionDecl);
  expect(JSON.parse(JSON.stringify({ call, f, tokens: call?.tokens.slice(0, 1) }))).toEqual({
    call: { kind: 'CallExpr', type: 'int', file: 'a.c', line: 4, column: 22, text: 'f(\n  ONE)' },
    f: { kind: 'FunctionDecl', name: 'f', type: 'int (int)', file: 'a.c', line: 3, column: 1, text: 'int f(int)' },
    tokens: [{ kind: 'identifier', text: 'f', file: 'a.c', line: 4, column: 22 }],
  });
  expect(JSON.parse(JSON.stringify(tu.diagnostics[0]))).toEqual({
    level: 'fatal',
    message: "'no.h' file not found",
    file: 'a.c',
    line: 1,
    column: 10,
  });
  expect(JSON.parse(JSON.stringify(tu.preprocessor.includes))).toEqual([{ include: '"no.h"' }]);
});
