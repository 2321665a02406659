// An assertion that prints its argument, and what the names in it stand for: a macro in TypeScript in the source itself.
//
// cmonster preprocess assert.c --inline-macros -o assert.i && clang assert.i -o assert && ./assert
#include <stdio.h>

ts_def(ASSERT(condition))
  // Names that are neither called nor a member of something.
  const kind = (i: number) => condition.at(i)?.kind ?? '';
  const names = condition.tokens
    .filter((token, i) => token.kind === 'identifier' && kind(i + 1) !== 'l_paren' && !/period|arrow/.test(i > 0 ? kind(i - 1) : ''))
    .map((token) => token.text);
  const unique: string[] = [...new Set(names)];
  const format = `${this.file}:${this.line}: ${condition} is false` + unique.map((name) => `, ${name} = %lld`).join('');
  const values = unique.map((name) => `, (long long)(${name})`).join('');
  return ['((', condition, `) ? (void)0 : (void)fprintf(stderr, ${JSON.stringify(`${format}\n`)}${values}))`];
ts_end

int main(void) {
  int loaded = 3, limit = 5;
  ASSERT(loaded < limit);
  ASSERT(loaded + 4 < limit);
  return 0;
}
