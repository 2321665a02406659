import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runExample } from './run-example.js';

const source = `#include <string.h>
namespace ship {
struct log {
  int length;
  log(int length) : length(length) {}
  int twice() const { return 2 * length; }
};
template <class T> T half(T value)
{
  return value / 2; // rounded
}
}
int main() { return ship::half(ship::log(3).twice()) == 3 ? 0 : 1; }
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trace-functions-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a program says what it enters', async () => {
  const file = join(folder, 'ship.cpp');
  writeFileSync(file, source);
  await runExample('trace-functions', folder, ['ship.cpp', '--write']);
  const after = readFileSync(file, 'utf8');
  expect(after).toContain('#include <stdio.h>\n#include <string.h>\n');
  expect(after).toContain('{\n  fputs("ship::half\\n", stderr);\n  return value / 2; // rounded\n}');
  execFileSync('clang++-19', ['-Wall', '-Werror', '-o', join(folder, 'ship'), file]);
  const { status, stderr } = spawnSync(join(folder, 'ship'), { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, 'main\nship::log::log\nship::log::twice\nship::half\n']);
});
