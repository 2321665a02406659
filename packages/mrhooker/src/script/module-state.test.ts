import { parse } from 'acorn';
import { expect, test } from 'vitest';
import { mutableState } from './module-state.js';

const found = (code: string) =>
  mutableState(parse(code, { ecmaVersion: 'latest', sourceType: 'module' })).map(({ name, how }) => `${name} ${how}`);

test.each([
  ['let n = 0; const f = () => n++;', 'n assigned'],
  ['let n; function f() { n = 1; }', 'n assigned'],
  ['let n; function f() { [n] = [1]; }', 'n assigned'],
  ['let n; function f() { ({ a: n } = x); }', 'n assigned'],
  ['let n; function f() { for (n of []) {} }', 'n assigned'],
  ['var a = []; hook(f, () => a.push(1));', 'a changed by .push()'],
  ['const m = new Map(); class A { b() { m.set(1, 2); } }', 'm changed by .set()'],
  ['const o = {}; const f = () => { o.x = 1; };', 'o changed'],
  ['const o = { p: {} }; const f = () => { o.p.q ??= 1; };', 'o changed'],
  ['const o = {}; const f = () => { delete o.x; };', 'o changed'],
  ['const o = { l: [] }; const f = () => { o.l.push(1); };', 'o changed by .push()'],
  ['export let n = 0; export const f = () => { n += 1; };', 'n assigned'],
])('%s', (code, expected) => {
  expect(found(code)).toEqual([expected]);
});

test.each([
  'let n = 0; for (let i = 0; i < 3; i++) n += i; const a = []; a.push(n);',
  'let n = 0; const f = () => { let n = 1; n++; };',
  'let n = 0; const f = (n) => n++;',
  'let n = 0; const f = ({ n }) => { n = 2; };',
  'let n = 0; function f() { { var n; } n = 1; }',
  'let n = 0; function f() { try {} catch (n) { n = 1; } }',
  'const c = shared.counter("c"); const f = () => c.add(1);',
  'const m = new Map([[1, 2]]); const f = () => m.get(1);',
  'const o = { a: 1 }; const f = () => o.a + 1;',
  'const f = () => { const a = []; a.push(1); };',
])('%s is fine', (code) => {
  expect(found(code)).toEqual([]);
});
