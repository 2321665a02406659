// The small lexer goes where Clang's own does.
import { join } from 'node:path';
import { parseSync, type Token } from 'cmonster';
import { expect, test } from 'vitest';
import { skipTrivia, tokenEnd } from '../../packages/cmonster/src/rewrite/lex.js';
import { fetchDebianSource } from '../../setup/corpus.mjs';

const snippet = `// comment \\
   that goes on
#define A(x) x##_t /* between */ "\\"//" '\\''
const char *raw = R"delimiter( " )" )delimiter" u8R"(\n)" L"wide" u8"narrow" U'c' "a" "b";
int n = 1'000'000 + 0x1p-3 + 1.5e+10 + .5f + 0b1010u; int \\
  spliced; char q = '"'; // "'
`;

/** Names, and literals but numbers: their ends matter; punctuation goes byte by byte. */
const exact = /^(identifier|raw_identifier|.*string_literal|.*char_constant)$/;

test.each([
  ['snippet.cpp', undefined],
  ['inflate.c', 'zlib'],
  ['tinyxml2.cpp', 'tinyxml2'],
  ['src/pugixml.cpp', 'pugixml'],
])('%s', async (name, source) => {
  const file = source ? join(await fetchDebianSource(source), name) : name;
  using tu = parseSync(file, { ...(source ? {} : { unsaved: { [file]: snippet } }), arguments: ['-w'] });
  const { bytes } = tu.mainFile;
  const tokens: Token[] = tu.mainFile.tokens.filter(({ kind }) => kind !== 'comment' && kind !== 'eof');
  const wrong: string[] = [];
  tokens.forEach((token, at) => {
    const end = token.offset + token.length;
    const next = tokens[at + 1]?.offset ?? bytes.length;
    if (skipTrivia(bytes, end) !== next) wrong.push(`behind ${token.line}:${token.column} ${token.text}`);
    if (exact.test(token.kind) && tokenEnd(bytes, token.offset) !== end) wrong.push(`end of ${token.text}`);
  });
  expect(tokens.length).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});
