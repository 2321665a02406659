import { expect, test } from 'vitest';
import type { ReturnKind } from './model.js';
import { className, getterName, lowerFirst } from './names.js';

const bool: ReturnKind = { k: 'bool' };
const string: ReturnKind = { k: 'string' };
const expr: ReturnKind = { k: 'stmt', of: 'clang::Expr', nullable: true };

test.each([
  ['Name', 'name'],
  ['LHS', 'lhs'],
  ['LParenLoc', 'lParenLoc'],
  ['TSCSpec', 'tscSpec'],
  ['SubExpr', 'subExpr'],
  ['APValueResult', 'apValueResult'],
  ['O1', 'o1'],
  ['already', 'already'],
])('%s begins a property as %s', (name, expected) => {
  expect(lowerFirst(name)).toBe(expected);
});

test('getX is the property x', () => {
  expect(getterName('CallExpr', 'getCallee', expr)).toEqual({ name: 'callee', call: false });
});

test('a bool under another name stays a method', () => {
  expect(getterName('VarDecl', 'isConstexpr', bool)).toEqual({ name: 'isConstexpr', call: true });
  expect(getterName('VarDecl', 'hasInit', bool)).toEqual({ name: 'hasInit', call: true });
});

test('a bool that is got is a property', () => {
  expect(getterName('CXXBoolLiteralExpr', 'getValue', bool)).toEqual({ name: 'value', call: false });
});

test('anything else keeps its name, as a property that begins in lower case', () => {
  expect(getterName('CallExpr', 'arguments', { k: 'list', of: expr })).toEqual({ name: 'arguments', call: false });
  expect(getterName('Expr', 'IgnoreParens', expr)).toEqual({ name: 'ignoreParens', call: false });
});

test('underscores go', () => {
  expect(getterName('CXXMethodDecl', 'overridden_methods', { k: 'list', of: expr }).name).toBe('overriddenMethods');
  expect(getterName('CastExpr', 'path_empty', bool)).toEqual({ name: 'pathEmpty', call: true });
});

test("the node's own properties are left alone", () => {
  expect(getterName('FieldDecl', 'getParent', expr).name).toBe('parentDecl');
  expect(getterName('TextComment', 'getText', string).name).toBe('commentText');
  expect(getterName('CXXConstructExpr', 'getConstructor', expr).name).toBe('constructorDecl');
});

test('a class is called by its last name, or by the table', () => {
  expect(className('clang::comments::TextComment')).toBe('TextComment');
  expect(className('clang::BlockDecl::Capture')).toBe('BlockCapture');
});
