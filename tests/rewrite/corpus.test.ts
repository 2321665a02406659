// Real code: edits that change nothing give the same bytes, and parentheses are where they must be.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CmonsterError, c, Expr, ParenExpr, parseSync, Stmt, type TranslationUnit } from 'cmonster';
import { beforeAll, describe, expect, test } from 'vitest';
import { fetchDebianSource } from '../../setup/corpus.mjs';
import { meaning } from './meaning.js';

interface Input {
  file: string;
  arguments: string[];
}
const inputs: Input[] = [];

beforeAll(async () => {
  const zlib = await fetchDebianSource('zlib');
  for (const name of readdirSync(zlib)) {
    if (name.endsWith('.c')) inputs.push({ file: join(zlib, name), arguments: [`-I${zlib}`, '-DHAVE_UNISTD_H'] });
  }
  const tinyxml = await fetchDebianSource('tinyxml2');
  inputs.push({ file: join(tinyxml, 'tinyxml2.cpp'), arguments: [`-I${tinyxml}`] });
  const pugixml = await fetchDebianSource('pugixml');
  inputs.push({ file: join(pugixml, 'src/pugixml.cpp'), arguments: [`-I${pugixml}/src`, '-std=c++17'] });
});

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

function each(script: (tu: TranslationUnit, input: Input, before: string) => void): void {
  for (const input of inputs) {
    const tu = parseSync(input.file, { arguments: input.arguments });
    try {
      script(tu, input, readFileSync(input.file, 'latin1'));
    } finally {
      tu.dispose();
    }
  }
}

describe('real code', () => {
  test('nothing staged: the same bytes', () => {
    each((tu, _, before) => expect(Buffer.from(tu.rewriter.bytes(tu.mainFile)).toString('latin1')).toBe(before));
  });

  test('every expression and statement replaced with itself, all nested: the same bytes, and no edit', () => {
    let edited = 0;
    each((tu, { file }, before) => {
      for (const node of tu.find(Stmt)) edited += Number(tried(() => node.replaceWith(c`${node}`)));
      const after = Buffer.from(tu.rewriter.bytes(tu.mainFile)).toString('latin1');
      expect(after === before, `${file} changed: ${tu.diff().slice(0, 500)}`).toBe(true);
      expect(tu.edits).toEqual([]);
    });
    expect(edited).toBeGreaterThan(20_000);
  });

  test('parentheses taken away come back exactly where the meaning asks for them', () => {
    let removed = 0;
    let kept = 0;
    each((tu, { file, arguments: args }) => {
      for (const paren of tu.find(ParenExpr)) {
        if (paren.macro.length > 0) continue;
        tried(() => paren.replaceWith(c`${paren.subExpr}`));
      }
      const text = tu.rewrite();
      const again = parseSync(file, { arguments: args, unsaved: { [file]: text } });
      try {
        expect(errors(again), file).toEqual(errors(tu));
        const [before, after] = [meaning(tu), meaning(again)];
        const at = before.findIndex((line, index) => line !== after[index]);
        expect(before.slice(at, at + 3), file).toEqual(after.slice(at, at + 3));
        kept += again.count(ParenExpr);
        removed += tu.count(ParenExpr) - again.count(ParenExpr);
      } finally {
        again.dispose();
      }
    });
    expect(removed).toBeGreaterThan(200);
    expect(kept).toBeGreaterThan(200);
  });

  test('a statement before and behind every statement, and every call wrapped: it still parses', () => {
    each((tu, { file, arguments: args }) => {
      const isC = file.endsWith('.c');
      for (const node of tu.find(Stmt)) {
        if (node.is(Expr)) {
          if (node.kind === 'CallExpr') tried(() => node.replaceWith(c`(0 ? ${node} : ${node})`));
        } else if (/^(Return|If|While|For|Do|Decl)Stmt$/.test(node.kind) && node.parent?.kind === 'CompoundStmt') {
          tried(() => node.insertBefore('(void)0;'));
          if (isC) tried(() => node.insertAfter('/* behind */'));
        }
      }
      const again = parseSync(file, { arguments: args, unsaved: { [file]: tu.rewrite() } });
      expect(errors(again), file).toEqual(errors(tu));
      again.dispose();
    });
  });
});
