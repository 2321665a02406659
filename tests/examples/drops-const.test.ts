import { expect, test } from 'vitest';
import { fetchDebianSource, sqliteAmalgamation } from '../../setup/corpus.mjs';
import { clang, root, runExample } from './run-example.js';

test('prints the casts, of pointers at every depth and of references', async () => {
  const lines = await runExample('drops-const', `${root}/tests/examples/fixtures`, ['drops-const.cpp']);
  expect(lines).toEqual([
    "drops-const.cpp:3:10: 'const S' → 'S &': (S &)s",
    "drops-const.cpp:4:10: 'const S *' → 'S *': const_cast<S *>(&s)",
    "drops-const.cpp:5:11: 'const S *const *' → 'S **': (S **)pp",
    "drops-const.cpp:6:12: 'const int *' → 'int *': (int *)a",
    "drops-const.cpp:9:38: 'const S *' → 'S *': const_cast<S *>(&s)",
    "drops-const.cpp:11:12: 'const volatile int *' → 'int *': (int *)vp",
    "drops-const.cpp:12:13: 'const char *const' → 'void *': (void *)s.n",
    '7 casts drop const in drops-const.cpp',
    '',
  ]);
});

/** The lines of the file that hold such a cast, each once. */
const linesOf = (output: readonly string[], wanted: RegExp): string[] => [
  ...new Set(output.flatMap((line) => wanted.exec(line)?.[1] ?? [])),
];

test.each([
  ['zlib', async () => [await fetchDebianSource('zlib'), 'compress.c', 'deflate.c', 'uncompr.c']],
  ['sqlite', async () => [(await sqliteAmalgamation()).replace(/\/[^/]*$/, ''), 'sqlite3.c']],
])("%s: in C, those that Clang's -Wcast-qual finds", async (_, source) => {
  const [folder, ...files] = (await source()) as [string, ...string[]];
  const found = linesOf(await runExample('drops-const', folder, files), /^(\w+\.c:\d+):\d+: '/);
  const warned = linesOf(await clang(folder, ['-Wcast-qual', ...files]), /^(\w+\.c:\d+):.* drops const/);
  expect(found.length).toBeGreaterThan(0);
  expect(found.sort()).toEqual(warned.sort());
});
