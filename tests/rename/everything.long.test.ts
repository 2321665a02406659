/** Every name of every snippet: renamed everywhere, or refused; never a file that compiles worse. */
import { basename } from 'node:path';
import { CmonsterError, NamedDecl, parseSync, type TranslationUnit } from 'cmonster';
import { expect, test } from 'vitest';
import { snippets } from '../oracle/snippets.js';

/** Names that the compiler itself looks for. */
const BUILT_IN = /^(std|source_location|__impl|_M_\w+|omp_\w+|__init)$/;
/** Named where Clang gives no place (a pack that is indexed), or keeps no node (an attribute that it ignores). */
const UNPLACED = new Set([
  'attributes.cpp al',
  'attributes.cpp n',
  'cxx26.cpp T',
  'lifetimes.cpp T',
  'lifetimes.cpp N',
  'lifetimes.cpp f',
  'objc-attributes.m Domain',
  'openmp-c.c n',
  'openmp-members.cpp a',
  'openmp-members.cpp b',
  'openmp-members.cpp n',
]);

const errorsOf = (tu: TranslationUnit): number => tu.diagnostics.filter(({ isError }) => isError).length;

test.each(snippets().map((inputs) => [basename(inputs.file), inputs] as const))('%s', (base, { file, ...options }) => {
  using tu = parseSync(file, options);
  const worse: string[] = [];
  for (const { index, kind, name, location } of tu.find(NamedDecl)) {
    if (!/^[A-Za-z_]\w*$/.test(name ?? '') || location.tokenText !== name) continue;
    if (BUILT_IN.test(name) || UNPLACED.has(`${base} ${name}`)) continue;
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
