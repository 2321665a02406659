/** Random edits at random nodes of real code, by a seed: they compose or are refused, and what comes of them still parses. */
import { readFileSync } from 'node:fs';
import {
  CallExpr,
  type CmonsterError,
  CompoundStmt,
  c,
  Expr,
  FunctionDecl,
  parseSync,
  Stmt,
  type TranslationUnit,
  VarDecl,
} from 'cmonster';
import { expect } from 'vitest';
import type { Input } from './corpus.js';

const REFUSED = ['EDIT_FROZEN', 'EDIT_CONFLICT', 'EDIT_TARGET', 'EDIT_NAME'];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function editsOf(tu: TranslationUnit, pick: <T>(list: readonly T[]) => T): (() => void)[] {
  const isStatement = (node: Stmt): boolean => node.parent?.is(CompoundStmt) ?? false;
  const statements = tu.find(Stmt, isStatement);
  const expressions = tu.find(Expr);
  const calls = tu.find(CallExpr, isStatement);
  const variables = tu.find(VarDecl);
  const functions = tu.find(FunctionDecl, (fn) => fn.body !== null);
  let names = 0;
  return [
    () => pick(statements).insertBefore('/* before */;'),
    () => pick(statements).insertAfter('/* after */;'),
    () => pick(functions).body?.prepend('/* first */;'),
    () => {
      const expression = pick(expressions);
      expression.replaceWith(c`${expression}`);
    },
    () => {
      const variable = pick(variables);
      variable.name = `${variable.name}_${names++}`;
    },
    () => {
      const call = pick(calls.length > 0 ? calls : expressions);
      call.replaceWith(calls.length > 0 ? c`do { ${call}; } while (0)` : c`${call}`);
    },
  ];
}

/** @returns how many edits were taken, and how many refused */
export function editAtRandom({ file, arguments: args }: Input, seed: number, count: number): [number, number] {
  using tu = parseSync(file, { arguments: args });
  const random = generator(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const edits = editsOf(tu, pick);
  let refused = 0;
  for (let at = 0; at < count; at++) {
    const before = tu.rewrite();
    try {
      pick(edits)();
    } catch (error) {
      if (!REFUSED.includes((error as CmonsterError).code)) throw error;
      refused++;
      expect(tu.rewrite() === before, `${file}, seed ${seed}: a refused edit stages nothing`).toBe(true);
    }
  }
  const text = tu.rewrite();
  const where = `${file}, seed ${seed}`;
  expect(applied(tu, readFileSync(file)) === text, `${where}: what no edit names stays`).toBe(true);
  using again = parseSync(file, { arguments: args, unsaved: { [file]: text } });
  const errors = (of: TranslationUnit): string[] => of.diagnostics.filter((each) => each.isError).map(String);
  expect(errors(again), where).toEqual(errors(tu));
  return [count - refused, refused];
}

/** The plain edits, put into the file's bytes by nothing of ours. */
function applied(tu: TranslationUnit, bytes: Buffer): string {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { file, offset, length, text } of tu.edits) {
    expect(file).toBe(tu.mainFile.path);
    expect(offset).toBeGreaterThanOrEqual(at);
    parts.push(bytes.subarray(at, offset), Buffer.from(text));
    at = offset + length;
  }
  return Buffer.concat([...parts, bytes.subarray(at)]).toString('utf8');
}
