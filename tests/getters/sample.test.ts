import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CORPUS, parseAll, SNIPPETS } from './corpus.js';
import { compareWithJson } from './json-route.js';
import { compareWithQueries } from './query-route.js';
import { Tally } from './tally.js';

/** Snippets of Clang's extensions that add to what the own files have, and whose dump Clang gives whole. */
const MORE = SNIPPETS.filter(({ file }) => /(classes|openmp|attributes-c|lifetimes)\.(c|cpp)$/.test(file));

test('what getters give is what Clang says by other ways: its JSON dump, and the matchers of clang-query', async () => {
  const tally = new Tally();
  for (const input of [...CORPUS, ...MORE]) {
    const tu = await parseAll(input);
    try {
      compareWithJson(tu, input, tally);
      if (CORPUS.includes(input)) compareWithQueries(tu, input, tally);
    } finally {
      tu.dispose();
    }
  }
  const { covered, constant, values, pairs, routes } = tally;
  const byRoute = [...routes].map(([route, names]) => `${route} ${names.size}`).join(', ');
  console.log(
    `${covered.length} getters (${byRoute}) in ${pairs.size} pairs of a concrete class and a getter, ${values} values ` +
      `compared; not counted, as they gave one value only: ${constant.join(', ')}`,
  );
  expect(tally.differences).toEqual([]);
  expect(covered.length).toBeGreaterThanOrEqual(300);
}, 120_000);

test('a comparison with another file does find differences', async () => {
  const [plain] = CORPUS;
  if (!plain) throw new Error('there is no corpus');
  const text = readFileSync(plain.file, 'utf8');
  const { TranslationUnit } = await import('cmonster');
  const changed = text.replace('static int internal_variable = 3', 'extern int internal_variable    ');
  const tu = await TranslationUnit.parse(plain.file, {
    arguments: plain.arguments,
    scope: 'all',
    unsaved: { [plain.file]: changed },
  });
  try {
    const tally = new Tally();
    // The initialiser is a node, which makes the trees differ; the variable alone would be a difference of its members.
    expect(() => compareWithJson(tu, plain, tally)).toThrow('the dumps differ in the children of a VarDecl');
    compareWithQueries(tu, plain, tally);
    const same = await parseAll({ ...plain, arguments: [...plain.arguments, '-Dinternal_variable=other'] });
    compareWithJson(same, plain, tally);
    same.dispose();
    expect(tally.differences.some((text_) => text_.startsWith('NamedDecl.getNameAsString'))).toBe(true);
  } finally {
    tu.dispose();
  }
});
