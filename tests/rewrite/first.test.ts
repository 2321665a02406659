// The example of the tool that this one follows: a printf at the top of every function's body.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { c, FunctionDecl, parse } from 'cmonster';
import { afterAll, beforeAll, expect, test } from 'vitest';

const source = `#include <stdio.h>

static int twice(int x) { return 2 * x; }

int main(void) {
  /* the answer */
  return twice(21) - 42;
}
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rewrite-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a printf at the top of the body of every function of the main file', async () => {
  const file = join(folder, 'answer.c');
  writeFileSync(file, source);
  using tu = await parse(file);
  for (const fn of tu.find(FunctionDecl)) fn.body?.prepend(c`printf("%s\n", ${JSON.stringify(fn.name)});`);

  const expected = `#include <stdio.h>

static int twice(int x) { printf("%s\\n", "twice"); return 2 * x; }

int main(void) {
  printf("%s\\n", "main");
  /* the answer */
  return twice(21) - 42;
}
`;
  expect(tu.rewrite()).toBe(expected);
  expect(tu.edits).toMatchObject([
    { file, offset: source.indexOf(' return 2'), length: 0, text: ' printf("%s\\n", "twice");' },
    { file, offset: source.indexOf('\n  /*'), length: 0, text: '\n  printf("%s\\n", "main");' },
  ]);
  expect(readFileSync(file, 'utf8')).toBe(source);

  writeFileSync(join(folder, 'the.diff'), tu.diff());
  expect(tu.save()).toEqual([file]);
  expect(readFileSync(file, 'utf8')).toBe(expected);
  execFileSync('clang-19', ['-Wall', '-Werror', '-o', join(folder, 'answer'), file]);
  expect(execFileSync(join(folder, 'answer'), { encoding: 'utf8' })).toBe('main\ntwice\n');

  writeFileSync(file, source);
  execFileSync('patch', ['-s', file, join(folder, 'the.diff')]);
  expect(readFileSync(file, 'utf8')).toBe(expected);
});
