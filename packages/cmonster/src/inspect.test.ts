import { inspect } from 'node:util';
import { CallExpr, FieldDecl, FunctionDecl, RecordDecl, TranslationUnit } from 'cmonster';
import { expect, test } from 'vitest';

const source = 'struct S { char c; int n; };\nint f(int);\nint g(void) { return f(\n  1); }\n';

test('an object is shown on a line, not with all that hangs on it', () => {
  using tu = TranslationUnit.parseSync('a.c', { unsaved: { 'a.c': source } });
  const [call] = tu.find(CallExpr);
  expect(inspect(call)).toBe('CallExpr a.c:3:22 `f( 1)`');
  expect(inspect(call?.type)).toBe("BuiltinType 'int'");
  expect(inspect(call?.tokens[0])).toBe('Token identifier `f` a.c:3:22');
  expect(inspect(tu)).toMatch(/^TranslationUnit a\.c \(gnu17, \d+ rows\)$/);
  expect(inspect({ call }).split('\n')).toHaveLength(1);
});

test('nothing is thrown for what was disposed of', () => {
  const tu = TranslationUnit.parseSync('a.c', { unsaved: { 'a.c': source } });
  const [call] = tu.find(CallExpr);
  tu.dispose();
  expect(inspect(call)).toMatch(/^Node <.*disposed of>$/);
});

test('an uncaught error is shown without the places that it holds', () => {
  const macro = '#define M(x) f(x)\nint f(int);\nint g(void) { return M(1); }\n';
  using tu = TranslationUnit.parseSync('a.c', { unsaved: { 'a.c': macro } });
  const [f] = tu.find(FunctionDecl);
  let error: unknown;
  try {
    (f as FunctionDecl).name = 'h';
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'EDIT_FROZEN', frozen: [{ reason: 'macro-body' }] });
  // As Node does.
  expect(inspect(error, { customInspect: false, depth: 5 })).not.toContain('SourceManager');
});

test("a record's layout", () => {
  using tu = TranslationUnit.parseSync('a.c', { unsaved: { 'a.c': source } });
  const [record] = tu.find(RecordDecl);
  const [c, n] = tu.find(FieldDecl);
  expect(record?.layout).toMatchObject({ size: 8, alignment: 4, dataSize: 8 });
  expect(record?.layout?.fields).toEqual([
    expect.objectContaining({ offset: 0, size: 8, bitField: false }),
    expect.objectContaining({ offset: 32, size: 32, bitField: false }),
  ]);
  expect(record?.layout?.fields.map(({ field }) => field)).toEqual([c, n]);
  expect(c?.layout).toBeUndefined();
});
