/** Every name of every snippet: renamed everywhere, or refused; never a file that compiles worse. */
import { basename } from 'node:path';
import { CmonsterError, NamedDecl, parseSync, type TranslationUnit } from 'cmonster';
import { expect, test } from 'vitest';
import { snippets } from '../oracle/snippets.js';

const errorsOf = (tu: TranslationUnit): number => tu.diagnostics.filter(({ isError }) => isError).length;

test.each(snippets().map((inputs) => [basename(inputs.file), inputs] as const))('%s', (_, { file, ...options }) => {
  using tu = parseSync(file, options);
  const worse: string[] = [];
  for (const { index, kind, name, location } of tu.find(NamedDecl)) {
    if (!/^[A-Za-z_]\w*$/.test(name ?? '') || location.tokenText !== name) continue;
    using each = parseSync(file, options);
    try {
      (each.node(index) as NamedDecl).name = `${name}_r`;
    } catch (error) {
      if (error instanceof CmonsterError && error.code.startsWith('EDIT')) continue;
      throw error;
    }
    using again = parseSync(file, { ...options, unsaved: { [file]: each.rewrite() } });
    if (errorsOf(again) > errorsOf(tu)) worse.push(`${kind} ${name} ${location}`);
  }
  expect(worse).toEqual([]);
});
