import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from './run-example.js';

test('the fleet answers, and who is away is named', { timeout: 120_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'examples/igor/fleet.ts'], {
    cwd: root,
  });
  expect(stdout).toMatch(
    /^anvil@localhost: \d+ % free\nbellows@localhost: unavailable\ncrucible@localhost: \d+ % free\n$/,
  );
});
