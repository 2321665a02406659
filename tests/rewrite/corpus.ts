/** Edits over real code that change nothing, or nothing but its form. */
import { readFileSync } from 'node:fs';
import { type CmonsterError, c, Expr, ParenExpr, parseSync, Stmt, type TranslationUnit } from 'cmonster';
import { expect } from 'vitest';
import { meaning } from './meaning.js';

export interface Input {
  file: string;
  arguments: readonly string[];
}

/** What was done, to see that it was done at all. */
export interface Tally {
  replaced: number;
  removed: number;
  kept: number;
  inserted: number;
}

/** Runs an edit where it is possible. @returns whether it was */
function tried(edit: () => void): boolean {
  try {
    edit();
    return true;
  } catch (error) {
    if (['EDIT_FROZEN', 'EDIT_TARGET'].includes((error as CmonsterError).code)) return false;
    throw error;
  }
}

function errors(tu: TranslationUnit): string[] {
  return tu.diagnostics.filter(({ isError }) => isError).map(({ message }) => message);
}

function open({ file, arguments: args }: Input, text?: string): TranslationUnit {
  return parseSync(file, { arguments: args, ...(text !== undefined && { unsaved: { [file]: text } }) });
}

/** Nothing staged; then every expression and statement replaced with itself, all nested: the same bytes, and no edit. */
export function changeNothing(input: Input, tally: Tally): void {
  using tu = open(input);
  const before = readFileSync(input.file, 'latin1');
  const now = (): string => Buffer.from(tu.rewriter.bytes(tu.mainFile)).toString('latin1');
  expect(now() === before, input.file).toBe(true);
  for (const node of tu.find(Stmt)) tally.replaced += Number(tried(() => node.replaceWith(c`${node}`)));
  expect(now() === before, `${input.file}: ${tu.diff().slice(0, 500)}`).toBe(true);
  expect(tu.edits).toEqual([]);
}

/** Parentheses taken away come back exactly where the meaning asks for them. */
export function removeParentheses(input: Input, tally: Tally): void {
  using tu = open(input);
  for (const paren of tu.find(ParenExpr)) {
    if (paren.macro.length === 0) tried(() => paren.replaceWith(c`${paren.subExpr}`));
  }
  using again = open(input, tu.rewrite());
  expect(errors(again), input.file).toEqual(errors(tu));
  const [before, after] = [meaning(tu), meaning(again)];
  const at = before.findIndex((line, index) => line !== after[index]);
  expect(after.slice(at, at + 3), input.file).toEqual(before.slice(at, at + 3));
  tally.kept += again.count(ParenExpr);
  tally.removed += tu.count(ParenExpr) - again.count(ParenExpr);
}

/** A statement before and behind every statement, and every call wrapped: it still parses. */
export function insertEverywhere(input: Input, tally: Tally): void {
  using tu = open(input);
  for (const node of tu.find(Stmt)) {
    if (node.is(Expr)) {
      if (node.kind === 'CallExpr') tried(() => node.replaceWith(c`(0 ? ${node} : ${node})`));
    } else if (/^(Return|If|While|For|Do|Decl)Stmt$/.test(node.kind)) {
      // What stands alone behind a constexpr function's `:` or in a requirement takes no other statement.
      tally.inserted += Number(tried(() => node.insertBefore('/* before */')));
      tried(() => node.insertAfter('/* behind */'));
    }
  }
  using again = open(input, tu.rewrite());
  expect(errors(again), input.file).toEqual(errors(tu));
}
