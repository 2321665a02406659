/** The second run over what has not changed only reads: no frontend, no file written; and it says the same. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UnitCache } from '../../packages/cmonster/src/cache/unit-cache.js';
import { TranslationUnit } from '../../packages/cmonster/src/index.js';
import { Workspace } from './workspace.js';

let space: Workspace;
beforeEach(() => {
  space = new Workspace({
    'a.c': '#include "h.h"\n#include <x.h>\nint a(void) { return f(N) + X; }\n',
    'b.c': '#include "h.h"\nint b(void) { return f(2); }\n',
    'h.h': '#define N 3\nint f(int);\n',
    'far/x.h': '#define X 1\n',
    'values.ts': `import { CallExpr, type TranslationUnit } from 'cmonster';
export default function (tu: TranslationUnit): void {
  for (const call of tu.find(CallExpr)) console.log(tu.isCached, call.arguments[0]?.evaluate(), String(call.type));
}
`,
  });
  space.database(['a.c', 'b.c'], ['-Inear', '-Ifar']);
});
afterEach(() => space.dispose());

/** What is in the cache: names, sizes and times. */
function entries(): string[] {
  const folder = join(space.parent, 'cache');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => `${name} ${statSync(join(folder, name)).size} ${statSync(join(folder, name)).mtimeMs}`)
    .sort();
}
const values = (): string[] => {
  const { stdout, stderr, status } = space.run('run', 'values.ts');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.trimEnd().split('\n');
};

describe('the cache', { timeout: 300_000 }, () => {
  it('is written once, then read', () => {
    expect(values()).toEqual(['false 3 int', 'false 2 int']);
    const written = entries();
    // A unit's request, snapshot and answers; and the script.
    expect(written).toHaveLength(7);
    expect(values()).toEqual(['true 3 int', 'true 2 int']);
    expect(entries()).toEqual(written);
  });

  it('starts no frontend', (context) => {
    if (spawnSync('strace', ['-V']).status !== 0) context.skip();
    values();
    const log = join(space.parent, 'strace');
    space.inside(['strace', '-f', '-qq', '-e', 'trace=execve', '-o', log], 'run', 'values.ts');
    const started = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => / = 0$/.test(line));
    expect(started.length).toBeGreaterThan(1);
    expect(started.filter((line) => line.includes('cmonster-frontend'))).toEqual([]);
  });

  it('notices a header that changed, in each file that includes it', () => {
    values();
    space.write('h.h', '#define N 4\nint f(int);\n');
    expect(values()).toEqual(['false 4 int', 'false 2 int']);
    // And back again: the first entries are still there.
    space.write('h.h', '#define N 3\nint f(int);\n');
    expect(values()).toEqual(['true 3 int', 'true 2 int']);
  });

  it('notices a header that appears where it was looked for before', () => {
    values();
    space.write('near/x.h', '#define X 1\n#undef N\n#define N 7\n');
    expect(values()).toEqual(['false 7 int', 'true 2 int']);
  });

  it('keeps arguments, scopes and units apart', () => {
    values();
    space.database([['a.c', '-DQ'], 'b.c'], ['-Inear', '-Ifar']);
    expect(values()).toEqual(['false 3 int', 'true 2 int']);
    expect(space.run('run', 'values.ts', '--scope', 'user').stdout).toBe('false 3 int\nfalse 2 int\n');
    expect(space.run('run', 'values.ts', '--no-cache').stdout).toBe('false 3 int\nfalse 2 int\n');
  });

  it('does not believe what is damaged', () => {
    values();
    const folder = join(space.parent, 'cache');
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name);
      if (!statSync(path).isFile()) continue;
      const bytes = readFileSync(path);
      const middle = bytes.length >>> 1;
      bytes[middle] = (bytes[middle] as number) ^ 0xff;
      writeFileSync(path, name.endsWith('.index') ? bytes.subarray(0, middle) : bytes);
    }
    expect(values()).toEqual(['false 3 int', 'false 2 int']);
  });

  it('stays below its limit', async () => {
    const directory = join(space.parent, 'small');
    const cache = new UnitCache(directory, { limit: 60_000 });
    for (let at = 0; at < 6; at++) {
      space.write(`big${at}.c`, `int a${at};\n`.repeat(300));
      const tu = await TranslationUnit.parse(space.path(`big${at}.c`), { cache });
      tu.dispose();
    }
    cache.prune();
    const size = readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .map((name) => statSync(join(directory, name)))
      .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThanOrEqual(60_000);
  });

  it('answers what was never asked by parsing again, and refuses when the file is another one now', async () => {
    const cache = new UnitCache(join(space.parent, 'own'));
    const path = space.path('b.c');
    (await TranslationUnit.parse(path, { cache })).dispose();
    const again = await TranslationUnit.parse(path, { cache });
    expect(again.isCached).toBe(true);
    expect(again.lookup('b').map((node) => node.print({ terse: true }))).toEqual(['int b(void)']);
    again.dispose();
    const third = await TranslationUnit.parse(path, { cache });
    expect(third.isCached).toBe(true);
    space.write('b.c', 'int other;\n');
    expect(() => third.lookup('f')).toThrow(expect.objectContaining({ code: 'SOURCE_CHANGED' }));
    third.dispose();
  });
});
